"""Curves through knots, which the scalers ``quantile`` and ``logistic`` are: looked up for many rows at once.

A curve is linear between its knots, and goes on with the logarithm beyond the first and the last. It is worked out in
float32, never falls between its ends where the levels do not, and is within a millionth of what is exact. A knot is
found in two steps: a table says which is about right, by the first bits of the number, and a few comparisons find it.
"""

import math
from collections.abc import Callable
from typing import Any, Final

import numpy as np
from numba import njit
from numpy.typing import NDArray

Curve = Callable[[NDArray[np.floating], NDArray[np.intp] | None, NDArray[np.float32]], None]
"""Takes float32 or float64[n, k], the d columns of it that are meant (None: all), and fills float32[n, d]."""

_BLOCK: Final = 128  # rows taken through one column after the other: the rows and the column's tables stay in the cache
_STRIDE: Final = _BLOCK + 16  # of columns: at a power of 2, all of them would compete for few places of the cache
_PLACES: Final = 2048  # of the table by which a knot is found
_HIGHEST: Final = np.float32(np.finfo(np.float32).max)
_MANTISSA: Final = np.int32(0x7FFFFFFF)
_FRACTION: Final = np.int32(0x7FFFFF)  # of a float
_EXPONENT: Final = np.int32(23)  # bits before it
_NONE: Final = np.int32(0)
# Numbers of one width, so that the processor takes eight rows at once.
_INFINITE, _ZERO, _HALF = np.float32(np.inf), np.float32(0), np.float32(0.5)
_ONE, _TWO = np.float32(1), np.float32(2)
_ONE_BITS: Final = np.int32(0x3F800000)
_ROOT_2, _LN_2 = np.float32(math.sqrt(2)), np.float32(math.log(2))
_THIRD, _FIFTH, _SEVENTH, _NINTH = np.float32(1 / 3), np.float32(1 / 5), np.float32(1 / 7), np.float32(1 / 9)


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
def _beyond(ends: Any, limit: Any, xs: Any, n: Any, ys: Any) -> None:
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
        y = y if y < limit else limit
        y = y if y > -limit else -limit
        ys[i] = y if x < _INFINITE else limit  # what is no number, too


@njit(cache=True, nogil=True, error_model="numpy")
def _quantile(values: Any, pick: Any, curves: Any, tables: Any, limit: Any, out: Any) -> None:
    knots, levels, slopes, tiny, ends = curves
    numbers, places, widths = tables
    rows, columns = out.shape
    block = np.empty((columns, _STRIDE), np.float32)
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
                _beyond(ends[j], limit, xs, n, ys)
            for i in range(n):
                xs[i] = ys[i]
        for i in range(n):
            for j in range(columns):
                out[start + i, j] = block[j, i]


def by_knots(
    knots: NDArray[np.float32],
    levels: NDArray[np.float32],
    tiny: NDArray[np.float32],
    ends: NDArray[np.float64],
    limit: float,
) -> Curve:
    """The curves of d columns; where there are fewer knots, the last is repeated.

    knots, levels : [d, k]; knots rise, and are finite like the rest
    tiny : [d], above 0: what is closer to 0 counts as 0
    ends : [d, 3], above 0: the widths below the first knot and above the last, and the gain beyond both
    limit : where levels end; what is no number is there
    """
    counts = 1 + np.count_nonzero(knots[:, 1:] > knots[:, :-1], axis=1)
    knots = np.where(np.abs(knots) < tiny[:, None], np.float32(0), knots)
    levels = np.clip(levels, -limit, limit).astype(np.float32)
    tables = _tables(knots, counts, tiny)
    with np.errstate(divide="ignore", over="ignore"):
        factors = np.c_[1 / ends[:, :2], ends[:, 2]].clip(np.finfo(np.float32).tiny, _HIGHEST)
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

    def apply(values: NDArray[np.floating], pick: NDArray[np.intp] | None, out: NDArray[np.float32]) -> None:
        _quantile(values, every if pick is None else pick, curves, tables, np.float32(limit), out)

    return apply


def _slopes(knots: NDArray[np.float32], levels: NDArray[np.float32]) -> NDArray[np.float32]:
    """float32[d, k]: of the line from each knot to the next, so that no level on it is above the next knot's."""
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        slopes = np.diff(levels.astype(np.float64), axis=1) / np.diff(knots.astype(np.float64), axis=1)
        slopes = np.where(np.isfinite(slopes), slopes, 0).clip(-_HIGHEST, _HIGHEST).astype(np.float32)
        width = np.nextafter(knots[:, 1:], -_INFINITE) - knots[:, :-1]
        while (over := (slopes > 0) & (levels[:, :-1] + width * slopes > levels[:, 1:])).any():
            slopes = np.where(over, np.nextafter(slopes, _ZERO), slopes)  # rounded up; once or twice
    return np.pad(slopes, ((0, 0), (0, 1)))


def _tables(
    knots: NDArray[np.float32], counts: NDArray[np.intp], tiny: NDArray[np.float32]
) -> tuple[NDArray[np.int32], NDArray[np.unsignedinteger], NDArray[np.int32]]:
    """What finds knots: per column the numbers of `_find`, the places, and how far `_climb` has to look.

    Floats are numbered in their order, those closer to 0 than ``tiny`` as 0. A place is a stretch of them, as many as
    a power of 2, and has the last knot that is not above its start.
    """
    bases = tiny.view(np.int32).astype(np.int64) - 1
    bits = knots.view(np.int32).astype(np.int64)
    sizes = np.maximum((bits & _MANTISSA) - bases[:, None], 0)
    orders = np.where(bits < 0, -sizes, sizes)
    low, high = orders[:, 0], orders[:, -1]
    places = np.empty((len(knots), _PLACES), np.uint16 if knots.shape[1] <= 1 << 16 else np.uint32)
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
