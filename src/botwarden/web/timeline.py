"""The timeline: a lane per device, a row per kind of verdict, a bar per verdict. Places are percent of the width."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from botwarden.app.summary import title, worst
from botwarden.core.report import DeviceReport
from botwarden.core.text import printable, span_text
from botwarden.core.verdict import SEVERITIES, Role, Severity, Verdict
from botwarden.web.axis import Axis

ROWS: Final = 8
"""Kinds of verdict that a lane shows, worst first."""
BARS: Final = 200
"""Bars in a row: a device may start and stop for days."""
NARROWEST: Final = 0.5
"""Percent of the width that the shortest bar takes, to be seen."""


@dataclass(frozen=True, slots=True)
class Bar:
    """A stretch of time, and the words that show when it is pointed at; ``style``: a class of the style sheet."""

    left: float
    width: float
    text: str
    style: str = ""

    @classmethod
    def of(cls, first_ts: float, last_ts: float, words: str, axis: Axis, style: str = "") -> "Bar":
        """The bar from one time to another, wide enough to be seen."""
        left, right = axis.percent(first_ts), axis.percent(last_ts)
        width = max(right - left, NARROWEST)
        return cls(min(left, 100 - width), width, f"{words}, {span_text(first_ts, last_ts)}", style)


@dataclass(slots=True)
class Row:
    """The verdicts of one label and role.

    severity : the worst of them
    anchor : where its text stands, percent; ``at_end`` when the text ends there, as it does for bars on the right
    """

    label: str
    role: Role
    title: str
    severity: Severity
    anchor: float = 0.0
    at_end: bool = False
    bars: list[Bar] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Lane:
    """A device on the timeline: the time in which it was seen, and its rows; ``more`` rows are not shown."""

    left: float
    width: float
    severity: Severity | None
    rows: list[Row]
    more: int


def lane(device: DeviceReport, axis: Axis) -> Lane:
    """The lane of one device."""
    rows: dict[tuple[str, Role], Row] = {}
    for verdict in device.verdicts:
        row = rows.setdefault((verdict.label, verdict.role), _row(verdict))
        row.severity = max(row.severity, verdict.severity, key=SEVERITIES.index)
        if len(row.bars) < BARS:
            row.bars.append(Bar.of(verdict.first_ts, verdict.last_ts, title(verdict), axis))
    shown = sorted(rows.values(), key=lambda row: -SEVERITIES.index(row.severity))[:ROWS]
    for row in shown:
        row.anchor, row.at_end = anchor(row.bars)
    left, right = axis.percent(device.first_ts), axis.percent(device.last_ts)
    return Lane(left, max(right - left, NARROWEST), worst(device), shown, len(rows) - len(shown))


def anchor(bars: Sequence[Bar]) -> tuple[float, bool]:
    """Where the text of bars stands, percent, and whether it ends there: so it has room on either side."""
    left = min(bar.left for bar in bars)
    return (max(bar.left + bar.width for bar in bars), True) if left > 50 else (left, False)


def _row(verdict: Verdict) -> Row:
    return Row(printable(verdict.label, 40), verdict.role, title(verdict), verdict.severity)
