import pytest
from hypothesis import given
from hypothesis import strategies as st

from botwarden.core.report import ScanStats
from botwarden.web.axis import MOST_TICKS, Axis

NOON = 1_710_252_000.0  # 2024-03-12 14:00:00 UTC


@given(st.floats(), st.floats(), st.floats())
def test_any_times_have_an_axis_with_few_ticks_in_it(first: float, last: float, ts: float) -> None:
    axis = Axis.of(ScanStats(first_ts=first, last_ts=last))
    assert axis.end > axis.start
    ticks = axis.ticks()
    assert len(ticks) <= MOST_TICKS
    assert [tick.percent for tick in ticks] == sorted(tick.percent for tick in ticks)
    assert all(0 <= percent <= 100 for percent in [axis.percent(ts), *(tick.percent for tick in ticks)])


@pytest.mark.parametrize(
    ("length", "texts"),
    [
        (2.0, ["14:00:00.000", "14:00:00.500", "14:00:01.000", "14:00:01.500", "14:00:02.000"]),
        (40.0, ["14:00:00", "14:00:05", "14:00:10", "14:00:15"]),
        (724.0, ["14:00", "14:02", "14:04", "14:06", "14:08", "14:10", "14:12"]),
        (86_400.0, ["15:00", "18:00", "21:00", "00:00"]),
        (5 * 86_400.0, ["13 Mar", "14 Mar", "15 Mar", "16 Mar", "17 Mar"]),
        (4e8, ["2026", "2028"]),
    ],
)
def test_ticks_are_round_times_in_utc(length: float, texts: list[str]) -> None:
    found = [tick.text for tick in Axis(NOON, NOON + length).ticks()]
    assert found[: len(texts)] == texts


def test_percent_runs_from_left_to_right_and_stays_inside() -> None:
    axis = Axis(100.0, 300.0)
    places = {100.0: 0, 200.0: 50, 300.0: 100, 0.0: 0, 1e300: 100, float("nan"): 0, float("-inf"): 0}
    assert {ts: axis.percent(ts) for ts in places} == places


def test_an_instant_is_drawn_as_a_second() -> None:
    assert Axis.of(ScanStats(first_ts=NOON, last_ts=NOON)) == Axis(NOON, NOON + 1)
    assert Axis.of(ScanStats()) == Axis(0.0, 1.0)
