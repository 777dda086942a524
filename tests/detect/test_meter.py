"""Meters, as plain Python. A flood's has a window of 10 s in buckets of 1 s, a threshold of 500 and a hold of 30 s."""

from typing import Any

import numpy as np
import pytest

from botwarden.detect.state import DONE, EVICTED_METERS, LOST, SAMPLES
from botwarden.detect.thresholds import FLOOD, MIRAI
from detect.plain import empty_state, plain

meter = plain("meter")
T = 1_700_000_000.0
KEY = np.int64(99)


@pytest.fixture
def s() -> Any:
    return empty_state()


def count(s: Any, ts: float, amount: float = 1.0, kind: int = FLOOD) -> tuple[Any, bool]:
    """``(meter, whether that raised it)``."""
    slot, _ = meter.meter_at(s, kind, 0, KEY, T + ts)
    return s["meters"][slot], bool(meter.tally(s, slot, T + ts, amount))


def episodes(s: Any) -> Any:
    return s["done"][: s["counts"][DONE]]


def test_the_sum_covers_the_window_and_no_more(s: Any) -> None:
    for ts in range(15):
        m, _ = count(s, ts, 10.0)
    assert m["sum"] == 100.0  # ten buckets of a second
    m, _ = count(s, 24.0, 0.0)
    assert m["sum"] == 0.0


def test_it_is_raised_once_at_its_threshold(s: Any) -> None:
    raised = [count(s, n / 100)[1] for n in range(700)]
    assert raised.index(True) == 499
    assert sum(raised) == 1


def test_an_episode_tells_when_it_began_how_much_it_was_and_when_it_ended(s: Any) -> None:
    for n in range(800):
        count(s, 3 + n / 100)
    count(s, 60, 0.0)
    (episode,) = episodes(s)
    assert episode["start"] == T + 3
    assert episode["last"] == pytest.approx(T + 3 + 7.99)
    assert episode["total"] == episode["peak"] == 800


def test_what_trickled_in_before_and_after_is_no_part_of_an_episode(s: Any) -> None:
    for ts in range(100):
        m, _ = count(s, ts)
        m["aux"][0] += 1.0
    for n in range(800):
        m, _ = count(s, 100 + n / 100)
        m["aux"][0] += 1.0
    for ts in range(109, 170):
        count(s, ts)
    (episode,) = episodes(s)
    assert episode["start"] == T + 100
    assert T + 107 < episode["last"] < T + 109
    assert 800 <= episode["total"] <= 810
    assert episode["aux"][0] == pytest.approx(episode["total"], rel=0.2)


def test_a_pause_shorter_than_the_hold_does_not_split_an_episode(s: Any) -> None:
    for start in (0, 25):
        for n in range(600):
            count(s, start + n / 100)
    count(s, 100, 0.0)
    (episode,) = episodes(s)
    assert 1100 <= episode["total"] <= 1200  # but for the first few of the second
    assert episode["last"] == pytest.approx(T + 30.99)


def test_after_the_hold_it_is_another_episode(s: Any) -> None:
    for start in (0, 80):
        for n in range(600):
            count(s, start + n / 100)
    count(s, 200, 0.0)
    assert [float(e["start"] - T) for e in episodes(s)] == [0.0, 80.0]
    assert [float(e["total"]) for e in episodes(s)] == [600.0, 600.0]


def test_just_below_the_threshold_nothing_is_raised(s: Any) -> None:
    for ts in range(1000):
        m, raised = count(s, ts, 49.9)
        assert not raised
    assert m["sum"] == pytest.approx(499)


def test_late_packets_count_and_an_older_clock_starts_anew(s: Any) -> None:
    for n in range(400):
        count(s, 5 + n / 100)
    m, _ = count(s, 2.0)
    assert m["sum"] == 401.0
    m, _ = count(s, -1000.0)
    assert m["sum"] == 1.0
    assert m["run_start"] == T - 1000.0


def test_a_clock_far_ahead_empties_the_window_at_once(s: Any) -> None:
    for n in range(600):
        count(s, n / 100)
    m, raised = count(s, 1e9)
    assert (m["sum"], raised) == (1.0, False)
    assert len(episodes(s)) == 1


def test_side_counts_start_anew_with_every_run(s: Any) -> None:
    m, _ = count(s, 0)
    m["aux"][0] = 5.0
    meter.remember(m, 0, 1, 23)
    m, _ = count(s, 100)
    assert m["aux"][0] == 0.0
    assert m["samples"] == 0


def test_the_first_samples_are_kept_and_all_are_counted(s: Any) -> None:
    m, _ = count(s, 0)
    for n in range(20):
        meter.remember(m, 0, n, 1000 + n)
    assert m["samples"] == 20
    assert m["sample_lo"].tolist() == list(range(SAMPLES))
    assert m["sample_port"].tolist() == [1000 + n for n in range(SAMPLES)]


def test_a_full_set_gives_up_a_quiet_meter_before_a_raised_one_and_finishes_it(s: Any) -> None:
    sets = len(s["meter_keys"]) // 8
    keys = [np.int64(7 + sets * n) for n in range(1, 12)]
    first, _ = meter.meter_at(s, MIRAI, 0, keys[0], T)
    for _ in range(3):
        meter.tally(s, first, T, 1.0)
    meter.meter_at(s, MIRAI, 0, keys[0], T)  # seen while raised
    for n, key in enumerate(keys[1:10]):
        meter.meter_at(s, MIRAI, 0, key, T + 1 + n)
    assert s["meter_keys"][first] == keys[0]
    assert s["counts"][EVICTED_METERS] == 2
    meter.finish(s, first)
    assert len(episodes(s)) == 1


def test_episodes_that_find_no_room_are_counted(s: Any) -> None:
    m, _ = count(s, 0)
    s["counts"][DONE] = len(s["done"])
    m["raised"] = 1
    meter.finish(s, int(np.flatnonzero(s["meter_keys"])[0]))
    assert s["counts"][LOST] == 1
    assert s["counts"][DONE] == len(s["done"])


def test_the_vote_finds_the_source_of_most_packets(s: Any) -> None:
    m, _ = count(s, 0)
    for source in [1, 2, 3, 4] + [9] * 20 + [5, 9, 6, 9]:
        meter.vote(m, 0, source)
    assert m["src_lo"] == 9
    for source in range(100, 300):
        meter.vote(m, 0, source)
    assert m["votes"] < 2  # nobody sent most of them


def test_what_is_taken_back_counts_no_more(s: Any) -> None:
    for n in range(450):
        m, _ = count(s, n / 100)
    for _ in range(400):
        meter.take_back(m)
    assert m["sum"] == m["total"] == 50.0
    assert not any(count(s, 4.5 + n / 100)[1] for n in range(449))
    assert count(s, 9.0)[1]


def test_what_is_taken_back_late_or_twice_leaves_nothing_below_zero(s: Any) -> None:
    for n in range(20):
        m, _ = count(s, n / 10)
    count(s, 30.0, 0.0)
    count(s, 31.0)
    for _ in range(30):
        meter.take_back(m)
    assert m["sum"] == m["total"] == 0.0
    assert not m["buckets"].any()
