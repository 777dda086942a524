"""Password guessing: one login after another at telnet, SSH, FTP, HTTP or RTSP, on any port."""

from collections.abc import Iterator
from typing import Any, Final

from botwarden.core.label import LABELS
from botwarden.core.verdict import Role
from botwarden.detect.claim import Claim, samples, source_text, target_text
from botwarden.detect.detector import Findings
from botwarden.detect.sniff import FTP, HTTP, RTSP, SERVICES, SSH
from botwarden.detect.thresholds import GUESS, GUESS_WIDE, GUESSED, METERS
from botwarden.detect.words import count, some, span

MIN_MACHINES: Final = 3
"""Servers, or sources, from which on guessing counts as spread out; fewer are claimed one by one."""
MAX_SUCCESS: Final = 0.5
"""Successes per refusal above which HTTP 401s are the first half of an ordinary digest login (RFC 7616, 3.3), and
per FTP login above which somebody who knows the password comes often, like a camera with its pictures."""

_WORDS: Final = {"ssh": "SSH", "ftp": "FTP", "http": "HTTP", "rtsp": "RTSP", "telnet": "telnet"}


def claims(findings: Findings) -> Iterator[Claim]:
    """Every guessing by a local device, and at one."""
    for episode in findings.episodes:
        kind = int(episode["kind"])
        if kind not in (GUESS, GUESS_WIDE, GUESSED) or not _refused(episode):
            continue
        if kind != GUESS and episode["aux"][3] < MIN_MACHINES:
            continue
        if episode["src"] and kind != GUESSED:
            yield _claim(episode, kind, "attacker")
        if episode["dst"] and kind != GUESS_WIDE:
            yield _claim(episode, kind, "victim")


def _refused(episode: Any) -> bool:
    """Whether web and FTP logins really failed; elsewhere each attempt counts."""
    refusals, successes, posts = (float(episode["aux"][k]) for k in (0, 1, 4))
    if episode["sub"] == FTP:
        return successes < MAX_SUCCESS * float(episode["total"])
    if episode["sub"] not in (HTTP, RTSP):
        return True
    threshold = METERS[int(episode["kind"])].raise_at
    return posts >= threshold or (refusals >= threshold and successes - posts < MAX_SUCCESS * refusals)


def _claim(episode: Any, kind: int, role: Role) -> Claim:
    service = SERVICES[int(episode["sub"])]
    label = LABELS[f"bruteforce.{service}"]
    total = float(episode["total"])
    confidence = 0.85 if episode["sub"] in (SSH, HTTP, RTSP) else 0.9
    return Claim(
        serial=int(episode["src"] if role == "attacker" else episode["dst"]),
        label=label.name,
        role=role,
        confidence=min(0.97, confidence + 0.05 * min(total / (4 * METERS[kind].raise_at), 1)),
        severity=label.severity if role == "attacker" else "high",
        first_ts=float(episode["start"]),
        last_ts=float(episode["last"]),
        reason=_reason(episode, kind, role, _WORDS[service]),
        size=total + (0.5 if kind == GUESS else 0),
        target=target_text(episode) if role == "attacker" else source_text(episode),
        evidence=_evidence(episode, kind, service),
    )


def _reason(episode: Any, kind: int, role: Role, service: str) -> str:
    tries = count(float(episode["total"]), "login")
    length = span(max(float(episode["last"] - episode["start"]), 0.0))
    refusals = int(episode["aux"][0])
    refused = f"; the server refused at least {refusals:,}" if refusals else ""
    port = f"port {int(episode['port'])}"
    if kind == GUESS_WIDE:
        return f"tried {tries} over {service} on {count(episode['aux'][3], 'machine')} in {length}{refused}"
    if kind == GUESSED:
        machines = count(episode["aux"][3], "machine")
        named = samples(episode)
        who = f", {some(named, max(int(episode['aux'][3]), len(named)))}" if named else ""
        return f"{machines} tried {tries} over {service} in {length}{who}"
    if role == "victim":
        return f"{source_text(episode)} tried {tries} over {service} on its {port} in {length}{refused}"
    return f"tried {tries} over {service} on {target_text(episode)}, {port}, in {length}{refused}"


def _evidence(episode: Any, kind: int, service: str) -> dict[str, Any]:
    meter = METERS[kind]
    evidence: dict[str, Any] = {
        "service": service,
        "port": int(episode["port"]),
        "logins": int(episode["total"]),
        "refused": int(episode["aux"][0]),
        "peak": int(episode["peak"]),
        "window_s": meter.window,
        "threshold": meter.raise_at,
    }
    if kind == GUESS:
        evidence |= {"source": source_text(episode), "target": target_text(episode)}
    else:
        evidence |= {"machines": int(episode["aux"][3]), "first_machines": samples(episode)}
    return evidence
