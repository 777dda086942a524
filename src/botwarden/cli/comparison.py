"""The terminal's table of what a scan found, missed and raised falsely, by a labels file."""

from typing import Final

from rich import box
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from botwarden.app.summary import after_text, clock, comparison_line
from botwarden.core.comparison import Comparison, JudgedInterval, JudgedVerdict
from botwarden.core.text import duration_text, plural, printable

LISTED: Final = 100
"""Intervals, and verdicts that are right for none."""
NAME_LENGTH: Final = 24
GIVES_WAY: Final = {"Device": 12, "Result": 7}
"""The columns that are narrowed where there is little room, and how far."""
STYLES: Final = {"found": "green", "missed": "bold red", "outside": "dim", "unnamed": "dim"}


def comparison_part(comparison: Comparison) -> RenderableType:
    """The counts in a line, then a row per interval and per verdict that is right for none."""
    parts: list[RenderableType] = [Text(), Text(comparison_line(comparison), style="bold")]
    if comparison.intervals:
        parts.append(_intervals(comparison.intervals[:LISTED]))
    if comparison.verdicts:
        parts += [Text(), _verdicts(comparison.verdicts[:LISTED])]
    rest = max(0, len(comparison.intervals) - LISTED) + max(0, len(comparison.verdicts) - LISTED)
    if rest:
        parts.append(Text(f"… and {plural(rest, 'more row')}: --json FILE has them all.", style="dim"))
    return Group(*parts, Text())


def _intervals(intervals: list[JudgedInterval]) -> Table:
    table = _table("UTC", "For", "Device", "Label", "Result", "After")
    at = clock([one.start for one in intervals])
    for one in intervals:
        known_as = f" as {printable(one.verdict, 40)}" if one.verdict not in (None, one.label) else ""
        table.add_row(
            Text(at(one.start)),
            Text(duration_text(one.end - one.start)),
            _who(one.name or one.mac, one.role),
            Text(printable(one.label or f"({one.attack})", 40)),
            Text(one.outcome + known_as, style=STYLES[one.outcome]),
            Text(after_text(one)),
        )
    return table


def _verdicts(verdicts: list[JudgedVerdict]) -> Table:
    table = _table("UTC", "For", "Device", "Verdict", "Judged")
    at = clock([one.first_ts for one in verdicts])
    for one in verdicts:
        table.add_row(
            Text(at(one.first_ts)),
            Text(duration_text(one.last_ts - one.first_ts)),
            _who(one.name or one.mac or "–", one.role),
            Text(printable(one.label, 40)),
            Text("labelled otherwise") if one.labelled else Text("false", style="bold red"),
        )
    return table


def _table(*columns: str) -> Table:
    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0), show_edge=False, header_style="bold", pad_edge=False)
    for column in columns:
        table.add_column(column, no_wrap=column not in GIVES_WAY, min_width=GIVES_WAY.get(column))
    return table


def _who(name: str, role: str) -> Text:
    """Who did it, or on whom it was done."""
    on = "on " if role == "victim" else ""
    return Text(on + printable(name, NAME_LENGTH), no_wrap=True, overflow="ellipsis")
