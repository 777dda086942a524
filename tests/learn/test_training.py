import math

import msgspec
import numpy as np
import pytest
import torch

from botwarden.core.errors import ConfigError, DataError
from botwarden.core.model import DataFile
from botwarden.core.row import Rows, concatenate
from botwarden.detect.models.scorer import Scorer
from botwarden.features.schema import DATE_COLUMNS, NBAIOT115
from botwarden.learn import loop
from botwarden.learn.plan import TrainPlan
from botwarden.learn.training import train, versions
from learnable import Kept, interrupted
from nbaiot import benign_values, rows

torch.set_num_threads(1)
QUICK = TrainPlan(detector="autoencoder", epochs=12, false_positives=0.01)


def test_a_model_finds_what_is_not_normal_and_says_how_well() -> None:
    files = [DataFile(name="rows.csv", sha256="ab" * 32, rows=480, label="labelled")]
    told: list[str] = []
    trained = train(
        rows(600, 60), QUICK, files=files, settings={"seed": 0}, progress=lambda share, text: told.append(text)
    )
    manifest = trained.model.manifest
    assert manifest.metrics["recall"] > 0.95
    assert manifest.metrics["false_positive_rate"] < 0.05
    assert {"recall.mirai.syn", "recall.gafgyt.udp"} <= set(manifest.metrics)
    assert manifest.training.files == files and manifest.training.versions == versions()
    said = Scorer(trained.model).score_rows(rows(100, 50, seed=77))
    assert said.anomalous[100:].mean() > 0.95 and said.anomalous[:100].mean() < 0.1
    assert told and "autoencoder" in manifest.card and "benign rows" in manifest.card


def test_the_same_again_gives_the_same_and_another_seed_does_not() -> None:
    data = rows(200, 0)
    first, second, other = (train(data, msgspec.structs.replace(QUICK, seed=seed)).model for seed in (1, 1, 2))
    assert first.networks == second.networks and first.manifest.detectors == second.manifest.detectors
    assert first.networks != other.networks


@pytest.mark.parametrize("stop", [2, 9])
def test_what_was_stopped_goes_on_and_gives_the_identical_model(stop: int, monkeypatch: pytest.MonkeyPatch) -> None:
    data = rows(200, 0)
    whole = train(data, QUICK).model
    kept = Kept()
    with monkeypatch.context() as patch:
        patch.setattr(loop.Training, "_judge", interrupted(loop.Training._judge, stop))
        with pytest.raises(KeyboardInterrupt):
            train(data, QUICK, checkpoint=kept)
    again = train(data, QUICK, checkpoint=kept).model
    assert again.networks == whole.networks
    assert again.manifest.detectors == whole.manifest.detectors
    assert all(np.array_equal(again.arrays[name], whole.arrays[name]) for name in whole.arrays)


def test_columns_with_dates_are_used_only_when_asked_for_and_it_is_said() -> None:
    data = rows(120, 0)
    plan = TrainPlan(detector="isolation_forest", detector_settings={"trees": 10})
    plain = train(data, plan)
    assert not set(plain.model.manifest.detectors[0].columns) & set(DATE_COLUMNS)
    assert "left out" in plain.model.manifest.card
    dated = train(data, msgspec.structs.replace(plan, dates=True))
    assert set(dated.model.manifest.detectors[0].columns) >= set(DATE_COLUMNS)
    assert dated.model.manifest.training.dates
    assert "date" in dated.notes[0] and "calendar" in dated.model.manifest.card


def test_the_best_features_can_be_chosen_and_that_takes_attacks() -> None:
    plan = TrainPlan(detector="isolation_forest", detector_settings={"trees": 10}, top=7)
    trained = train(rows(120, 40), plan)
    assert len(trained.model.manifest.detectors[0].columns) == 7
    assert any("features" in note for note in trained.notes)
    with pytest.raises(ConfigError, match="attack rows"):
        train(rows(120, 0), plan)
    with pytest.raises(ConfigError, match="1 to 105"):
        train(rows(120, 40), msgspec.structs.replace(plan, top=106))


def test_fifty_rows_constant_columns_and_a_single_device_are_no_trouble() -> None:
    values = benign_values(50).astype(np.float32)
    values[:, ::3] = 5.0
    trained = train(Rows.of(NBAIOT115, values), msgspec.structs.replace(QUICK, per="device"))
    assert len(trained.model.manifest.detectors) == 1
    assert math.isfinite(trained.model.manifest.detectors[0].threshold)
    assert any("extrapolated" in note for note in trained.notes)
    assert any("which device" in note for note in trained.notes)


def test_several_devices_that_are_learned_as_one_are_a_reason_for_a_note() -> None:
    two = concatenate([rows(250, 0, "camera"), rows(250, 0, "plug", seed=5)])
    (note,) = [note for note in train(two, QUICK).notes if "as one" in note]
    assert note.startswith("2 devices are learned as one") and "--per all" in note
    for other in (train(two, msgspec.structs.replace(QUICK, per="device")), train(rows(500, 0, "plug"), QUICK)):
        assert not any("as one" in note for note in other.notes)


def test_by_itself_each_device_gets_a_detector_and_all_share_a_classifier() -> None:
    plan = msgspec.structs.replace(QUICK, classifier="random_forest", classifier_settings={"trees": 10}, per="auto")
    two = concatenate([rows(250, 60, "camera"), rows(250, 60, "plug", seed=5)])
    made = train(two, plan).model.manifest
    assert [part.device for part in made.detectors] == [None, "camera", "plug"]
    assert [part.device for part in made.classifiers] == [None]
    alone = train(rows(250, 60, "camera"), plan).model.manifest
    assert [part.device for part in alone.detectors] == [None]


def test_rows_that_are_all_equal_make_a_model_too() -> None:
    values = np.ones((60, 115), np.float32)
    trained = train(Rows.of(NBAIOT115, values), QUICK)
    assert not Scorer(trained.model).score_rows(Rows.of(NBAIOT115, values)).anomalous.any()


@pytest.mark.parametrize("split", ["thirds", "time", "random"])
def test_other_splits_hold_a_test_part_back(split: str) -> None:
    plan = TrainPlan(detector="isolation_forest", detector_settings={"trees": 10}, split=split)  # type: ignore[arg-type]
    manifest = train(rows(300, 20), plan).model.manifest
    assert 50 <= manifest.metrics["benign_rows"] <= 100
    assert manifest.metrics["attack_rows"] == 40
    assert manifest.training.split != ""


def test_nothing_to_learn_from_is_a_clear_error() -> None:
    with pytest.raises(DataError, match="benign"):
        train(rows(300, 30).take(slice(300, None)), QUICK)
    with pytest.raises(ConfigError, match="nothing to train"):
        train(rows(30), TrainPlan())
