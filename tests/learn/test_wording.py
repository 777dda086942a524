import pytest
from hypothesis import given
from hypothesis import strategies as st

from botwarden.learn.curves import AtRate
from botwarden.learn.metrics import Rate
from botwarden.learn.wording import area, at_rate, number, percent, rows, seconds, share, with_interval


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "–"), (0, "0 %"), (1, "100 %"), (0.5, "50.0 %"), (0.9987, "99.87 %"), (0.00127, "0.13 %"),
        (0.99996, "99.9960 %"), (0.0001, "0.010 %"), (1e-9, "<0.0001 %"), (1 - 1e-9, ">99.9999 %"),
    ],
)  # fmt: skip
def test_shares_are_told_to_the_digits_that_count(value: float | None, text: str) -> None:
    assert share(value) == text


@given(st.floats(0, 1, exclude_min=True, exclude_max=True))
def test_nearly_all_is_not_all_and_hardly_any_not_none(value: float) -> None:
    assert share(value) not in ("0 %", "100 %")
    assert abs(float(share(value).strip("<>% ")) / 100 - value) <= 0.0006


def test_intervals_follow_in_brackets() -> None:
    rate = Rate(1, 4, 0.25, 0.1, 0.5, 0.05, 1.0)
    assert with_interval(rate) == "25.0 % (10.0 – 50.0)"
    assert with_interval(rate, blocks=True) == "25.0 % (5.0 – 100)"
    assert with_interval(Rate(0, 0, None, None, None)) == "–"


def test_what_cannot_be_measured_is_marked() -> None:
    assert at_rate(AtRate(0.01, 0.5, 1.0, 0.01, True)) == "50.0 %"
    assert at_rate(AtRate(0.01, 0.5, 1.0, 0.0, False)) == "50.0 % *"
    assert at_rate(AtRate(0.01, None, None, None, False)) == "–"


def test_other_numbers() -> None:
    assert [area(value) for value in (None, 0.5, 0.99999, 1.0)] == ["–", "0.5000", "0.9999", "1.0000"]
    assert [number(value) for value in (None, 0.012345, 4.2, 1234.5)] == ["–", "0.0123", "4.2", "1,234"]
    assert [percent(value) for value in (0.01, 0.001, 0.0001)] == ["1 %", "0.1 %", "0.01 %"]
    assert (rows(1234), rows(None)) == ("1,234", "–")
    assert (seconds(90.0), seconds(None)) == ("1 min 30 s", "–")
