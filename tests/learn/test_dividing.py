import numpy as np
import pytest

from botwarden.core.errors import DataError
from botwarden.core.row import Group, Rows, concatenate
from botwarden.features.schema import NBAIOT115
from botwarden.learn.dividing import crossed, divided, kind_of, own, segments
from nbaiot import benign_values, rows


def house() -> Rows:
    parts = [rows(260, 30, "camera"), rows(40, 0, "plug", seed=5)]
    proto = np.array([4, 5] * 180, np.int8)
    both = concatenate(parts)
    return Rows(both.schema, both.values, both.groups, both.group, both.ts, proto)


def test_there_is_one_segment_for_all_rows_and_then_one_for_each_device_or_protocol() -> None:
    found = {one.name: len(one.rows) for one in segments(house(), "device")}
    assert found == {"all": 360, "device-1": 320, "device-2": 40}
    assert [one.protocol for one in segments(house(), "protocol")] == [None, "tcp", "udp"]
    assert [one.name for one in segments(house(), "all")] == ["all"]


def test_devices_with_few_benign_rows_are_left_to_the_part_for_all_and_named() -> None:
    kept, notes = own(list(segments(house(), "device")), house().benign)
    assert [one.device for one in kept] == [None, "camera"]
    assert "plug" in notes[0]


def test_too_few_benign_rows_are_an_error() -> None:
    few = rows(19, 40)
    with pytest.raises(DataError, match="19 benign rows are too few"):
        own(list(segments(few, "all")), few.benign)


def test_every_row_is_held_out_once_and_learned_from_by_all_others() -> None:
    benign = np.arange(5, 405)
    main, *folds = crossed("d", benign, 3, stops=True)
    assert np.array_equal(np.union1d(main.train, main.optimise), benign)
    assert np.array_equal(np.sort(np.concatenate([job.held for job in folds])), benign)
    for job in folds:
        assert not set(job.held) & (set(job.train) | set(job.optimise))
        assert not set(job.train) & set(job.optimise)
        assert len(job.optimise) and len(job.held) == 80


def test_who_does_not_stop_early_learns_from_everything() -> None:
    main, *_ = crossed("d", np.arange(50), 3, stops=False)
    assert np.array_equal(main.train, np.arange(50))


@pytest.mark.parametrize("n", [20, 21, 57, 101])
def test_few_rows_can_be_crossed_too(n: int) -> None:
    for stops in (True, False):
        for job in crossed("d", np.arange(n), 0, stops=stops):
            assert len(job.train) and len(job.optimise)


def test_auto_is_crossed_unless_there_are_many_rows() -> None:
    assert kind_of("auto", 20_000) == "cross"
    assert kind_of("auto", 200_000) == "time"
    assert kind_of("thirds", 10) == "thirds"


def test_a_split_by_time_leaves_something_of_small_classes() -> None:
    small = Rows.of(NBAIOT115, benign_values(60).astype(np.float32), Group("camera"))
    split = divided(small, "time", 0, attacks_to_test=False)
    assert min(len(split.train), len(split.optimise), len(split.test)) > 5


def test_all_attacks_test_where_nobody_learns_from_them() -> None:
    data = rows(90, 20)
    split = divided(data, "thirds", 0, attacks_to_test=True)
    assert set(np.flatnonzero(~data.benign)) <= set(split.test)
