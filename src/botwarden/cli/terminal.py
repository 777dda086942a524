"""The report on a terminal: what was found, device by device, then every device, then what limits it."""

import io
from typing import Final, TextIO

from rich import box
from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from botwarden.app.summary import (
    NAME_LENGTH,
    confidence_text,
    device_title,
    duration,
    headline,
    main_ip,
    notes,
    title,
    worst,
)
from botwarden.cli.comparison import comparison_part
from botwarden.core.report import DeviceReport, Report
from botwarden.core.text import bytes_text, count_text, duration_text, plural, printable, span_text
from botwarden.core.verdict import Severity, Verdict

WIDTHS: Final = (40, 120)
"""Columns that the report fits into at least, and at most: longer lines are hard to read."""
DETAILED_DEVICES: Final = 30
"""Devices whose verdicts are told in full: whoever forges MAC addresses makes thousands."""
LISTED_DEVICES: Final = 60
"""Rows of the table of devices."""
LISTED_VERDICTS: Final = 20
"""Verdicts per device."""
LISTED_REASONS: Final = 8
"""Reasons per verdict."""
SENTENCE_LENGTH: Final = 400
"""Characters of a reason or of advice."""

STYLES: Final[dict[Severity, str]] = {
    "critical": "bold white on red",
    "high": "bold red",
    "medium": "bold yellow",
    "low": "bold blue",
}
ASCII: Final = str.maketrans({"•": "*", "→": ">", "…": "...", "–": "-", "─": "-", "·": "|", "×": "x", "\ufffd": "?"})
"""Our own signs for terminals without Unicode."""


def render(report: Report, *, width: int = 80, colour: bool = False, unicode: bool = True) -> str:
    """The report as text for a terminal of ``width`` columns.

    Nothing in it comes unfiltered from the network: it carries no control character but newlines and, with
    ``colour``, the escapes for colours. Without ``unicode`` its own signs are ASCII.
    """
    out = io.StringIO()
    console = screen(out, width, colour)
    console.print(_head(report))
    flagged = [device for device in report.devices if device.verdicts]
    for device in flagged[:DETAILED_DEVICES]:
        console.print(_device(device))
    if len(flagged) > DETAILED_DEVICES:
        rest = plural(len(flagged) - DETAILED_DEVICES, "more device")
        console.print(Text(f"\n… and {rest} with verdicts: --json FILE has them all."))
    if report.devices:
        console.print(_devices(report.devices, console.width))
    if report.comparison is not None:
        console.print(comparison_part(report.comparison))
    for note in notes(report.stats):
        console.print(_bulleted("note:", note, style="dim"))
    text = "\n".join(line.rstrip() for line in out.getvalue().splitlines()) + "\n"
    return text if unicode else text.translate(ASCII)


def screen(out: TextIO, width: int, colour: bool) -> Console:
    """A console that takes text as it is and asks its surroundings for nothing."""
    low, high = WIDTHS
    return Console(
        file=out,
        width=min(max(width, low), high),
        force_terminal=colour,
        color_system="standard" if colour else None,
        no_color=not colour,
        legacy_windows=False,
        markup=False,
        highlight=False,
        emoji=False,
        _environ={},
    )


def _head(report: Report) -> RenderableType:
    stats = report.stats
    sources = [printable(source, 60) for source in stats.sources[:3]]
    if len(stats.sources) > len(sources):
        sources.append(f"{len(stats.sources) - len(sources)} more")
    facts = [", ".join(sources), plural(stats.packets, "packet"), bytes_text(stats.bytes)]
    lines = [Text(headline(report), style="bold red" if report.found else "bold green")]
    lines.append(Text(" · ".join(fact for fact in facts if fact), style="dim"))
    if stats.first_ts is not None:
        when = f"{span_text(stats.first_ts, stats.last_ts)} ({duration_text(duration(stats))})"
        lines.append(Text(when, style="dim"))
    return Group(*lines)


def _device(device: DeviceReport) -> RenderableType:
    name = device_title(device)
    ips = [ip for ip in (printable(ip, 40) for ip in device.ips[:3]) if ip != name]
    if len(device.ips) > 3:
        ips.append(plural(len(device.ips) - 3, "more address", "more addresses"))
    identity = [printable(device.vendor or "", 40), ", ".join(ips), printable(device.mac or "", 20)]
    if device.gateway:
        identity.append("gateway")
    known = " · ".join(part for part in identity if part not in ("", name))
    verdicts: list[RenderableType] = [_verdict(verdict) for verdict in device.verdicts[:LISTED_VERDICTS]]
    if len(device.verdicts) > LISTED_VERDICTS:
        verdicts.append(Text(f"  … and {plural(len(device.verdicts) - LISTED_VERDICTS, 'more verdict')}", style="dim"))
    who = [Text(), Text(name, style="bold"), *([Text(known, style="dim")] if known else [])]
    return Group(*who, *verdicts)


def _verdict(verdict: Verdict) -> RenderableType:
    # A badge, the title and its label; below them, indented alike, the details.
    heading = Text.assemble(
        (f" {verdict.severity.upper()} ", STYLES[verdict.severity]),
        " ",
        (title(verdict), "bold"),
        (f"  {printable(verdict.label, 40)}", "dim"),
    )
    length = duration_text(verdict.last_ts - verdict.first_ts)
    by = f", by the model {printable(verdict.model, 64)}" if verdict.model else ""
    when = f"{span_text(verdict.first_ts, verdict.last_ts)} ({length}), {confidence_text(verdict)}{by}"
    details: list[RenderableType] = [Text(when)]
    details += [_bulleted("•", reason) for reason in verdict.reasons[:LISTED_REASONS]]
    if len(verdict.reasons) > LISTED_REASONS:
        details.append(_bulleted("•", f"and {plural(len(verdict.reasons) - LISTED_REASONS, 'more reason')}"))
    if verdict.advice:
        details.append(_bulleted("→", verdict.advice, style="italic"))
    return Group(Padding(heading, (0, 0, 0, 1)), Padding(Group(*details), (0, 0, 0, 4)))


def _bulleted(bullet: str, sentence: str, style: str = "") -> RenderableType:
    """A sentence whose further lines stand under its first word, not under the bullet."""
    grid = Table.grid(padding=(0, 1, 0, 0))
    grid.add_column(no_wrap=True)
    grid.add_column(overflow="fold")
    grid.add_row(Text(bullet, style=style), Text(printable(sentence, SENTENCE_LENGTH), style=style))
    return grid


def _devices(devices: list[DeviceReport], width: int) -> RenderableType:
    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0), show_edge=False, header_style="bold", pad_edge=False)
    packets = [count_text(device.packets_sent + device.packets_received) for device in devices[:LISTED_DEVICES]]
    numbers = max(7, *map(len, packets))
    with_mac = width >= 72
    table.add_column("Device", no_wrap=True, max_width=width - numbers - (48 if with_mac else 29))
    table.add_column("IP address", no_wrap=True, min_width=15, max_width=15)
    if with_mac:
        table.add_column("MAC", no_wrap=True, min_width=17, max_width=17)
    table.add_column("Packets", no_wrap=True, justify="right", min_width=numbers)
    table.add_column("Verdict", no_wrap=True, min_width=8)
    for device, number in zip(devices, packets, strict=False):
        severity = worst(device)
        known = (device.name, device.vendor, "gateway" if device.gateway else None)
        table.add_row(
            Text(" · ".join(printable(part, NAME_LENGTH) for part in known if part) or "–"),
            Text(main_ip(device) or "–"),
            *([Text(printable(device.mac or "–", 20))] if with_mac else []),
            Text(number),
            Text(severity, style=STYLES[severity]) if severity else Text("–", style="dim"),
        )
    parts: list[RenderableType] = [Text(), table]
    if len(devices) > LISTED_DEVICES:
        parts.append(Text(f"… and {plural(len(devices) - LISTED_DEVICES, 'more device')}", style="dim"))
    return Group(*parts, Text())
