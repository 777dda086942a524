"""Rows of numbers as CSV text, by a kernel: a million rows of 115 numbers are more than a gigabyte of it."""

import math
from typing import Any, Final

import numpy as np
from numba import njit

SIGNIFICANT: Final = 12
"""Digits of a number: it differs from what it was by less than one part in 10^11."""
NUMBER_WIDTH: Final = 24
"""Bytes that hold the longest number, ``-1.23456789012e-308``, or the longest time, and a separator."""

_LOWEST = -325  # exponents of the table of powers: of the smallest double, and one more on either side
_HIGHEST = 309
_LARGEST = np.finfo(np.float64).max
_WHOLE = 1e15  # integers below this are written as such
_POINT_FROM = -5  # exponents of ten between these are written with a point alone: 0.00001 to 999999999999999
_POINT_BELOW = 15
_MICROSECONDS_BELOW = 9e11  # s, year 30000; a double holds no microseconds long before

POWERS: Final = np.array([float(f"1e{exponent}") for exponent in range(_LOWEST, _HIGHEST + 1)])
"""Powers of ten, for the kernel."""

_COMMA, _MINUS, _DOT, _ZERO, _E, _NEWLINE = (np.uint8(byte) for byte in b",-.0e\n")


@njit(inline="always", error_model="numpy")
def _put_whole(out: Any, at: Any, number: Any) -> Any:
    """Write an integer from 0 to 10^17; returns where the text goes on."""
    count = 1
    above = 10
    while number >= above:
        above *= 10
        count += 1
    for k in range(at + count - 1, at - 1, -1):
        out[k] = 48 + number % 10
        number //= 10
    return at + count


@njit(inline="always", error_model="numpy")
def _put_point(out: Any, at: Any, digits: Any, count: Any, whole: Any) -> Any:
    """Write ``count`` digits, zeros first where the number has fewer, with a point after ``whole`` of them."""
    k = at + count
    for _ in range(count - whole):
        out[k] = 48 + digits % 10
        digits //= 10
        k -= 1
    out[k] = _DOT
    k -= 1
    while k >= at:
        out[k] = 48 + digits % 10
        digits //= 10
        k -= 1
    return at + count + 1


@njit(nogil=True, error_model="numpy")
def _put_number(out: Any, at: Any, x: Any, powers: Any) -> Any:
    """Write a double with at most SIGNIFICANT digits, nothing where it is not finite."""
    if not abs(x) <= _LARGEST:
        return at
    if x < 0.0:
        out[at] = _MINUS
        at += 1
        x = -x
    if x < _WHOLE and x == math.floor(x):
        return _put_whole(out, at, np.int64(x))
    # log10(2) ≈ 1233/4096 gives the decimal exponent or one beside it
    exponent = ((math.frexp(x)[1] - 1) * 1233) >> 12
    if x < powers[exponent - _LOWEST]:
        exponent -= 1
    elif x >= powers[exponent + 1 - _LOWEST]:
        exponent += 1
    shift = SIGNIFICANT - 1 - exponent
    if shift > 300:  # beyond the largest power of ten, in two steps
        x *= powers[300 - _LOWEST]
        shift -= 300
    scaled = x * powers[shift - _LOWEST] if shift >= 0 else x / powers[-shift - _LOWEST]
    digits = np.int64(scaled + 0.5)
    if digits >= 10**SIGNIFICANT:
        digits //= 10
        exponent += 1
    count = SIGNIFICANT
    while digits % 10 == 0 and count > 1:
        digits //= 10
        count -= 1
    scientific = not _POINT_FROM <= exponent < _POINT_BELOW
    whole = 1
    if not scientific:
        if exponent >= 0:
            whole = exponent + 1
        else:
            count -= exponent
    if count > whole:
        at = _put_point(out, at, digits, count, whole)
    else:
        at = _put_whole(out, at, digits)
        for _ in range(whole - count):
            out[at] = _ZERO
            at += 1
    if scientific:
        out[at] = _E
        at += 1
        if exponent < 0:
            out[at] = _MINUS
            at += 1
        at = _put_whole(out, at, abs(exponent))
    return at


@njit(inline="always", error_model="numpy")
def _put_time(out: Any, at: Any, ts: Any, powers: Any) -> Any:
    """Write seconds with six decimals."""
    if not abs(ts) < _MICROSECONDS_BELOW:
        return _put_number(out, at, ts, powers)
    seconds = math.floor(abs(ts))
    micros = np.int64(seconds) * 1_000_000 + np.int64((abs(ts) - seconds) * 1e6 + 0.5)
    if ts < 0.0 and micros > 0:
        out[at] = _MINUS
        at += 1
    whole = 1
    above = 10_000_000
    while micros >= above:
        above *= 10
        whole += 1
    return _put_point(out, at, micros, whole + 6, whole)


@njit(cache=True, nogil=True, error_model="numpy")
def format_rows(ts: Any, text: Any, starts: Any, ids: Any, values: Any, powers: Any, out: Any) -> Any:
    """Write n lines of CSV: a time, some texts, k numbers. Returns the bytes written.

    ts : float64[n], s
    text : uint8[…], all texts one after the other; starts : int32[texts + 1], where each begins, and the end
    ids : int64[n, c], the texts of each line
    values : float64[n, k]
    powers : POWERS
    out : uint8[≥ n · ((1 + k) · NUMBER_WIDTH + c · (longest text + 1))]
    """
    at = 0
    for i in range(len(values)):
        at = _put_time(out, at, ts[i], powers)
        for c in range(ids.shape[1]):
            out[at] = _COMMA
            at += 1
            for k in range(starts[ids[i, c]], starts[ids[i, c] + 1]):
                out[at] = text[k]
                at += 1
        for j in range(values.shape[1]):
            out[at] = _COMMA
            at = _put_number(out, at + 1, values[i, j], powers)
        out[at] = _NEWLINE
        at += 1
    return at


NUMBER, TIME, TEXT = 0, 1, 2
"""Kinds of columns of `format_columns`."""


@njit(cache=True, nogil=True, error_model="numpy")
def format_columns(kinds: Any, numbers: Any, text: Any, starts: Any, ids: Any, powers: Any, out: Any) -> Any:
    """Write n lines of CSV with columns of any kind in any order. Returns the bytes written.

    kinds : int64[k], NUMBER, TIME or TEXT of each column
    numbers : float64[n, k], of the columns NUMBER and TIME; what is not finite is left empty
    text : uint8[…], all texts one after the other; starts : int32[texts + 1], where each begins, and the end
    ids : int64[n, k], the texts of the columns TEXT
    powers : POWERS
    out : uint8[≥ n · k · max(NUMBER_WIDTH, longest text + 1)]
    """
    at = 0
    for i in range(len(numbers)):
        for j in range(len(kinds)):
            if j > 0:
                out[at] = _COMMA
                at += 1
            if kinds[j] == TEXT:
                for k in range(starts[ids[i, j]], starts[ids[i, j] + 1]):
                    out[at] = text[k]
                    at += 1
            elif kinds[j] == TIME:
                at = _put_time(out, at, numbers[i, j], powers)
            else:
                at = _put_number(out, at, numbers[i, j], powers)
        out[at] = _NEWLINE
        at += 1
    return at
