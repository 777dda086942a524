"""Numbers out of bytes, for compiled loops. The caller has checked that the bytes are there.

Everything is int64: numba and numpy then agree on every operation.
"""

from typing import Any, Final

import numpy as np
from numba import njit
from numpy.typing import NDArray

Bytes = NDArray[np.uint8]

NEVER: Final = 1 << 62
"""A position that no packet reaches. Where a header makes no sense, its reader says that it needs bytes up to here."""


@njit
def u16(buf: Bytes, pos: int) -> Any:
    """Two bytes in network order."""
    return np.int64(buf[pos]) << 8 | np.int64(buf[pos + 1])


@njit
def u32(buf: Bytes, pos: int) -> Any:
    """Four bytes in network order."""
    return (
        np.int64(buf[pos]) << 24 | np.int64(buf[pos + 1]) << 16 | np.int64(buf[pos + 2]) << 8 | np.int64(buf[pos + 3])
    )


@njit
def i64(buf: Bytes, pos: int) -> Any:
    """Eight bytes in network order, as a signed word: half of an IPv6 address."""
    return u32(buf, pos) << 32 | u32(buf, pos + 4)


@njit
def u48(buf: Bytes, pos: int) -> Any:
    """Six bytes in network order: a MAC address."""
    return u16(buf, pos) << 32 | u32(buf, pos + 2)


@njit
def word16(buf: Bytes, pos: int, big: bool) -> Any:
    """Two bytes in the order of the file."""
    if big:
        return u16(buf, pos)
    return np.int64(buf[pos + 1]) << 8 | np.int64(buf[pos])


@njit
def word32(buf: Bytes, pos: int, big: bool) -> Any:
    """Four bytes in the order of the file."""
    if big:
        return u32(buf, pos)
    return (
        np.int64(buf[pos + 3]) << 24 | np.int64(buf[pos + 2]) << 16 | np.int64(buf[pos + 1]) << 8 | np.int64(buf[pos])
    )
