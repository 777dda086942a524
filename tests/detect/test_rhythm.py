import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from botwarden.detect.rhythm import rhythm, sameness


def test_a_clockwork() -> None:
    found = rhythm([10 + 60.0 * k for k in range(50)])
    assert found
    assert (found.beats, found.interval, found.regularity, found.length) == (50, 60.0, 1.0, 49 * 60)


def test_order_and_doubles_do_not_matter() -> None:
    moments = [60.0 * k for k in range(50)]
    found = rhythm([*reversed(moments), *(ts + 0.5 for ts in moments)])
    assert found
    assert (found.beats, found.interval) == (50, 60.0)


@pytest.mark.parametrize("jitter", [0.05, 0.15, 0.3])
def test_jitter_and_missed_beats_are_tolerated(jitter: float) -> None:
    chance = random.Random(1)
    moments = [60 * (k + chance.uniform(-jitter, jitter)) for k in range(400) if chance.random() > 0.1]
    found = rhythm(moments)
    assert found
    assert found.regularity > 0.65
    assert found.interval == pytest.approx(60, rel=0.1)


def test_chance_has_no_rhythm() -> None:
    chance = random.Random(2)
    moments = [0.0]
    for _ in range(400):
        moments.append(moments[-1] + 2 + chance.expovariate(1 / 60))
    found = rhythm(moments)
    assert found
    assert found.regularity < 0.5


def test_bursts_have_no_rhythm() -> None:
    """A person at a browser: many requests at once, then none for a while."""
    chance = random.Random(3)
    moments = [at + chance.uniform(0, 60) for at in (0, 700, 900, 4000, 9000) for _ in range(10)]
    found = rhythm(moments)
    assert found
    assert found.regularity < 0.6


def test_too_few() -> None:
    assert rhythm([]) is None
    assert rhythm([1.0, 1.2, 60.0]) is None


def test_sameness() -> None:
    assert sameness([]) == 0
    assert sameness([100] * 9 + [5000]) == 0.9
    assert sameness([20, 21, 25]) == 1
    assert sameness([100, 400, 1600, 6400, 25600]) == 0.2


@given(st.lists(st.floats(0, 2e9, allow_nan=False), max_size=60))
def test_any_moments(moments: list[float]) -> None:
    found = rhythm(moments)
    if found:
        assert 0 <= found.regularity <= 1
        assert found.interval > 0
        assert found.length > 0
    assert 0 <= sameness(moments) <= 1
