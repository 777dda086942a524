import re
import typing

import pytest

from botwarden.core.device import DeviceType
from botwarden.detect.inventory.kind import facts, judge
from botwarden.detect.inventory.profile import MAX_TEXT, Profile
from botwarden.detect.inventory.rules import MODEL, RULES

TYPES = set(typing.get_args(DeviceType))


def test_rules_look_at_fields_that_there_are_and_name_kinds_that_there_are() -> None:
    fields = facts(Profile(), None, gateway=False)
    for rule in RULES:
        assert rule.where in fields, rule
        assert rule.points, rule
        assert {kind for kind, _ in rule.points} <= TYPES, rule
        assert all(0 < points <= 4 for _, points in rule.points), rule


def test_every_kind_can_be_guessed() -> None:
    assert {kind for rule in RULES for kind, _ in rule.points} == TYPES


def test_no_rule_fits_everything() -> None:
    for rule in RULES:
        assert not re.search(rule.pattern, "", re.IGNORECASE), rule
        assert not re.search(rule.pattern, "qqqq", re.IGNORECASE), rule


@pytest.mark.parametrize("text", ["a" * MAX_TEXT, "1" * MAX_TEXT, "_-. " * (MAX_TEXT // 4), "dhcpcd" * 16, ",1" * 48])
def test_patterns_come_to_an_end_over_strange_texts(text: str) -> None:
    for pattern in (MODEL, *(rule.pattern for rule in RULES)):
        re.search(pattern, text, re.IGNORECASE)


@pytest.mark.parametrize(
    ("where", "text", "kind"),
    [
        ("says", "DCS-930LB", "camera"),
        ("says", "localcam", "camera"),
        ("says", "LivingRoom-Sonos", "speaker"),
        ("says", "DESKTOP-AB12CD3", "computer"),
        ("says", "Galaxy-S9", "phone"),
        ("says", "HP LaserJet 400", "printer"),
        ("announced", "_ipp._tcp", "printer"),
        ("announced", "_hue._tcp", "hub"),
        ("announced", "urn:schemas-upnp-org:device:InternetGatewayDevice:1", "router"),
        ("agents", "Mozilla/5.0 (Windows NT 10.0; Win64; x64)", "computer"),
        ("agents", "Dalvik/2.1.0 (Linux; U; Android 5.1.1; SM-N7505)", "phone"),
        ("agents", "Mozilla/5.0 (Web0S; Linux/SmartTV)", "TV"),
        ("dhcp", "android-dhcp-13", "phone"),
        ("dhcp", "options 1,121,3,6,15,119,252", "phone"),
        ("ports", "tcp/554", "camera"),
        ("domains", "logs.roku.com", "TV"),
        ("domains", "scalews.withings.net", "scale"),
        ("domains", "bridge.meethue.com", "hub"),
    ],
)
def test_what_typical_devices_say(where: str, text: str, kind: str) -> None:
    found = judge({where: [text]})
    assert found
    assert found.type == kind


@pytest.mark.parametrize("text", ["decamp", "bathub", "campus", "stadtor"])
def test_words_within_words_do_not_count(text: str) -> None:
    assert judge({"says": [text]}) is None
