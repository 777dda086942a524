import itertools
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from botwarden.lab import rhythm


def at(text: str) -> float:
    return datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()


def test_people_are_at_home_in_the_evening_and_asleep_at_night() -> None:
    friday = [rhythm.people(at(f"2026-11-27T{hour:02}:30")) for hour in range(24)]
    assert max(friday) == rhythm.people(at("2026-11-27T20:00"))
    assert friday[3] < friday[7] < friday[20]
    assert friday[12] < rhythm.people(at("2026-11-28T12:30"))  # a Saturday


@given(st.floats(0, 4e9))
def test_likelihoods_are_likelihoods(story: float) -> None:
    assert 0 <= rhythm.people(story) <= 1
    assert rhythm.always(story) == 1


@pytest.mark.parametrize("jitter", [0.0, 0.2, 0.9])
def test_pauses_vary_by_the_jitter(jitter: float) -> None:
    some = list(itertools.islice(rhythm.pauses(60.0, jitter, rhythm.dice(1, "camera", "x", 0)), 500))
    assert min(some) >= 60 * (1 - jitter) - 1e-9
    assert max(some) <= 60 * (1 + jitter) + 1e-9
    assert sum(some) / len(some) == pytest.approx(60, rel=0.1)


def test_the_same_seed_is_the_same_life_and_another_is_another() -> None:
    thrown = [
        rhythm.dice(*of).random()
        for of in [(1, "a", "x", 0)] * 2 + [(2, "a", "x", 0), (1, "b", "x", 0), (1, "a", "x", 1)]
    ]
    assert thrown[0] == thrown[1]
    assert len(set(thrown)) == 4


def test_a_habit_says_what_it_needs() -> None:
    habit: rhythm.Habit[None] = rhythm.Habit("ntp", lambda _, __: None, 60.0)
    assert habit.likely(0.0) == 1.0
