"""ROC and precision-recall curves, exact: one step for each distinct score, none in between.

A row is flagged when its score is *above* a threshold, so rows with equal scores are flagged together.
"""

from dataclasses import dataclass
from typing import Final

import msgspec
import numpy as np
from numpy.typing import NDArray

LOW_RATES: Final = (1e-2, 1e-3, 1e-4)
"""False-positive rates at which recall is told."""
PLOTTED: Final = 400
"""Points of a curve that are kept to draw it."""


class AtRate(msgspec.Struct, frozen=True):
    """What is found when at most a share ``fpr`` of benign rows may be flagged.

    ``threshold`` is the lowest that keeps to it, ``actual`` the share it flags. ``certain`` tells whether there are
    benign rows enough to see a rate that low; where not, ``tpr`` is the recall without any false positive.
    """

    fpr: float
    tpr: float | None
    threshold: float | None
    actual: float | None
    certain: bool


class Points(msgspec.Struct, frozen=True):
    """A curve to draw: as many false positives as ``fpr`` come with a recall of ``tpr`` at this precision."""

    fpr: list[float]
    tpr: list[float]
    precision: list[float]


@dataclass(frozen=True, slots=True)
class Curve:
    """What every threshold would flag, from flagging nothing (the first entry) to everything.

    thresholds : float64[k]: rows with a score of at least this are flagged; the first is infinite
    fp, tp : int64[k], benign rows and attacks flagged
    benign, attack : how many there are
    """

    thresholds: NDArray[np.float64]
    fp: NDArray[np.int64]
    tp: NDArray[np.int64]
    benign: int
    attack: int

    @classmethod
    def of(cls, benign: NDArray[np.floating], attack: NDArray[np.floating]) -> "Curve":
        """From the scores of benign rows and of attacks; none may be NaN, infinities may be."""
        scores = np.concatenate([benign, attack]).astype(np.float64)
        is_attack = np.zeros(len(scores), np.bool_)
        is_attack[len(benign) :] = True
        order = np.argsort(scores, kind="stable")[::-1]
        scores, is_attack = scores[order], is_attack[order]
        last = (
            np.append(np.flatnonzero(scores[1:] != scores[:-1]), len(scores) - 1) if len(scores) else np.zeros(0, int)
        )
        tp = np.cumsum(is_attack)[last]
        return cls(
            np.concatenate([[np.inf], scores[last]]),
            np.concatenate([[0], last + 1 - tp]).astype(np.int64),
            np.concatenate([[0], tp]).astype(np.int64),
            len(benign),
            len(attack),
        )

    @property
    def fpr(self) -> NDArray[np.float64]:
        """float64[k], rising; NaN without benign rows."""
        return self.fp / self.benign if self.benign else np.full(len(self.fp), np.nan)

    @property
    def tpr(self) -> NDArray[np.float64]:
        """float64[k], rising; NaN without attacks."""
        return self.tp / self.attack if self.attack else np.full(len(self.tp), np.nan)

    @property
    def precision(self) -> NDArray[np.float64]:
        """float64[k]; 1 where nothing is flagged."""
        flagged = self.tp + self.fp
        precision: NDArray[np.float64] = np.divide(self.tp, flagged, out=np.ones(len(flagged)), where=flagged > 0)
        return precision

    def at(self, fpr: float) -> AtRate:
        """The most that is found at a false-positive rate of at most ``fpr``; nothing is interpolated."""
        if not self.benign:
            return AtRate(fpr, None, None, None, False)
        # in whole rows: 0.01 of 100 rows is one row, however 0.01 is rounded
        place = int(np.searchsorted(self.fp, np.floor(fpr * self.benign + 1e-9), side="right")) - 1
        following = self.thresholds[place + 1] if place + 1 < len(self.thresholds) else -np.inf
        return AtRate(
            fpr,
            float(self.tp[place] / self.attack) if self.attack else None,
            float(following) if np.isfinite(following) else None,
            float(self.fp[place] / self.benign),
            self.benign * fpr >= 1 - 1e-9,
        )

    def area(self, max_fpr: float = 1.0) -> float | None:
        """Area under the ROC curve up to ``max_fpr``, divided by it: 1 is perfect; None where a class is missing.

        Between steps the curve is straight, which gives ties half (Fawcett 2006); chance is ``max_fpr / 2``.
        """
        if not self.benign or not self.attack:
            return None
        x, y = self.fpr, self.tpr
        inside = x <= max_fpr
        x, y = np.append(x[inside], max_fpr), np.append(y[inside], np.interp(max_fpr, x, y))
        return float(np.trapezoid(y, x) / max_fpr)

    def average_precision(self) -> float | None:
        """Mean precision over all attacks, without interpolation; None without attacks."""
        if not self.attack:
            return None
        return float((np.diff(self.tp) * self.precision[1:]).sum() / self.attack)

    def points(self, limit: int = PLOTTED) -> Points:
        """At most ``limit`` of its points, dense where false positives are few; none where a class is missing."""
        if not self.benign or not self.attack:
            return Points([], [], [])
        rates = np.concatenate([[0.0], np.geomspace(0.5 / self.benign, 1.0, limit // 2)])
        places = np.searchsorted(self.fp, np.floor(rates * self.benign + 1e-9), side="right") - 1
        found = np.searchsorted(self.tp, np.linspace(0, self.attack, limit // 2), side="left")
        chosen = np.unique(np.concatenate([places, found]))
        return Points(self.fpr[chosen].tolist(), self.tpr[chosen].tolist(), self.precision[chosen].tolist())


def threshold_at(benign: NDArray[np.floating], fpr: float) -> float:
    """The lowest of the benign scores that at most a share ``fpr`` of them is above. Raises ValueError without any."""
    if not len(benign):
        raise ValueError("no benign scores")
    allowed = min(int(np.floor(fpr * len(benign) + 1e-9)), len(benign) - 1)
    return float(np.partition(benign, len(benign) - 1 - allowed)[len(benign) - 1 - allowed])
