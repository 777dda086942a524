import numpy as np
import pytest
import torch

from botwarden.core.errors import ConfigError, DataError
from botwarden.core.row import Rows, concatenate
from botwarden.learn.classifying import Classifiers, classifiers
from botwarden.learn.dividing import divided, segments
from botwarden.learn.journal import Journal
from botwarden.learn.plan import TrainPlan
from nbaiot import rows

torch.set_num_threads(1)
PLAN = TrainPlan(classifier="random_forest", classifier_settings={"trees": 8}, classes="3")


def made(data: Rows, plan: TrainPlan) -> Classifiers:
    split = divided(data, "random", 0, attacks_to_test=False)
    return classifiers(data, data.schema.columns[:40], list(segments(data, plan.per)), plan, split, Journal(None))


def test_one_for_all_and_one_for_each_device_that_has_attacks() -> None:
    data = concatenate([rows(150, 60, "camera"), rows(100, 0, "plug", seed=8)])
    found = made(data, TrainPlan(**{**{f: getattr(PLAN, f) for f in PLAN.__struct_fields__}, "per": "device"}))
    assert [(part.device, part.classes) for part in found.parts] == [
        (None, ["benign", "gafgyt", "mirai"]), ("camera", ["benign", "gafgyt", "mirai"]),
    ]  # fmt: skip
    assert "plug" in found.notes[0]
    assert set(found.networks) == {"classifier-all", "classifier-device-1"}


def test_a_class_that_a_part_of_the_split_lacks_is_named() -> None:
    data = rows(100, 60)
    rare = np.concatenate([np.arange(160), [160]])
    with pytest.raises(DataError, match="gafgyt"):
        made(data.take(rare), PLAN)


def test_settings_that_a_classifier_does_not_have_are_told() -> None:
    with pytest.raises(ConfigError, match="crystals"):
        made(rows(100, 40), TrainPlan(classifier="random_forest", classifier_settings={"crystals": 3}))
    with pytest.raises(ConfigError, match="choose from"):
        made(rows(100, 40), TrainPlan(classifier="crystal_ball"))


def test_what_is_finished_is_not_trained_again() -> None:
    from learnable import Kept

    kept = Kept()
    data = rows(100, 40)
    split = divided(data, "random", 0, attacks_to_test=False)
    names, parts = data.schema.columns[:10], list(segments(data, "all"))
    first = classifiers(data, names, parts, PLAN, split, Journal(kept))
    again = classifiers(data, names, parts, TrainPlan(classifier="random_forest", seed=9), split, Journal(kept))
    assert first.networks == again.networks
