"""Amplification: answers to requests that somebody else sent in the victim's name."""

from collections.abc import Iterator
from typing import Any, Final

from botwarden.core.label import LABELS
from botwarden.detect.claim import Claim, samples, target_text
from botwarden.detect.detector import Findings
from botwarden.detect.thresholds import AMPLIFIED, AMPLIFIER, METERS
from botwarden.detect.words import count, rate, span

MIN_FACTOR: Final = 3.0
"""Bytes answered per byte asked from which a service serves as an amplifier; CISA's alert TA14-017A lists
factors from 3.8 (NetBIOS) up."""

_KIND: Final = {
    0: "synack",
    19: "chargen",
    53: "dns",
    123: "ntp",
    161: "snmp",
    389: "cldap",
    500: "isakmp",
    1900: "ssdp",
    3702: "wsd",
    4500: "isakmp",
    5353: "mdns",
    5683: "coap",
    11211: "memcached",
}


def claims(findings: Findings) -> Iterator[Claim]:
    """Every device that is flooded with answers, and every one whose service floods somebody."""
    for episode in findings.episodes:
        if episode["kind"] == AMPLIFIED:
            yield _victim(episode)
        elif episode["kind"] == AMPLIFIER and episode["aux"][0] >= MIN_FACTOR * max(float(episode["aux"][1]), 1.0):
            yield _amplifier(episode)


def _kind(episode: Any) -> str:
    return _KIND.get(int(episode["sub"]), "udp")


def _evidence(episode: Any) -> dict[str, Any]:
    meter = METERS[int(episode["kind"])]
    length = max(float(episode["last"] - episode["start"]), 0.0)
    return {
        "service_port": int(episode["sub"]) or None,
        "packets": int(episode["total"]),
        "bytes": int(episode["aux"][0]),
        "rate_per_s": round(rate(float(episode["total"]), length), 1),
        "peak": int(episode["peak"]),
        "window_s": meter.window,
        "threshold": meter.raise_at,
    }


def _claim(episode: Any, role: Any, serial: int, reason: str, evidence: dict[str, Any]) -> Claim:
    label = LABELS[f"amplification.{_kind(episode)}"]
    size = float(episode["peak"]) / METERS[int(episode["kind"])].raise_at
    return Claim(
        serial=serial,
        label=label.name,
        role=role,
        confidence=min(0.97, 0.75 + 0.2 * min(size / 4, 1)),
        severity="high",
        first_ts=float(episode["start"]),
        last_ts=float(episode["last"]),
        reason=reason,
        size=float(episode["total"]),
        target=target_text(episode) if role == "attacker" else None,
        evidence=_evidence(episode) | evidence,
    )


def _victim(episode: Any) -> Claim:
    length = max(float(episode["last"] - episode["start"]), 0.0)
    what = "TCP connection answer" if episode["sub"] == 0 else f"answer from UDP port {int(episode['sub'])}"
    many = "" if episode["sub"] == 0 else f"answers from UDP port {int(episode['sub'])}"
    sources = max(int(episode["aux"][7]), 1)
    reason = (
        f"received {count(episode['total'], what, many)} that it never asked for, from "
        f"{count(sources, 'server')} in {span(length)}"
    )
    evidence = {"sources": sources, "first_sources": samples(episode)}
    return _claim(episode, "victim", int(episode["dst"]), reason, evidence)


def _amplifier(episode: Any) -> Claim:
    sent, asked = float(episode["aux"][0]), float(episode["aux"][1])
    length = max(float(episode["last"] - episode["start"]), 0.0)
    factor = sent / max(asked, 1.0)
    reason = (
        f"its service on UDP port {int(episode['sub'])} sent {target_text(episode)} "
        f"{count(episode['total'], 'answer')} in {span(length)}, {factor:.0f} times the bytes that were asked with"
    )
    evidence = {"target": target_text(episode), "bytes_asked": int(asked), "factor": round(factor, 1)}
    return _claim(episode, "attacker", int(episode["src"]), reason, evidence)
