"""Two judges that know next to nothing. A model that is no better than they are has learned nothing of use."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from botwarden.core.score import Scores
from botwarden.learn.curves import threshold_at

MAJORITY: Final = "majority class"
RATE: Final = "packet rate alone"
BUDGET: Final = 1e-3
"""Share of benign rows that the packet rate's threshold may flag, on the rows that it is set on."""


def majority(attack: NDArray[np.bool_]) -> Scores:
    """Calls every row what most rows are: an attack, or benign (also where there are as many of both).

    ``attack``: bool[n], what rows are.
    """
    n = len(attack)
    most = bool(2 * np.count_nonzero(attack) > n)
    sure = max(np.count_nonzero(attack), n - np.count_nonzero(attack)) / n if n else 0.0
    return _scores(np.full(n, float(most), np.float32), 0.5, sure)


def packet_rate(rate: NDArray[np.float32], attack: NDArray[np.bool_], group: NDArray[np.integer]) -> Scores:
    """Calls a row an attack when its sender sends more packets than benign senders do.

    rate : float32[n], packets within about the last second
    attack : bool[n]; group : int[n]

    The threshold is set on the first half of each group's benign rows, so that at most `BUDGET` of them are above.
    Without benign rows nothing is an attack.
    """
    setting = first_half(group) & ~attack
    threshold = threshold_at(rate[setting], BUDGET) if setting.any() else np.inf
    return _scores(rate, threshold, 1.0 - BUDGET)


def first_half(group: NDArray[np.integer]) -> NDArray[np.bool_]:
    """bool[n]: the first half of the rows of each group, the middle one included."""
    order = np.argsort(group, kind="stable")
    sizes = np.unique(group, return_counts=True)[1]
    within = np.concatenate([np.arange(size) < -(-size // 2) for size in sizes]) if len(sizes) else np.zeros(0, bool)
    chosen = np.empty(len(group), np.bool_)
    chosen[order] = within
    return chosen


def _scores(score: NDArray[np.float32], threshold: float, sure: float) -> Scores:
    n = len(score)
    limit = np.full(n, threshold, np.float32)
    return Scores(score, limit, score > limit, np.full(n, -1, np.int16), np.full(n, sure, np.float32))
