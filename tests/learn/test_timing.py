import numpy as np
import pytest

from botwarden.learn.timing import DAY, attacks, detection, false_alarms


def flags(n: int, *places: int) -> np.ndarray:
    marked = np.zeros(n, np.bool_)
    marked[list(places)] = True
    return marked


ONE = np.zeros(9, np.int32)


def test_a_pause_divides_attacks() -> None:
    ts = np.array([0.0, 1, 2, 100, 101, 500])
    assert attacks(ts, ONE[:6]) == [slice(0, 3), slice(3, 5), slice(5, 6)]
    assert attacks(np.zeros(0), ONE[:0]) == []


def test_without_times_an_attack_ends_with_its_source() -> None:
    assert attacks(np.full(3, np.nan), ONE[:3]) == [slice(0, 3)]
    assert attacks(np.full(3, np.nan), np.array([0, 0, 1])) == [slice(0, 2), slice(2, 3)]


def test_a_new_capture_divides_attacks_though_its_clock_is_earlier() -> None:
    assert attacks(np.array([1000.0, 1001, 3, 4]), ONE[:4]) == [slice(0, 2), slice(2, 4)]


def test_detection_is_told_in_rows_and_seconds() -> None:
    ts = 100 + np.arange(6) * 0.5
    found = detection("camera", "mirai.scan", ts, flags(6, 1, 3, 4, 5), 3)
    assert (found.device, found.attack, found.start, found.rows, found.length) == ("camera", "mirai.scan", 100, 6, 2.5)
    assert (found.rows_until, found.seconds_until) == (2, 0.5)
    # the fourth row is the first after which two of three are anomalous
    assert (found.window_rows_until, found.window_seconds_until) == (4, 1.5)


def test_an_attack_that_is_missed_has_no_time() -> None:
    found = detection("", "scan", np.arange(5.0), flags(5), 3)
    assert (found.rows_until, found.seconds_until, found.window_rows_until, found.window_seconds_until) == (None,) * 4


def test_without_times_rows_are_counted_only() -> None:
    found = detection("", "scan", np.full(4, np.nan), flags(4, 2), 1)
    assert (found.start, found.length, found.seconds_until, found.window_seconds_until) == (None,) * 4
    assert (found.rows_until, found.window_rows_until) == (3, 3)


def test_an_attack_shorter_than_the_window_is_not_seen_by_it() -> None:
    assert detection("", "scan", np.arange(2.0), flags(2, 0, 1), 5).window_rows_until is None


def test_alarms_close_to_each_other_are_one() -> None:
    ts = np.array([0, 10, 20, 1000, 2000, DAY])
    found = false_alarms("plug", ts, np.ones(6, np.bool_), np.zeros(6, int), flags(6, 0, 1, 3))
    assert (found.rows, found.flagged, found.alarms) == (6, 3, 2)
    assert found.days == 1
    assert found.per_day == 2


def test_time_in_attacks_and_between_captures_is_not_benign_time() -> None:
    ts = np.array([0, 100, 200, 300, 400, 9000, 9100])
    benign = np.array([True, True, False, True, True, True, True])
    source = np.array([0, 0, 0, 0, 0, 1, 1])
    found = false_alarms("plug", ts, benign, source, flags(7, 2))
    assert found.days == pytest.approx(300 / DAY)
    assert (found.alarms, found.per_day, found.flagged) == (0, 0, 0)


def test_the_same_moment_in_two_captures_is_two_alarms() -> None:
    found = false_alarms("plug", np.array([5.0, 5.0]), np.ones(2, np.bool_), np.array([0, 1]), flags(2, 0, 1))
    assert found.alarms == 2
    assert found.per_day is None  # no time passed


def test_without_times_only_rows_are_counted() -> None:
    found = false_alarms("plug", np.full(3, np.nan), np.ones(3, np.bool_), np.zeros(3, int), flags(3, 0))
    assert (found.rows, found.flagged, found.days, found.alarms, found.per_day) == (3, 1, None, None, None)


def test_a_device_without_benign_rows_has_no_false_alarms() -> None:
    found = false_alarms("plug", np.arange(3.0), np.zeros(3, np.bool_), np.zeros(3, int), flags(3, 0))
    assert (found.rows, found.flagged, found.per_day) == (0, 0, None)
