import pytest
import torch

from botwarden.learn.plan import TrainPlan
from botwarden.learn.training import train
from nbaiot import rows

torch.set_num_threads(1)


@pytest.mark.parametrize("split", ["auto", "random"])
def test_detector_and_classifier_are_measured_each_on_what_it_did_not_learn_from(split: str) -> None:
    plan = TrainPlan(
        detector="autoencoder", epochs=10, classifier="random_forest", classifier_settings={"trees": 10}, split=split,
        classes="3",
    )  # type: ignore[arg-type]  # fmt: skip
    found = train(rows(300, 60), plan).model.manifest.metrics
    assert found["attack_rows"] == 120
    assert found["benign_rows"] == (300 if split == "auto" else 60)
    assert found["named_rows"] == 84
    assert found["accuracy"] > 0.8 and 0 < found["macro_f1"] <= 1


def test_a_classifier_alone_is_measured_by_the_test_part() -> None:
    plan = TrainPlan(classifier="random_forest", classifier_settings={"trees": 10}, split="random", classes="2")
    found = train(rows(300, 60), plan).model.manifest.metrics
    assert (found["benign_rows"], found["attack_rows"]) == (60, 24)
    assert found["recall"] > 0.8 and found["false_positive_rate"] < 0.2


def test_without_attacks_nothing_is_said_of_recall() -> None:
    found = train(rows(100, 0), TrainPlan(detector="autoencoder", epochs=3)).model.manifest.metrics
    assert set(found) == {"benign_rows", "false_positive_rate"}
