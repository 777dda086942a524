import math
from dataclasses import replace

import numpy as np
import pytest

from botwarden.core.errors import ModelError, SchemaMismatch
from botwarden.core.row import PROTOCOLS, Group, Rows, concatenate
from botwarden.core.snapshot import FeatureSchema
from botwarden.detect.models.parts import BLOCK
from botwarden.detect.models.scorer import Scorer
from models import SCHEMA, classifier, detector, model, squares

USUAL = [1.0, 1.0, 1.0]  # scores 1
ODD = [3.0, 3.0, 3.0]  # scores 9
BY_A = np.array([[0, 4], [0, 0], [0, 0]], np.float32)
"""Weights of a classifier: the more of ``a``, the surer of the second class."""


def rows(*parts: tuple[str, str, list[float]]) -> Rows:
    """Rows of (device, protocol, values)."""
    return concatenate(
        [
            Rows.of(SCHEMA, np.array([values]), Group(device), proto=np.array([PROTOCOLS.index(proto)], np.int8))  # type: ignore[arg-type]
            for device, proto, values in parts
        ]
    )


def test_a_row_is_anomalous_when_its_score_is_above_the_threshold() -> None:
    scores = Scorer(model([detector(threshold=1.0)])).score(np.array([USUAL, [1, 1, 1.01], ODD]))
    assert scores.score == pytest.approx([1, 1.0067, 9])
    assert scores.threshold.tolist() == [1, 1, 1]
    assert scores.anomalous.tolist() == [False, True, True]
    assert scores.label.tolist() == [-1, -1, -1]
    assert scores.labels == ()


def test_a_detector_is_as_sure_as_benign_rows_allow() -> None:
    side = np.sqrt([0.0, 1.0, 4.0, 4.5, 9.0])
    scores = Scorer(model([detector(threshold=4.0)])).score(np.repeat(side[:, None], 3, axis=1))
    # Benign scores went evenly from 0 to 5: above 4 are 20 %, above 1 are 80 %.
    assert scores.confidence == pytest.approx([1 - 0.2, 1 - 0.2 / 0.8, 0.0, 0.9, 1 - 1e-5], abs=1e-3)
    assert scores.anomalous.tolist() == [False, False, False, True, True]


def test_rows_are_scaled_and_columns_are_picked() -> None:
    part = detector(columns=["c", "a"], scaler="standard")
    arrays = {"all.mean": np.array([1.0, 0.0]), "all.std": np.array([2.0, 1.0])}
    scores = Scorer(model([part], arrays=arrays)).score(np.array([[3.0, 1e9, 5.0]]))
    assert scores.score.tolist() == [(2**2 + 3**2) / 2]


@pytest.mark.parametrize("n", [0, 1, BLOCK - 1, BLOCK, BLOCK + 1, 3 * BLOCK + 5])
@pytest.mark.parametrize("kind", [np.float32, np.float64])
def test_any_number_of_rows_is_scored_in_order(n: int, kind: type[np.floating]) -> None:
    values = np.zeros((n, 3), kind)
    values[:, 1] = np.arange(n) % 50
    assert Scorer(model()).score(values).score == pytest.approx(values[:, 1] ** 2 / 3)


def test_the_most_particular_part_judges() -> None:
    parts = [
        detector("all", threshold=1),
        detector("tcp", threshold=2, protocol="tcp"),
        detector("camera", threshold=3, device="Camera"),
        detector("camera-tcp", threshold=4, device="Camera", protocol="tcp"),
    ]
    scorer = Scorer(model(parts))
    said = scorer.score_rows(
        rows(
            ("", "", USUAL), ("plug", "udp", USUAL), ("plug", "tcp", USUAL),
            ("camera", "udp", ODD), ("CAMERA", "tcp", USUAL), ("camera", "", USUAL),
        )
    )  # fmt: skip
    assert said.threshold.tolist() == [1, 1, 2, 3, 4, 3]
    assert said.score.tolist() == [1, 1, 1, 9, 1, 1]
    assert scorer.score(np.array([USUAL]), "camera", "tcp").threshold.tolist() == [4]
    assert scorer.score(np.array([USUAL]), ["02:00:00:00:00:01", "camera"]).threshold.tolist() == [3]
    found = scorer.detector_for(None, "tcp")
    assert found is not None
    assert found.name == "tcp"


def test_rows_for_which_there_is_no_part_are_not_judged() -> None:
    said = Scorer(model([detector("camera", device="camera")])).score_rows(
        rows(("plug", "tcp", ODD), ("camera", "tcp", ODD))
    )
    assert np.isnan(said.score).tolist() == [True, False]
    assert np.isnan(said.threshold).tolist() == [True, False]
    assert said.anomalous.tolist() == [False, True]
    assert said.confidence[0] == 0


def test_a_classifier_alone_calls_anomalous_what_is_not_benign() -> None:
    scorer = Scorer(model([], [classifier("kind", ["benign", "mirai.syn"])], [BY_A]))
    said = scorer.score(np.array([[-1.0, 0, 0], [1.0, 0, 0]]))
    sure = 1 / (1 + math.exp(-4))
    assert said.labels == ("benign", "mirai.syn")
    assert said.label.tolist() == [0, 1]
    assert said.anomalous.tolist() == [False, True]
    assert said.confidence == pytest.approx([sure, sure])
    assert np.isnan(said.score).all()


def test_where_detector_and_classifier_agree_the_classifier_says_how_sure() -> None:
    said = Scorer(model(None, [classifier("kind", ["benign", "mirai.syn"])], [BY_A])).score(
        np.array([[-0.5, 0, 0], [4.0, 0, 0]])
    )
    assert said.anomalous.tolist() == [False, True]
    assert said.confidence == pytest.approx([1 / (1 + math.exp(-2)), 1 / (1 + math.exp(-16))])


def test_where_they_contradict_each_other_the_detector_decides_and_is_less_sure() -> None:
    values = np.array([[-4.0, 0, 0], [1.0, 0, 0]])
    alone = Scorer(model()).score(values)
    said = Scorer(model(None, [classifier("kind", ["benign", "mirai.syn"])], [BY_A])).score(values)
    assert said.anomalous.tolist() == alone.anomalous.tolist() == [True, False]
    assert [said.labels[label] for label in said.label] == ["benign", "mirai.syn"]
    doubt = [1 - 1 / (1 + math.exp(-16)), 1 - 1 / (1 + math.exp(-4))]
    assert said.confidence == pytest.approx(alone.confidence * doubt, abs=1e-6)


def test_classes_of_several_classifiers_are_put_together() -> None:
    parts = [
        classifier("tcp", ["benign", "syn"], protocol="tcp"),
        classifier("udp", ["udpplain", "benign"], protocol="udp"),
    ]
    said = Scorer(model([], parts, [BY_A, BY_A])).score_rows(
        rows(("", "tcp", ODD), ("", "udp", ODD), ("", "udp", [-1, 0, 0]), ("", "icmp", ODD))
    )
    assert said.labels == ("benign", "syn", "udpplain")
    assert said.label.tolist() == [1, 0, 2, -1]
    assert said.anomalous.tolist() == [True, False, True, False]


def test_errors_are_told_by_column() -> None:
    scorer = Scorer(model([detector(columns=["c", "a"]), detector("quiet", device="quiet", has_errors=False)]))
    errors = scorer.errors(np.array([[1.0, 2, 3]]))
    assert errors is not None
    assert errors.tolist() == [[9, 1]]
    assert scorer.errors(np.array([[1.0, 2, 3]]), "quiet") is None


def test_probabilities_are_told_by_class() -> None:
    scorer = Scorer(model([], [classifier("kind", ["a", "b"], device="camera")], [BY_A]))
    found = scorer.probabilities(np.array([[0.0, 0, 0]]), "camera")
    assert found is not None
    assert found.tolist() == [[0.5, 0.5]]
    assert scorer.probabilities(np.array([USUAL]), "plug") is None
    assert scorer.classifier_for("plug") is None


def test_what_is_no_number_is_anomalous() -> None:
    said = Scorer(model()).score(np.array([[math.nan, 0, 0], [math.inf, 0, 0], [1e300, 0, 0]]))
    assert said.anomalous.all()
    assert not np.isnan(said.score).any()


def test_rows_of_another_schema_are_refused() -> None:
    scorer = Scorer(model())
    with pytest.raises(SchemaMismatch, match="3 columns"):
        scorer.score(np.zeros((2, 4)))
    for other in (FeatureSchema("other", ("a", "b", "c")), FeatureSchema("three", ("a", "c", "b"))):
        with pytest.raises(SchemaMismatch, match="schema 'three'"):
            scorer.score_rows(Rows.of(other, np.zeros((2, 3))))


def test_a_model_that_contradicts_itself_is_refused() -> None:
    with pytest.raises(ModelError, match="'nowhere' is not in the schema"):
        Scorer(model([detector(columns=["a", "nowhere"])]))


def test_networks_are_probed_before_they_are_needed() -> None:
    held = model([detector(), detector("camera", device="camera", has_errors=False)])
    Scorer(held).probe()
    broken = replace(held, networks={**held.networks, "camera": squares(5)})
    Scorer(broken).probe(most=1)
    with pytest.raises(ModelError, match="'camera' cannot be used"):
        Scorer(broken).probe()
