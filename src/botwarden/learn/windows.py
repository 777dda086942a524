"""Majority windows: what a detector says of a device when it looks at its last rows instead of the last one.

As in the N-BaIoT paper (Meidan et al. 2018, sec. III-D): a device is anomalous when more than half of its last ``w``
rows are. Windows lie within one group, in the order of its rows, and start at every row; a group with fewer rows than
``w`` has none.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

_CELLS: Final = 4_000_000  # scores looked at in one step: bounds memory


def anomalous(flagged: NDArray[np.bool_], window: int) -> NDArray[np.bool_]:
    """bool[max(n - w + 1, 0)]: whether more than half of each window is flagged; ``flagged``: bool[n], one group's."""
    if len(flagged) < window:
        return np.zeros(0, np.bool_)
    sums = np.concatenate([[0], np.cumsum(flagged, dtype=np.int64)])
    majority: NDArray[np.bool_] = (sums[window:] - sums[:-window]) * 2 > window
    return majority


def scores(score: NDArray[np.floating], window: int) -> NDArray[np.floating]:
    """The score of each window: it is above a threshold exactly where more than half of the window's rows are.

    That is the (⌊w/2⌋ + 1)-th largest of its rows' scores: float[max(n - w + 1, 0)].
    """
    if window == 1:
        return score
    if len(score) < window:
        return score[:0]
    views = np.lib.stride_tricks.sliding_window_view(score, window)
    place = window - 1 - window // 2
    found = np.empty(len(views), score.dtype)
    step = max(1, _CELLS // window)
    for start in range(0, len(views), step):
        found[start : start + step] = np.partition(views[start : start + step], place, axis=1)[:, place]
    return found


def smallest_clean(groups: list[NDArray[np.bool_]], limit: int = 1000) -> int | None:
    """The smallest window in which no group of benign rows is ever anomalous; None where none up to ``limit`` is.

    A group with fewer rows than a window says nothing of it, and somebody has to: None as well where nobody can.
    """
    places = [np.flatnonzero(group) for group in groups]
    sizes = [len(group) for group in groups]
    for window in range(1, min(limit, max(sizes, default=0)) + 1):
        if not any(_fits(place, window) for place, size in zip(places, sizes, strict=True) if size >= window):
            return window
    return None


def _fits(places: NDArray[np.intp], window: int) -> bool:
    """Whether some window holds a majority of ``places``, the numbers of the flagged rows: only they are looked at."""
    majority = window // 2 + 1
    if len(places) < majority:
        return False
    return bool((places[majority - 1 :] - places[: len(places) - majority + 1] < window).any())
