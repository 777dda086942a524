"""What a report says in a sentence: the words that the terminal and the page share."""

from collections.abc import Callable, Sequence
from typing import Final

from botwarden.core.capture import CaptureStats, Damage
from botwarden.core.comparison import Comparison, JudgedInterval, JudgedVerdict
from botwarden.core.device import Device
from botwarden.core.label import LABELS
from botwarden.core.report import DeviceReport, Report, ScanStats
from botwarden.core.text import count_text, duration_text, plural, printable, time_text, utc
from botwarden.core.verdict import SEVERITIES, Role, Severity, Verdict

NAME_LENGTH: Final = 64
"""Characters of a name or vendor that are shown: a DNS label has 63."""
LISTED_NOTES: Final = 8
"""Damages, skipped interfaces, networks or tables that are named one by one: a directory may hold thousands."""

ROLE_WORDS: Final[dict[Role, str]] = {"attacker": "does it", "victim": "suffers it"}
_STATES: Final = (
    ("acts like a bot", "act like bots"),
    ("is under attack", "are under attack"),
    ("behaves unusually", "behave unusually"),
    ("stands open", "stand open"),
)
"""What a device does, the worst first, said of one and of several."""


def headline(report: Report) -> str:
    """The report in one line, such as ``2 of 7 devices act like bots, 1 more is under attack``."""
    if not report.found:
        return f"Nothing found: {_extent(report)}"
    states = [_state(device) for device in report.devices if device.verdicts]
    told = [(states.count(k), words) for k, words in enumerate(_STATES) if k in states]
    if len(report.devices) == 1:
        return f"The only device {told[0][1][0]}"
    parts = [f"{count_text(number)} more {words[number > 1]}" for number, words in told[1:]]
    number, words = told[0]
    return ", ".join([f"{count_text(number)} of {count_text(len(report.devices))} devices {words[number > 1]}", *parts])


def _state(device: DeviceReport) -> int:
    """Which of `_STATES` a device with verdicts is in."""
    deeds = [verdict for verdict in device.verdicts if verdict.role == "attacker"]
    if any(verdict.label != "anomaly" for verdict in deeds):
        return 0
    sufferings = [verdict for verdict in device.verdicts if verdict.role == "victim"]
    if any(not verdict.label.startswith("exposure.") for verdict in sufferings):
        return 1
    return 2 if deeds else 3


def role_text(verdict: Verdict | JudgedVerdict | JudgedInterval) -> str:
    """What the device has to do with the verdict: ``does it``, ``suffers it``, ``stands open``, ``is a bot now``."""
    if verdict.label.startswith("exposure."):
        return _STATES[3][0]
    if verdict.label == "infection" and verdict.role == "attacker":
        return "is a bot now"
    return ROLE_WORDS[verdict.role]


def duration(stats: ScanStats) -> float:
    """Seconds of capture time that the packets cover."""
    if stats.first_ts is None or stats.last_ts is None:
        return 0.0
    return max(0.0, stats.last_ts - stats.first_ts)


def title(verdict: Verdict | JudgedVerdict | JudgedInterval) -> str:
    """What the verdict says of its device, by its role; the label itself where the list does not hold it."""
    label = LABELS.get(verdict.label)
    if label is None:
        return printable(verdict.label, NAME_LENGTH)
    return label.title if verdict.role == "attacker" else label.victim_title


def meaning(verdict: Verdict) -> str:
    """One sentence on what such a verdict means; empty for a label that the list does not hold."""
    label = LABELS.get(verdict.label)
    return label.meaning if label else ""


def worst(device: DeviceReport) -> Severity | None:
    """The highest severity among a device's verdicts; None without any."""
    return max((v.severity for v in device.verdicts), key=SEVERITIES.index, default=None)


def device_title(device: Device) -> str:
    """What to call a device: its name, else its first address, else its MAC."""
    return printable(device.name or "", NAME_LENGTH) or main_ip(device) or printable(device.mac or "", 40) or "unnamed"


def main_ip(device: Device) -> str:
    """The most used IPv4 address, else the most used address, else nothing."""
    ipv4 = (ip for ip in device.ips if ":" not in ip)
    return printable(next(ipv4, device.ips[0] if device.ips else ""), 40)


def confidence_text(verdict: Verdict | JudgedVerdict) -> str:
    """``0.974`` as ``97 % sure``; never rounded up to certainty."""
    share = min(max(verdict.confidence, 0.0), 1.0)
    return f"{100 if share == 1 else min(round(share * 100), 99)} % sure"


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


def after_text(interval: JudgedInterval) -> str:
    """How long after its start an interval was detected; a dash where it was not."""
    if interval.outcome != "found":
        return "–"
    return "the end" if interval.time_to_detect is None else duration_text(interval.time_to_detect)


def clock(times: Sequence[float]) -> Callable[[float], str]:
    """How to write the times of a table: without the day where all share it, which the report's head tells."""
    first = 5 if len({time_text(ts)[:10] for ts in times}) > 1 else 11
    return lambda ts: time_text(ts)[first:] if utc(ts) else time_text(ts)


def notes(stats: ScanStats) -> list[str]:
    """What a reader must know about how far the report can be trusted, a sentence each."""
    lines = capture_notes(stats)
    lines += [f"Not looked for: {printable(gap)}." for gap in stats.not_run]
    if stats.model:
        lines.append(f"Judged by the model {printable(stats.model, 64)} as well.")
    if any(stats.evictions.values()):
        tables = [f"{printable(name, 40)} {count_text(n)}" for name, n in stats.evictions.items() if n]
        lines.append(f"To stay within memory, table entries were given up early: {_listed(tables)}.")
    if stats.local_networks:
        networks = [printable(network, 50) for network in stats.local_networks]
        lines.append(f"Counted as local: {_listed(networks)} (--lan CIDR changes this).")
    return lines


def capture_notes(stats: CaptureStats) -> list[str]:
    """What a reader must know about what was read, a sentence each."""
    lines = []
    if stats.interrupted:
        lines.append("Stopped before the end: this covers only what was read until then.")
    damages = [_damage(damage) for damage in stats.damaged[:LISTED_NOTES]]
    skipped = [
        f"{plural(s.packets, 'packet')} of interface {s.interface} in {printable(s.path)} skipped:"
        f" link type {printable(s.link_type, 40)} cannot be read."
        for s in stats.skipped[:LISTED_NOTES]
    ]
    lines += damages + _rest(len(stats.damaged), "damaged place") + skipped + _rest(len(stats.skipped), "interface")
    if stats.truncated:
        lines.append(f"{plural(stats.truncated, 'packet')} cut inside a header by the capture's snap length.")
    if stats.malformed:
        lines.append(f"{plural(stats.malformed, 'packet')} with a header that contradicts itself.")
    return lines


def _damage(damage: Damage) -> str:
    path, place, what = printable(damage.path), count_text(damage.offset), printable(damage.what)
    if damage.lines:
        return f"{path}: {plural(damage.lines, 'line')} left out, the first at byte {place}: {what}."
    return f"{path} is damaged at byte {place}: {what}. Everything before that was used."


def _extent(report: Report) -> str:
    stats = report.stats
    if not stats.packets and stats.records:
        return f"{plural(len(report.devices), 'device')}, {plural(stats.records, 'log line')}"
    if not stats.packets:
        return "no packet could be read"
    packets, length = plural(stats.packets, "packet"), duration_text(duration(stats))
    return f"{plural(len(report.devices), 'device')}, {packets}, {length}"


def _listed(parts: list[str]) -> str:
    shown = ", ".join(parts[:LISTED_NOTES])
    return f"{shown} and {count_text(len(parts) - LISTED_NOTES)} more" if len(parts) > LISTED_NOTES else shown


def _rest(total: int, what: str) -> list[str]:
    return [f"… and {plural(total - LISTED_NOTES, 'more ' + what)}."] if total > LISTED_NOTES else []
