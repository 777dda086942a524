import msgspec
import numpy as np
import pytest

from botwarden.core.errors import DataError
from botwarden.core.model import ClassifierPart, DetectorPart, Manifest, Model, SchemaRef, Training
from botwarden.core.row import Group
from botwarden.features.schema import DATE_COLUMNS
from botwarden.learn.evaluation import Subject, about, evaluate
from botwarden.learn.results import About, Evaluation
from evaluations import CLASSES, ByColumn, evaluation, part


def test_a_model_is_measured_row_by_row() -> None:
    (model,) = evaluation().models
    assert (model.counts.tp, model.counts.fn, model.counts.fp, model.counts.tn) == (8, 22, 2, 198)
    assert (model.tpr.value, model.fpr.value) == (8 / 30, 0.01)
    assert model.precision == 0.8
    # at 1 % two of 200 benign rows may be above: the threshold falls to 2.099, and the flood is found
    assert model.ranking.at[0].tpr == 1.0
    assert model.clean_window == 2
    assert [one.attack for one in model.attacks] == ["benign", "gafgyt.udp", "mirai.scan"]


def test_windows_take_single_mistakes_away() -> None:
    (model,) = evaluation(window=3).models
    assert model.window_fpr.value == 0
    assert (model.window_tpr.hits, model.window_tpr.rows) == (7, 30)
    assert model.window_ranking is not None
    assert model.window_ranking.at[2].tpr == 28 / 30  # all but the first row of each attack
    assert evaluation(window=1).models[0].window_ranking is None


def test_time_to_detect_and_false_alarms_are_told() -> None:
    found = evaluation(window=3)
    (model,) = found.models
    scan, flood = model.detections
    assert (scan.device, scan.attack, scan.rows_until, scan.seconds_until) == ("camera", "mirai.scan", 3, 2.0)
    assert (scan.window_rows_until, scan.window_seconds_until) == (4, 3.0)
    assert flood.rows_until is None
    assert found.days == pytest.approx(2.0)
    assert found.timed
    assert [(alarm.device, alarm.alarms) for alarm in model.false_alarms] == [("camera", 0), ("plug", 0)]
    assert [alarm.per_day for alarm in evaluation().models[0].false_alarms] == pytest.approx([2.0, 0.0])


def test_without_times_alarms_are_not_told_per_day() -> None:
    found = evaluation(timed=False)
    assert not found.timed
    assert found.days is None
    assert all(alarm.per_day is None for alarm in found.models[0].false_alarms)
    assert found.models[0].detections[0].rows_until == 3
    assert found.models[0].detections[0].seconds_until is None


def test_trivial_baselines_are_judged_alike() -> None:
    majority, rate = evaluation().baselines
    assert (majority.about.name, rate.about.name) == ("majority class", "packet rate alone")
    assert (majority.tpr.value, majority.fpr.value) == (0, 0)
    assert (rate.counts.tp, rate.counts.fp) == (20, 0)  # the flood, not the scan
    assert majority.about.kind == rate.about.kind == "baseline"


def test_names_are_judged_where_there_are_some() -> None:
    (model,) = evaluation(labels=CLASSES).models
    assert model.classes is not None
    assert model.classes.accuracy == 1
    assert evaluation().models[0].classes is None


def test_the_content_goes_to_json_and_back() -> None:
    found = evaluation(labels=CLASSES, models=2, window=3)
    assert msgspec.json.decode(msgspec.json.encode(found), type=Evaluation) == found
    assert b"NaN" not in msgspec.json.encode(found)


def test_chunks_make_no_difference() -> None:
    subject = Subject(About(name="m", kind="detector"), ByColumn())
    scores = np.random.default_rng(0).exponential(5, 300)
    groups = [Group("a"), Group("a", "mirai", "scan")]
    whole = [part(group, list(scores[i::2])) for i, group in enumerate(groups)]
    pieces = [rows.take(slice(start, start + 7)) for rows in whole for start in range(0, 150, 7)]
    assert evaluate([subject], whole, dates=False) == evaluate([subject], pieces, dates=False)


def test_only_benign_rows_are_enough_for_false_positives() -> None:
    found = evaluate([Subject(About(name="m", kind="detector"), ByColumn())], [part(Group("a"), [1.0, 20.0])])
    (model,) = found.models
    assert model.fpr.value == 0.5
    assert model.tpr.value is None
    assert model.detections == []
    assert found.dates is None
    assert "at least" in found.dates_reason


def test_only_attacks_are_enough_for_recall() -> None:
    found = evaluate(
        [Subject(About(name="m", kind="detector"), ByColumn())], [part(Group("a", "", "attack"), [1.0, 20.0])]
    )
    assert found.models[0].tpr.value == 0.5
    assert found.models[0].fpr.value is None
    assert found.models[0].clean_window is None
    assert found.models[0].false_alarms == []


def test_no_rows_are_an_error() -> None:
    with pytest.raises(DataError, match="no rows"):
        evaluate([], [])


def test_two_models_of_one_name_are_an_error() -> None:
    subject = Subject(About(name="m", kind="detector"), ByColumn())
    with pytest.raises(DataError, match="same name"):
        evaluate([subject, subject], [])


def test_what_is_done_is_told() -> None:
    told: list[tuple[str, int]] = []
    evaluate(
        [Subject(About(name="m", kind="detector"), ByColumn())],
        [part(Group("a"), [1.0] * 5)],
        told=lambda what, rows: told.append((what, rows)),
    )
    assert told[0] == ("judging", 5)
    assert ("measuring m", 5) in told


def manifest(detectors: list[DetectorPart], classifiers: list[ClassifierPart], dates: bool = False) -> Manifest:
    training = Training(files=[], split="", seed=0, created="", seconds=0, versions={}, dates=dates)
    return Manifest(
        name="m", schema=SchemaRef(name="s", columns=["a", "b"]), detectors=detectors, classifiers=classifiers,
        training=training,
    )  # fmt: skip


def test_a_model_says_what_it_is() -> None:
    detector = DetectorPart(
        name="d", algorithm="autoencoder", columns=["a", "b"], scaler="quantile", threshold=1, rule="r", window=7
    )
    dated = ClassifierPart(
        name="c", algorithm="forest", columns=["b", DATE_COLUMNS[0]], scaler="identity", classes=["benign"]
    )
    one = about("x.model", Model(manifest([detector], []), {}, {}, "abc"))
    assert (one.name, one.kind, one.columns, one.dates, one.window) == ("x.model", "detector", 2, False, 7)
    assert (one.rules, one.identity, one.text) == (["r"], "abc", "autoencoder on quantile inputs")
    both = about("y", Model(manifest([detector], [dated]), {}, {}))
    assert (both.kind, both.columns, both.dates) == ("both", 3, True)
    assert about("z", Model(manifest([], [dated]), {}, {})).kind == "classifier"
    assert about("w", Model(manifest([detector], [], dates=True), {}, {})).dates
