"""Fusion: claims of all behaviours to verdicts, one per device, label and role, and none that another explains."""

from collections.abc import Iterable, Sequence
from heapq import nlargest
from typing import Any, Final

from botwarden.core.verdict import SEVERITIES, Verdict
from botwarden.detect.advice import advice
from botwarden.detect.claim import Claim

MIN_CONFIDENCE: Final = 0.5
_LOOKS_LIKE: Final = {
    "scan.vertical": ("flood.syn", "flood.ack", "flood.tcp"),
    "scan.udp": ("flood.udp", "flood.udpplain", "flood.dns"),
}
_TELLS_MORE: Final = {"beacon": ("cnc.beacon", "cnc.irc"), "cnc.beacon": ("cnc.irc",)}
"""What is known of the same conversations by more than their times."""
_MADE: Final = ("connect", "junk")
"""Kinds of flood whose connections were completed: they are no echo of anything, and are counted in other units."""
MAX_REASONS: Final = 4
MAX_THEN: Final = 7
"""Sentences with which the largest claim goes on; those of others are not told."""
MAX_EPISODES: Final = 20  # told in a verdict's evidence
MINOR: Final = 0.3
"""Size of a flood beside a larger one at the same target, up to which it is the larger one's echo."""
PORT_SCAN: Final = 2500
"""Packets to one address up to which trying many of its ports is a scan, however fast: the thousand ports that
scanners try by default, twice and a bit."""
PER_PORT: Final = 2.5
"""Packets per closed port up to which they are a scan's: a try and a second one."""
PROBE_BYTES: Final = 64
"""Mean length of a UDP scan's frames at most: nearly all are empty, which is 62 bytes over IPv6. Floods fill theirs."""
MISHEARD: Final = 2.0
"""Logins counted in packets per login that was read, up to which they are the same ones."""
MAX_CAUSES: Final = 32
"""Claims of one label about one device that are looked at as causes of others, the largest first: who is attacked
does not choose how many there are."""


def verdicts(claims: Iterable[Claim]) -> dict[int, list[Verdict]]:
    """The verdicts on each device, by serial, worst first."""
    kept = _unexplained([claim for claim in claims if claim.confidence >= MIN_CONFIDENCE])
    groups: dict[tuple[int, str, str], list[Claim]] = {}
    for claim in kept:
        groups.setdefault((claim.serial, claim.label, claim.role), []).append(claim)
    found: dict[int, list[Verdict]] = {}
    for (serial, _, _), group in groups.items():
        found.setdefault(serial, []).append(_join(group))
    for judged in found.values():
        judged.sort(key=rank, reverse=True)
    return found


def rank(verdict: Verdict) -> tuple[int, bool, float, float]:
    """What to show first: by severity, deeds before sufferings, then as it happened."""
    return SEVERITIES.index(verdict.severity), verdict.role == "attacker", -verdict.first_ts, verdict.confidence


def _join(group: Sequence[Claim]) -> Verdict:
    ranked = sorted(group, key=lambda claim: (-claim.size, claim.first_ts))
    first = ranked[0]
    distinct = list(dict.fromkeys(claim.reason for claim in ranked))
    reasons = [first.reason, *first.then[:MAX_THEN], *distinct[1:MAX_REASONS]]
    if len(distinct) > MAX_REASONS:
        reasons.append(f"and {len(distinct) - MAX_REASONS:,} more episodes of this kind")
    evidence: dict[str, Any] = dict(first.evidence)
    if len(ranked) > 1:
        in_order = sorted(ranked[:MAX_EPISODES], key=lambda claim: claim.first_ts)
        evidence["episodes"] = [
            {"first_ts": claim.first_ts, "last_ts": claim.last_ts, **claim.evidence} for claim in in_order
        ]
        evidence["episode_count"] = len(ranked)
    return Verdict(
        label=first.label,
        role=first.role,
        confidence=round(max(claim.confidence for claim in group), 3),
        severity=max((claim.severity for claim in group), key=SEVERITIES.index),
        first_ts=min(claim.first_ts for claim in group),
        last_ts=max(claim.last_ts for claim in group),
        reasons=reasons,
        evidence=evidence,
        advice=advice(first.label, first.role),
        model=next((claim.model for claim in ranked if claim.model), None),
    )


def _unexplained(claims: Sequence[Claim]) -> list[Claim]:
    """The claims less those that a stronger one about the same time explains."""
    groups: dict[tuple[int, str, str], list[Claim]] = {}
    for claim in claims:
        groups.setdefault((claim.serial, claim.role, claim.label), []).append(claim)
    by_device: dict[tuple[int, str], list[Claim]] = {}
    for (serial, role, _), group in groups.items():
        by_device.setdefault((serial, role), []).extend(nlargest(MAX_CAUSES, group, key=lambda claim: claim.size))
    return [
        claim
        for claim in claims
        if not any(_explains(other, claim) for other in by_device[claim.serial, claim.role] if other is not claim)
    ]


def _tries_ports(scan: Claim, flood: Claim) -> bool:
    """Whether what looks like a flood only tries the ports that a scan found closed."""
    empty = scan.label != "scan.udp" or flood.evidence["bytes"] <= PROBE_BYTES * flood.size
    return empty and flood.size <= min(PORT_SCAN, PER_PORT * scan.size)


def _explains(cause: Claim, effect: Claim) -> bool:
    """Whether one claim about a device accounts for what another saw.

    A flood of random ports looks like a port scan of its target, and a fast scan like a flood. A flood's echo
    (refusals, stray acknowledgements) looks like a smaller flood. Reflected answers come with errors that look like a
    flood. The slow meter of a scan sees what the fast one saw. Logins that were read are those that were counted.
    Calls of a controller that was recognised are beacons too.
    """
    if not cause.overlaps(effect):
        return False
    cause_family, effect_family = cause.label.partition(".")[0], effect.label.partition(".")[0]
    same_target = cause.target == effect.target
    if cause.label in _TELLS_MORE.get(effect.label, ()):
        return same_target
    if cause.label in _LOOKS_LIKE.get(effect.label, ()):
        return (same_target or effect.role == "victim") and not _tries_ports(effect, cause)
    if effect.label in _LOOKS_LIKE.get(cause.label, ()):
        return (same_target or effect.role == "victim") and _tries_ports(cause, effect)
    if effect.evidence.get("kind") in _MADE:
        return False
    if cause_family == "flood" and effect_family == "flood" and cause.label != effect.label:
        return same_target and effect.size <= MINOR * cause.size
    if cause_family == "amplification" and effect.role == "victim":
        if effect_family == "amplification":
            return cause.label != effect.label and effect.size <= MINOR * cause.size
        return effect_family in ("flood", "scan") and effect.size <= cause.size
    if cause.label == effect.label and effect_family == "scan":
        slow = effect.evidence.get("window_s", 0) > 600 and cause.evidence.get("window_s", 0) <= 600
        return slow and (same_target and cause.evidence.get("ports") == effect.evidence.get("ports"))
    if cause.label == effect.label and effect_family == "bruteforce":
        same = same_target or cause.target is None
        return cause.heard and not effect.heard and same and effect.size <= MISHEARD * cause.size
    return False
