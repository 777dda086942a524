"""Scans: many new targets that fail. TCP over addresses or ports, UDP, ARP and ping sweeps, and Mirai's mark."""

from collections.abc import Iterator
from typing import Any, Final

from botwarden.core.label import LABELS
from botwarden.detect.claim import Claim, sample_ports, samples, source_text, target_text
from botwarden.detect.detector import Findings
from botwarden.detect.thresholds import (
    METERS,
    MIRAI,
    SCAN_ARP,
    SCAN_HOST,
    SCAN_HOST_SLOW,
    SCAN_ICMP,
    SCAN_PORT,
    SCAN_PORT_SLOW,
    SCAN_UDP_HOST,
    SCAN_UDP_PORT,
)
from botwarden.detect.words import count, share, span, watched

MIN_FAILED: Final = 0.7
"""Share of new targets that must fail. A busy client reaches most of what it tries, and half of it where IPv6 is
broken and each site is tried over both (RFC 8305); a scanner reaches a few in a hundred."""

_LABEL: Final[dict[int, str]] = {
    int(SCAN_PORT): "scan.horizontal",
    int(SCAN_PORT_SLOW): "scan.horizontal",
    int(SCAN_HOST): "scan.vertical",
    int(SCAN_HOST_SLOW): "scan.vertical",
    int(SCAN_UDP_PORT): "scan.udp",
    int(SCAN_UDP_HOST): "scan.udp",
    int(SCAN_ARP): "scan.arp",
    int(SCAN_ICMP): "scan.icmp",
    int(MIRAI): "scan.mirai",
}
_BY_PORT: Final = (SCAN_PORT, SCAN_PORT_SLOW, SCAN_UDP_PORT)
_BY_HOST: Final = (SCAN_HOST, SCAN_HOST_SLOW, SCAN_UDP_HOST)


def claims(findings: Findings) -> Iterator[Claim]:
    """Every scan by a local device, and every port scan of one."""
    for episode in findings.episodes:
        kind = int(episode["kind"])
        if kind not in _LABEL:
            continue
        failed, answered = float(episode["total"]), float(episode["aux"][0])
        if kind in _BY_PORT and failed < MIN_FAILED * (failed + answered):
            continue
        if episode["src"]:
            yield _claim(episode, kind, "attacker")
        if episode["dst"] and kind in _BY_HOST:
            yield _claim(episode, kind, "victim")


def _claim(episode: Any, kind: int, role: Any) -> Claim:
    label = LABELS[_LABEL[kind]]
    meter = METERS[kind]
    total = float(episode["total"])
    sure = 0.85 if meter.window > 600 else 0.95
    confidence = 0.99 if kind == MIRAI else min(sure, 0.6 + 0.3 * min(total / (3 * meter.raise_at), 1) + 0.05)
    return Claim(
        serial=int(episode["src"] if role == "attacker" else episode["dst"]),
        label=label.name,
        role=role,
        confidence=confidence,
        severity=label.severity if role == "attacker" else "low",
        first_ts=float(episode["start"]),
        last_ts=float(episode["last"]),
        reason=_mirai(episode) if kind == MIRAI else _reason(episode, kind, role) + _before(episode, role),
        size=total / (10 if meter.window > 600 else 1),
        target=target_text(episode) if kind in _BY_HOST else None,
        evidence=_evidence(episode, kind),
    )


def _mirai(episode: Any) -> str:
    length = span(max(float(episode["last"] - episode["start"]), 0.0))
    return (
        f"in {length}, {count(episode['total'], 'connection request')} to new addresses carried the target's own "
        "address as TCP sequence number; Mirai's scanner does that and ordinary programs do not"
    )


def _reason(episode: Any, kind: int, role: str) -> str:
    total, peak, window = float(episode["total"]), float(episode["peak"]), METERS[kind].window
    length = max(float(episode["last"] - episode["start"]), 0.0)
    pace = f" in {span(length)}"
    if peak < 0.9 * total:
        pace += f", up to {round(peak):,} in {span(window)}"
    if kind in _BY_PORT:
        tried = total + float(episode["aux"][0])
        over = "UDP port" if kind == SCAN_UDP_PORT else "port"
        return (
            f"tried {count(tried, 'address', 'addresses')} on {over} {int(episode['port'])}{pace}; "
            f"{share(total, tried)} did not let it in"
        )
    if kind in _BY_HOST:
        ports = count(total, "UDP port" if kind == SCAN_UDP_HOST else "port")
        if role == "victim":
            return f"{source_text(episode)} tried {ports} of it that are closed{pace}"
        return f"tried {ports} of {target_text(episode)} that are closed{pace}"
    if kind == SCAN_ARP:
        return f"asked for {count(total, 'local address', 'local addresses')}{pace}"
    return f"pinged {count(total, 'address', 'addresses')}{pace}"


def _before(episode: Any, role: str) -> str:
    known = float(episode["known"])
    if role != "attacker" or known < 10:
        return ""
    most = int(episode["before"])
    return f"; {most if most else 'none'} is the most it tried in 10 s in the {watched(known)} before"


def _evidence(episode: Any, kind: int) -> dict[str, Any]:
    meter = METERS[kind]
    evidence: dict[str, Any] = {
        "targets": int(episode["total"]) + (int(episode["aux"][0]) if kind in _BY_PORT else 0),
        "failed": int(episode["total"]) if kind in (*_BY_PORT, *_BY_HOST) else None,
        "answered": int(episode["aux"][0]),
        "refused": int(episode["aux"][1]),
        "peak": int(episode["peak"]),
        "window_s": meter.window,
        "threshold": meter.raise_at,
        "before_peak_10s": int(episode["before"]),
        "watched_before_s": round(float(episode["known"]), 1),
    }
    if kind in _BY_HOST:
        evidence |= {"source": source_text(episode), "target": target_text(episode)}
        evidence["first_ports"] = sample_ports(episode)
    else:
        evidence["first_targets"] = samples(episode)
    if kind in (*_BY_PORT, MIRAI):
        evidence["ports"] = [int(episode["port"])] if episode["port"] >= 0 else sample_ports(episode)
    if kind in (SCAN_PORT, MIRAI):
        evidence["mirai_marks"] = int(episode["aux"][2])
    return {name: value for name, value in evidence.items() if value is not None}
