import msgspec
import numpy as np
import pytest

from botwarden.core.errors import ConfigError, ModelError
from botwarden.core.row import Group, Rows
from botwarden.detect.models.scorer import Scorer
from botwarden.features.schema import NBAIOT115
from botwarden.learn.explanation import Explanation, View, explain_row
from explanations import CAUSES, COLUMNS, explained, rows, two_causes
from models import detector, model


def view_of(found: Explanation, name: str) -> View:
    view: View | None = getattr(found, name)
    assert view is not None
    return view


@pytest.fixture(scope="module")
def found() -> Explanation:
    return explained()


@pytest.mark.parametrize("name", ["detector", "errors", "classifier"])
def test_what_depends_on_two_features_is_explained_by_these_two(found: Explanation, name: str) -> None:
    view = view_of(found, name)
    assert {one.column for one in view.features[:2]} == set(CAUSES)
    assert view.features[1].weight > 5 * abs(view.features[2].weight)
    assert {one.title for one in view.things[:2]} == {"packet rate · sender", "frame length · conversation"}
    assert {one.columns[0] for one in view.reasons} == set(CAUSES)
    assert sum(one.share for one in view.reasons) > 0.9


def test_weights_are_what_a_value_is_worth(found: Explanation) -> None:
    # The score is (30² + 40²) / 100 features; with a normal value one of the squares is about 1/3.
    view = view_of(found, "detector")
    assert view.output == pytest.approx((900 + 1600) / len(COLUMNS) / 4)
    weight = {one.column: one.weight for one in view.features}
    assert weight[CAUSES[0]] == pytest.approx(900 / len(COLUMNS) / 4, rel=0.05)
    assert weight[CAUSES[1]] == pytest.approx(1600 / len(COLUMNS) / 4, rel=0.05)
    share = {one.column: one.weight for one in view_of(found, "errors").features}
    assert share[CAUSES[0]] == pytest.approx(900 / 2500)
    assert share["HH_L5_pcc"] == 0


def test_what_is_said_is_about_the_causes(found: Explanation) -> None:
    texts = [one.text for one in view_of(found, "errors").reasons]
    assert texts[0].startswith("frames from the sender in this conversation were 40 bytes long on average")
    assert texts[1].startswith("packets from the sender came every 0.5 s")


def test_a_plain_rule_is_explained_faithfully_and_steadily(found: Explanation) -> None:
    fit = view_of(found, "detector").things_fit
    assert fit is not None
    assert fit.stability is not None
    assert fit.fidelity > 0.95
    assert (fit.stability.seeds, fit.stability.strongest) == (4, 1.0)
    assert fit.stability.weights > 0.99


def test_noise_is_not() -> None:
    """The causes are normal here: the score only trembles with what normal values were drawn."""
    row = rows(**dict.fromkeys(CAUSES, 0.0))
    fit = view_of(explain_row(Scorer(two_causes(named=False)), row, 1, seeds=4, samples=200), "detector").features_fit
    assert fit is not None
    assert fit.stability is not None
    assert fit.stability.strongest < 0.7
    assert fit.stability.weights < 0.7
    assert fit.fidelity < 0.8


def test_what_is_told_of_the_row(found: Explanation) -> None:
    assert (found.row, found.source, found.device) == (8, "rows.csv", "camera")
    assert found.anomalous
    assert found.label == "flood"
    assert found.threshold == 4
    assert found.score == pytest.approx(25)


def test_it_can_be_written_as_json_and_read_again(found: Explanation) -> None:
    text = msgspec.json.encode(found)
    assert msgspec.json.decode(text, type=Explanation) == found


def test_the_same_seeds_give_the_same() -> None:
    assert explained(1) == explained(1)


def test_a_single_run_claims_no_stability() -> None:
    fit = view_of(explained(1, named=False), "detector").things_fit
    assert fit is not None
    assert fit.stability is None


def test_what_a_model_has_not_is_not_explained() -> None:
    assert explained(1, named=False).classifier is None
    quiet = model([detector(columns=COLUMNS, has_errors=False)], schema=NBAIOT115)
    assert explain_row(Scorer(quiet), rows(), 1, seeds=1, samples=50).errors is None


def test_rows_that_nothing_judges_are_refused() -> None:
    others = model([detector(columns=COLUMNS, device="plug")], schema=NBAIOT115)
    with pytest.raises(ModelError, match="no part of the model"):
        explain_row(Scorer(others), rows(), 1)


def test_the_part_for_the_device_is_explained() -> None:
    parts = [detector(columns=COLUMNS), detector("plugs", columns=COLUMNS[:3], device="plug", threshold=1.0)]
    scorer = Scorer(model(parts, schema=NBAIOT115))
    of_plug = Rows.of(NBAIOT115, rows().values, Group("plug"))
    assert len(view_of(explain_row(scorer, of_plug, 1, seeds=1, samples=50), "detector").features) == 3


@pytest.mark.parametrize(
    ("change", "text"),
    [
        ({"seeds": 0}, "number of seeds"),
        ({"seeds": 10**9}, "number of seeds"),
        ({"seed": -1}, "first seed"),
        ({"samples": 1}, "number of samples"),
        ({"samples": 10**9}, "number of samples"),
        ({"number": 3}, "no row 3"),
        ({"number": -1}, "no row -1"),
    ],
)
def test_numbers_out_of_range_are_refused(change: dict[str, int], text: str) -> None:
    options = {"number": 1, **change}
    with pytest.raises(ConfigError, match=text):
        explain_row(Scorer(two_causes()), rows(), options.pop("number"), **options)  # type: ignore[arg-type]


def test_values_beyond_all_measure_are_explained() -> None:
    found = explain_row(Scorer(two_causes(named=False)), rows(**{CAUSES[0]: 1e300}), 1, seeds=2, samples=50)
    assert view_of(found, "errors").features[0].column == CAUSES[0]
    assert all(np.isfinite(one.weight) for one in view_of(found, "detector").features)
