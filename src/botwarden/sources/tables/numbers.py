"""Decimal numbers as doubles, by a kernel: a million rows of 115 numbers are more than a gigabyte of text.

A number is exactly what Python's ``float`` makes of its text. The kernel is sure of nearly all numbers: small ones are
a whole number and a power of ten that doubles hold exactly (Clinger, "How to read floating point numbers accurately",
1990); for others the product is taken with twice the digits (Dekker, "A floating-point technique for extending the
available precision", 1971), which tells unless it lies almost halfway between two doubles. The rest, a few in a
million, are left to ``float`` itself.
"""

from fractions import Fraction
from typing import Any, Final

import numpy as np
from numba import njit

SURE, UNSURE, NO_NUMBER = 0, 1, 2
"""What became of a number: its value is right; ``float`` must say; it is none, or one of no usual form."""

_RANGE = 270  # powers of ten whose products neither overflow nor lose digits
_EXACT = 22  # 10^22 is the largest power of ten that a double holds exactly
_EXACT_WHOLE = 1 << 53
_MOST = 900_000_000_000_000_000  # one more digit after a number from here on may not fit into 63 bits
_SPLIT = 134_217_729.0  # 2^27 + 1, Dekker's constant for doubles
_ERROR = 2.0**-100  # of a product, relative: well above what the last of its digits can be off
_MOST_EXPONENT = 9_999


def _powers() -> np.ndarray[Any, np.dtype[np.float64]]:
    """float64[2, 2·_RANGE + 1]: 10^e as the nearest double, and what that leaves over."""
    exact = [Fraction(10) ** exponent for exponent in range(-_RANGE, _RANGE + 1)]
    high = [float(power) for power in exact]
    low = [float(power - Fraction(near)) for power, near in zip(exact, high, strict=True)]
    return np.array([high, low])


POWERS: Final = _powers()
"""Powers of ten, for the kernel."""


@njit(inline="always", error_model="numpy")
def _times_ten_to(whole: Any, exponent: Any, powers: Any) -> Any:
    """``whole · 10^exponent`` and whether that is sure; ``exponent`` is within _RANGE."""
    a = np.float64(whole)
    b = powers[0, exponent + _RANGE]
    product = a * b
    # Dekker's product: a·b is exactly product + rest
    big = a * _SPLIT
    a_high = big - (big - a)
    a_low = a - a_high
    big = b * _SPLIT
    b_high = big - (big - b)
    b_low = b - b_high
    rest = ((a_high * b_high - product) + a_high * b_low + a_low * b_high) + a_low * b_low
    rest += a * powers[1, exponent + _RANGE] + np.float64(whole - np.int64(a)) * b
    near = product + rest
    rest -= near - product
    error = abs(near) * _ERROR
    value = near + (rest + error)
    return value, value == near + (rest - error)


@njit(nogil=True, error_model="numpy")
def parse_number(data: Any, at: Any, powers: Any) -> Any:
    """Read a number that begins at ``data[at]``: uint8, with something after it that belongs to no number.

    Returns (value, where it ends, SURE, UNSURE or NO_NUMBER).
    """
    negative = data[at] == 45
    if negative or data[at] == 43:
        at += 1
    whole = np.int64(0)
    exponent = np.int64(0)
    digits = np.int64(0)
    sure = True
    point = False
    while True:
        digit = np.int64(data[at]) - 48
        if 0 <= digit <= 9:
            if whole < _MOST:
                whole = whole * 10 + digit
                exponent -= np.int64(point)
            else:
                sure = False
            digits += 1
        elif digit == -2 and not point:
            point = True
        else:
            break
        at += 1
    if digits == 0:
        return 0.0, at, NO_NUMBER
    if data[at] == 101 or data[at] == 69:
        at += 1
        below = data[at] == 45
        if below or data[at] == 43:
            at += 1
        given = np.int64(0)
        digits = np.int64(0)
        while 48 <= data[at] <= 57:
            given = given * 10 + np.int64(data[at]) - 48
            if given > _MOST_EXPONENT:
                given = np.int64(_MOST_EXPONENT)
            digits += 1
            at += 1
        if digits == 0:
            return 0.0, at, NO_NUMBER
        exponent += -given if below else given
    value = np.float64(whole)
    if not sure:
        return 0.0, at, UNSURE
    if whole != 0 and exponent != 0:
        if whole < _EXACT_WHOLE and -_EXACT <= exponent <= _EXACT:
            value = value * powers[0, exponent + _RANGE] if exponent > 0 else value / powers[0, _RANGE - exponent]
        elif -_RANGE <= exponent <= _RANGE:
            value, sure = _times_ten_to(whole, exponent, powers)
        else:
            sure = False
    if not sure:
        return 0.0, at, UNSURE
    return (-value if negative else value), at, SURE
