import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from botwarden.learn.baselines import BUDGET, first_half, majority, packet_rate


def test_the_majority_is_called_what_it_is() -> None:
    assert majority(np.array([True, True, False])).anomalous.tolist() == [True] * 3
    assert majority(np.array([True, False, False])).anomalous.tolist() == [False] * 3
    assert majority(np.array([True, False])).anomalous.tolist() == [False] * 2
    assert majority(np.zeros(0, np.bool_)).anomalous.tolist() == []


@given(st.lists(st.integers(0, 3), max_size=40))
def test_the_first_half_of_each_group_comes_before_the_second(groups: list[int]) -> None:
    group = np.array(groups, np.int32)
    chosen = first_half(group)
    for code in set(groups):
        part = chosen[group == code]
        assert part.sum() == -(-len(part) // 2)
        assert part[: part.sum()].all()


def test_the_rate_is_compared_with_benign_rates_of_the_first_half() -> None:
    rate = np.concatenate([np.full(2000, 5.0), [7.0], np.full(1999, 6.0), [50.0], [6.5]]).astype(np.float32)
    attack = np.zeros(len(rate), np.bool_)
    attack[-2:] = True
    said = packet_rate(rate, attack, np.zeros(len(rate), np.int8) + attack)
    assert said.threshold[0] == 5.0  # of 2,000 rows two may be above, and one is
    assert said.anomalous[-2:].all()
    assert not said.anomalous[:2000].any()


def test_the_threshold_keeps_its_budget_where_it_is_set() -> None:
    rng = np.random.default_rng(0)
    rate = rng.exponential(size=10_000).astype(np.float32)
    group = np.zeros(10_000, np.int8)
    said = packet_rate(rate, np.zeros(10_000, np.bool_), group)
    assert said.anomalous[first_half(group)].mean() <= BUDGET


def test_without_benign_rows_nothing_is_an_attack() -> None:
    said = packet_rate(np.array([1e9], np.float32), np.array([True]), np.zeros(1, np.int8))
    assert not said.anomalous.any()
