"""How good judgements are: rates with the doubt that is left in them, and confusion matrices.

A rate without rows has no value: None, never 0 and never NaN.
"""

import math
from typing import Final

import msgspec
import numpy as np
from numpy.typing import NDArray

Z95: Final = 1.959963984540054
"""Standard deviations to either side that hold 95 % of a normal distribution."""
BLOCK: Final = 100
"""Rows that follow each other and are taken as one observation, where it is asked how far rows depend on each other."""


class Rate(msgspec.Struct, frozen=True):
    """A share, with the interval that holds the true one with a confidence of 95 %.

    ``low`` and ``high`` take rows as independent of each other (`wilson`); ``low_blocks`` and ``high_blocks`` take into
    account that neighbours are alike (`clustered`), where the order of rows is known.
    """

    hits: int
    rows: int
    value: float | None
    low: float | None
    high: float | None
    low_blocks: float | None = None
    high_blocks: float | None = None


class Counts(msgspec.Struct, frozen=True):
    """Rows by what they are and what was said of them; "positive" is an attack."""

    tp: int
    fp: int
    tn: int
    fn: int

    @property
    def tpr(self) -> float | None:
        """True positives among the attacks: recall."""
        return _share(self.tp, self.tp + self.fn)

    @property
    def fpr(self) -> float | None:
        """False positives among the benign."""
        return _share(self.fp, self.fp + self.tn)

    @property
    def precision(self) -> float | None:
        """Attacks among those that were called so; it depends on how many attacks there are."""
        return _share(self.tp, self.tp + self.fp)

    @property
    def f1(self) -> float | None:
        """Harmonic mean of precision and recall; None without an attack, found or not, and without a false alarm."""
        return _share(2 * self.tp, 2 * self.tp + self.fp + self.fn)

    @property
    def accuracy(self) -> float | None:
        """Rows that were judged right."""
        return _share(self.tp + self.tn, self.tp + self.tn + self.fp + self.fn)

    @property
    def balanced_accuracy(self) -> float | None:
        """Mean of the accuracy on attacks and on benign rows; None where one of them is missing."""
        tpr, fpr = self.tpr, self.fpr
        return None if tpr is None or fpr is None else (tpr + 1 - fpr) / 2

    @property
    def mcc(self) -> float | None:
        """Matthews' correlation (Matthews 1975): 1 perfect, 0 as good as chance; None where a margin is empty."""
        product = (self.tp + self.fp) * (self.tp + self.fn) * (self.tn + self.fp) * (self.tn + self.fn)
        return (self.tp * self.tn - self.fp * self.fn) / math.sqrt(product) if product else None


class ClassScore(msgspec.Struct, frozen=True):
    """How well one class is told from all others."""

    name: str
    rows: int
    precision: float | None
    recall: float | None
    f1: float | None


class Bin(msgspec.Struct, frozen=True):
    """Judgements made with about the same confidence, and how many of them were right."""

    low: float
    high: float
    rows: int
    confidence: float
    right: float


def counts(attack: NDArray[np.bool_], flagged: NDArray[np.bool_]) -> Counts:
    """``attack``: bool[n], what rows are; ``flagged``: bool[n], what was said."""
    tp = int(np.count_nonzero(attack & flagged))
    positives, said = int(np.count_nonzero(attack)), int(np.count_nonzero(flagged))
    return Counts(tp, said - tp, len(attack) - positives - said + tp, positives - tp)


def rate(hits: NDArray[np.bool_], blocks: NDArray[np.intp] | None = None) -> Rate:
    """The share of ``hits``: bool[n]; with ``blocks``: int[n], rows of one number belong together."""
    found, rows = int(np.count_nonzero(hits)), len(hits)
    if not rows:
        return Rate(0, 0, None, None, None)
    low, high = wilson(found, rows)
    wide = clustered(hits, blocks) if blocks is not None else (None, None)
    return Rate(found, rows, found / rows, low, high, *wide)


def wilson(hits: float, rows: float, z: float = Z95) -> tuple[float, float]:
    """Interval for a share of independent rows (Wilson 1927): right also where hits are few, or none, or all.

    Without rows it is everything: 0 to 1.
    """
    if rows <= 0:
        return 0.0, 1.0
    share = hits / rows
    centre = (share + z * z / (2 * rows)) / (1 + z * z / rows)
    half = z / (1 + z * z / rows) * math.sqrt(max(share * (1 - share), 0.0) / rows + z * z / (4 * rows * rows))
    # exact at the ends, where rounding would leave a crumb
    return (0.0 if hits <= 0 else max(0.0, centre - half)), (1.0 if hits >= rows else min(1.0, centre + half))


def clustered(hits: NDArray[np.bool_], blocks: NDArray[np.intp], z: float = Z95) -> tuple[float, float]:
    """The same where rows of a block are alike: Wilson's interval with as many rows as they are worth.

    The variance of the share over blocks, beside what it were for independent rows, is the design effect (Kish 1965,
    *Survey Sampling*, ch. 5); rows divided by it are the effective sample size, as Korn and Graubard (1998) use it.
    It is at least 1. Where nothing or everything is a hit the variance tells nothing: then a block counts as one row.
    """
    rows = len(hits)
    if not rows:
        return 0.0, 1.0
    _, block = np.unique(blocks, return_inverse=True)
    sizes = np.bincount(block).astype(np.float64)
    found = np.bincount(block, weights=hits)
    number = len(sizes)
    share = float(found.sum() / rows)
    if share in (0.0, 1.0) or number == 1:
        return wilson(share * number, number, z)
    variance = number / (number - 1) * float(((found - share * sizes) ** 2).sum()) / rows**2
    effect = max(1.0, variance * rows / (share * (1 - share)))
    return wilson(share * rows / effect, rows / effect, z)


def blocks_of(group: NDArray[np.integer], size: int = BLOCK) -> NDArray[np.intp]:
    """int[n]: numbers of blocks: up to ``size`` rows of a group that follow each other within it; none spans two."""
    n = len(group)
    if not n:
        return np.zeros(0, np.intp)
    order = np.argsort(group, kind="stable")
    grouped = group[order]
    starts = np.flatnonzero(np.diff(grouped, prepend=grouped[0] - 1))
    place = np.arange(n) - np.repeat(starts, np.diff(np.append(starts, n)))
    first = place % size == 0
    numbers = np.empty(n, np.intp)
    numbers[order] = np.cumsum(first) - 1
    return numbers


def confusion(true: NDArray[np.integer], said: NDArray[np.integer], n_true: int, n_said: int) -> NDArray[np.int64]:
    """int64[n_true, n_said]: rows by what they are and what they were called; negative numbers are left out."""
    known = (true >= 0) & (said >= 0)
    flat = true[known].astype(np.int64) * n_said + said[known]
    return np.bincount(flat, minlength=n_true * n_said).reshape(n_true, n_said)


def class_scores(matrix: NDArray[np.int64], names: list[str]) -> list[ClassScore]:
    """Per class, from a square confusion matrix."""
    right = np.diagonal(matrix)
    rows, said = matrix.sum(axis=1), matrix.sum(axis=0)
    return [
        ClassScore(
            name,
            int(rows[i]),
            _share(int(right[i]), int(said[i])),
            _share(int(right[i]), int(rows[i])),
            _share(2 * int(right[i]), int(rows[i] + said[i])),
        )
        for i, name in enumerate(names)
    ]


def reliability(confidence: NDArray[np.floating], right: NDArray[np.bool_], edges: NDArray[np.float64]) -> list[Bin]:
    """Whether judgements are right as often as they claim: per bin of confidence, empty bins left out.

    A bin goes from an edge up to the next, which belongs to the next bin but for the last.
    """
    place = np.clip(np.searchsorted(edges, confidence, side="right") - 1, 0, len(edges) - 2)
    rows = np.bincount(place, minlength=len(edges) - 1)
    claimed = np.bincount(place, weights=confidence, minlength=len(edges) - 1)
    kept = np.bincount(place, weights=right, minlength=len(edges) - 1)
    return [
        Bin(float(edges[i]), float(edges[i + 1]), int(rows[i]), float(claimed[i] / rows[i]), float(kept[i] / rows[i]))
        for i in np.flatnonzero(rows)
    ]


def calibration_error(bins: list[Bin]) -> float | None:
    """Mean distance between confidence and share of right judgements, by rows (Naeini et al. 2015)."""
    rows = sum(one.rows for one in bins)
    return sum(one.rows * abs(one.confidence - one.right) for one in bins) / rows if rows else None


def mean(values: list[float | None]) -> float | None:
    """Of those that have a value."""
    known = [value for value in values if value is not None]
    return sum(known) / len(known) if known else None


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None
