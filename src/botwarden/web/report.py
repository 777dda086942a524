"""A scan's report as one HTML page that needs nothing else: no script, no request, not even an image.

Its content security policy forbids everything but the style sheet that is in it.
"""

from collections import Counter
from typing import Final

from botwarden.app.summary import NAME_LENGTH, device_title, duration, headline, main_ip, notes, title
from botwarden.core.report import Report, ScanResult
from botwarden.core.text import bytes_text, count_text, duration_text, plural, printable, span_text
from botwarden.core.verdict import SEVERITIES
from botwarden.web.axis import Axis
from botwarden.web.charts import sparkline
from botwarden.web.comparison import comparison_view
from botwarden.web.page import environment, style
from botwarden.web.views import device_view

# Limits that keep the page readable and small (under 3 MB) however many devices someone forges.
PLOTTED: Final = 40
"""Devices with verdicts whose traffic is plotted."""
DETAILED: Final = 150
"""Devices whose verdicts are told in full."""
LANES: Final = 40
"""Devices with verdicts on the timeline."""
QUIET_LANES: Final = 8
"""Devices without verdicts on the timeline, to compare with."""
ROWS: Final = 300
"""Rows of the table of devices without verdicts."""
SPARKS: Final = 100
"""Rows of that table with a small plot."""
SUMMED_UP: Final = 4
"""Devices that the summary names."""

_ENVIRONMENT: Final = environment()


def render(result: ScanResult) -> str:
    """The page."""
    report = result.report
    axis = Axis.of(report.stats)
    series = [*result.series, *[None] * (len(report.devices) - len(result.series))]
    flagged = [i for i, device in enumerate(report.devices) if device.verdicts]
    quiet = [i for i, device in enumerate(report.devices) if not device.verdicts]
    detailed = [
        device_view(i, report.devices[i], series[i] if rank < PLOTTED else None, axis)
        for rank, i in enumerate(flagged[:DETAILED])
    ]
    rows = [device_view(i, report.devices[i], None, axis) for i in quiet[:ROWS]]
    sparks = [sparkline(drawn, axis) if (drawn := series[i]) is not None else "" for i in quiet[:SPARKS]]
    anchors: dict[int | None, str] = {i: view.anchor for i, view in zip(flagged, detailed, strict=False)}
    sheet = style("report.css")
    return _ENVIRONMENT.get_template("report.html.j2").render(
        headline=headline(report),
        found=report.found,
        named=_named(report),
        unnamed=plural(len(flagged) - SUMMED_UP, "more device") if len(flagged) > SUMMED_UP else "",
        sources=[printable(source, 80) for source in report.stats.sources[:5]],
        more_sources=max(0, len(report.stats.sources) - 5),
        period=span_text(report.stats.first_ts, report.stats.last_ts),
        cards=_cards(report),
        ticks=axis.ticks(),
        lanes=detailed[:LANES] + rows[:QUIET_LANES],
        partial=bool(report.stats.damaged or report.stats.skipped or report.stats.interrupted),
        devices=len(report.devices),
        all_devices=count_text(len(report.devices)),
        comparison=comparison_view(report.comparison, report.devices, anchors, axis) if report.comparison else None,
        detailed=detailed,
        plotted=PLOTTED,
        undetailed=plural(len(flagged) - len(detailed), "more device") if len(flagged) > len(detailed) else "",
        quiet=list(zip(rows, [*sparks, *[""] * (len(rows) - len(sparks))], strict=True)),
        unlisted=plural(len(quiet) - len(rows), "more device") if len(quiet) > len(rows) else "",
        notes=notes(report.stats),
        version=printable(report.botwarden, 20),
        took=duration_text(report.stats.duration),
        severities=list(reversed(SEVERITIES)),
        style=sheet.text,
        style_hash=sheet.digest,
    )


def _named(report: Report) -> list[tuple[str, str, str]]:
    """Anchor, name and findings of the first devices with verdicts: what the reader came for."""
    named: list[tuple[str, str, str]] = []
    for number, device in enumerate(report.devices):
        if not device.verdicts or len(named) == SUMMED_UP:
            continue
        name, ip = device_title(device), main_ip(device)
        aside = printable(device.vendor or "", NAME_LENGTH) if not ip or name == ip else ip
        found = list(dict.fromkeys(_inside(title(verdict)) for verdict in device.verdicts))
        text = ", ".join([*found[:5], *([f"{len(found) - 5} more"] if len(found) > 5 else [])])
        named.append((f"device-{number}", f"{name} ({aside})" if aside else name, text))
    return named


def _inside(heading: str) -> str:
    """A heading as part of a sentence."""
    return heading if heading[1:2].isupper() else heading[:1].lower() + heading[1:]


def _cards(report: Report) -> list[tuple[str, str, str]]:
    """Heading, figure and detail of the cards at the top."""
    stats = report.stats
    counts = Counter(verdict.severity for device in report.devices for verdict in device.verdicts)
    flagged = sum(bool(device.verdicts) for device in report.devices)
    severities = ", ".join(f"{count_text(counts[s])} {s}" for s in reversed(SEVERITIES) if counts[s])
    return [
        ("Devices", count_text(len(report.devices)), f"{count_text(flagged)} with a verdict"),
        ("Verdicts", count_text(sum(counts.values())), severities or "nothing to report"),
        ("Packets", count_text(stats.packets), bytes_text(stats.bytes)),
        ("Period", duration_text(duration(stats)), span_text(stats.first_ts, stats.last_ts)),
    ]
