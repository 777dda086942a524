"""Scores whatever the threshold: curves, histograms, and the sweep over thresholds."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from botwarden.core.score import Scores
from botwarden.learn.curves import LOW_RATES, Curve
from botwarden.learn.metrics import counts
from botwarden.learn.results import Histogram, Ranking, SweepRow
from botwarden.learn.thresholds import deviations

BINS: Final = 60
DEVIATIONS: Final = range(1, 11)
"""Values of N in the threshold mean + N · std, as in Meidan et al. 2018."""
_DECADES: Final = 20  # decimal orders below the highest score that a histogram reaches down at most


def margins(said: Scores) -> tuple[NDArray[np.float64], bool]:
    """float64[n]: scores that can be compared across the parts of a model, and whether they are multiples of it.

    Where all rows have the same threshold, the scores themselves. Where parts have their own, scores are divided by
    it, or, should one of them not be positive, the threshold is taken away.
    """
    score, threshold = said.score.astype(np.float64), said.threshold.astype(np.float64)
    if not len(score) or (threshold == threshold[0]).all():
        return score, False
    if (threshold > 0).all() and np.isfinite(threshold).all():
        return score / threshold, True
    return score - threshold, False


def ranking(benign: NDArray[np.floating], attack: NDArray[np.floating]) -> Ranking:
    """From the scores of benign rows and of attacks."""
    curve = Curve.of(benign, attack)
    return Ranking(
        auc=curve.area(),
        auc_low=[curve.area(rate) for rate in LOW_RATES],
        average_precision=curve.average_precision(),
        at=[curve.at(rate) for rate in LOW_RATES],
        points=curve.points(),
    )


def histogram(said: Scores, margin: NDArray[np.float64], relative: bool, attack: NDArray[np.bool_]) -> Histogram | None:
    """Rows by score, on a logarithmic scale where no score is negative; None where no two finite scores differ."""
    finite = margin[np.isfinite(margin)]
    if not len(finite) or finite.min() == finite.max():
        return None
    logarithmic = bool(finite.min() >= 0)
    if logarithmic:
        positive = finite[finite > 0]
        low = max(float(positive.min()), float(positive.max()) * 10.0**-_DECADES)
        edges = np.geomspace(low, max(float(positive.max()), low * 1.001), BINS + 1)
    else:
        edges = np.linspace(float(finite.min()), float(finite.max()), BINS + 1)
    own = said.threshold
    single = float(own[0]) if len(own) and (own == own[0]).all() and np.isfinite(own[0]) else None
    return Histogram(
        edges=edges.tolist(),
        benign=_binned(margin[~attack], edges),
        attack=_binned(margin[attack], edges),
        threshold=1.0 if relative else single,
        relative=relative,
        logarithmic=logarithmic,
    )


def sweep(margin: NDArray[np.float64], attack: NDArray[np.bool_], setting: NDArray[np.bool_]) -> list[SweepRow]:
    """What thresholds of mean + N · std would do: set on the benign rows in ``setting``, judged on all other rows."""
    benign = margin[setting & ~attack]
    rest = ~setting | attack
    if not len(benign) or not np.isfinite(benign).all():
        return []
    rows = []
    for n in DEVIATIONS:
        threshold = deviations(benign, n).value
        rows.append(SweepRow(n, threshold, counts(attack[rest], margin[rest] > threshold)))
    return rows


def _binned(values: NDArray[np.float64], edges: NDArray[np.float64]) -> list[int]:
    counted, _ = np.histogram(np.clip(values, edges[0], edges[-1]), edges)
    return counted.tolist()  # type: ignore[no-any-return]
