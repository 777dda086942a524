import math
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from botwarden.stores.digits import NUMBER_WIDTH, POWERS, format_rows


def lines(ts: list[float], values: list[list[float]], texts: list[str] | None = None) -> list[str]:
    """The CSV lines of rows that each have the same texts."""
    texts = texts or []
    out = np.zeros(len(ts) * ((1 + len(values[0])) * NUMBER_WIDTH + sum(len(t) + 1 for t in texts)), np.uint8)
    text = np.frombuffer(bytearray("".join(texts) + "end", "ascii"), np.uint8)
    starts = np.cumsum([0, *map(len, texts)], dtype=np.int32)
    ids = np.tile(np.arange(len(texts)), (len(ts), 1))
    size = format_rows(np.array(ts), text, starts, ids, np.array(values), POWERS, out)
    assert size <= len(out)
    return out[:size].tobytes().decode("ascii").splitlines()


def number(x: float) -> str:
    [line] = lines([0.0], [[x]])
    return line.removeprefix("0.000000,")


@pytest.mark.parametrize(
    ("x", "text"),
    [
        (0.0, "0"),
        (-0.0, "0"),
        (1.0, "1"),
        (-60.0, "-60"),
        (123456789012345.0, "123456789012345"),
        (999999999999999.0, "999999999999999"),
        (1e15, "1e15"),
        (1.5, "1.5"),
        (-0.25, "-0.25"),
        (0.1, "0.1"),
        (0.00001, "0.00001"),
        (0.000001, "1e-6"),
        (1.25e-7, "1.25e-7"),
        (1234.5678, "1234.5678"),
        (1 / 3, "0.333333333333"),
        (2 / 3e5, "6.66666666667e-6"),
        (1540446383.391651, "1540446383.39"),
        (123456789012.5, "123456789013"),
        (1234567890123.5, "1234567890120"),
        (0.9999999999999, "1"),
        (9.9999999999999, "10"),
        (1.7976931348623157e308, "1.79769313486e308"),
        (2.2250738585072014e-308, "2.22507385851e-308"),
        (5e-324, "4.94065645841e-324"),
        (math.nan, ""),
        (math.inf, ""),
        (-math.inf, ""),
    ],
)
def test_numbers_read_as_people_write_them(x: float, text: str) -> None:
    assert number(x) == text


@given(st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=1, max_size=200))
@example([float(f"{sign}{digits}e{exponent}") for exponent in range(-330, 308) for digits in ("1", "9.9999999999996")
          for sign in "+-"])  # fmt: skip
def test_numbers_come_back_to_eleven_digits(xs: list[float]) -> None:
    [line] = lines([0.0], [xs])
    for x, text in zip(xs, line.split(",")[1:], strict=True):
        assert float(text) == pytest.approx(x, rel=1e-11, abs=0 if abs(x) > 1e-307 else 1e-318)
        assert len(text) < NUMBER_WIDTH


@given(st.floats(0, 1e7) | st.floats(-1e7, 1e7) | st.floats(1e-12, 1e-3))
def test_common_numbers_are_as_short_as_they_can_be(x: float) -> None:
    text = number(x)
    assert text == "0" or not text.partition("e")[0].endswith("0") or "." not in text
    assert len(text) <= len(f"{x:.12g}") + 5


@pytest.mark.parametrize(
    ("ts", "text"),
    [
        (1540446382.920907, "1540446382.920907"),
        (0.0, "0.000000"),
        (0.0000004, "0.000000"),
        (0.9999996, "1.000000"),
        (59.5, "59.500000"),
        (-1.25, "-1.250000"),
        (-1e-9, "0.000000"),
        (4294967295.999999, "4294967295.999999"),
        (899999999999.5, "899999999999.500000"),
        (1e12, "1000000000000"),
        (1.5e300, "1.5e300"),
    ],
)
def test_times_have_microseconds(ts: float, text: str) -> None:
    assert lines([ts], [[7.0]]) == [f"{text},7"]


@given(st.integers(0, 2**32 - 1), st.integers(0, 999_999))
def test_a_captures_times_come_back_to_the_microsecond(seconds: int, micros: int) -> None:
    assert lines([seconds + micros / 1e6], [[0.0]]) == [f"{seconds}.{micros:06},0"]


def test_texts_stand_between_time_and_numbers() -> None:
    assert lines([1.0, 2.0], [[3.0, 4.0], [5.0, 6.5]], ["aa:bb", "", "::1"]) == [
        "1.000000,aa:bb,,::1,3,4",
        "2.000000,aa:bb,,::1,5,6.5",
    ]


PLAIN = """
import sys
import numpy as np
from botwarden.stores.digits import POWERS, format_rows
values = np.load(sys.argv[1])
out = np.zeros(values.size * 60, np.uint8)
none = np.zeros((len(values), 0), np.int64)
size = format_rows(values[:, 0].copy(), out[:1], np.zeros(1, np.int32), none, values, POWERS, out)
sys.stdout.write(out[:size].tobytes().decode("ascii"))
"""


def test_plain_python_writes_the_same(tmp_path: Path) -> None:
    rng = np.random.default_rng(3)
    values = rng.normal(size=(60, 4)) * 10.0 ** rng.integers(-300, 300, (60, 4))
    values[::5] = np.round(rng.normal(size=(12, 4)) * 1e6)
    path = tmp_path / "values.npy"
    np.save(path, values)
    run = [sys.executable, "-W", "error", "-c", PLAIN, str(path)]
    plain = subprocess.run(
        run, env={**os.environ, "NUMBA_DISABLE_JIT": "1"}, capture_output=True, text=True, check=True
    )
    assert plain.stdout.splitlines() == lines(values[:, 0].tolist(), values.tolist())
