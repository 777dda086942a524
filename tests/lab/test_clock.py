import time
from pathlib import Path

import pytest

from botwarden.lab.clock import MAX_SPEED, Clock, Stretch
from botwarden.lab.errors import LabError


@pytest.fixture
def clock(tmp_path: Path) -> Clock:
    return Clock(tmp_path / "clock")


def test_the_story_starts_where_it_is_told_and_keeps_the_machines_pace(clock: Clock) -> None:
    clock.start(1_000_000.0)
    (first,) = clock.stretches()
    assert clock.story_at(first.machine) == 1_000_000.0
    assert clock.story_at(first.machine + 7.5) == 1_000_007.5
    assert clock.speed == 1.0


def test_a_change_of_speed_counts_from_then_on_and_the_story_does_not_jump(clock: Clock) -> None:
    clock.start(5_000.0, 60.0)
    clock.set_speed(2.0)
    first, second = clock.stretches()
    assert second.story == pytest.approx(first.at(second.machine))
    assert clock.story_at(second.machine + 10) == pytest.approx(second.story + 20)
    assert clock.story_at(first.machine) == 5_000.0


def test_sleeping_takes_as_much_of_the_story_as_asked(clock: Clock) -> None:
    clock.start(0.0, 500.0)
    before, machine = clock.now(), time.monotonic()
    clock.sleep(20.0)
    assert clock.now() - before >= 20.0
    assert time.monotonic() - machine < 10.0  # 40 ms of the machine's time, on a machine that is not quite still


def test_another_process_reads_the_same_clock(clock: Clock) -> None:
    clock.start(100.0, 10.0)
    assert Clock(clock.path).stretches() == clock.stretches()


@pytest.mark.parametrize("speed", [0.0, -1.0, MAX_SPEED + 1, float("nan")])
def test_impossible_speeds_are_refused(clock: Clock, speed: float) -> None:
    with pytest.raises(LabError, match="a speed is above 0"):
        clock.start(0.0, speed)


@pytest.mark.parametrize("text", ["", "1 2\n", "a b c\n", "\n"])
def test_a_damaged_clock_is_told(clock: Clock, text: str) -> None:
    clock.path.write_text(text)
    with pytest.raises(LabError, match="clock"):
        clock.now()


def test_without_a_clock_there_is_no_time(clock: Clock) -> None:
    with pytest.raises(LabError, match="the lab has no clock"):
        clock.now()


def test_a_stretch_is_a_line() -> None:
    assert Stretch(10.0, 100.0, 3.0).at(12.0) == 106.0
