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

_BLOCK: Final = 64  # rows taken through one column after the other: the rows and the column's tables stay in the cache
_PLACES: Final = 2048  # of the table by which a knot is found
_HIGHEST: Final = np.float32(np.finfo(np.float32).max)
_MANTISSA: Final = np.int32(0x7FFFFFFF)
_FRACTION: Final = np.int32(0x7FFFFF)  # of a float
_EXPONENT: Final = np.int32(23)  # bits before it
_NONE: Final = np.int32(0)
# Numbers of one width, so that the processor takes eight rows at once.
_INFINITE, _LIMIT, _ZERO, _HALF = np.float32(np.inf), np.float32(LIMIT), np.float32(0), np.float32(0.5)
_ONE, _TWO = np.float32(1), np.float32(2)
_ONE_BITS: Final = np.int32(0x3F800000)
_ROOT_2, _LN_2 = np.float32(math.sqrt(2)), np.float32(math.log(2))
_THIRD, _FIFTH, _SEVENTH, _NINTH = np.float32(1 / 3), np.float32(1 / 5), np.float32(1 / 7), np.float32(1 / 9)


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
def _take(values: Any, start: Any, n: Any, pick: Any, xs: Any) -> None:
    """Turn ``n`` rows into columns of float32: ``xs``, [d, n]."""
    for i in range(n):
        for j in range(len(pick)):
            xs[j, i] = np.float32(values[start + i, np.uint64(pick[j])])


@njit(cache=True, nogil=True, error_model="numpy")
def _find(xs: Any, n: Any, tiny: Any, table: Any, places: Any, ks: Any) -> None:
    """For every ``xs[i]`` a knot that is not above it, by its place in the order of floats; see `_table`.

    What is closer to 0 than ``tiny`` becomes 0 on the way, and what is no number becomes infinite.
    """
    base, low, high, shift = table[0], table[1], table[2], table[3]
    first = np.int32(low >> shift)
    for i in range(n):
        x = xs[i]
        x = x if x == x else _INFINITE  # noqa: PLR0124 - no number is not itself
        x = _ZERO if abs(x) < tiny else x
        xs[i] = x
        bits = np.int32(np.float32(x).view(np.int32))
        order = np.int32(np.int32(bits & _MANTISSA) - base)
        order = order if order > _NONE else _NONE
        order = np.int32(-order) if bits < _NONE else order
        order = order if order > low else low
        order = order if order < high else high
        ks[i] = np.uint32(np.int32(np.int32(order >> shift) - first))
    for i in range(n):
        ks[i] = places[ks[i]]


@njit(cache=True, nogil=True, error_model="numpy")
def _climb(knots: Any, width: Any, xs: Any, n: Any, ks: Any) -> None:
    """Raise every ``ks[i]`` to the last knot that is not above ``xs[i]``, which is fewer than ``width`` knots away.

    All rows take the same steps, so that the processor need not guess; a search of each row's own length took twice
    as long.
    """
    step = width >> 1
    while step > 0:
        for i in range(n):
            above = np.uint32(ks[i] + np.uint32(step))
            ks[i] = above if knots[above] <= xs[i] else ks[i]
        step >>= 1


@njit(cache=True, nogil=True, error_model="numpy")
def _lines(knots: Any, levels: Any, slopes: Any, ends: Any, xs: Any, n: Any, ks: Any, ys: Any) -> Any:
    """Put the level of every ``xs[i]`` into ``ys``, of the end where it is beyond; how many are beyond the ends."""
    x_low, x_high = ends[0], ends[1]
    beyond = 0
    for i in range(n):
        x, k = xs[i], ks[i]
        inside = x if x > x_low else x_low
        inside = inside if inside < x_high else x_high
        ys[i] = levels[k] + (inside - knots[k]) * slopes[k]
        beyond += x != inside
    return beyond


@njit(cache=True, nogil=True, error_model="numpy")
def _log1p(x: Any) -> Any:
    """log(1 + x) for a float32 from 0, to 5e-7 of it, in steps that the processor can take for several rows at once.

    With ``1 + x = m 2^e`` and m around 1, log(m) = 2 artanh((m - 1) / (m + 1)).
    """
    bits = np.int32(np.float32(_ONE + x).view(np.int32))
    m = np.int32(bits & _FRACTION | _ONE_BITS).view(np.float32)
    large = m > _ROOT_2
    m = m * _HALF if large else m
    exponent = np.int32(bits >> _EXPONENT)
    exponent = np.int32(exponent - 126) if large else np.int32(exponent - 127)
    f = x if exponent == 0 else m - _ONE  # a small x loses digits beside 1
    t = f / (_TWO + f)
    u = t * t
    series = _ONE + u * (_THIRD + u * (_FIFTH + u * (_SEVENTH + u * _NINTH)))
    return np.float32(exponent) * _LN_2 + _TWO * t * series


@njit(cache=True, nogil=True, error_model="numpy")
def _beyond(ends: Any, xs: Any, n: Any, ys: Any) -> None:
    """Go on with the logarithm where ``xs[i]`` is beyond the ends."""
    x_low, x_high, below, above, gain = ends[0], ends[1], ends[2], ends[3], ends[4]
    for i in range(n):
        x = xs[i]
        over, under = (x - x_high) * above, (x_low - x) * below  # no more than one is above 0
        far = over if over > _ZERO else _ZERO
        far = under if under > _ZERO else far
        far = far if far < _HIGHEST else _HIGHEST
        far = gain * _log1p(far)
        y = ys[i] + (far if x > x_high else -far)
        y = y if y < _LIMIT else _LIMIT
        y = y if y > -_LIMIT else -_LIMIT
        ys[i] = y if x < _INFINITE else _LIMIT  # what is no number, too


@njit(cache=True, nogil=True, error_model="numpy")
def _quantile(values: Any, pick: Any, curves: Any, tables: Any, out: Any) -> None:
    knots, levels, slopes, tiny, ends = curves
    numbers, places, widths = tables
    rows, columns = out.shape
    block = np.empty((columns, _BLOCK), np.float32)
    ys = np.empty(_BLOCK, np.float32)
    ks = np.empty(_BLOCK, np.uint32)
    for start in range(0, rows, _BLOCK):
        n = min(_BLOCK, rows - start)
        _take(values, start, n, pick, block)
        for j in range(columns):
            xs = block[j]
            _find(xs, n, tiny[j], numbers[j], places[j], ks)
            _climb(knots[j], widths[j], xs, n, ks)
            if _lines(knots[j], levels[j], slopes[j], ends[j], xs, n, ks, ys):
                _beyond(ends[j], xs, n, ys)
            for i in range(n):
                out[start + i, j] = ys[i]


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
    if (knots[:, -1] / 2 - knots[:, 0] / 2 > _HIGHEST / 2).any():
        raise ModelError(f"the array 'knots' of the scaling '{kind}' goes too far")
    knots = np.where(np.abs(knots) < tiny[:, None], np.float32(0), knots)
    levels = np.clip(levels, -_LIMIT, _LIMIT)
    counts = 1 + np.count_nonzero(steps > 0, axis=1)
    tables = _tables(knots, counts, tiny)
    with np.errstate(divide="ignore", over="ignore"):
        factors = np.stack([1 / below, 1 / above, gain], axis=1).clip(np.finfo(np.float32).tiny, _HIGHEST)
    none = np.full((len(knots), int(tables[2].max())), np.nan, np.float32)  # is not below anything
    held = np.where(np.arange(knots.shape[1]) < counts[:, None], knots, np.float32(np.nan))
    curves = (
        np.concatenate([held, none], axis=1),
        levels,
        _slopes(knots, levels),
        tiny,
        np.concatenate([knots[:, :1], knots[:, -1:], factors], axis=1).astype(np.float32),
    )
    every = np.arange(len(knots))

    def apply(values: NDArray[np.floating], pick: Pick, out: NDArray[np.float32]) -> None:
        _quantile(values, every if pick is None else pick, curves, tables, out)

    return apply


def _slopes(knots: NDArray[np.float32], levels: NDArray[np.float32]) -> NDArray[np.float32]:
    """float32[d, k]: of the line from each knot to the next, so that no level on it is above the next knot's."""
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        slopes = np.diff(levels.astype(np.float64), axis=1) / np.diff(knots.astype(np.float64), axis=1)
    slopes = np.where(np.isfinite(slopes), slopes, 0).clip(-_HIGHEST, _HIGHEST).astype(np.float32)
    width = np.nextafter(knots[:, 1:], -_INFINITE) - knots[:, :-1]
    while (over := (slopes > 0) & (levels[:, :-1] + width * slopes > levels[:, 1:])).any():
        slopes = np.where(over, np.nextafter(slopes, _ZERO), slopes)
    return np.pad(slopes, ((0, 0), (0, 1)))


def _tables(
    knots: NDArray[np.float32], counts: NDArray[np.intp], tiny: NDArray[np.float32]
) -> tuple[NDArray[np.int32], NDArray[np.uint32], NDArray[np.int32]]:
    """What finds knots: per column the numbers of `_find`, the places, and how far `_climb` has to look.

    Floats are numbered in their order, those closer to 0 than ``tiny`` as 0. A place is a stretch of them, as many as
    a power of 2, and has the last knot that is not above its start.
    """
    bases = tiny.view(np.int32).astype(np.int64) - 1
    bits = knots.view(np.int32).astype(np.int64)
    sizes = np.maximum((bits & _MANTISSA) - bases[:, None], 0)
    orders = np.where(bits < 0, -sizes, sizes)
    low, high = orders[:, 0], orders[:, -1]
    places = np.empty((len(knots), _PLACES), np.uint32)
    shifts, widths = np.zeros(len(knots), np.int64), np.ones(len(knots), np.int32)
    for j, count in enumerate(counts.tolist()):
        while (high[j] >> shifts[j]) - (low[j] >> shifts[j]) >= _PLACES:
            shifts[j] += 1
        starts = ((low[j] >> shifts[j]) + np.arange(_PLACES)) << shifts[j]
        found = np.searchsorted(orders[j, :count], starts, "right") - 1
        places[j] = found.clip(0)
        crowd = int(np.diff(places[j].astype(np.int64), append=count - 1).max()) + 1  # knots of one place
        widths[j] = 1 << (crowd - 1).bit_length()
    return np.stack([bases, low, high, shifts], axis=1).astype(np.int32), places, widths


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
