"""What the page shows of a report, as text: the template only arranges it. All of it is still to be escaped."""

import json
from dataclasses import dataclass
from typing import Any, Final

from botwarden.app.summary import (
    NAME_LENGTH,
    confidence_text,
    device_title,
    main_ip,
    meaning,
    role_text,
    title,
    worst,
)
from botwarden.core.report import DeviceReport, Series
from botwarden.core.text import bytes_text, count_text, duration_text, printable, span_text
from botwarden.core.verdict import Severity, Verdict
from botwarden.web.axis import Axis
from botwarden.web.charts import Plot, plots
from botwarden.web.timeline import Lane, lane

VERDICTS: Final = 25
"""Verdicts told per device."""
REASONS: Final = 12
"""Reasons per verdict."""
SENTENCE_LENGTH: Final = 500
"""Characters of a reason or of advice."""
FACTS: Final = 40
"""Entries of a verdict's evidence."""
FACT_LENGTH: Final = 600
"""Characters of one of them."""
ADDRESSES: Final = 6
"""Addresses of a device."""
SERVICES: Final = 8
"""Services of a device."""


@dataclass(frozen=True, slots=True)
class VerdictView:
    """A verdict in words."""

    title: str
    label: str
    meaning: str
    severity: Severity
    role: str
    confidence: str
    percent: float
    when: str
    length: str
    reasons: list[str]
    advice: str
    evidence: list[tuple[str, str]]
    model: str


@dataclass(frozen=True, slots=True)
class DeviceView:
    """A device in words, with what is drawn of it.

    anchor : its place on the page
    subtitle : what tells most about it besides its title
    kind : what it is likely to be; services : what it serves others
    """

    anchor: str
    title: str
    subtitle: str
    vendor: str
    kind: str
    services: str
    ips: list[str]
    more_ips: int
    mac: str
    gateway: bool
    seen: str
    sent: str
    received: str
    packets: str
    severity: Severity | None
    verdicts: list[VerdictView]
    more_verdicts: int
    lane: Lane
    plots: list[Plot]


def device_view(number: int, device: DeviceReport, series: Series | None, axis: Axis) -> DeviceView:
    """Device ``number`` of the report; without ``series`` it has no plots."""
    name, ip, vendor = device_title(device), main_ip(device), printable(device.vendor or "", NAME_LENGTH)
    return DeviceView(
        anchor=f"device-{number}",
        title=name,
        subtitle=("gateway" if device.gateway else vendor) if not ip or name == ip else ip,
        vendor=vendor,
        kind=_kind(device),
        services=_services(device),
        ips=[printable(ip, 40) for ip in device.ips[:ADDRESSES]],
        more_ips=max(0, len(device.ips) - ADDRESSES),
        mac=printable(device.mac or "", 20),
        gateway=device.gateway,
        seen=span_text(device.first_ts, device.last_ts),
        sent=f"{count_text(device.packets_sent)} packets, {bytes_text(device.bytes_sent)}",
        received=f"{count_text(device.packets_received)} packets, {bytes_text(device.bytes_received)}",
        packets=count_text(device.packets_sent + device.packets_received),
        severity=worst(device),
        verdicts=[verdict_view(verdict) for verdict in device.verdicts[:VERDICTS]],
        more_verdicts=max(0, len(device.verdicts) - VERDICTS),
        lane=lane(device, axis),
        plots=plots(series, device.verdicts, axis) if series is not None else [],
    )


def _kind(device: DeviceReport) -> str:
    if device.guess is None:
        return ""
    article = "an" if device.guess.type[0] in "aeiou" else "a"
    return f"likely {article} {device.guess.type}"


def _services(device: DeviceReport) -> str:
    open_ = [service for service in device.services if service.answered]
    names = [
        f"{service.proto}/{service.port} {printable(service.name or '', 20)}".strip() for service in open_[:SERVICES]
    ]
    more = [f"{len(open_) - SERVICES} more"] if len(open_) > SERVICES else []
    return ", ".join([*names, *more])


def verdict_view(verdict: Verdict) -> VerdictView:
    """A verdict in words."""
    return VerdictView(
        title=title(verdict),
        label=printable(verdict.label, 64),
        meaning=meaning(verdict),
        severity=verdict.severity,
        role=role_text(verdict),
        confidence=confidence_text(verdict),
        percent=min(max(verdict.confidence, 0.0), 1.0) * 100,
        when=span_text(verdict.first_ts, verdict.last_ts),
        length=duration_text(verdict.last_ts - verdict.first_ts),
        reasons=[printable(reason, SENTENCE_LENGTH) for reason in verdict.reasons[:REASONS]],
        advice=printable(verdict.advice, SENTENCE_LENGTH),
        evidence=[(_words(key), _fact(value)) for key, value in list(verdict.evidence.items())[:FACTS]],
        model=printable(verdict.model or "", 64),
    )


def _words(key: str) -> str:
    return printable(str(key).replace("_", " "), 60)


def _fact(value: Any) -> str:
    """A value of the evidence: lists and tables of simple values in a row, anything deeper as JSON."""
    if isinstance(value, bool) or value is None:
        return {True: "yes", False: "no", None: "–"}[value]
    if isinstance(value, float):
        return f"{value:.6g}" if abs(value) < 1e6 else f"{value:.0f}"
    if isinstance(value, list | tuple) and not any(isinstance(item, list | tuple | dict) for item in value):
        return printable(", ".join(_fact(item) for item in value[:FACT_LENGTH]), FACT_LENGTH)
    if isinstance(value, dict) and not any(isinstance(item, list | tuple | dict) for item in value.values()):
        pairs = list(value.items())[:FACT_LENGTH]
        return printable(", ".join(f"{_words(key)}: {_fact(item)}" for key, item in pairs), FACT_LENGTH)
    if isinstance(value, dict | list | tuple):
        return printable(json.dumps(value, ensure_ascii=False, default=str, skipkeys=True), FACT_LENGTH)
    return printable(value, FACT_LENGTH)
