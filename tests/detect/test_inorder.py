import pytest
from hypothesis import given
from hypothesis import strategies as st

from botwarden.detect.inorder import MOST, WAIT, InOrder


@given(st.permutations(range(40)))
def test_things_come_in_the_order_of_time(order: list[int]) -> None:
    taken: list[int] = []
    waiting = InOrder(taken.append)
    for number in order:
        waiting.put(number, number)
    waiting.flush()
    waiting.flush()
    assert taken == list(range(40))


def test_those_of_the_same_time_come_as_they_were_put() -> None:
    taken: list[dict[str, int]] = []
    waiting = InOrder(taken.append)
    for number in range(9):
        waiting.put(5.0, {"not comparable": number})
    waiting.flush()
    assert [next(iter(thing.values())) for thing in taken] == list(range(9))


def test_nothing_waits_longer_than_it_must() -> None:
    taken: list[int] = []
    waiting = InOrder(taken.append)
    waiting.put(0.0, 0)
    waiting.put(WAIT, 1)
    assert taken == []
    waiting.put(WAIT + 1, 2)
    assert taken == [0]


@pytest.mark.parametrize("ts", [0.0, float("nan"), float("inf"), float("-inf")])
def test_memory_stays_within_its_limit(ts: float) -> None:
    taken: list[int] = []
    waiting = InOrder(taken.append)
    for number in range(MOST + 100):
        waiting.put(ts, number)
    assert len(waiting) == MOST
    waiting.flush()
    assert len(taken) == MOST + 100
