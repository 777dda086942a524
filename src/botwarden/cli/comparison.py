"""The terminal's table of what a scan found, missed and raised falsely, by a labels file."""

from collections.abc import Callable, Sequence
from typing import Final

from rich import box
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from botwarden.core.comparison import Comparison, JudgedInterval, JudgedVerdict
from botwarden.core.text import count_text, duration_text, plural, printable, time_text

LISTED: Final = 100
"""Intervals, and verdicts that are right for none."""
NAME_LENGTH: Final = 24
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


def comparison_line(comparison: Comparison) -> str:
    """Such as ``By labels.json: 6 of 7 found, 1 missed; 2 verdicts false``."""
    judged = comparison.found + comparison.missed
    parts = [f"{count_text(comparison.found)} of {count_text(judged)} found, {count_text(comparison.missed)} missed"]
    parts.append(f"{plural(comparison.false, 'verdict')} false")
    if comparison.otherwise:
        parts.append(f"{plural(comparison.otherwise, 'verdict')} by another name than labelled")
    if comparison.outside:
        parts.append(f"{plural(comparison.outside, 'interval')} outside the capture")
    if comparison.unnamed:
        parts.append(f"{plural(comparison.unnamed, 'interval')} of attacks that no verdict names")
    if comparison.outside and not judged:
        parts.append("is it of another capture?")
    return f"By {printable(comparison.labels, 60)}: {'; '.join(parts)}"


def _intervals(intervals: list[JudgedInterval]) -> Table:
    table = _table("From (UTC)", "For", "Device", "Label", "Role", "Result", "After")
    at = _clock([one.start for one in intervals])
    for one in intervals:
        known_as = f" as {printable(one.verdict, 40)}" if one.verdict not in (None, one.label) else ""
        table.add_row(
            Text(at(one.start)),
            Text(duration_text(one.end - one.start)),
            Text(printable(one.name or one.mac, NAME_LENGTH)),
            Text(printable(one.label or f"({one.attack})", 40)),
            Text(one.role),
            Text(one.outcome + known_as, style=STYLES[one.outcome]),
            Text(_after(one)),
        )
    return table


def _after(one: JudgedInterval) -> str:
    if one.outcome != "found":
        return "–"
    return "the end" if one.time_to_detect is None else duration_text(one.time_to_detect)


def _clock(times: Sequence[float]) -> Callable[[float], str]:
    """How to write the times of a table: without the day where all share it, which the report's head tells."""
    several = len({time_text(ts)[:10] for ts in times}) > 1
    return lambda ts: (time_text(ts)[5:] if several else time_text(ts)[11:]) or "unknown"


def _verdicts(verdicts: list[JudgedVerdict]) -> Table:
    table = _table("From (UTC)", "For", "Device", "Verdict", "Role", "Judged")
    at = _clock([one.first_ts for one in verdicts])
    for one in verdicts:
        table.add_row(
            Text(at(one.first_ts)),
            Text(duration_text(one.last_ts - one.first_ts)),
            Text(printable(one.name or one.mac or "–", NAME_LENGTH)),
            Text(printable(one.label, 40)),
            Text(one.role),
            Text("labelled otherwise") if one.labelled else Text("false", style="bold red"),
        )
    return table


def _table(*columns: str) -> Table:
    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0), show_edge=False, header_style="bold", pad_edge=False)
    for column in columns:
        table.add_column(column, no_wrap=column not in ("Device", "Result"), overflow="fold")
    return table
