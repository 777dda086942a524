import pytest

from botwarden.core.device import DhcpFingerprint
from botwarden.detect.inventory.kind import MAX_EVIDENCE, MAX_SURE, guess, judge, model
from botwarden.detect.inventory.profile import Profile
from botwarden.detect.inventory.rules import Rule


def test_nothing_known_is_no_guess() -> None:
    assert guess(Profile(), None, gateway=False) is None


def test_points_add_up_and_kinds_compete() -> None:
    rules = (
        Rule("says", "cam", (("camera", 3),)),
        Rule("vendor", "acme", (("camera", 1), ("plug", 1))),
        Rule("ports", "^tcp/9$", (("plug", 2),)),
    )
    alone = judge({"says": ["Cam"]}, rules)
    more = judge({"says": ["Cam"], "vendor": ["ACME Inc."]}, rules)
    rivals = judge({"says": ["Cam"], "vendor": ["ACME Inc."], "ports": ["tcp/9"]}, rules)
    assert alone
    assert more
    assert rivals
    assert (alone.type, alone.confidence) == ("camera", 0.75)
    assert (more.type, more.confidence) == ("camera", 0.67)
    assert (rivals.type, rivals.confidence) == ("camera", 0.5)
    assert more.evidence == ["calls itself Cam", "made by ACME Inc."]


def test_a_draw_is_no_guess() -> None:
    rules = (Rule("vendor", "acme", (("camera", 2), ("plug", 2))),)
    assert judge({"vendor": ["Acme"]}, rules) is None


def test_a_faint_hint_is_no_guess() -> None:
    assert judge({"vendor": ["Acme"]}, (Rule("vendor", "acme", (("camera", 0.4),)),)) is None


def test_never_certain_and_never_long() -> None:
    rules = tuple(Rule("says", f"word{n}x", (("camera", 4),)) for n in range(20))
    found = judge({"says": [f"word{n}x" for n in range(20)]}, rules)
    assert found
    assert found.confidence == MAX_SURE
    assert len(found.evidence) == MAX_EVIDENCE


def test_the_same_rule_counts_once() -> None:
    rules = (Rule("domains", "example.org", (("camera", 3),)),)
    found = judge({"domains": [f"{n}.example.org" for n in range(9)]}, rules)
    assert found
    assert found.confidence == 0.75


@pytest.mark.parametrize(
    ("domain", "fits"), [("x.example.org", True), ("example.org", True), ("badexample.org", False)]
)
def test_domains_are_suffixes(domain: str, fits: bool) -> None:
    rules = (Rule("domains", "other.net|example.org", (("camera", 3),)),)
    assert (judge({"domains": [domain]}, rules) is not None) == fits


def test_a_gateway_is_likely_a_router() -> None:
    found = guess(Profile(), "TP-Link Systems Inc", gateway=True)
    assert found
    assert found.type == "router"
    assert "is the network's gateway" in found.evidence


def test_the_dhcp_fingerprint_counts() -> None:
    profile = Profile()
    profile.dhcp = DhcpFingerprint(params=[1, 15, 3, 6, 44, 46, 47, 31, 33, 121, 249, 43, 252], vendor_class="MSFT 5.0")
    found = guess(profile, None, gateway=False)
    assert found
    assert (found.type, found.evidence[0]) == ("computer", "asks for its address as MSFT 5.0")


def test_announced_services_do_not_speak_as_names() -> None:
    """WeMo plugs announce a service for crock pots as well."""
    profile = Profile()
    profile.say("announced", "urn:Belkin:device:controllee:1")
    profile.say("announced", "urn:Belkin:service:crockpotevent:1")
    found = guess(profile, "Belkin International Inc.", gateway=False)
    assert found
    assert found.type == "plug"


@pytest.mark.parametrize(
    ("name", "number"),
    [
        ("dcs-935l-b0c554255b0e", "DCS-935L"),
        ("DCH-S150", "DCH-S150"),
        ("HS100(EU)", "HS100(EU)"),
        ("HF-LPB100", "HF-LPB100"),
        ("kitchen", None),
        ("ESP_06D902", None),
    ],
)
def test_a_model_number_in_a_name(name: str, number: str | None) -> None:
    profile = Profile()
    profile.call(name, "DHCP")
    assert model(profile) == number


def test_what_it_says_of_its_model_goes_first() -> None:
    profile = Profile()
    profile.call("DCS-935L", "DHCP")
    profile.say("models", "D-Link DCS-935L A1")
    assert model(profile) == "D-Link DCS-935L A1"
