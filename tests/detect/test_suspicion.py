from typing import Any

import pytest

from botwarden.detect.acquaintance import Acquaintance
from botwarden.detect.channel import Channel
from botwarden.detect.suspicion import Line, oddities
from detect.records import CAMERA, HUB, LAPTOP, PHONE, conn, dns

PEER = "203.0.113.9"
OTHER = "203.0.113.10"


def points(
    port: int, known: Acquaintance | None = None, proto: str = "tcp", n: int = 20, signed: bool = False, **fields: Any
) -> dict[str, float]:
    channel = Channel()
    house = known or Acquaintance()
    for k in range(n):
        one = conn(60 * k, PEER, port, proto=proto, **fields)
        channel.add(one)
        house.meet(one)
    found = oddities(Line(CAMERA, PEER, proto, port), channel, house, self_signed=signed)
    assert all(odd.words and odd.points for odd in found)
    return {odd.key: odd.points for odd in found}


def named(name: str = "cloud.example.net") -> Acquaintance:
    known = Acquaintance()
    known.learn(dns(0, name, [PEER]))
    return known


def test_an_honest_cloud_has_a_name_that_speaks_for_it() -> None:
    assert points(443, named(), service="ssl") == {"named": -0.15, "sizes": 0.1}


@pytest.mark.parametrize(
    ("port", "service", "worth"),
    [
        (443, "irc", 0.3), (80, "ssl", 0.2), (80, "ssh", 0.3), (22, "http", 0.3), (50, "irc", 0.3), (6667, "irc", 0.3),
        (443, None, 0.25), (23, None, 0.35), (22, None, 0.35),
        (443, "ssl,http", 0), (80, "http", 0), (22, "ssh", 0), (8883, "ssl", 0), (9999, None, 0), (9999, "ssl", 0),
        (25, None, 0), (5228, None, 0),
    ],
)  # fmt: skip
def test_protocols_and_ports(port: int, service: str | None, worth: float) -> None:
    assert points(port, service=service).get("protocol", 0) == worth


def test_what_was_not_seen_from_its_beginning_is_not_held_against_it() -> None:
    assert "protocol" not in points(443, history="DadA")
    assert "protocol" not in points(443, received=0)


def test_unusual_ports_weigh_less_over_udp() -> None:
    assert points(50)["port"] == 0.2
    assert points(50, proto="udp")["port"] == 0.1
    assert "port" not in points(443)


def test_names() -> None:
    known = Acquaintance()
    known.learn(dns(0, "cloud.example.net", [OTHER]))
    assert points(443, known)["unnamed"] == 0.2, "it asks for others"
    assert points(443)["unnamed"] == 0.1, "nobody knows whether it asks"
    assert points(443, named("kdfjqwxzpvbn.com"))["name"] == 0.2


def test_failures_count_while_the_internet_works() -> None:
    known = Acquaintance()
    for k in range(30):
        known.meet(conn(60 * k, OTHER, 443))
    assert points(443, known, state="S0")["failed"] == 0.2
    assert "failed" not in points(443, state="S0"), "the house is offline"
    assert "failed" not in points(443, known)


def test_sizes() -> None:
    assert points(443)["sizes"] == 0.1
    assert "sizes" not in points(443, received=50_000)
    assert "sizes" not in points(443, n=3)
    assert "sizes" not in points(443, sent=0, received=0)


def test_who_else_talks_to_it() -> None:
    known = Acquaintance()
    for device in (LAPTOP, PHONE, HUB):
        known.meet(conn(0, OTHER, 443, device=device))
    assert points(443, known)["rare"] == 0.05
    for device in (LAPTOP, PHONE):
        known.meet(conn(0, PEER, 443, device=device))
    assert points(443, known)["common"] == -0.2
    assert "rare" not in points(443), "it is alone in the house"


def test_certificates() -> None:
    assert points(443, signed=True)["certificate"] == 0.1
