"""Time: how soon an attack is noticed, and how often a day nothing is mistaken for one."""

from itertools import pairwise
from typing import Final

import msgspec
import numpy as np
from numpy.typing import NDArray

from botwarden.learn.thresholds import alarms

PAUSE: Final = 60.0
"""s: rows of an attack further apart belong to two attacks; alarms further apart are two alarms."""
DAY: Final = 86_400.0


class Detection(msgspec.Struct, frozen=True, kw_only=True):
    """How one attack on or by one device was noticed. Times are None where the rows carry none."""

    device: str
    attack: str
    start: float | None
    """s, UTC: its first row."""
    rows: int
    length: float | None
    """s from its first row to its last."""
    rows_until: int | None
    """Rows until the first that is anomalous, itself included; None: none was."""
    seconds_until: float | None
    window_rows_until: int | None
    """Rows until the first after which more than half of the last rows are anomalous."""
    window_seconds_until: float | None


class FalseAlarms(msgspec.Struct, frozen=True, kw_only=True):
    """Alarms on benign traffic of one device. Alarms closer than `PAUSE` are one."""

    device: str
    rows: int
    flagged: int
    days: float | None
    """Days of benign traffic; None where the rows carry no times."""
    alarms: int | None
    per_day: float | None


def attacks(ts: NDArray[np.float64], source: NDArray[np.integer], pause: float = PAUSE) -> list[slice]:
    """The rows of one group in stretches of one source and without a pause; without times only sources divide them.

    ``ts``: float64[n], in order; ``source``: int[n].
    """
    if not len(ts):
        return []
    cuts = np.flatnonzero((np.abs(np.diff(ts)) > pause) | (np.diff(source) != 0)) + 1
    edges = [0, *cuts.tolist(), len(ts)]
    return [slice(start, end) for start, end in pairwise(edges)]


def detection(device: str, attack: str, ts: NDArray[np.float64], flagged: NDArray[np.bool_], window: int) -> Detection:
    """Of the rows of one attack, in order; there is at least one."""
    timed = bool(np.isfinite(ts).all())
    first = _first(flagged)
    last = _first(alarms(flagged, np.zeros(len(flagged), np.int8), window))
    return Detection(
        device=device,
        attack=attack,
        start=float(ts[0]) if timed else None,
        rows=len(ts),
        length=_seconds(ts, len(ts) - 1) if timed else None,
        rows_until=None if first is None else first + 1,
        seconds_until=_seconds(ts, first) if timed and first is not None else None,
        window_rows_until=None if last is None else last + 1,
        window_seconds_until=_seconds(ts, last) if timed and last is not None else None,
    )


def false_alarms(
    device: str,
    ts: NDArray[np.float64],
    benign: NDArray[np.bool_],
    source: NDArray[np.integer],
    flagged: NDArray[np.bool_],
    pause: float = PAUSE,
) -> FalseAlarms:
    """Of all rows of one device, in the order of their sources.

    Benign time is what lies between two benign rows of one source that follow each other: time spent in attacks and
    between captures does not count.
    """
    wrong = benign & flagged
    rows, mistakes = int(np.count_nonzero(benign)), int(np.count_nonzero(wrong))
    if not rows or not np.isfinite(ts[benign]).all():
        return FalseAlarms(device=device, rows=rows, flagged=mistakes, days=None, alarms=None, per_day=None)
    beside = benign[1:] & benign[:-1] & (source[1:] == source[:-1])
    days = float(np.maximum(np.diff(ts)[beside], 0.0).sum()) / DAY
    when, where = ts[wrong], source[wrong]
    raised = int(np.count_nonzero((np.abs(np.diff(when)) > pause) | (np.diff(where) != 0))) + 1 if mistakes else 0
    return FalseAlarms(
        device=device,
        rows=rows,
        flagged=mistakes,
        days=days,
        alarms=raised,
        per_day=raised / days if days > 0 else None,
    )


def _first(flagged: NDArray[np.bool_]) -> int | None:
    return int(np.argmax(flagged)) if flagged.any() else None


def _seconds(ts: NDArray[np.float64], row: int) -> float:
    return max(float(ts[row] - ts[0]), 0.0)
