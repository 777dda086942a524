"""A stretch of time laid out from left to right."""

import math
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from botwarden.core.report import ScanStats
from botwarden.core.text import utc

MOST_TICKS: Final = 9
"""More ticks than this touch each other; where there is little room only every other one is shown."""

_DAY: Final = 86_400.0
_YEAR: Final = 365.25 * _DAY
_STEPS: Final = (
    *(0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5),
    *(1.0, 2.0, 5.0, 10.0, 15.0, 30.0),
    *(60.0, 120.0, 300.0, 600.0, 900.0, 1_800.0),
    *(3_600.0, 7_200.0, 10_800.0, 21_600.0, 43_200.0),
    *(_DAY * days for days in (1, 2, 5, 7, 14, 30, 60, 91, 182)),
    *(_YEAR * years for years in (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000)),
)


@dataclass(frozen=True, slots=True)
class Tick:
    """A mark on the axis.

    percent : its place, 0 to 100 from the left
    text : its time in UTC, as far as the ticks differ
    minor : whether it can go where there is little room
    """

    percent: float
    text: str
    minor: bool


@dataclass(frozen=True, slots=True)
class Axis:
    """The time from ``start`` to ``end``, both finite, s, UTC; ``end`` is later."""

    start: float
    end: float

    @classmethod
    def of(cls, stats: ScanStats) -> "Axis":
        """The time that a capture covers; any second where it has no time or an absurd one."""
        start, end = stats.first_ts, stats.last_ts
        if start is None or end is None or utc(start) is None or utc(end) is None:
            return cls(0.0, 1.0)
        return cls(start, end) if end > start else cls(start, start + 1.0)

    def percent(self, ts: float) -> float:
        """Where ``ts`` lies, 0 to 100 from the left; the nearer end for what lies outside."""
        if math.isnan(ts):
            return 0.0
        return min(max((ts - self.start) / (self.end - self.start), 0.0), 1.0) * 100

    def ticks(self) -> list[Tick]:
        """Marks at round times."""
        span = self.end - self.start
        step = next((step for step in _STEPS if span / step <= MOST_TICKS - 1), span)
        first = math.ceil(self.start / step)
        times = [i * step for i in range(first, first + MOST_TICKS) if i * step <= self.end]
        return [Tick(self.percent(ts), _tick_text(utc(ts), step), minor=i % 2 == 1) for i, ts in enumerate(times)]


def _tick_text(moment: datetime | None, step: float) -> str:
    if moment is None:
        return ""
    if step < 1:
        return f"{moment:%H:%M:%S}.{moment.microsecond // 1000:03d}"
    if step < 60:
        return f"{moment:%H:%M:%S}"
    if step < _DAY:
        return f"{moment:%H:%M}"
    return f"{moment.day} {moment:%b}" if step < _YEAR else f"{moment:%Y}"
