"""Every number is what ``float`` makes of its text, or is left to ``float``."""

import math
import struct

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numba import njit

from botwarden.sources.tables.numbers import NO_NUMBER, POWERS, SURE, UNSURE, parse_number

_parse = njit(lambda data, at, powers: parse_number(data, at, powers))  # noqa: PLW0108 - it is compiled into another
_parse(np.frombuffer(b"1\n", np.uint8), 0, POWERS)  # compiled before hypothesis looks at the clock


def parsed(text: str) -> tuple[float, int, int]:
    return _parse(np.frombuffer(text.encode() + b"\n", np.uint8), 0, POWERS)


def same(a: float, b: float) -> bool:
    return struct.pack("d", a) == struct.pack("d", b)


def agrees(text: str) -> int:
    value, end, state = parsed(text)
    assert state in (SURE, UNSURE)
    assert end == len(text)
    assert state == UNSURE or same(value, float(text)), text
    return state


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_any_double_as_python_writes_it(value: float) -> None:
    agrees(repr(value))


@given(st.floats(1e-200, 1e200), st.sampled_from([".18e", ".12g", ".17g", ".3f", ".15E", "+.16e"]))
def test_other_ways_to_write_it(value: float, form: str) -> None:
    agrees(format(value, form))


@given(st.integers(0, 10**22), st.integers(-320, 320))
def test_whole_numbers_with_exponents(whole: int, exponent: int) -> None:
    agrees(f"{whole}e{exponent}")


@given(st.integers(2**52, 2**53 - 1), st.integers(-80, 80))
def test_halfway_between_two_doubles(mantissa: int, power: int) -> None:
    """The hardest: exactly between two, and one digit beside that."""
    exact = (2 * mantissa + 1) * 5 ** max(-power, 0) * (2 ** max(power, 0))
    for near in (exact - 1, exact, exact + 1):
        agrees(f"{near}e{min(power, 0)}")


@pytest.mark.parametrize(
    "text", ["0", "-0", "0.0", "1.", ".5", "+3", "00012", "1e5", "1E-5", "0e999", "5e-324", "1.8e308", "9" * 400]
)
def test_corners(text: str) -> None:
    agrees(text)


def test_published_numbers_are_sure() -> None:
    texts = ["179.6987269681409", "1.000000022999999905e+00", "9.09e-13", "2.7284841053187847e-11", "1523000000.25"]
    assert [agrees(text) for text in texts] == [SURE] * len(texts)
    rng = np.random.default_rng(1)
    states = [agrees(repr(value)) for value in np.exp(rng.uniform(-30, 40, 5000)).tolist()]
    assert states.count(UNSURE) <= 2


@pytest.mark.parametrize("text", ["", "-", ".", "e5", "1e", "1e+", "x", "--1", "+-1", ".e1"])
def test_what_is_no_number(text: str) -> None:
    assert parsed(text)[2] == NO_NUMBER


@pytest.mark.parametrize(
    ("text", "end"), [("nan", 0), ("inf", 0), ("1_000", 1), ("0x10", 1), ("1.2.3", 3), ("1e5e5", 3)]
)
def test_it_stops_where_the_number_does(text: str, end: int) -> None:
    value, at, _ = parsed(text)
    assert at == end
    assert math.isfinite(value)


def test_it_does_the_same_uncompiled() -> None:
    plain = getattr(parse_number, "py_func", parse_number)
    for text in ("3.25", "-7e3", "123456789.125"):
        value, end, state = plain(np.frombuffer(text.encode() + b",", np.uint8), 0, POWERS)
        assert (value, end, state) == (float(text), len(text), SURE)
