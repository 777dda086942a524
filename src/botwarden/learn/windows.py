"""Scores of majority windows: a device is anomalous when more than half of its last rows are.

As in the N-BaIoT paper (Meidan et al. 2018), and as `botwarden.learn.thresholds.alarms` has it: every row is the last
of a window; rows before the first of its stream count as normal.
"""

from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray


def scores(score: NDArray[np.floating], stream: NDArray[np.integer], window: int) -> NDArray[np.floating]:
    """float[n]: after each row, the score of its window: above a threshold exactly where an alarm would be raised.

    That is the (⌊window / 2⌋ + 1)-th largest of the window's scores; minus infinity before there are that many.
    ``score``: float[n]; ``stream``: int[n], the rows of each in the order of time.
    """
    if window == 1 or not len(score):
        return score
    order = np.argsort(stream, kind="stable")
    starts = np.flatnonzero(np.diff(stream[order], prepend=stream[order[0]] - 1))
    out = np.empty_like(score)
    for start, end in zip(starts, [*starts[1:], len(order)], strict=True):
        rows = order[start:end]
        found = np.empty(len(rows), score.dtype)
        _of_stream(score[rows], window, found)
        out[rows] = found
    return out


@njit(cache=True)
def _of_stream(score: Any, window: Any, out: Any) -> None:
    """Keep the window's scores sorted: one leaves and one comes, in as many steps as lie between their places."""
    kept = np.full(window, -np.inf, score.dtype)
    place = window - 1 - window // 2
    for row in range(len(score)):
        leaving = score[row - window] if row >= window else -np.inf
        coming = score[row]
        at = np.searchsorted(kept, leaving)
        while at + 1 < window and kept[at + 1] < coming:
            kept[at] = kept[at + 1]
            at += 1
        while at > 0 and kept[at - 1] > coming:
            kept[at] = kept[at - 1]
            at -= 1
        kept[at] = coming
        out[row] = kept[place]
