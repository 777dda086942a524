import numpy as np
import pytest
import torch

from botwarden.core.errors import ConfigError
from botwarden.learn import loop
from botwarden.learn.dividing import Job, crossed
from botwarden.learn.fitting import Columns, fit, maker, stops
from botwarden.learn.journal import Journal
from botwarden.learn.plan import TrainPlan
from learnable import Kept, interrupted
from nbaiot import rows

torch.set_num_threads(1)
PLAN = TrainPlan(detector="autoencoder", epochs=4)
DATA = rows(240, 0)
COLUMNS = Columns(DATA, np.arange(20))


def jobs() -> list[Job]:
    return crossed("d", np.arange(240), 0, stops=True)


def test_the_detector_brings_its_own_scaling_unless_another_is_asked_for() -> None:
    _, kind = maker(TrainPlan(detector="isolation_forest"))
    assert kind == "identity"
    make, kind = maker(TrainPlan(detector="isolation_forest", scaler="standard"))
    assert kind == "standard"
    assert not stops(make)


def test_settings_that_a_detector_does_not_have_are_told() -> None:
    with pytest.raises(ConfigError, match="epochs"):
        maker(TrainPlan(detector="isolation_forest", epochs=3))
    with pytest.raises(ConfigError, match="choose from"):
        maker(TrainPlan(detector="crystal_ball"))


def test_networks_score_rows_as_they_are_scaled_for_them() -> None:
    make, _ = maker(PLAN)
    found = fit(make, "standard", COLUMNS, jobs(), Journal(None))
    assert [one.job.name for one in found] == ["d", *(f"d.fold-{n}" for n in range(5))]
    assert found[0].scores(COLUMNS, np.arange(7)).shape == (7,)
    assert not np.array_equal(found[1].scores(COLUMNS, np.arange(7)), found[2].scores(COLUMNS, np.arange(7)))


@pytest.mark.parametrize(("name", "stop"), [("autoencoder", 3), ("kitnet", 6)])
def test_what_was_stopped_goes_on_to_the_same_networks(name: str, stop: int, monkeypatch: pytest.MonkeyPatch) -> None:
    plan = TrainPlan(detector=name, epochs=4)
    make, _ = maker(plan)
    whole = fit(make, "minmax", COLUMNS, jobs()[:3], Journal(None))
    kept = Kept()
    with monkeypatch.context() as patch:
        patch.setattr(loop.Training, "_judge", interrupted(loop.Training._judge, stop))
        with pytest.raises(KeyboardInterrupt):
            fit(make, "minmax", COLUMNS, jobs()[:3], Journal(kept))
    assert kept.state
    again = fit(make, "minmax", COLUMNS, jobs()[:3], Journal(kept))
    assert [one.fitted.network for one in again] == [one.fitted.network for one in whole]


def test_a_sample_of_rows_keeps_the_first_and_the_last() -> None:
    raw = COLUMNS.raw(np.arange(240), 10)
    assert len(raw) == 10
    assert np.array_equal(raw[[0, -1]], DATA.values[[0, 239], :20])
