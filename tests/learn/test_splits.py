import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from botwarden.core.errors import DataError
from botwarden.core.row import Group, Rows
from botwarden.core.snapshot import FeatureSchema
from botwarden.learn.splits import Split, at_random, by_attack, by_device, by_time, thirds

SCHEMA = FeatureSchema("one", ("a",))
GROUPS = (
    Group("cam"),
    Group("plug"),
    Group("cam", "mirai", "scan"),
    Group("plug", "gafgyt", "scan"),
    Group("plug", "gafgyt", "udp"),
)


def rows_of(codes: list[int], ts: np.ndarray | None = None) -> Rows:
    n = len(codes)
    times = np.full(n, np.nan) if ts is None else ts
    return Rows(SCHEMA, np.zeros((n, 1)), GROUPS, np.array(codes, np.int32), times, np.zeros(n, np.int8))


def is_partition(split: Split, n: int) -> bool:
    parts = [split.train, split.optimise, split.test]
    ascending = all((np.diff(part) > 0).all() for part in parts)
    return ascending and sorted(np.concatenate(parts).tolist()) == list(range(n))


MIXED = rows_of([0, 1, 2, 3, 4] * 40)


@given(st.lists(st.integers(0, 4), min_size=60, max_size=200), st.integers(0, 5))
def test_every_row_is_in_one_part(codes: list[int], seed: int) -> None:
    rows = rows_of([0, 1, 2, 3, 4] * 5 + codes)
    splits = [
        thirds(rows),
        thirds(rows, attacks_to_test=True),
        at_random(rows, seed=seed),
        by_device(rows, "plug", seed=seed),
        by_attack(rows, "mirai", seed=seed),
        by_time(rows, gap_rows=0),
    ]
    for split in splits:
        assert is_partition(split, len(rows)), split.text


def test_thirds_are_chronological_within_each_group() -> None:
    split = thirds(rows_of([0] * 9 + [2] * 6))
    assert split.train.tolist() == [0, 1, 2, 9, 10]
    assert split.optimise.tolist() == [3, 4, 5, 11, 12]
    assert split.test.tolist() == [6, 7, 8, 13, 14]
    assert split.text == "chronological thirds of each device and class"


def test_time_counts_before_the_order_of_rows_where_it_is_known() -> None:
    split = thirds(rows_of([0] * 6, np.array([5.0, 4, 3, 2, 1, 0])))
    assert split.train.tolist() == [4, 5]
    assert split.test.tolist() == [0, 1]


def test_in_the_paper_all_attacks_test() -> None:
    split = thirds(rows_of([0] * 9 + [2] * 6), attacks_to_test=True)
    assert split.train.tolist() == [0, 1, 2]
    assert split.test.tolist() == [6, 7, 8, *range(9, 15)]
    assert "all attacks test" in split.text


def test_shares_at_random_hold_in_every_group_and_follow_the_seed() -> None:
    split = at_random(MIXED, seed=3)
    for group in range(len(GROUPS)):
        sizes = [int((MIXED.group[part] == group).sum()) for part in (split.train, split.optimise, split.test)]
        assert sizes == [26, 6, 8]
    assert at_random(MIXED, seed=3).test.tolist() == split.test.tolist()
    assert at_random(MIXED, seed=4).test.tolist() != split.test.tolist()
    assert split.text == "80:20 at random, 20% of the former to optimise (seed 3)"


def test_a_device_is_left_out() -> None:
    split = by_device(MIXED, "plug", seed=1)
    assert set(MIXED.devices[split.test]) == {"plug"}
    assert set(MIXED.devices[split.train]) == set(MIXED.devices[split.optimise]) == {"cam"}
    assert "plug" in split.text


@pytest.mark.parametrize(
    ("name", "left_out"),
    [
        ("gafgyt", {"gafgyt.scan", "gafgyt.udp"}),
        ("scan", {"mirai.scan", "gafgyt.scan"}),
        ("mirai.scan", {"mirai.scan"}),
    ],
)
def test_an_attack_is_left_out(name: str, left_out: set[str]) -> None:
    split = by_attack(MIXED, name, seed=1)
    assert set(MIXED.labels[split.test]) == left_out | {"benign"}
    assert not set(MIXED.labels[np.concatenate([split.train, split.optimise])]) & left_out
    assert np.count_nonzero(MIXED.benign[split.test]) == 16


def test_a_gap_in_time_belongs_to_no_part() -> None:
    rows = rows_of([0] * 100, np.arange(100.0))
    split = by_time(rows, test=0.2, optimise=0.25, gap=5.0)
    assert split.train.tolist() == list(range(60))
    assert split.optimise.tolist() == list(range(65, 80))
    assert split.test.tolist() == list(range(85, 100))
    assert split.text == "80:20 by time, 25% of the former to optimise, with gaps of 5 s in between"


def test_a_gap_is_counted_in_rows_where_times_are_unknown() -> None:
    split = by_time(rows_of([0] * 100), test=0.2, optimise=0.25, gap_rows=5)
    assert split.optimise.tolist() == list(range(65, 80))
    assert split.test.tolist() == list(range(85, 100))
    assert "5 rows" in split.text


def test_a_gap_that_swallows_a_part_is_refused() -> None:
    with pytest.raises(DataError, match="no row is left for the optimise part"):
        by_time(rows_of([0] * 100, np.arange(100.0)), gap=50.0)


def test_a_gap_can_be_told_to_leave_something_of_a_short_attack() -> None:
    split = by_time(rows_of([0] * 100, np.arange(100.0) / 50), test=0.2, optimise=0.25, keep=0.5)
    assert split.train.tolist() == list(range(60))
    assert split.optimise.tolist() == list(range(70, 80)) and split.test.tolist() == list(range(90, 100))
    assert split.text.endswith("gaps of 60 s in between, less in classes that last too short for it")
    long = by_time(rows_of([0] * 100, np.arange(100.0) * 31), test=0.2, optimise=0.25, keep=0.5)
    assert long.test.tolist() == list(range(81, 100)) and "less" not in long.text


def test_what_there_is_nothing_of_is_refused() -> None:
    with pytest.raises(DataError, match="no row belongs to the device toaster"):
        by_device(MIXED, "toaster", seed=1)
    with pytest.raises(DataError, match="called hajime"):
        by_attack(MIXED, "hajime", seed=1)
    with pytest.raises(DataError, match="train part"):
        by_device(rows_of([0] * 9), "cam", seed=1)
    with pytest.raises(DataError, match="too few rows"):
        thirds(rows_of([0, 0]))
    with pytest.raises(DataError, match="too few rows"):
        at_random(rows_of([]), seed=1)


def test_empty_classes_are_named_with_their_part() -> None:
    codes = np.array([0] * 6 + [1] * 2)
    split = thirds(rows_of([0] * 6 + [2] * 2))
    with pytest.raises(DataError, match="no row of scan is in the test part"):
        split.require_classes(codes, ("benign", "scan"))
    split.require_classes(np.array([0] * 6 + [-1] * 2), ("benign",))


@pytest.mark.parametrize("share", [0.0, 1.0, -1.0, float("nan")])
def test_shares_are_between_nothing_and_everything(share: float) -> None:
    with pytest.raises(ValueError, match="share"):
        at_random(MIXED, test=share, seed=1)
    with pytest.raises(ValueError, match="share"):
        by_time(MIXED, optimise=share)
