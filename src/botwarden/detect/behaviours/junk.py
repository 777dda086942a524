"""Connections that are only talked at: one after another to one port, with data on each and no word in answer."""

from collections.abc import Iterator
from typing import Any, Final

from botwarden.core.label import LABELS
from botwarden.core.verdict import Role
from botwarden.detect.claim import Claim, samples, source_text, target_text
from botwarden.detect.detector import Findings
from botwarden.detect.thresholds import JUNK, JUNK_AFTER, JUNKED, METERS
from botwarden.detect.words import count, span

_LABEL: Final = LABELS["flood.tcp"]


def claims(findings: Findings) -> Iterator[Claim]:
    """Every flood of junk from a local device, and at one."""
    for episode in findings.episodes:
        kind = int(episode["kind"])
        if kind in (JUNK, JUNKED) and float(episode["total"]) >= METERS[kind].raise_at:
            yield _claim(episode, METERS[kind].raise_at, "attacker" if kind == JUNK else "victim")


def _claim(episode: Any, raise_at: float, role: Role) -> Claim:
    size = float(episode["peak"]) / raise_at
    return Claim(
        serial=int(episode["src"] if role == "attacker" else episode["dst"]),
        label=_LABEL.name,
        role=role,
        confidence=0.7 + 0.2 * min(size / 4, 1),
        severity=_LABEL.severity if role == "attacker" else "high",
        first_ts=float(episode["start"]),
        last_ts=float(episode["last"]),
        reason=_reason(episode, role),
        size=float(episode["total"]),
        target=target_text(episode) if role == "attacker" else None,
        evidence=_evidence(episode, role),
    )


def _one_source(episode: Any) -> bool:
    return float(episode["votes"]) > 0.5 * float(episode["total"])


def _reason(episode: Any, role: Role) -> str:
    connections = count(float(episode["total"]), "connection")
    length = span(float(episode["last"] - episode["start"]))
    port = f"port {int(episode['port'])}"
    if role == "attacker":
        return (
            f"sent data on {connections} to {target_text(episode)}, {port}, opened within {length}, "
            "on which the other end had not a word to say"
        )
    origin = source_text(episode) if _one_source(episode) else "several addresses"
    return f"was sent data on {connections} to {port} from {origin}, opened within {length}, that it could not answer"


def _evidence(episode: Any, role: Role) -> dict[str, Any]:
    meter = METERS[int(episode["kind"])]
    evidence: dict[str, Any] = {
        "kind": "junk",
        "connections": int(episode["total"]),
        "answered": int(episode["aux"][1]),
        "unanswered_packets": JUNK_AFTER,
        "peak": int(episode["peak"]),
        "window_s": meter.window,
        "threshold": meter.raise_at,
        "port": int(episode["port"]),
    }
    if role == "attacker":
        return evidence | {"target": target_text(episode)}
    main = {"main_source": source_text(episode)} if _one_source(episode) else {}
    return evidence | {"first_sources": samples(episode), **main}
