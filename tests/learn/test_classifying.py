import numpy as np
import pytest
import torch
from msgspec import structs

from botwarden.core.errors import ConfigError, DataError
from botwarden.core.row import Group, Rows, concatenate
from botwarden.features.schema import NBAIOT115
from botwarden.learn.classifying import Classifiers, classifiers
from botwarden.learn.dividing import divided, segments
from botwarden.learn.graphs import Runner
from botwarden.learn.journal import Journal
from botwarden.learn.plan import TrainPlan
from nbaiot import attack_values, rows

torch.set_num_threads(1)
PLAN = TrainPlan(classifier="random_forest", classifier_settings={"trees": 8}, classes="3")


def made(data: Rows, plan: TrainPlan) -> Classifiers:
    split = divided(data, "random", 0, attacks_to_test=False)
    return classifiers(data, data.schema.columns[:40], list(segments(data, plan.per)), plan, split, Journal(None))


def test_one_for_all_and_one_for_each_device_that_has_attacks() -> None:
    data = concatenate([rows(150, 60, "camera"), rows(100, 0, "plug", seed=8)])
    found = made(data, structs.replace(PLAN, per="device"))
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


def test_a_rare_class_is_left_out_and_told_where_no_scheme_asks_for_it() -> None:
    data = rows(100, 60)
    found = made(data.take(np.arange(164)), structs.replace(PLAN, classes="all"))
    assert found.parts[0].classes == ["benign", "mirai.syn"]
    assert found.notes == ["Too few rows to learn from, so the classifier does not know: gafgyt.udp (4)."]


def test_rows_that_a_scheme_does_not_cover_are_counted() -> None:
    data = concatenate([rows(100, 60), Rows.of(NBAIOT115, attack_values(70, 5), Group("", "", "tsunami"))])
    found = made(data, PLAN)
    assert found.parts[0].classes == ["benign", "gafgyt", "mirai"]
    assert found.notes == ["The classifier leaves out 70 rows of other classes: tsunami (70)."]


def test_a_device_gets_to_know_the_attacks_that_only_others_showed() -> None:
    one, other = rows(200, 80, "camera"), rows(200, 80, "plug", seed=8)
    data = concatenate([one.take(np.arange(280)), other])  # the camera showed mirai.syn alone
    found = made(data, structs.replace(PLAN, per="device"))
    camera = next(part for part in found.parts if part.device == "camera")
    assert camera.classes == ["benign", "gafgyt", "mirai"]
    assert any("never showed" in note and "camera" in note and "plug" not in note for note in found.notes)
    unseen = attack_values(50, 1, seed=99)[:, :40].astype(np.float32)
    said = Runner(found.networks[camera.name]).probabilities(unseen)
    assert (said.argmax(axis=1) == camera.classes.index("gafgyt")).mean() > 0.9


def test_a_device_of_few_rows_has_none_of_its_own() -> None:
    small = rows(200, 80, "plug", seed=8).take(np.r_[0:100, 200:203])
    found = made(concatenate([rows(200, 80, "camera"), small]), structs.replace(PLAN, per="device"))
    assert [part.device for part in found.parts] == [None, "camera"]


def test_epochs_are_those_of_networks_and_nothing_to_forests() -> None:
    data = rows(100, 60)
    network = made(data, structs.replace(PLAN, classifier="published", classifier_settings={}, epochs=2))
    assert network.parts[0].settings["epochs"] == 2 and len(network.histories["classifier-all"]) == 2
    assert "epochs" not in made(data, structs.replace(PLAN, epochs=2)).parts[0].settings


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
