import itertools
import random
import threading
from pathlib import Path

import pytest

from botwarden.lab.life import Life, attempt
from botwarden.lab.rhythm import Habit
from lives import life_of


def test_a_habit_is_followed_in_story_time(tmp_path: Path) -> None:
    life = life_of("plug", tmp_path, speed=100.0)
    times: list[float] = []
    enough = threading.Event()

    def note(life: Life, _: random.Random) -> None:
        times.append(life.clock.now())
        if len(times) == 4:
            enough.set()

    life.follow(Habit("note", note, 10.0, 0.0, first=10.0))
    assert enough.wait(20.0)
    assert times[0] >= 1_000_005
    assert all(after - before >= 9.0 for before, after in itertools.pairwise(times))


def test_what_is_not_likely_is_not_done(tmp_path: Path) -> None:
    life = life_of("plug", tmp_path, speed=600.0)
    done: list[int] = []
    passed = threading.Event()

    def look(_: float) -> float:
        passed.set()
        return 0.0

    life.follow(Habit("never", lambda _, __: done.append(1), 1.0, first=1.0, likely=look))
    assert passed.wait(20.0)
    assert done == []


def test_a_server_that_is_away_is_part_of_life_and_a_mistake_of_ours_is_not(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    life = life_of("plug", tmp_path)

    def fails(error: Exception) -> "Habit[Life]":
        def do(_: Life, __: random.Random) -> None:
            raise error

        return Habit("call", do, 1.0)

    assert not attempt(fails(TimeoutError("too late")), life, life.dice("x"), tell=True)
    assert capsys.readouterr().err == "call: TimeoutError: too late\n"
    assert not attempt(fails(OSError("gone")), life, life.dice("x"), tell=False)
    assert capsys.readouterr().err == ""
    with pytest.raises(ZeroDivisionError):
        attempt(fails(ZeroDivisionError()), life, life.dice("x"), tell=True)


def test_dice_are_those_of_the_seed_and_the_boot(tmp_path: Path) -> None:
    life = life_of("plug", tmp_path)
    again = Life(life.device, tmp_path, life.seed, boot=1)
    assert life.dice("a").random() == life_of("plug", tmp_path).dice("a").random()
    assert life.dice("a").random() != again.dice("a").random()
