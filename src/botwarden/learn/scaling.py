"""Scalers learned from rows: what `botwarden.detect.models.scaling` applies."""

import math
from collections.abc import Callable, Mapping
from statistics import NormalDist
from types import MappingProxyType
from typing import Final

import numpy as np
from numpy.typing import NDArray

from botwarden.core.errors import DataError
from botwarden.core.model import ScalerKind
from botwarden.detect.models.scaling import Array, Scaler

KNOTS: Final = 512
"""Knots of a column at most, half of them at equal shares of its rows and half at equal steps of the normal
distribution, so that the tails are followed as well as the middle."""
TOLERANCE: Final = 0.02
"""Knots without which no level changes by more are left out: three of four. Levels go from -6 to 6, and what decides is
two and more away from what is usual; with fewer knots a value is found sooner, and the file is smaller."""
COMMON: Final = 0.002
"""Share of rows from which a value that repeats, such as a length of 60 B, has a knot of its own."""
TINY: Final = 2.0**-15
"""Values closer to 0 are taken as 0 by ``quantile``. The variance of equal lengths is 0 but for rounding, which leaves
up to 5e-10 of lengths of 1,500 B, and so 2e-5 of their standard deviation; no length, weight or coefficient that means
something is that small. Without this half the range of a column would go to the size of rounding errors."""
SLOPE: Final = 3.0
"""How many levels ``logistic`` goes on per standard deviation of the logarithm beyond what benign rows had."""
_NORMAL: Final = NormalDist()
_RAMP: Final = 0.01  # share of the spread within which what was never seen reaches the end of the scale


def fit_scaler(kind: ScalerKind, values: NDArray[np.floating]) -> Scaler:
    """A scaler of this kind for rows like ``values``: [n, d], benign as a rule.

    Raises DataError where there are no rows, or not all of them are finite numbers.
    """
    if values.ndim != 2 or not values.size:
        raise DataError("there are no rows to learn a scaling from")
    if not np.isfinite(values).all():
        raise DataError("a scaling cannot be learned from rows that are not all finite numbers")
    return Scaler(kind, _FIT[kind](np.asarray(values, np.float64)), values.shape[1])


def _identity(values: NDArray[np.float64]) -> dict[str, Array]:
    return {}


def _standard(values: NDArray[np.float64]) -> dict[str, Array]:
    mean = values.mean(axis=0)
    std = values.std(axis=0)
    constant = (values.max(axis=0) == values.min(axis=0)) | (std <= 1e-9 * np.abs(mean))  # rounding errors
    return {"mean": mean, "std": np.where(constant, 1.0, std)}


def _minmax(values: NDArray[np.float64]) -> dict[str, Array]:
    low, high = values.min(axis=0), values.max(axis=0)
    return {"low": low, "high": np.where(high > low, high, low + np.maximum(1.0, np.abs(low)))}


def _signed_log(values: NDArray[np.float64]) -> dict[str, Array]:
    return _standard(np.sign(values) * np.log1p(np.abs(values)))


def _quantile(values: NDArray[np.float64]) -> dict[str, Array]:
    columns = [_curve(values[:, j]) for j in range(values.shape[1])]
    longest = max(len(knots) for knots, _, _ in columns)
    knots = np.array([_padded(knots, longest) for knots, _, _ in columns], np.float32)
    levels = np.array([_padded(levels, longest) for _, levels, _ in columns], np.float32)
    return {
        "knots": knots,
        "levels": levels,
        "tiny": np.full(len(columns), TINY, np.float32),
        "spread": np.array([spread for _, _, spread in columns]),
    }


def _logistic(values: NDArray[np.float64]) -> dict[str, Array]:
    columns = [_logistic_curve(values[:, j]) for j in range(values.shape[1])]
    longest = max(len(knots) for knots, _ in columns)
    knots = np.array([_padded(knots, longest) for knots, _ in columns], np.float32)
    last = np.array([knots[-1] for knots, _ in columns], np.float64)
    logs = np.sign(values) * np.log1p(np.abs(values))
    return {
        "knots": knots,
        "levels": np.array([_padded(levels, longest) for _, levels in columns], np.float32),
        "tiny": np.full(len(columns), TINY, np.float32),
        "spread": 1 + np.abs(last),
        "low": 1 + np.abs(knots[:, 0].astype(np.float64)),
        "gain": SLOPE / np.maximum(logs.std(axis=0), 0.02),
    }


def _padded(column: NDArray[np.floating], length: int) -> NDArray[np.floating]:
    return np.pad(column, (0, length - len(column)), "edge")


def _curve(column: NDArray[np.float64]) -> tuple[NDArray[np.float32], NDArray[np.float64], float]:
    """Knots, which rise, their levels, and the spread of a column.

    The level of a value is where the share of rows below it, with half of those equal to it, stands in a normal
    distribution of mean 0 and standard deviation 1.
    """
    n = len(column)
    values, shares, at = _chosen(column, _NORMAL.cdf, _NORMAL.inv_cdf)
    inverse = _NORMAL.inv_cdf
    levels = np.array([inverse(share) for share in shares[at]])
    knots, levels = _needed(values[at], levels)
    width = float(knots[-1]) - float(knots[0])
    spread = width or max(1.0, abs(float(knots[0])))
    return (*_with_ends(knots, levels, inverse(1 - 0.5 / max(n, 2)), spread), spread)


def _logistic_curve(column: NDArray[np.float64]) -> tuple[NDArray[np.float32], NDArray[np.float64]]:
    """Knots, which rise, and their levels: as in `_curve`, but in a logistic distribution of about that deviation."""
    values, shares, at = _chosen(column, _logistic_share, logistic_level)
    return _needed(values[at], np.array([logistic_level(share) for share in shares[at]]))


def logistic_level(share: float) -> float:
    """The level that ``logistic`` gives a value with this share of the rows below it."""
    return math.log(share / (1 - share)) / 1.7


def _logistic_share(level: float) -> float:
    return 1 / (1 + math.exp(-1.7 * level))


def _chosen(
    column: NDArray[np.float64], share_of: Callable[[float], float], level_of: Callable[[float], float]
) -> tuple[NDArray[np.float32], NDArray[np.float64], NDArray[np.intp]]:
    """The values that occur, the share of rows below each, with half of those equal to it, and which become knots."""
    most = float(np.finfo(np.float32).max) / 8
    x = np.clip(column, -most, most).astype(np.float32)
    x[np.abs(x) < TINY] = 0
    values, counts = np.unique(x, return_counts=True)
    n = len(column)
    shares = (np.cumsum(counts) - counts / 2) / n
    if len(values) <= KNOTS:
        return values, shares, np.arange(len(values))
    end = level_of(1 - 0.5 / n)
    steps = np.array([share_of(level) for level in np.linspace(-end, end, KNOTS // 2)])
    wanted = np.concatenate([np.linspace(0, 1, KNOTS // 2), steps])
    near = np.searchsorted(shares, wanted)
    common = np.flatnonzero(counts >= COMMON * n)
    around = np.concatenate([near, common - 1, common, common + 1, [0, len(values) - 1]])
    return values, shares, np.unique(np.clip(around, 0, len(values) - 1))


def _needed(knots: NDArray[np.float32], levels: NDArray[np.float64]) -> tuple[NDArray[np.float32], NDArray[np.float64]]:
    """Those knots between which lines come within `TOLERANCE` of the levels of all (Douglas and Peucker 1973).

    A step, as at a value that many rows have, keeps a knot on either side; so do the ends.
    """
    x = knots.astype(np.float64)
    keep = np.zeros(len(x), np.bool_)
    keep[[0, -1]] = True
    spans = [(0, len(x) - 1)]
    while spans:
        first, last = spans.pop()
        if last - first < 2:
            continue
        inner = slice(first + 1, last)
        slope = (levels[last] - levels[first]) / (x[last] - x[first])
        off = np.abs(levels[first] + (x[inner] - x[first]) * slope - levels[inner])
        most = int(off.argmax())
        if off[most] > TOLERANCE:
            at = first + 1 + most
            keep[at] = True
            spans += [(first, at), (at, last)]
    return knots[keep], levels[keep]


def _with_ends(
    knots: NDArray[np.float32], levels: NDArray[np.float64], end: float, spread: float
) -> tuple[NDArray[np.float32], NDArray[np.float64]]:
    """With a knot beyond either end, where values reach the level of what no row had.

    Where many rows have the highest value, its own level is not high; what is above it was seen in none.
    """
    low = np.float32(float(knots[0]) - max(_RAMP * spread, 2 * TINY))
    high = np.float32(float(knots[-1]) + max(_RAMP * spread, 2 * TINY))
    if low < knots[0] and levels[0] > -end:
        knots, levels = np.append(low, knots), np.append(-end, levels)
    if high > knots[-1] and levels[-1] < end:
        knots, levels = np.append(knots, high), np.append(levels, end)
    return knots, levels


_FIT: Final[Mapping[ScalerKind, Callable[[NDArray[np.float64]], dict[str, Array]]]] = MappingProxyType(
    {
        "identity": _identity,
        "standard": _standard,
        "minmax": _minmax,
        "signed_log": _signed_log,
        "quantile": _quantile,
        "logistic": _logistic,
    }
)
