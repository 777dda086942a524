"""Scores whatever the threshold: curves, histograms, and the sweep over thresholds."""

from dataclasses import dataclass
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


@dataclass(frozen=True, slots=True)
class Margins:
    """Scores that can be compared across the parts of a model.

    values : float64[n], never NaN; where ``line`` is known, anomalous rows are those above it
    line : the threshold; None where there is no common one
    relative : whether they are multiples of the threshold
    """

    values: NDArray[np.float64]
    line: float | None
    relative: bool = False


def margins(said: Scores) -> Margins:
    """Of a single threshold the scores as they are; of several, multiples of each part's own threshold, or, should one
    of them not be positive, what they are above it.

    Where only classifiers judge, their confidence takes the place of a score: of two classes it is the probability of
    an attack; of more it goes from one half, as unsure as one can be, up for attacks and down for benign rows. Rows
    that no detector judged beside others that one did are at either end.
    """
    score, threshold = said.score.astype(np.float64), said.threshold.astype(np.float64)
    judged = ~np.isnan(threshold)
    if not judged.any():
        return Margins(_confidence(said), 0.5)
    values = np.where(said.anomalous, np.inf, -np.inf)
    own, known = threshold[judged], np.where(np.isnan(score), values, score)[judged]
    if (own == own[0]).all():
        values[judged] = known
        return Margins(values, float(own[0]) if np.isfinite(own[0]) else None)
    if (own > 0).all() and np.isfinite(own).all():
        values[judged] = known / own
        return Margins(values, 1.0, relative=True)
    with np.errstate(invalid="ignore"):  # infinity above infinity is not above it
        values[judged] = np.where(known == own, 0.0, known - own)
    return Margins(values, 0.0)


def _confidence(said: Scores) -> NDArray[np.float64]:
    least = 1 / max(2, len(said.labels))  # nobody can be less sure of the likeliest class
    sure = np.clip((said.confidence.astype(np.float64) - least) / (1 - least), 0.0, 1.0) / 2
    attack = np.maximum(0.5 + sure, np.nextafter(0.5, 1.0))
    return np.where(said.anomalous, attack, np.where(said.label >= 0, 0.5 - sure, 0.0))


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


def histogram(margins: Margins, attack: NDArray[np.bool_]) -> Histogram | None:
    """Rows by score, on a logarithmic scale where no score is negative; None where no two finite scores differ."""
    margin = margins.values
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
    return Histogram(
        edges=edges.tolist(),
        benign=_binned(margin[~attack], edges),
        attack=_binned(margin[attack], edges),
        threshold=margins.line,
        relative=margins.relative,
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
