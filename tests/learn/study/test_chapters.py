import msgspec
import pytest
import torch

from botwarden.core.row import concatenate
from botwarden.detect.models.scorer import Scorer
from botwarden.learn.evaluation import about, assess
from botwarden.learn.judging import judge
from botwarden.learn.plan import TrainPlan
from botwarden.learn.study import chapters, class_chapters, published
from botwarden.learn.study.classes import ClassRun, run
from botwarden.learn.study.devices import device_results, normals, sweep
from botwarden.learn.study.results import DetectorStage, FisherTable, Study
from botwarden.learn.study.settings import Variant
from botwarden.learn.training import train
from nbaiot import rows

torch.set_num_threads(1)
DEVICE = "Danmini_Doorbell"


def detectors(dates: bool, worse: bool = False) -> DetectorStage:
    """Two detectors; with ``worse``, the published one looks at a single column."""
    data = concatenate([rows(240, 0, DEVICE)])
    plans = {
        "published": TrainPlan(detector="autoencoder", epochs=8, std=1.0, split="thirds", per="device", dates=dates),
        "forest": TrainPlan(detector="isolation_forest", detector_settings={"trees": 10}, dates=dates),
    }
    if worse:
        plans["published"] = TrainPlan(detector="isolation_forest", detector_settings={"trees": 1, "sample": 2})
    models = {name + "-dates" * dates: train(data, plan).model for name, plan in plans.items()}
    judged = judge({name: Scorer(model) for name, model in models.items()}, [rows(120, 60, DEVICE, seed=40)])
    first = next(iter(models))
    return DetectorStage(
        dates=dates,
        evaluation=assess(judged, [about(name, model) for name, model in models.items()], None, "too few"),
        devices={name: device_results(judged, judged.said[name], model) for name, model in models.items()},
        sweep=sweep(judged, judged.said[first], normals(models[first], data)),
        seconds=dict.fromkeys(models, 1.5),
        histories={first: [0.5, 0.25, 0.2]},
        splits=dict.fromkeys(models, "thirds"),
    )


def named(dates: bool) -> ClassRun:
    plan = TrainPlan(
        classifier="random_forest", classifier_settings={"trees": 5}, classes="3", split="random", dates=dates
    )
    found, _ = run(Variant(name="published-3" + "-dates" * dates, title="published", plan=plan), rows(100, 50))
    return msgspec.structs.replace(found, algorithm="published", history=[1.0, 0.5])


@pytest.fixture(scope="module")
def study() -> Study:
    return Study(
        botwarden="0", folder="nbaiot", quick=True, seed=0, benign=360, attack=120, devices=[DEVICE], ordered=True,
        machine="a machine", detectors=[detectors(False, worse=True), detectors(True)],
        fisher=[FisherTable(title="2 classes", classes=["a"], columns=["x", "y"], scores=[None, 0.5], dates=False)],
        classifiers=[named(False), named(True)], explanations=[], missing=["5 attacks of Mirai: no rows"],
    )  # fmt: skip


def test_ours_stand_beside_theirs(study: Study) -> None:
    whole = chapters.document(study)
    section = next(one for one in whole.sections if one.title == "Ours beside theirs")
    cells = [cell for line in section.tables[0].rows for cell in line]
    assert "0.007 ± 0.01" in cells and "174 ± 212 ms" in cells and "99.982 %" in cells
    assert published.SOURCES in section.tables[0].text
    device = next(one for one in whole.sections if "device by device" in one.title)
    assert [table.rows[0][4] for table in device.tables] == ["82"] * len(device.tables)


def test_a_difference_that_dates_make_is_a_warning(study: Study) -> None:
    whole = chapters.document(study)
    warnings = whole.warnings
    assert any("published" in line and "calendar" in line for line in warnings)
    assert any("5 attacks of Mirai" in row[0] for table in whole.sections[-1].tables for row in table.rows)


def test_all_parts_are_there_and_names_of_figures_are_unique(study: Study) -> None:
    whole = chapters.document(study, "made")
    names = [figure.name for section in whole.sections for figure in section.figures]
    assert len(names) == len(set(names))
    assert {"learning-detectors", "learning-classifiers", "confusion-3", "roc"} <= set(names)
    titles = [section.title for section in whole.sections]
    assert "Thresholds of the published detector" in titles and "Which features tell classes apart" in titles
    tables = [table for section in whole.sections for table in section.tables]
    assert all(len(line) == len(table.columns) for table in tables for line in table.rows)


def test_the_short_form_has_no_pictures(study: Study) -> None:
    short = chapters.overview(study)
    assert short.headline == chapters.headline(study)
    assert not any(section.figures for section in short.sections)


def test_a_study_without_anything_can_be_told(study: Study) -> None:
    empty = msgspec.structs.replace(study, detectors=[], fisher=[], classifiers=[], missing=[])
    assert chapters.document(empty).headline == "No detector was judged"


def test_results_survive_being_kept(study: Study) -> None:
    packed = msgspec.msgpack.encode(study)
    assert msgspec.msgpack.decode(packed, type=Study) == study


def test_classifiers_that_differ_with_dates_are_named() -> None:
    one, other = named(False), named(True)
    assert one.result is not None
    assert class_chapters.date_warnings([one, other]) == []
    worse = msgspec.structs.replace(one, result=msgspec.structs.replace(one.result, accuracy=0.5))
    assert "50.0 %" in class_chapters.date_warnings([worse, other])[0]
