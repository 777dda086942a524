"""From scores to judgements: where the threshold lies, how many rows decide, and what is kept to tell how sure.

Everything is set on benign rows alone, and on rows that the detector was not trained on.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from botwarden.core.errors import DataError
from botwarden.core.model import TAIL_SHARES

FALSE_POSITIVES: Final = 0.001
"""Share of benign rows that may be called anomalous, unless told otherwise."""
SURE: Final = 0.95
"""How sure a cautious threshold is to keep to its share."""
NORMAL_PERCENTILES: Final = (1, 25, 50, 75, 99)

Floats = NDArray[np.floating]


@dataclass(frozen=True, slots=True)
class Threshold:
    """A limit that scores must exceed to be anomalous, and the rule that it comes from, for people."""

    value: float
    rule: str


@dataclass(frozen=True, slots=True)
class SweepRow:
    """What comes of the threshold mean + ``n`` · std on test rows: counts of rows and shares, 0 to 1."""

    n: int
    threshold: float
    accuracy: float
    false_positives: int
    false_negatives: int
    false_positive_rate: float
    false_negative_rate: float


def deviations(scores: Floats, n: float) -> Threshold:
    """Mean plus ``n`` standard deviations of benign scores, as in Meidan et al. 2018 (there ``n`` is 1)."""
    values = _benign(scores)
    return Threshold(float(values.mean() + n * values.std()), f"mean + {n:g} std on the optimise set")


def sweep(optimise: Floats, benign: Floats, attack: Floats, ns: Sequence[int] = range(1, 11)) -> tuple[SweepRow, ...]:
    """The whole table: for each ``n``, the threshold from ``optimise`` and its errors on scores of other rows."""
    rows = []
    for n in ns:
        threshold = deviations(optimise, n).value
        wrong = int(np.count_nonzero(np.asarray(benign) > threshold))
        missed = int(np.count_nonzero(np.asarray(attack) <= threshold))
        total = len(benign) + len(attack)
        rows.append(
            SweepRow(
                n,
                threshold,
                (total - wrong - missed) / total if total else float("nan"),
                wrong,
                missed,
                wrong / len(benign) if len(benign) else float("nan"),
                missed / len(attack) if len(attack) else float("nan"),
            )
        )
    return tuple(rows)


def quantile(scores: Floats, rate: float = FALSE_POSITIVES) -> Threshold:
    """The lowest of the benign scores that no more than a share ``rate`` of them exceeds."""
    values = np.sort(_benign(scores))
    allowed = math.floor(_share(rate) * len(values))
    return Threshold(float(values[len(values) - 1 - allowed]), f"at most {rate:.3%} of held-out benign rows above")


def cautious(scores: Floats, rate: float = FALSE_POSITIVES, sure: float = SURE) -> Threshold:
    """The lowest benign score of which one can be ``sure`` that no more than ``rate`` of all benign rows exceed it.

    A one-sided tolerance limit (Wilks 1941): no assumption on how scores are distributed, but that rows are drawn
    independently. Where there are too few rows to be that sure (2,995 for 0.1 % and 95 %), the highest score is taken
    and raised as a Pareto tail through the highest tenth would have it (Hill 1975), and the rule says so.
    """
    values = np.sort(_benign(scores))
    n = len(values)
    above = _rows_above(n, _share(rate), sure)
    if above >= 0:
        return Threshold(float(values[n - 1 - above]), f"{sure:.0%} sure of at most {rate:.3%} of benign rows above")
    return Threshold(_beyond(values, rate, sure), f"extrapolated from {n:,} benign rows to at most {rate:.3%} above")


def cross_fit(
    fit: Callable[[NDArray[np.float32]], Callable[[NDArray[np.float32]], Floats]],
    x: NDArray[np.float32],
    folds: int = 5,
    seed: int = 0,
) -> NDArray[np.float32]:
    """float32[n]: the score of each row by a detector that did not learn from it.

    ``fit`` learns from rows and returns what scores others; it is called once per fold. So all benign rows can be
    learned from and also set the threshold. Neighbours in time are alike, so folds are blocks of rows, shuffled.
    """
    if len(x) < folds:
        raise DataError(f"{len(x)} benign rows are too few to be divided into {folds} parts")
    blocks = np.array_split(np.arange(len(x)), min(len(x), 20 * folds))
    order = np.random.default_rng(seed).permutation(len(blocks))
    out = np.empty(len(x), np.float32)
    for fold in range(folds):
        held = np.concatenate([blocks[i] for i in order[fold::folds]])
        rest = np.ones(len(x), np.bool_)
        rest[held] = False
        out[held] = fit(x[rest])(x[held])
    return out


def alarms(anomalous: NDArray[np.bool_], device: NDArray[np.integer], window: int) -> NDArray[np.bool_]:
    """bool[n]: after which rows more than half of the last ``window`` rows of their device were anomalous.

    ``device``: int[n], rows of each in order of time. Rows before a device's first count as normal.
    """
    order, starts = _by_device(device)
    total = np.concatenate([[0], np.cumsum(anomalous[order], dtype=np.int64)])
    place = np.arange(1, len(order) + 1)
    out = np.empty(len(order), np.bool_)
    out[order] = 2 * (total[place] - total[np.maximum(place - window, starts)]) > window
    return out


def smallest_window(anomalous: NDArray[np.bool_], device: NDArray[np.integer], most: int = 10_000) -> int:
    """The smallest window with which no device is ever called anomalous, on rows that are all benign.

    As in Meidan et al. 2018, section 4. ``device`` as for `alarms`. Returns ``most`` where even that would raise an
    alarm: then the threshold is too low.
    """
    order, starts = _by_device(device)
    total = np.concatenate([[0], np.cumsum(anomalous[order], dtype=np.int64)])
    ends = np.flatnonzero(anomalous[order]) + 1  # a count of anomalous rows is highest right after one
    first, counted = starts[ends - 1], total[ends]
    for window in range(1, most):
        if len(ends) == 0 or 2 * np.max(counted - total[np.maximum(ends - window, first)]) <= window:
            return window
        if window % 64 == 0:  # too few so far for a majority of any larger window
            going = counted - total[first] > window // 2
            ends, first, counted = ends[going], first[going], counted[going]
    return most


def tail(scores: Floats) -> NDArray[np.float32]:
    """float32[m]: what `botwarden.core.model.DetectorPart` calls ``tail``, of benign rows not trained on."""
    shares = 1 - np.array(TAIL_SHARES)
    found: NDArray[np.float64] = np.quantile(_benign(scores), np.clip(shares, 0, 1), method="higher")
    return found.astype(np.float32)


def normal(values: Floats) -> NDArray[np.float32]:
    """float32[5, d]: what it calls ``normal``, of benign rows before scaling."""
    return np.percentile(np.asarray(values, np.float64), NORMAL_PERCENTILES, axis=0).astype(np.float32)


def _benign(scores: Floats) -> NDArray[np.float64]:
    values = np.asarray(scores, np.float64)
    if not len(values):
        raise DataError("a threshold needs benign rows that the detector was not trained on, and there are none")
    if not np.isfinite(values).all():
        raise DataError("some benign rows have a score that is not finite, so no threshold can be found")
    return values


def _share(rate: float) -> float:
    if not 0 <= rate < 1:
        raise DataError(f"a share of false positives is from 0 to below 1, not {rate}")
    return rate


def _rows_above(n: int, rate: float, sure: float) -> int:
    """The most rows above a limit with which one is sure of it: -1 where not even none are few enough.

    With ``j`` rows above, the share above is surely below ``rate`` when P(Binomial(n, rate) <= j) <= 1 - sure.
    """
    if rate <= 0:
        return -1
    log_term = n * math.log1p(-rate)  # of P(exactly 0)
    total, j = math.exp(log_term), 0
    while total <= 1 - sure and j < n:
        log_term += math.log((n - j) / (j + 1)) + math.log(rate) - math.log1p(-rate)
        total += math.exp(log_term)
        j += 1
    return j - 1


def _beyond(values: NDArray[np.float64], rate: float, sure: float) -> float:
    """The highest score times as much as a Pareto tail rises from the share that is sure to the one wanted."""
    n = len(values)
    highest = float(values[-1])
    top = values[-max(2, n // 10) :]
    if n < 2 or top[0] <= 0 or rate <= 0:
        return highest
    slope = float(np.mean(np.log(top / top[0])))
    surely = 1 - (1 - sure) ** (1 / n)  # at most this share lies above the highest
    return float(highest * (surely / rate) ** min(slope, 1.0))


def _by_device(device: NDArray[np.integer]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Rows by device, each in its order; and for each of these the place where its device begins."""
    order = np.argsort(device, kind="stable")
    ordered = np.asarray(device)[order]
    new = np.concatenate([[True], ordered[1:] != ordered[:-1]]) if len(order) else np.zeros(0, np.bool_)
    starts = np.maximum.accumulate(np.where(new, np.arange(len(order)), 0)) if len(order) else order
    return order, starts
