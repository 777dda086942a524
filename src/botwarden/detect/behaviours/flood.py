"""Floods: packets of one kind that nobody answers, at a rate, sent by a local device or sent to one."""

from collections.abc import Iterator
from typing import Any, Final

from botwarden.core.label import LABELS
from botwarden.core.verdict import Role
from botwarden.detect.claim import Claim, samples, source_text, target_text
from botwarden.detect.detector import Findings
from botwarden.detect.thresholds import (
    AGENTS,
    FLOOD,
    FLOOD_KINDS,
    FLOODED,
    GRE_FLOOD,
    HTTP_FLOOD,
    METERS,
    SYN_FLOOD,
    UDP_FLOOD,
)
from botwarden.detect.words import count, rate, share, span, watched

MAX_COMPLETED: Final = 0.2
"""Handshakes completed per SYN above which many connections are just a busy client."""
FIXED_PORTS: Final = 0.02
"""Share of packets with another port than the one before, up to which a UDP flood counts as plain."""
MIN_PLAIN_RATE: Final = 300.0
MIN_PLAIN: Final = 2000
"""Packets a second, or in 10 s, that a plain UDP or a GRE flood needs: one-way media streams and mirrored tunnels look
the same, and run at less."""

_PACKETS: Final = {
    "syn": "connection request",
    "ack": "TCP ACK packet",
    "tcp": "odd TCP packet",
    "udp": "UDP packet",
    "udpplain": "equal UDP packet",
    "icmp": "ping",
    "gre": "GRE packet",
    "dns": "DNS query",
    "http": "web request",
}
_UNANSWERED: Final = ("ack", "tcp", "udp", "udpplain", "gre")


def claims(findings: Findings) -> Iterator[Claim]:
    """Every flood from a local device, and at one."""
    for episode in findings.episodes:
        kind = int(episode["kind"])
        if kind == AGENTS:
            yield from _browsers(episode)
        elif kind in (FLOOD, FLOODED) and _is_flood(episode):
            yield _claim(episode, "attacker" if kind == FLOOD else "victim")


def _is_flood(episode: Any) -> bool:
    total, sub = float(episode["total"]), int(episode["sub"])
    if sub == SYN_FLOOD:
        return float(episode["aux"][1]) < MAX_COMPLETED * total
    if (sub == GRE_FLOOD or (sub == UDP_FLOOD and _plain(episode))) and not _forged(episode):
        fast = rate(float(episode["total"]), _length(episode)) >= MIN_PLAIN_RATE
        return fast or float(episode["peak"]) >= MIN_PLAIN
    return True


def _plain(episode: Any) -> bool:
    changes = float(episode["aux"][2]) + float(episode["aux"][3])
    return changes < FIXED_PORTS * float(episode["total"])


def _forged(episode: Any) -> bool:
    return float(episode["aux"][4]) > 0.5 * float(episode["total"])


def _kind(episode: Any) -> str:
    if episode["sub"] == UDP_FLOOD and _plain(episode):
        return "udpplain"
    return FLOOD_KINDS[int(episode["sub"])]


def _claim(episode: Any, role: Role) -> Claim:
    kind = _kind(episode)
    label = LABELS[f"flood.{kind}"]
    size = float(episode["peak"]) / METERS[int(episode["kind"])].raise_at
    confidence = 0.75 + 0.2 * min(size / 4, 1) + (0.04 if _forged(episode) else 0)
    return Claim(
        serial=int(episode["src"] if role == "attacker" else episode["dst"]),
        label=label.name,
        role=role,
        confidence=min(confidence, 0.98),
        severity=label.severity if role == "attacker" else "high",
        first_ts=float(episode["start"]),
        last_ts=float(episode["last"]),
        reason=_reason(episode, kind, role),
        size=float(episode["total"]),
        target=target_text(episode) if role == "attacker" else None,
        evidence=_evidence(episode, kind, role),
    )


def _length(episode: Any) -> float:
    return max(float(episode["last"] - episode["start"]), 0.0)


def _reason(episode: Any, kind: str, role: Role) -> str:
    total, length = float(episode["total"]), _length(episode)
    packets = count(total, _PACKETS[kind], "DNS queries" if kind == "dns" else "")
    pace = f"{round(rate(total, length)):,} a second" if length >= 1 else f"all in {span(length)}"
    port = f"port {int(episode['aux'][5])}" if _one_port(episode) else ""
    if role == "victim":
        sources = int(episode["aux"][7])
        one = sources <= 1 or _one_source(episode)
        origin = f"from {source_text(episode)}" if one else f"from {count(sources, 'address', 'addresses')}"
        text = f"received {packets}{port and ' on ' + port} {origin}, {pace}"
    else:
        text = f"sent {packets} to {target_text(episode)}{port and ', ' + port}, {pace}"
    if kind == "syn":
        completed = float(episode["aux"][1])
        text += f"; {share(completed, total) if completed else 'none'} of them were completed"
    elif kind in _UNANSWERED:
        text += ", none of them part of a conversation"
    if role == "attacker" and episode["aux"][4]:
        text += f"; {share(float(episode['aux'][4]), total)} carried a forged source address"
    if role == "attacker" and episode["known"] >= 10:
        known = watched(float(episode["known"]))
        text += f"; it sent at most {count(episode['before'], 'packet')} of any kind in 10 s in the {known} before"
    return text


def _one_source(episode: Any) -> bool:
    """Whether three of four packets have the same source."""
    return float(episode["votes"]) > 0.5 * float(episode["total"])


def _one_port(episode: Any) -> bool:
    return episode["aux"][5] > 0 and float(episode["aux"][2]) < FIXED_PORTS * float(episode["total"])


def _evidence(episode: Any, kind: str, role: Role) -> dict[str, Any]:
    meter = METERS[int(episode["kind"])]
    length = _length(episode)
    evidence: dict[str, Any] = {
        "kind": kind,
        "packets": int(episode["total"]),
        "bytes": int(episode["aux"][0]),
        "rate_per_s": round(rate(float(episode["total"]), length), 1),
        "peak": int(episode["peak"]),
        "window_s": meter.window,
        "threshold": meter.raise_at,
        "port": int(episode["aux"][5]) if _one_port(episode) else None,
    }
    if role == "attacker":
        evidence |= {
            "target": target_text(episode),
            "forged_sources": int(episode["aux"][4]),
            "before_peak_10s": int(episode["before"]),
        }
    else:
        main = {"main_source": source_text(episode)} if _one_source(episode) else {}
        evidence |= {"sources": max(int(episode["aux"][7]), 1), "first_sources": samples(episode), **main}
    if kind == "syn":
        evidence["completed"] = int(episode["aux"][1])
    return evidence


def _browsers(episode: Any) -> Iterator[Claim]:
    """A web attack at a low rate gives itself away by the browsers it pretends to be."""
    label = LABELS[f"flood.{FLOOD_KINDS[HTTP_FLOOD]}"]
    total, requests = int(episode["total"]), int(episode["aux"][0])
    source, target, length = source_text(episode), target_text(episode), span(_length(episode))
    evidence = {
        "kind": "http",
        "source": source,
        "target": target,
        "browsers": total,
        "requests": requests,
        "window_s": METERS[AGENTS].window,
        "threshold": METERS[AGENTS].raise_at,
    }
    told = f"{count(requests, 'web request')} in {length}, under the names of {total:,} different browsers"
    for role, serial, reason in (
        ("attacker", int(episode["src"]), f"sent {target} {told}"),
        ("victim", int(episode["dst"]), f"{source} sent it {told}"),
    ):
        if serial:
            yield Claim(
                serial=serial,
                label=label.name,
                role="attacker" if role == "attacker" else "victim",
                confidence=0.6,
                severity="medium",
                first_ts=float(episode["start"]),
                last_ts=float(episode["last"]),
                reason=reason,
                size=requests,
                target=target if role == "attacker" else source,
                evidence=evidence,
            )
