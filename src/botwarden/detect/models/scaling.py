"""Scalers: the columns of feature rows brought to one scale, as a network wants them.

A scaler is a kind and its arrays; `KINDS` says what each kind makes of them, and `botwarden.learn.scaling` learns
them. A further kind is a function that makes an `Apply` of its arrays, and an entry in `KINDS`.

===========  ======================================  ==================================================================
kind         arrays, [d] each but for the knots      what becomes of ``x``
===========  ======================================  ==================================================================
identity                                             ``x``
standard     ``mean``, ``std``                       ``(x - mean) / std``
minmax       ``low``, ``high``                       ``(x - low) / (high - low)``
signed_log   ``mean``, ``std``                       ``(sign(x) log(1 + |x|) - mean) / std``
quantile     ``knots``, ``levels`` [d, k]; ``tiny``  the level at ``x`` between the knots around it, linear; beyond the
             ``spread``                              ends the last level ± ``log(1 + distance / spread)``
logistic     the same, ``low`` and ``gain``          the same, but ± ``gain log(1 + distance / spread)``, and below the
                                                     first knot ``low`` in place of ``spread``
===========  ======================================  ==================================================================

What comes out is finite whatever goes in: it ends at ±`LIMIT`, and what is no number counts as `LIMIT`, as far from
everything usual as can be.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final

import numpy as np
from numba import njit
from numpy.typing import NDArray

from botwarden.core.errors import ModelError
from botwarden.core.model import ScalerKind

LIMIT: Final = 1e9
"""Where scaled values end: the square of it still is a float32, so that no network makes an infinity of it."""
WIDEST: Final = 3e38
"""The same for values that are not scaled."""

Array = NDArray[np.float32] | NDArray[np.float64]
Arrays = Mapping[str, Array]
Pick = NDArray[np.intp] | None
Apply = Callable[[NDArray[np.floating], Pick, NDArray[np.float32]], None]
"""Takes float32 or float64[n, k], the d columns of it that are meant (None: all), and fills float32[n, d]."""

_BLOCK: Final = 256  # rows taken through one column after the other: the rows and the column's table stay in the cache
_PLACES: Final = 1024  # of the table by which a knot is found
_MANTISSA: Final = 0x7FFFFFFF
_FRACTION: Final = (1 << 52) - 1  # of a double
_ONE: Final = 1023 << 52
_ROOT_2: Final = math.sqrt(2)
_LN_2: Final = math.log(2)


class Scaler:
    """Scales rows of ``d`` columns; the same numbers always become the same numbers."""

    def __init__(self, kind: ScalerKind, arrays: Arrays, columns: int | None = None) -> None:
        """Take a kind and its arrays, and nothing besides them, by the names in the table above.

        columns : how many there have to be; None: as many as the arrays say

        Raises ModelError for arrays that are missing, or that do not fit the kind, each other or ``columns``.
        """
        if kind not in KINDS:
            raise ModelError(f"there is no scaling {kind!r:.40}: a newer version of botwarden may know it")
        rule = KINDS[kind]
        missing = [name for name in rule.arrays if name not in arrays]
        if missing:
            raise ModelError(f"the scaling '{kind}' lacks its array '{missing[0]}'")
        self.kind: ScalerKind = kind
        self.arrays: dict[str, Array] = {name: arrays[name] for name in rule.arrays}
        _check(kind, self.arrays, columns)
        self.columns: int | None = len(next(iter(self.arrays.values()))) if self.arrays else columns
        self._apply = rule.make(self.arrays)

    def apply(
        self,
        values: NDArray[np.floating],
        out: NDArray[np.float32] | None = None,
        pick: Pick = None,
    ) -> NDArray[np.float32]:
        """float32[n, d], all finite, in ``out`` where it is given.

        values : float64 or float32[n, k]
        pick : int[d], the columns of ``values`` that are the scaler's, in its order; None: all, and then k is d

        Raises ValueError where the number of columns is another.
        """
        width = values.shape[-1] if pick is None else len(pick)
        if values.ndim != 2 or self.columns not in (None, width):
            raise ValueError(f"rows of shape {values.shape} do not have {self.columns} columns")
        if values.dtype not in (np.float32, np.float64) or not values.flags.c_contiguous:
            kept = np.float32 if values.dtype == np.float32 else np.float64
            values = np.ascontiguousarray(values, kept)
        if out is None:
            out = np.empty((len(values), width), np.float32)
        with np.errstate(over="ignore", invalid="ignore"):  # only plain Python would warn
            self._apply(values, pick, out)
        return out


def _check(kind: str, arrays: Arrays, columns: int | None) -> None:
    """Raise ModelError unless arrays have the shapes of the table above and are finite numbers."""
    width = columns
    for name, array in arrays.items():
        wanted = 2 if name in ("knots", "levels") else 1
        if array.ndim != wanted or array.dtype not in (np.float32, np.float64) or not array.size:
            raise ModelError(f"the array '{name}' of the scaling '{kind}' has the wrong shape")
        width = len(array) if width is None else width
        if len(array) != width:
            raise ModelError(f"the array '{name}' of the scaling '{kind}' is for {len(array)} columns, not {width}")
        if not np.isfinite(array).all():
            raise ModelError(f"the array '{name}' of the scaling '{kind}' holds what is no number")


@njit(cache=True, nogil=True, error_model="numpy")
def _linear(values: Any, pick: Any, shift: Any, factor: Any, limit: Any, out: Any) -> None:
    rows, columns = out.shape
    for i in range(rows):
        for j in range(columns):
            x = values[i, j] if pick is None else values[i, pick[j]]
            y = (x - shift[j]) * factor[j]
            y = y if y < limit else limit  # what is no number ends here as well
            out[i, j] = y if y > -limit else -limit


@njit(cache=True, nogil=True, error_model="numpy")
def _signed_log(values: Any, pick: Any, shift: Any, factor: Any, limit: Any, out: Any) -> None:
    rows, columns = out.shape
    for i in range(rows):
        for j in range(columns):
            x = np.float64(values[i, j] if pick is None else values[i, pick[j]])
            y = (math.copysign(math.log1p(abs(x)), x) - shift[j]) * factor[j]
            y = y if y < limit else limit
            out[i, j] = y if y > -limit else -limit


def linear(shift: Array, factor: Array, limit: float) -> Apply:
    """``(x - shift) * factor``, not beyond ±limit; float64[d] each."""
    a, b = np.asarray(shift, np.float64), np.asarray(factor, np.float64)

    def apply(values: NDArray[np.floating], pick: Pick, out: NDArray[np.float32]) -> None:
        _linear(values, pick, a, b, limit, out)

    return apply


def _identity(arrays: Arrays) -> Apply:
    def apply(values: NDArray[np.floating], pick: Pick, out: NDArray[np.float32]) -> None:
        width = out.shape[1]
        _linear(values, pick, np.zeros(width), np.ones(width), WIDEST, out)

    return apply


def _standard(arrays: Arrays) -> Apply:
    return linear(arrays["mean"], _inverse(arrays["std"], "std"), LIMIT)


def _minmax(arrays: Arrays) -> Apply:
    low, high = (np.asarray(arrays[name], np.float64) for name in ("low", "high"))
    return linear(low, _inverse(high - low, "high"), LIMIT)


def _log(arrays: Arrays) -> Apply:
    shift, factor = np.asarray(arrays["mean"], np.float64), _inverse(arrays["std"], "std")

    def apply(values: NDArray[np.floating], pick: Pick, out: NDArray[np.float32]) -> None:
        _signed_log(values, pick, shift, factor, LIMIT, out)

    return apply


def _inverse(width: Array, name: str) -> NDArray[np.float64]:
    if not (width > 0).all():
        raise ModelError(f"the array '{name}' of a scaling must say a width above 0")
    return 1.0 / np.asarray(width, np.float64)


@njit(cache=True, nogil=True, error_model="numpy")
def _ordinal(x: Any, tiny: Any) -> Any:
    """The number of floats from 0 to ``x``, where those closer to 0 than ``tiny`` are left out. ``x``: float32."""
    bits = np.int64(np.float32(x).view(np.int32))
    base = np.int64(np.float32(tiny).view(np.int32))
    size: Any = max((bits & _MANTISSA) - base + 1, 0)
    return -size if bits < 0 else size


@njit(cache=True, nogil=True, error_model="numpy")
def _fill_places(knots: Any, counts: Any, tiny: Any, shifts: Any, firsts: Any, places: Any) -> None:
    """For every stretch of floats of a column, the last knot that is not above its start."""
    for j in range(len(knots)):
        last = counts[j] - 1
        low, high = _ordinal(knots[j, 0], tiny[j]), _ordinal(knots[j, last], tiny[j])
        shift = 0
        while (high - low) >> shift >= places.shape[1]:
            shift += 1
        shifts[j], firsts[j] = shift, low
        k = 0
        for place in range(places.shape[1]):
            start = low + (np.int64(place) << shift)
            while k < last and _ordinal(knots[j, k + 1], tiny[j]) <= start:
                k += 1
            places[j, place] = k


@njit(cache=True, nogil=True, error_model="numpy")
def _log1p(x: Any) -> Any:
    """log(1 + x) for x from 0, to 1e-10, in steps that the processor can take for several rows at once.

    With ``1 + x = m 2^e`` and m around 1, log(m) = 2 artanh((m - 1) / (m + 1)).
    """
    bits = np.float64(1.0 + x).view(np.int64)
    exponent = (bits >> 52) - 1023
    m = np.int64(bits & _FRACTION | _ONE).view(np.float64)
    large = m > _ROOT_2
    m = m * 0.5 if large else m
    exponent = exponent + 1 if large else exponent
    t = (m - 1.0) / (m + 1.0)
    u = t * t
    series = 1.0 + u * (1 / 3 + u * (1 / 5 + u * (1 / 7 + u * (1 / 9 + u * (1 / 11)))))
    return exponent * _LN_2 + 2.0 * t * series


@njit(cache=True, nogil=True, error_model="numpy")
def _quantile(values: Any, pick: Any, knots: Any, levels: Any, slopes: Any, tables: Any, out: Any) -> None:
    counts, tiny, below, above, gain, shifts, firsts, places, widths = tables
    rows, columns = out.shape
    xs = np.empty(_BLOCK, np.float32)
    ks = np.empty(_BLOCK, np.int32)
    for start in range(0, rows, _BLOCK):
        n = min(_BLOCK, rows - start)
        for j in range(columns):
            column = j if pick is None else pick[j]
            last = counts[j] - 1
            x_low, x_high = knots[j, 0], knots[j, last]
            small, first, shift = tiny[j], firsts[j], shifts[j]
            for i in range(n):
                x = np.float32(values[start + i, column])
                x = x if not abs(x) < small else np.float32(0.0)
                xs[i] = x
                x = x if x > x_low else x_low  # what is no number ends here as well
                x = x if x < x_high else x_high
                ks[i] = places[j, (_ordinal(x, small) - first) >> shift]
            _climb(knots[j], widths[j], xs, n, ks)
            beyond = 0
            for i in range(n):
                x, k = xs[i], ks[i]
                inside = x if x > x_low else x_low
                inside = inside if inside < x_high else x_high
                out[start + i, j] = levels[j, k] + (inside - knots[j, k]) * slopes[j, k]
                beyond += not (x_low <= x <= x_high)
            if beyond == 0:
                continue
            for i in range(n):
                wide = np.float64(xs[i])
                over, under = (wide - x_high) * above[j], (x_low - wide) * below[j]  # no more than one is above 0
                far = over if over > 0 else under if under > 0 else 0.0
                far = gain[j] * _log1p(far)
                y = out[start + i, j] + (far if wide > x_high else -far)
                y = y if y < LIMIT else LIMIT
                y = y if y > -LIMIT else -LIMIT
                out[start + i, j] = y if wide < np.inf else LIMIT  # what is no number, too


@njit(cache=True, nogil=True, error_model="numpy")
def _climb(knots: Any, width: Any, xs: Any, n: Any, ks: Any) -> None:
    """Raise every ``ks[i]`` to the last knot that is not above ``xs[i]``, which is fewer than ``width`` knots away.

    All rows take the same steps, so that the processor need not guess; a search of each row's own length took twice
    as long.
    """
    step = width >> 1
    while step > 0:
        for i in range(n):
            above = ks[i] + step
            ks[i] = above if knots[above] <= xs[i] else ks[i]
        step >>= 1


def _by_quantile(arrays: Arrays) -> Apply:
    spread = np.asarray(arrays["spread"], np.float64)
    return _by_knots("quantile", arrays, spread, spread, np.ones(len(spread)))


def _by_logistic(arrays: Arrays) -> Apply:
    low, spread, gain = (np.asarray(arrays[name], np.float64) for name in ("low", "spread", "gain"))
    return _by_knots("logistic", arrays, low, spread, gain)


def _by_knots(
    kind: str, arrays: Arrays, below: NDArray[np.float64], above: NDArray[np.float64], gain: NDArray[np.float64]
) -> Apply:
    knots, levels = (np.ascontiguousarray(arrays[name], np.float32) for name in ("knots", "levels"))
    tiny = np.asarray(arrays["tiny"], np.float32)
    if knots.shape != levels.shape:
        raise ModelError(f"the arrays 'knots' and 'levels' of the scaling '{kind}' must be of one shape")
    if not all((array > 0).all() for array in (tiny, below, above, gain)):
        raise ModelError(f"the arrays 'tiny' and 'spread', 'low' and 'gain' of the scaling '{kind}' must be above 0")
    steps = np.diff(knots, axis=1)
    if (steps < 0).any() or ((steps[:, 1:] > 0) & (steps[:, :-1] == 0)).any():
        raise ModelError(f"the array 'knots' of the scaling '{kind}' must rise, and repeat its last at most")
    knots = np.where(np.abs(knots) < tiny[:, None], np.float32(0), knots)
    counts = 1 + np.count_nonzero(steps > 0, axis=1)
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        slopes = np.diff(levels.astype(np.float64), axis=1) / np.diff(knots.astype(np.float64), axis=1)
    slopes = np.pad(np.where(np.isfinite(slopes), slopes, 0), ((0, 0), (0, 1))).astype(np.float32)
    width = len(knots)
    shifts, firsts = np.zeros(width, np.int64), np.zeros(width, np.int64)
    places = np.zeros((width, _PLACES), np.int32)
    _fill_places(knots, counts, tiny, shifts, firsts, places)
    crowds = np.diff(np.c_[places, counts - 1], axis=1).max(axis=1) + 1  # knots that one place may stand for
    widths = np.array([1 << int(crowd - 1).bit_length() for crowd in crowds], np.int32)
    ends = np.arange(knots.shape[1]) >= counts[:, None]
    knots = np.c_[np.where(ends, np.float32(np.inf), knots), np.full((width, int(widths.max())), np.inf, np.float32)]
    tables = counts, tiny, 1 / below, 1 / above, gain, shifts, firsts, places, widths

    def apply(values: NDArray[np.floating], pick: Pick, out: NDArray[np.float32]) -> None:
        _quantile(values, pick, knots, levels, slopes, tables, out)

    return apply


@dataclass(frozen=True, slots=True)
class Kind:
    """arrays : names of what it needs; make : what it does with them, and raises ModelError where they are unusable."""

    arrays: tuple[str, ...]
    make: Callable[[Arrays], Apply]


KINDS: Final = MappingProxyType(
    {
        "identity": Kind((), _identity),
        "standard": Kind(("mean", "std"), _standard),
        "minmax": Kind(("low", "high"), _minmax),
        "signed_log": Kind(("mean", "std"), _log),
        "quantile": Kind(("knots", "levels", "tiny", "spread"), _by_quantile),
        "logistic": Kind(("knots", "levels", "tiny", "spread", "low", "gain"), _by_logistic),
    }
)
