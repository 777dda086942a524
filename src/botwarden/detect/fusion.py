"""Fusion: claims of all behaviours to verdicts, one per device, label and role, and none that another explains."""

from collections.abc import Iterable, Sequence
from typing import Any, Final

from botwarden.core.verdict import SEVERITIES, Verdict
from botwarden.detect.advice import advice
from botwarden.detect.claim import Claim

MIN_CONFIDENCE: Final = 0.5
MAX_REASONS: Final = 4
MAX_EPISODES: Final = 20  # told in a verdict's evidence
MINOR: Final = 0.3
"""Size of a flood beside a larger one at the same target, up to which it is the larger one's echo."""


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
    """How bad a verdict is: by severity, deeds before sufferings, confidence, and the earlier the worse."""
    return SEVERITIES.index(verdict.severity), verdict.role == "attacker", verdict.confidence, -verdict.first_ts


def _join(group: Sequence[Claim]) -> Verdict:
    ranked = sorted(group, key=lambda claim: (-claim.size, claim.first_ts))
    first = ranked[0]
    distinct = list(dict.fromkeys(claim.reason for claim in ranked))
    reasons = distinct[:MAX_REASONS]
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
    )


def _unexplained(claims: Sequence[Claim]) -> list[Claim]:
    """The claims less those that a stronger one about the same time explains."""
    by_device: dict[tuple[int, str], list[Claim]] = {}
    for claim in claims:
        by_device.setdefault((claim.serial, claim.role), []).append(claim)
    return [
        claim
        for claim in claims
        if not any(_explains(other, claim) for other in by_device[claim.serial, claim.role] if other is not claim)
    ]


def _explains(cause: Claim, effect: Claim) -> bool:
    """Whether one claim about a device accounts for what another saw.

    A flood of random ports looks like a port scan of its target. A flood's echo (refusals, stray acknowledgements)
    looks like a smaller flood. Reflected answers come with errors that look like a flood. The slow meter of a scan
    sees what the fast one saw, and guessing at many machines what each guessing told.
    """
    if not cause.overlaps(effect):
        return False
    cause_family, effect_family = cause.label.partition(".")[0], effect.label.partition(".")[0]
    same_target = cause.target == effect.target
    if cause_family == "flood" and effect.label in ("scan.vertical", "scan.udp"):
        return same_target or effect.role == "victim"
    if cause_family == "flood" and effect_family == "flood" and cause.label != effect.label:
        return same_target and effect.size <= MINOR * cause.size
    if cause_family == "amplification" and effect.role == "victim":
        if effect_family == "amplification":
            return cause.label != effect.label and effect.size <= MINOR * cause.size
        return effect_family in ("flood", "scan") and effect.size <= cause.size
    if cause.label == effect.label and effect_family == "scan":
        slow = effect.evidence.get("window_s", 0) > 600 and cause.evidence.get("window_s", 0) <= 600
        return slow and (same_target and cause.evidence.get("ports") == effect.evidence.get("ports"))
    return False
