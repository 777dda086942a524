import pytest
from hypothesis import given
from hypothesis import strategies as st

from botwarden.core.text import (
    bytes_text,
    count_text,
    duration_text,
    plural,
    printable,
    span_text,
    time_text,
    utc,
)

NOON = 1_710_252_000.0  # 2024-03-12 14:00:00 UTC


@given(st.text(), st.integers(1, 50))
def test_whatever_comes_in_what_comes_out_is_one_short_line_that_steers_nothing(text: str, limit: int) -> None:
    shown = printable(text, limit)
    assert len(shown) <= limit
    assert shown.isprintable()
    shown.encode("utf-8")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain", "plain"),
        ("Küche – 客厅", "Küche – 客厅"),
        ("two\r\nlines\tand tab", "two lines and tab"),
        ("\x1b[31mred", "\ufffd[31mred"),
        ("\x9b31m", "\ufffd31m"),
        ("a\u202eb\u200bc\ufeff", "a\ufffdb\ufffdc\ufffd"),
        ("\udcff", "\ufffd"),
        ("\u2028", ""),
        (7, "7"),
    ],
)
def test_control_characters_become_visible_and_white_space_one_space(text: object, shown: str) -> None:
    assert printable(text) == shown


def test_what_is_too_long_ends_in_an_ellipsis() -> None:
    assert printable("abcdef", 6) == "abcdef"
    assert printable("abcdefg", 6) == "abcde…"
    assert printable(" " * 10_000 + "x", 6) == "…"


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "0 s"),
        (1e-9, "under 0.1 s"),
        (0.44, "0.4 s"),
        (9.98, "10 s"),
        (59.4, "59 s"),
        (59.6, "1 min"),
        (88, "1 min 28 s"),
        (3600, "1 h"),
        (11_100, "3 h 5 min"),
        (187_200, "2 d 4 h"),
        (40 * 31_557_600, "40 years"),
        (1e300, "over a million years"),
        (-1, "unknown"),
        (float("nan"), "unknown"),
        (float("inf"), "unknown"),
    ],
)
def test_durations_have_their_two_largest_units(seconds: float, text: str) -> None:
    assert duration_text(seconds) == text


def test_times_are_utc_and_a_shared_day_is_named_once() -> None:
    assert time_text(NOON) == "2024-03-12 14:00:00"
    assert span_text(NOON, NOON + 61.5) == "2024-03-12 14:00:00 – 14:01:01 UTC"
    assert span_text(NOON, NOON + 86_400) == "2024-03-12 14:00:00 – 2024-03-13 14:00:00 UTC"
    assert span_text(NOON, NOON) == "2024-03-12 14:00:00 UTC"
    assert span_text(None, None) == "unknown"


@pytest.mark.parametrize("ts", [float("nan"), float("inf"), 1e300, -1e18, 1e12])
def test_a_time_outside_the_calendar_is_called_that(ts: float) -> None:
    assert utc(ts) is None
    assert time_text(ts) == "outside the calendar"


def test_counts_and_sizes() -> None:
    assert count_text(20_000) == "20,000"
    assert plural(1, "device") == "1 device"
    assert plural(2_000, "device") == "2,000 devices"
    assert plural(2, "more address", "more addresses") == "2 more addresses"
    assert [bytes_text(n) for n in (0, 999, 1500, 123_456, 2.14e6, 5e9, 7e13)] == [
        "0 bytes",
        "999 bytes",
        "1.5 kB",
        "123 kB",
        "2.1 MB",
        "5.0 GB",
        "70.0 TB",
    ]
