"""What kind of device it is: the points of all rules that fit, added up."""

import re
from collections.abc import Iterable, Sequence
from functools import cache
from typing import Final

from botwarden.core.device import DeviceType, Guess
from botwarden.detect.inventory.profile import Profile
from botwarden.detect.inventory.rules import MODEL, RULES, Rule

UNSURE: Final = 0.3
"""Below this a guess is not told."""
MAX_SURE: Final = 0.95
MAX_EVIDENCE: Final = 6
"""Sentences that are told."""

Facts = dict[str, list[str]]
"""What is known of a device: texts by field, under the names that rules use."""

_MODEL: Final = re.compile(MODEL, re.IGNORECASE)
_SENTENCES: Final = {
    "vendor": "made by {}",
    "says": "calls itself {}",
    "announced": "announces {}",
    "banners": "its service greets as {}",
    "agents": "uses the program {}",
    "dhcp": "asks for its address as {}",
    "ports": "answers on {}",
    "paths": "is asked for {}",
    "roles": "is the network's {}",
    "domains": "asks for {}",
}


def guess(profile: Profile, vendor: str | None, gateway: bool) -> Guess | None:
    """What the device is likely to be, and why; None where nothing points anywhere."""
    return judge(facts(profile, vendor, gateway))


def facts(profile: Profile, vendor: str | None, gateway: bool) -> Facts:
    """What the rules look at."""
    names = [name.name for name in profile.names]
    dhcp = profile.dhcp
    asked = [f"options {','.join(map(str, dhcp.params))}"] if dhcp and dhcp.params else []
    return {
        "vendor": [vendor] if vendor else [],
        "says": [*names, *profile.models, *profile.banners],
        "announced": list(profile.announced),
        "banners": list(profile.banners),
        "agents": list(profile.agents),
        "dhcp": [*([dhcp.vendor_class] if dhcp and dhcp.vendor_class else []), *asked],
        "ports": [f"{service.proto}/{service.port}" for service in profile.services if service.answered],
        "paths": list(profile.paths),
        "roles": [*profile.roles, *(["gateway"] if gateway else [])],
        "domains": list(profile.domains),
    }


def judge(known: Facts, rules: Sequence[Rule] = RULES) -> Guess | None:
    """Add up the points of the rules that fit.

    The likeliest kind's share of all points, of which one stands for what no rule knows: a single hint makes a
    weak guess, and kinds that compete weaken each other.
    """
    points: dict[DeviceType, float] = {}
    reasons: dict[DeviceType, list[tuple[float, str]]] = {}
    for rule in rules:
        text = _found(rule, known.get(rule.where, ()))
        if text is None:
            continue
        where = "banners" if rule.where == "says" and text in known.get("banners", ()) else rule.where
        sentence = _SENTENCES[where].format(text)
        for kind, count in rule.points:
            points[kind] = points.get(kind, 0.0) + count
            reasons.setdefault(kind, []).append((count, sentence))
    if not points:
        return None
    likeliest = max(points, key=lambda kind: points[kind])
    confidence = min(MAX_SURE, points[likeliest] / (sum(points.values()) + 1))
    if confidence < UNSURE or list(points.values()).count(points[likeliest]) > 1:
        return None
    told = sorted(reasons[likeliest], key=lambda reason: -reason[0])
    evidence = list(dict.fromkeys(text for _, text in told))[:MAX_EVIDENCE]
    return Guess(type=likeliest, confidence=round(confidence, 2), evidence=evidence)


def model(profile: Profile) -> str | None:
    """Maker and model as the device says them, else the model number in one of its names."""
    said = next(iter(profile.models), None)
    if said is not None:
        return said
    texts = [*(name.name for name in profile.names), *profile.banners, *profile.announced]
    found = next((match for text in texts if (match := _MODEL.search(text))), None)
    return found[0].upper() if found else None


def _found(rule: Rule, texts: Iterable[str]) -> str | None:
    """The first text that fits a rule."""
    pattern = _pattern(rule)
    return next((text for text in texts if pattern.search(text)), None)


@cache
def _pattern(rule: Rule) -> re.Pattern[str]:
    pattern = rule.pattern
    if rule.where == "domains":
        pattern = rf"(?:^|\.)(?:{'|'.join(map(re.escape, pattern.split('|')))})$"
    return re.compile(pattern, re.IGNORECASE)
