"""Scores of majority windows: a device is anomalous when more than half of its last rows are.

As in the N-BaIoT paper (Meidan et al. 2018), and as `botwarden.learn.thresholds.alarms` has it: every row is the last
of a window; rows before the first of its stream count as normal.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

_CELLS: Final = 4_000_000  # scores looked at in one step: bounds memory


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
        out[rows] = _of_stream(score[rows], window)
    return out


def _of_stream(score: NDArray[np.floating], window: int) -> NDArray[np.floating]:
    padded = np.concatenate([np.full(window - 1, -np.inf, score.dtype), score])
    views = np.lib.stride_tricks.sliding_window_view(padded, window)
    place = window - 1 - window // 2
    found = np.empty(len(views), score.dtype)
    step = max(1, _CELLS // window)
    for first in range(0, len(views), step):
        found[first : first + step] = np.partition(views[first : first + step], place, axis=1)[:, place]
    return found
