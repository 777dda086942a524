"""Bounded tables for kernels: sets of eight slots, a full set gives up its oldest entry.

A key is a 63-bit fingerprint, mixed with a seed that the network does not know, so nobody can aim at a set or
make two keys look equal. Eight fingerprints share one cache line: a look-up reads two lines whatever the load.
"""

from typing import Any, Final

import numpy as np
from numba import njit

WAYS: Final = 8

Int = Any
"""An integer, numba's, numpy's or Python's own."""

_A = np.uint64(0x9E3779B97F4A7C15)
_B = np.uint64(0xBF58476D1CE4E5B9)
_C = np.uint64(0x94D049BB133111EB)
_30 = np.uint64(30)
_27 = np.uint64(27)
_31 = np.uint64(31)
_POSITIVE = np.uint64(0x7FFFFFFFFFFFFFFF)


@njit(inline="never", nogil=True)
def mix(h: Any, value: Any) -> Any:
    """Fold an int64 into a fingerprint (splitmix64's finaliser). Never 0, never negative."""
    x = np.uint64(np.int64(h)) * _A + np.uint64(np.int64(value))
    x = (x ^ (x >> _30)) * _B
    x = (x ^ (x >> _27)) * _C
    x = (x ^ (x >> _31)) & _POSITIVE
    return np.int64(x) | np.int64(1) << np.int64(62)


@njit(nogil=True)
def locate(keys: Any, seen: Any, key: Any) -> Any:
    """``(slot, found)``: where ``key`` is, or the slot that a new entry for it takes: a free one or the oldest.

    ``keys`` int64[slots] holds 0 in free slots, ``seen`` float64[slots] when each was last used, in packets. The caller
    writes both when it takes the slot.
    """
    sets = len(keys) // WAYS
    base = (key % sets) * WAYS
    oldest = base
    for i in range(base, base + WAYS):
        if keys[i] == key:
            return i, True
        if keys[i] == 0:
            return i, False
        if seen[i] < seen[oldest]:
            oldest = i
    return oldest, False
