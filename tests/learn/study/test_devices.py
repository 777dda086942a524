import numpy as np
import pytest
import torch

from botwarden.core.model import Model
from botwarden.core.row import Rows, concatenate
from botwarden.detect.models.scorer import Scorer
from botwarden.learn.judging import Judged, judge
from botwarden.learn.plan import TrainPlan
from botwarden.learn.study.devices import device_results, normals, sweep
from botwarden.learn.training import train
from nbaiot import rows

torch.set_num_threads(1)


@pytest.fixture(scope="module")
def both() -> Rows:
    return concatenate([rows(240, 0, "camera"), rows(240, 0, "plug", seed=9)])


@pytest.fixture(scope="module")
def model(both: Rows) -> Model:
    plan = TrainPlan(detector="autoencoder", epochs=20, std=1.0, split="thirds", per="device", ordered=True)
    return train(both, plan).model


@pytest.fixture(scope="module")
def judged(model: Model) -> Judged:
    chunks = [rows(90, 40, "camera", seed=20), rows(60, 30, "plug", seed=30)]
    return judge({"m": Scorer(model)}, chunks, sampled=0)


def test_every_device_is_measured_at_its_own_threshold(model: Model, judged: Judged) -> None:
    camera, plug = device_results(judged, judged.said["m"], model)
    assert (camera.device, camera.benign, camera.attack) == ("camera", 90, 80)
    assert (plug.device, plug.benign, plug.attack) == ("plug", 60, 60)
    parts = {part.device: part for part in model.manifest.detectors}
    assert camera.threshold == parts["camera"].threshold and camera.window == parts["camera"].window > 1
    assert camera.tpr is not None and camera.tpr > 0.9
    assert camera.window_fpr is not None and camera.fpr is not None and camera.window_fpr < camera.fpr
    assert camera.rows_until == camera.window // 2 + 1


def test_higher_thresholds_raise_fewer_false_alarms_and_miss_more(model: Model, judged: Judged, both: Rows) -> None:
    normal = normals(model, both)
    assert [one.device for one in normal] == ["camera", "plug"]
    assert [one.windows for one in normal] == [sorted(one.windows, reverse=True) for one in normal]
    found = sweep(judged, judged.said["m"], normal)
    assert [one.n for one in found] == list(range(1, 11))
    assert [one.false_positives for one in found] == sorted((one.false_positives for one in found), reverse=True)
    assert [one.false_negatives for one in found] == sorted(one.false_negatives for one in found)
    first = found[0]
    assert first.accuracy == pytest.approx(1 - (first.false_positives + first.false_negatives) / len(judged))


def test_devices_that_nothing_is_known_of_get_the_mean(model: Model, both: Rows) -> None:
    other = judge({"m": Scorer(model)}, [rows(50, 10, "stranger", seed=3)], sampled=0)
    found = sweep(other, other.said["m"], normals(model, both))
    assert np.isfinite(found[0].accuracy or np.nan)
    assert device_results(other, other.said["m"], model)[0].device == "stranger"
