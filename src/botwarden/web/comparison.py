"""What the page shows of a comparison with labels, as text: the template only arranges it. To be escaped there."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from botwarden.app.summary import after_text, clock, comparison_line, confidence_text, role_text
from botwarden.core.comparison import Comparison, JudgedInterval, JudgedVerdict
from botwarden.core.report import DeviceReport
from botwarden.core.text import duration_text, plural, printable
from botwarden.web.axis import Axis
from botwarden.web.comparison_lanes import PairedLane, device_name, lanes, outcome, style, what

INTERVALS: Final = 300
"""Rows of the table of intervals."""
VERDICTS: Final = 100
"""Rows of the table of verdicts that are right for no interval."""


@dataclass(frozen=True, slots=True)
class JudgedRow:
    """An interval or a verdict in words.

    anchor : the place of its device on the page; empty where it has none
    known_as : the label of the verdict that is right, where it is another
    told : how soon an interval was detected; how sure a verdict is
    """

    device: str
    anchor: str
    title: str
    label: str
    role: str
    start: str
    length: str
    outcome: str
    style: str
    known_as: str
    told: str


@dataclass(frozen=True, slots=True)
class ComparisonView:
    """A comparison in words and with its picture; ``more_…`` say what is left out."""

    line: str
    lanes: list[PairedLane]
    more_lanes: str
    intervals: list[JudgedRow]
    more_intervals: str
    verdicts: list[JudgedRow]
    more_verdicts: str


def comparison_view(
    comparison: Comparison, devices: Sequence[DeviceReport], anchors: Mapping[int | None, str], axis: Axis
) -> ComparisonView:
    """The comparison of a report with these devices; ``anchors``: places on the page of those that have one."""
    intervals, verdicts = comparison.intervals[:INTERVALS], comparison.verdicts[:VERDICTS]
    drawn, number = lanes(comparison, devices, anchors, axis)
    at = clock([one.start for one in intervals])
    since = clock([one.first_ts for one in verdicts])
    return ComparisonView(
        line=comparison_line(comparison),
        lanes=drawn,
        more_lanes=_more(number, len(drawn), "device"),
        intervals=[_interval(one, devices, anchors.get(one.device, ""), at(one.start)) for one in intervals],
        more_intervals=_more(len(comparison.intervals), len(intervals), "interval"),
        verdicts=[_verdict(one, devices, anchors.get(one.device, ""), since(one.first_ts)) for one in verdicts],
        more_verdicts=_more(len(comparison.verdicts), len(verdicts), "verdict"),
    )


def _interval(one: JudgedInterval, devices: Sequence[DeviceReport], anchor: str, start: str) -> JudgedRow:
    return JudgedRow(
        device=device_name(one, devices),
        anchor=anchor,
        title=what(one),
        label=printable(one.label or one.attack, 64),
        role=role_text(one),
        start=start,
        length=duration_text(one.end - one.start),
        outcome=outcome(one),
        style=style(outcome(one)),
        known_as=printable(one.verdict, 64) if one.verdict not in (None, one.label) else "",
        told=after_text(one),
    )


def _verdict(one: JudgedVerdict, devices: Sequence[DeviceReport], anchor: str, start: str) -> JudgedRow:
    return JudgedRow(
        device=device_name(one, devices),
        anchor=anchor,
        title=what(one),
        label=printable(one.label, 64),
        role=role_text(one),
        start=start,
        length=duration_text(one.last_ts - one.first_ts),
        outcome=outcome(one),
        style=style(outcome(one)),
        known_as="",
        told=confidence_text(one),
    )


def _more(all_: int, shown: int, noun: str) -> str:
    return plural(all_ - shown, f"more {noun}") if all_ > shown else ""
