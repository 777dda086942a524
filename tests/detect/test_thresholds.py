"""The thresholds agree with each other, and docs/detection.md says what they are."""

import re
from pathlib import Path

from botwarden.detect import thresholds
from botwarden.detect.state import BUCKETS
from botwarden.detect.thresholds import FLOOD_KINDS, METERS

PAGE = (Path(__file__).parents[2] / "docs" / "detection.md").read_text("utf-8")


def rows() -> dict[str, tuple[str, ...]]:
    """The page's table of meters: name to the cells after it."""
    found = re.findall(r"^\| `(\w+)` \|(.*)\|$", PAGE, re.MULTILINE)
    return {name: tuple(cell.strip() for cell in cells.split("|")) for name, cells in found}


def test_the_page_lists_every_meter_with_its_numbers_and_its_reason() -> None:
    table = rows()
    assert list(table) == [meter.name for meter in METERS]
    for meter in METERS:
        what, window, raise_at, hold, why = table[meter.name]
        assert (window, raise_at, hold) == (f"{meter.window:,.0f} s", f"{meter.raise_at:,.0f}", f"{meter.hold:,.0f} s")
        assert why == meter.why
        assert what


def test_the_page_names_the_other_thresholds() -> None:
    """Each stands there as ``NAME = value``."""
    shown = re.findall(r"`([A-Z_]+) = ([0-9.,]+)`", PAGE)
    for name, text in shown:
        values = {float(getattr(module, name)) for module in _modules() if hasattr(module, name)}
        assert float(text.replace(",", "")) in values, name
    assert {name for name, _ in shown} >= {
        "ANSWER_WITHIN",
        "ANSWERED_WITHIN",
        "ONLINE_WITHIN",
        "BEACON_MIN_COUNT",
        "MIN_CONFIDENCE",
    }


def _modules() -> list[object]:
    from botwarden.detect import fusion
    from botwarden.detect.behaviours import amplification, beacon, flood, guess, scan
    from botwarden.sources.flows import trains

    return [thresholds, fusion, scan, guess, flood, amplification, beacon, trains]


def test_meters_are_numbered_in_the_order_of_the_table() -> None:
    for number, meter in enumerate(METERS):
        assert int(getattr(thresholds, meter.name.upper())) == number
    for number, kind in enumerate(FLOOD_KINDS):
        assert int(getattr(thresholds, f"{kind.upper()}_FLOOD")) == number


def test_meters_can_be_put_down_and_raised() -> None:
    for meter in METERS:
        assert meter.raise_at >= 2  # one packet is no episode
        assert meter.hold >= meter.window / BUCKETS  # else it would be put down between two buckets


def test_an_attempt_is_judged_before_it_can_be_repeated() -> None:
    assert thresholds.ANSWER_WITHIN < thresholds.SAME_ATTEMPT_WITHIN
    assert thresholds.SKETCH_PERIOD * METERS[int(thresholds.FLOOD)].raise_at / 10 > thresholds.FEW
