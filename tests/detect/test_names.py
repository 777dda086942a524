import random
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from botwarden.detect.names import GENERATED, bits, is_private, looks_generated, registered


@pytest.mark.parametrize(
    "label",
    [
        "google", "wikipedia", "amazonaws", "akamaiedge", "tplinkcloud", "netflix", "weather", "camera", "doorbird",
        "microsoft", "msftconnecttest", "googlevideo", "nflxvideo", "xboxlive", "gstatic", "mzstatic", "tuyaeu",
        "meethue", "myfoscam", "securitypanel", "stackexchange", "123456789012", "xn--mnchen-3ya", "fbcdn", "x7f",
    ],
)  # fmt: skip
def test_names_that_people_gave(label: str) -> None:
    assert not looks_generated(label)


@pytest.mark.parametrize(
    "label", ["xqkzjvwpbd", "kdfjqwxzpvbn", "a9f3k2x7q1z8", "4f3a9c81d27be06f", "qwxkjhzvtrpl", "vbnmxcqzkj"]
)
def test_names_made_up_at_random(label: str) -> None:
    assert looks_generated(label)


def test_most_random_names_are_found() -> None:
    chance = random.Random(7)
    letters = ["".join(chance.choice(string.ascii_lowercase) for _ in range(12)) for _ in range(500)]
    digits = ["".join(chance.choice("0123456789abcdef") for _ in range(16)) for _ in range(500)]
    assert sum(map(looks_generated, letters)) > 430
    assert sum(map(looks_generated, digits)) > 450


def test_words_score_higher_than_chance() -> None:
    assert bits("understanding") > 5
    assert bits("zxqjkvbwpf") < 2 * GENERATED
    assert looks_generated("XQKZJVWPBD"), "capitals do not matter"


@pytest.mark.parametrize(
    ("name", "domain"),
    [
        ("a.b.example.com", "example.com"),
        ("example.com.", "example.com"),
        ("Www.BBC.co.uk", "bbc.co.uk"),
        ("x.com.br", "x.com.br"),
        ("com.br", None),
        ("bot.duckdns.org", "bot.duckdns.org"),
        ("a.bot.duckdns.org", "bot.duckdns.org"),
        ("duckdns.org", None),
        ("co.uk", None),
        ("localhost", None),
        ("printer.local", None),
        ("nas.fritz.box", None),
        ("4.3.2.1.in-addr.arpa", None),
        ("qpwoeiruty", None),
        ("dnscat.0011.5a03b5", None),
        ("a..com", None),
        ("", None),
    ],
)
def test_whose_a_name_is(name: str, domain: str | None) -> None:
    assert registered(name) == domain


def test_names_that_the_public_dns_does_not_know() -> None:
    assert all(map(is_private, ("localhost", "nas.fritz.box", "4.3.2.1.in-addr.arpa", "cam.local.", "")))
    assert not any(map(is_private, ("example.com", "dnscat.0011.5a03b5")))


@given(st.text(max_size=300))
def test_any_text_is_judged(text: str) -> None:
    bits(text)
    looks_generated(text)
    is_private(text)
    domain = registered(text)
    assert domain is None or text.lower().rstrip(".").endswith(domain)
