"""Floods: packets of one kind that nobody answers, at a rate, sent by a local device or sent to one."""

from collections.abc import Iterator
from typing import Any, Final

from botwarden.core.label import LABELS
from botwarden.core.verdict import Role
from botwarden.detect.claim import Claim, samples, source_text, target_text
from botwarden.detect.detector import Findings
from botwarden.detect.thresholds import (
    AGENTS,
    CONNECT_FLOOD,
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
MAX_ANSWERED: Final = 0.2
"""Connections on which the other end says something, of those made, above which they are made for something."""
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
    "connect": "connection",
}
_COUNTED: Final = {"syn": "completed", "connect": "answered"}
_UNANSWERED: Final = ("ack", "tcp", "udp", "udpplain", "gre")


def claims(findings: Findings) -> Iterator[Claim]:
    """Every flood from a local device, and at one."""
    floods = [one for one in findings.episodes if one["kind"] in (FLOOD, FLOODED)]
    connected = {_ends(one) for one in floods if one["sub"] == CONNECT_FLOOD and _is_flood(one, False)}
    for episode in findings.episodes:
        kind = int(episode["kind"])
        if kind == AGENTS:
            yield from _browsers(episode)
        elif kind in (FLOOD, FLOODED) and _is_flood(episode, _ends(episode) in connected):
            yield _claim(episode, "attacker" if kind == FLOOD else "victim")


def _ends(episode: Any) -> tuple[int, ...]:
    """Whose meter it is: both ends of a flood from a device, one end of a flood at it."""
    names = ("kind", "src", "dst", "dst_hi", "dst_lo") if episode["kind"] == FLOOD else ("kind", "dst")
    return tuple(int(episode[name]) for name in names)


def _is_flood(episode: Any, connected: bool) -> bool:
    """``connected``: between the same ends connections were made that were a flood, and no sign of a busy client."""
    sub = int(episode["sub"])
    if sub == SYN_FLOOD:
        return connected or float(episode["aux"][1]) < MAX_COMPLETED * _total(episode)
    if sub == CONNECT_FLOOD:
        return float(episode["aux"][1]) < MAX_ANSWERED * _total(episode)
    if (sub == GRE_FLOOD or (sub == UDP_FLOOD and _plain(episode))) and not _forged(episode):
        fast = rate(float(episode["total"]), _length(episode)) >= MIN_PLAIN_RATE
        return fast or float(episode["peak"]) >= MIN_PLAIN
    return True


def _total(episode: Any) -> float:
    """Packets; with those that were taken off the meter, because something came of them."""
    recanted = int(episode["sub"]) in (SYN_FLOOD, CONNECT_FLOOD)
    return float(episode["total"]) + (float(episode["aux"][1]) if recanted else 0.0)


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
    label = LABELS["flood.tcp" if kind == "connect" else f"flood.{kind}"]
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
    total, length = _total(episode), _length(episode)
    packets = count(total, _PACKETS[kind], "DNS queries" if kind == "dns" else "")
    pace = f"{round(rate(total, length)):,} a second" if length >= 1 else f"all in {span(length)}"
    port = f"port {int(episode['aux'][5])}" if _one_port(episode) else ""
    if role == "victim":
        text = f"received {packets}{port and ' on ' + port} from {_origin(episode, kind)}, {pace}"
    else:
        verb = "opened" if kind == "connect" else "sent"
        text = f"{verb} {packets} to {target_text(episode)}{port and ', ' + port}, {pace}"
    if kind == "syn":
        completed = float(episode["aux"][1])
        text += f"; {share(completed, total) if completed else 'none'} of them were completed"
    elif kind == "connect":
        answered = float(episode["aux"][1])
        other = "the other end" if role == "attacker" else "it"
        text += f"; {other} got to say something on {share(answered, total) if answered else 'none'} of them"
    elif kind in _UNANSWERED:
        text += ", none of them part of a conversation"
    if role == "attacker" and episode["aux"][4]:
        text += f"; {share(float(episode['aux'][4]), total)} carried a forged source address"
    if role == "attacker" and episode["known"] >= 10:
        known = watched(float(episode["known"]))
        text += f"; it sent at most {count(episode['before'], 'packet')} of any kind in 10 s in the {known} before"
    return text


def _origin(episode: Any, kind: str) -> str:
    sources = int(episode["aux"][7])
    if _one_source(episode) or (sources <= 1 and kind != "connect"):
        return source_text(episode)
    return "several addresses" if kind == "connect" else count(sources, "address", "addresses")


def _one_source(episode: Any) -> bool:
    """Whether three of four packets have the same source."""
    return float(episode["votes"]) > 0.5 * _total(episode)


def _one_port(episode: Any) -> bool:
    return episode["aux"][5] > 0 and float(episode["aux"][2]) < FIXED_PORTS * _total(episode)


def _evidence(episode: Any, kind: str, role: Role) -> dict[str, Any]:
    meter = METERS[int(episode["kind"])]
    length = _length(episode)
    evidence: dict[str, Any] = {
        "kind": kind,
        "packets": int(_total(episode)),
        "bytes": int(episode["aux"][0]),
        "rate_per_s": round(rate(_total(episode), length), 1),
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
        if kind != "connect":  # whose sources nobody has counted
            evidence |= {"sources": max(int(episode["aux"][7]), 1), "first_sources": samples(episode)}
        evidence |= main
    if kind in _COUNTED:
        evidence[_COUNTED[kind]] = int(episode["aux"][1])
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
