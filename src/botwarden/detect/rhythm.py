"""Regularity of moments and sizes, measured so that a few that do not fit say little: medians and shares."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median
from typing import Final

TOLERANCE: Final = 0.3
"""Share of the usual gap by which a gap may differ from it. Of gaps of a call every T s with up to 0.3 T of jitter to
either side, three in four are within it; of random gaps (exponential) two in ten, four in ten with missed beats."""
MISSED: Final = 3
"""Beats in a row that may be missing: a gap near two, three or four times the usual one counts as regular."""
SAME_BEAT: Final = 1.0
"""s within which moments are one beat: clients open two connections at once, or try IPv6 and IPv4."""
SIZE_TOLERANCE: Final = 0.1
SIZE_SLACK: Final = 8
"""Bytes by which sizes may differ in any case: counters in text grow by a digit."""


@dataclass(frozen=True, slots=True)
class Rhythm:
    """How regular a series of moments is.

    beats : moments, those within `SAME_BEAT` of the one before left out
    interval : median gap, s
    regularity : share of the gaps near the median or, with missed beats, near a small multiple of it
    first_ts, last_ts : of the moments
    """

    beats: int
    interval: float
    regularity: float
    first_ts: float
    last_ts: float

    @property
    def length(self) -> float:
        """From the first to the last moment, s."""
        return self.last_ts - self.first_ts


def rhythm(moments: Sequence[float]) -> Rhythm | None:
    """The rhythm of at least three moments, in any order; None of fewer."""
    beats: list[float] = []
    for ts in sorted(moments):
        if not beats or ts - beats[-1] > SAME_BEAT:
            beats.append(ts)
    if len(beats) < 3:
        return None
    gaps = [later - earlier for earlier, later in pairwise(beats)]
    usual = median(gaps)
    near = sum(1 for gap in gaps if _fits(gap, usual))
    return Rhythm(len(beats), usual, near / len(gaps), beats[0], beats[-1])


def _fits(gap: float, usual: float) -> bool:
    times = min(max(round(gap / usual), 1), MISSED + 1)
    return abs(gap - times * usual) <= TOLERANCE * usual


def sameness(sizes: Sequence[float]) -> float:
    """Share of the sizes near their median; 0 of none."""
    if not sizes:
        return 0.0
    usual = median(sizes)
    slack = max(SIZE_TOLERANCE * usual, SIZE_SLACK)
    return sum(1 for size in sizes if abs(size - usual) <= slack) / len(sizes)
