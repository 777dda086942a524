"""Beacons: one outside address tried again and again at regular intervals.

Many honest devices call home like clockwork, so regularity alone is no reason. What counts is that every call
fails while the internet works (a bot whose controller is gone), or that the port is one that no usual service has.
Not counted are pings, which check the line, and time and name servers, which honest devices ask long after they are
gone.
"""

from collections.abc import Iterator
from typing import Any, Final

from botwarden.core.address import ip_text
from botwarden.core.packet import ICMP, TCP, UDP
from botwarden.detect.claim import Claim
from botwarden.detect.detector import Findings
from botwarden.detect.thresholds import (
    BEACON_MIN_COUNT,
    BEACON_MIN_INTERVAL,
    BEACON_MIN_REGULAR,
    BEACON_MIN_SPAN,
)
from botwarden.detect.words import count, gap, share, span

MIN_FAILED: Final = 0.9
MIN_ANSWERED_COUNT: Final = 30
"""Regular calls that are answered must go on for longer before an unusual port alone makes them suspicious."""

USUAL_PORTS: Final = frozenset(
    {22, 25, 53, 80, 110, 123, 143, 443, 465, 554, 587, 853, 993, 995}
    | {1883, 1935, 3478, 3479, 3480, 3481, 5060, 5061, 5222, 5223, 5228, 5229, 5230, 5683, 5684, 8080, 8443, 8883}
    | {4500, 500, 1194, 51820, 32100, 10001, 19302, 19305, 6881}
)
"""Ports of services that home devices use by design (IANA registry; push services, STUN, MQTT, VPNs, P2P cameras)."""
_ASKED_FOR_EVER: Final = frozenset({53, 123})
"""UDP ports of servers whose addresses are written into firmware and outlive them."""


def claims(findings: Findings) -> Iterator[Claim]:
    """Every regular call of a local device to an outside address that deserves a look."""
    for attempt in findings.rhythms:
        if attempt["proto"] == ICMP or (attempt["proto"] == UDP and int(attempt["port"]) in _ASKED_FOR_EVER):
            continue
        claim = _failing(attempt) or _odd(attempt)
        if claim:
            yield claim


def _regular(a: Any, least: int) -> bool:
    return bool(
        a["tries"] >= least
        and a["ts"] - a["first_ts"] >= BEACON_MIN_SPAN
        and a["interval"] >= BEACON_MIN_INTERVAL
        and a["regular"] >= BEACON_MIN_REGULAR * max(a["gaps"], 1)
    )


def _failing(a: Any) -> Claim | None:
    if not _regular(a, BEACON_MIN_COUNT):
        return None
    if a["online_fails"] < BEACON_MIN_COUNT or a["fails"] < MIN_FAILED * a["tries"]:
        return None
    unusual = int(a["port"]) not in USUAL_PORTS
    confidence = 0.55 + (0.2 if unusual else 0) + 0.15 * min(a["tries"] / 200, 1)
    end = (
        "and never got an answer, while others did"
        if a["fails"] == a["tries"]
        else (f"and got no answer in {share(a['fails'], a['tries'])} of them, while others did")
    )
    return _claim(a, confidence, "medium", end, unusual)


def _odd(a: Any) -> Claim | None:
    """Connections only: over UDP everything behind NAT keeps its way back open like this (RFC 8085, 3.5)."""
    if a["proto"] != TCP or int(a["port"]) in USUAL_PORTS:
        return None
    if not _regular(a, MIN_ANSWERED_COUNT) or a["fails"] > 0.1 * a["tries"]:
        return None
    return _claim(a, 0.5, "low", "on a port that no usual service has", True)


def _claim(a: Any, confidence: float, severity: Any, end: str, unusual: bool) -> Claim:
    target = ip_text(int(a["dst_hi"]), int(a["dst_lo"]))
    proto = "TCP" if a["proto"] == TCP else "UDP"
    length = float(a["ts"] - a["first_ts"])
    called = f"called {target}, {proto} port {int(a['port'])},"
    return Claim(
        serial=int(a["src"]),
        label="beacon",
        role="attacker",
        confidence=round(confidence, 3),
        severity=severity,
        first_ts=float(a["first_ts"]),
        last_ts=float(a["ts"]),
        reason=f"{called} {count(a['tries'], 'time')} in {span(length)}, every {gap(float(a['interval']))}, {end}",
        size=float(a["tries"]),
        target=target,
        evidence={
            "target": target,
            "proto": proto.lower(),
            "port": int(a["port"]),
            "unusual_port": unusual,
            "tries": int(a["tries"]),
            "failed": int(a["fails"]),
            "interval_s": round(float(a["interval"]), 2),
            "regularity": round(float(a["regular"]) / max(float(a["gaps"]), 1.0), 3),
            "threshold": BEACON_MIN_COUNT,
        },
    )
