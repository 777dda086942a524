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
from botwarden.detect.models.knots import by_knots

LIMIT: Final = 1e9
"""Where scaled values end: the square of it still is a float32, so that no network makes an infinity of it."""
WIDEST: Final = 3e38
"""The same for values that are not scaled."""

Array = NDArray[np.float32] | NDArray[np.float64]
Arrays = Mapping[str, Array]
Pick = NDArray[np.intp] | None
Apply = Callable[[NDArray[np.floating], Pick, NDArray[np.float32]], None]
"""Takes float32 or float64[n, k], the d columns of it that are meant (None: all), and fills float32[n, d]."""


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
    if (knots[:, -1] / 2 - knots[:, 0] / 2 > WIDEST / 2).any():
        raise ModelError(f"the array 'knots' of the scaling '{kind}' goes too far")
    ends = np.stack([below, above, gain], axis=1)
    return by_knots(knots, levels, tiny, ends, LIMIT)


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
