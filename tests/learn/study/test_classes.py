import numpy as np
import pytest
import torch

from botwarden.core.model import Model
from botwarden.learn.plan import TrainPlan
from botwarden.learn.study.classes import ClassRun, examples, finest, run
from botwarden.learn.study.settings import Variant
from botwarden.learn.training import train
from nbaiot import rows

torch.set_num_threads(1)


def variant(classes: str, **settings: object) -> Variant:
    plan = TrainPlan(classifier="random_forest", classes=classes, split="random", **settings)  # type: ignore[arg-type]
    return Variant(name=f"forest-{classes}", title="forest", plan=plan)


@pytest.fixture(scope="module")
def three() -> tuple[ClassRun, Model | None]:
    return run(variant("3", classifier_settings={"trees": 10}), rows(200, 100))


def test_a_classifier_is_judged_on_rows_that_were_held_out(three: tuple[ClassRun, Model | None]) -> None:
    found, model = three
    assert found.result is not None and model is not None
    assert found.result.said == ["benign", "gafgyt", "mirai"]
    assert found.judged == 80 and found.rows == 320 and found.features == 105
    assert (found.result.accuracy or 0) > 0.9
    assert sum(map(sum, found.result.matrix)) == found.judged


def test_classes_that_are_not_there_are_told() -> None:
    found, model = run(variant("11"), rows(200, 20))
    assert model is None and found.result is None
    assert "no row" in found.missing


def test_the_finest_has_most_classes_and_no_dates(three: tuple[ClassRun, Model | None]) -> None:
    two, _ = run(variant("2", classifier_settings={"trees": 10}), rows(100, 50))
    dated, _ = run(variant("3", classifier_settings={"trees": 10}, dates=True), rows(100, 50))
    assert finest([two, dated, three[0]]) is three[0]
    assert finest([]) is None


def test_examples_are_of_all_kinds() -> None:
    data = rows(100, 30)
    model = train(data, TrainPlan(detector="autoencoder", epochs=5)).model
    chosen = examples(data, model)
    assert data.labels[np.array(chosen)].tolist() == ["gafgyt.udp", "mirai.syn", "benign"]
