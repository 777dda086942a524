import numpy as np
import pytest
import torch

from botwarden.core.row import Rows
from botwarden.learn.detecting import Detectors, detectors
from botwarden.learn.dividing import divided, segments
from botwarden.learn.graphs import Runner
from botwarden.learn.journal import Journal
from botwarden.learn.plan import TrainPlan
from nbaiot import rows

torch.set_num_threads(1)
PLAN = TrainPlan(detector="isolation_forest", detector_settings={"trees": 20}, false_positives=0.05)


def made(data: Rows, plan: TrainPlan, split: str = "cross") -> Detectors:
    divided_by = None if split == "cross" else divided(data, split, 0, attacks_to_test=True)  # type: ignore[arg-type]
    names = list(data.schema.columns[:30])
    return detectors(data, names, list(segments(data, plan.per)), plan, divided_by, Journal(None))


def test_the_threshold_is_set_on_rows_that_were_not_learned_from() -> None:
    data = rows(400, 20)
    found = made(data, PLAN)
    [part] = found.parts
    assert part.columns == list(data.schema.columns[:30])
    assert found.tried == 400
    assert 0 <= (found.wrong or 0) / 400 <= 0.1
    assert np.isfinite(found.arrays["detector-all.tail"]).all()
    scores = Runner(found.networks["detector-all"]).scores(data.values[:, :30])
    assert np.mean(scores[:400] > part.threshold) < 0.1


def test_with_a_split_the_optimise_part_sets_it_and_nothing_is_said_of_false_positives() -> None:
    data = rows(300, 20)
    found = made(data, TrainPlan(detector="isolation_forest", std=2.0, split="thirds"), "thirds")
    assert found.parts[0].rule == "mean + 2 std on the optimise set"
    assert found.wrong is None and not found.tried


def test_devices_get_parts_of_their_own_beside_the_one_for_all() -> None:
    one, other = rows(250, 0, "camera"), rows(220, 0, "plug", seed=9)
    data = Rows(
        one.schema, np.concatenate([one.values, other.values]), (*one.groups, *other.groups),
        np.repeat(np.array([0, 1], np.int32), [250, 220]), np.full(470, np.nan), np.zeros(470, np.int8),
    )  # fmt: skip
    found = made(data, TrainPlan(detector="isolation_forest", detector_settings={"trees": 5}, per="device"))
    assert [part.device for part in found.parts] == [None, "camera", "plug"]
    assert set(found.networks) == {part.name for part in found.parts}
    assert found.tried == 470  # each row once, by the part that judges it


@pytest.mark.parametrize(("timed", "wanted"), [(False, 1), (True, None)])
def test_a_window_is_chosen_where_the_order_is_known(timed: bool, wanted: int | None) -> None:
    data = rows(300, 0)
    if timed:
        data = Rows(data.schema, data.values, data.groups, data.group, np.arange(300.0), data.proto)
    plan = TrainPlan(detector="isolation_forest", detector_settings={"trees": 20}, std=0.5)
    [part] = made(data, plan).parts
    assert part.window == wanted if wanted else part.window > 1
    [part] = made(data, TrainPlan(detector="isolation_forest", window=7)).parts
    assert part.window == 7
