import pytest

from botwarden.core.device import DhcpFingerprint, HostName
from botwarden.detect.inventory.profile import (
    MAX_DOMAINS,
    MAX_NAMES,
    MAX_SERVICES,
    MAX_TEXT,
    MAX_TEXTS,
    MAX_TYPES,
    Profile,
)

KINDS = ("models", "announced", "banners", "agents", "ja4", "ja3", "paths", "roles")


def test_names_are_printable_and_told_once() -> None:
    profile = Profile()
    for name in ("cam\x1b[31m", "cam\x1b[31m", "  ", None, "localhost", "(none)", "x" * 500):
        profile.call(name, "DHCP")
    first, long = profile.names
    assert first == HostName(name="cam\ufffd[31m", origin="DHCP")
    assert len(long.name) == MAX_TEXT


@pytest.mark.parametrize("kind", KINDS)
def test_texts_are_bounded(kind: str) -> None:
    profile = Profile()
    for n in range(200):
        profile.say(kind, f"text {n}" + "y" * 1000)
    texts = list(getattr(profile, kind))
    assert len(texts) == (MAX_TYPES if kind == "announced" else MAX_TEXTS)
    assert texts[0].startswith("text 0y")
    assert all(len(text) <= MAX_TEXT for text in texts)


def test_everything_else_is_bounded() -> None:
    profile = Profile()
    for n in range(1000):
        profile.call(f"name {n}", "mDNS")
        profile.ask(f"n{n}.example.org")
        profile.serve("tcp", n, 1.0, "http", f"10.0.0.{n % 250}")
    assert (len(profile.names), len(profile.domains), len(profile.services)) == (MAX_NAMES, MAX_DOMAINS, MAX_SERVICES)


def test_domains_are_counted() -> None:
    profile = Profile()
    for name in ("A.example.org.", "a.example.org", "b.example.org", "", None):
        profile.ask(name)
    assert profile.domains == {"a.example.org": 2, "b.example.org": 1}


def test_services() -> None:
    profile = Profile()
    profile.serve("tcp", 8080, 5.0, None, None)
    profile.serve("tcp", 80, 4.0, "http", "10.0.0.2")
    profile.serve("tcp", 80, 3.0, "http,ssl", "10.0.0.2")
    web, other = profile.services
    assert (web.port, web.name, web.first_ts, web.answered) == (80, "http,ssl", 3.0, True)
    assert (other.port, other.name, other.answered) == (8080, None, False)


def test_a_udp_port_of_clients_serves_only_where_several_were_answered() -> None:
    profile = Profile()
    profile.serve("udp", 50_000, 1.0, None, "10.0.0.2")
    assert profile.services == []
    profile.serve("udp", 50_000, 2.0, None, "10.0.0.3")
    assert [service.port for service in profile.services] == [50_000]


def test_profiles_of_one_device_add_up() -> None:
    one, two, whole = Profile(), Profile(), Profile()
    one.call("cam", "DHCP")
    two.call("cam-2", "mDNS")
    one.ask("a.example.org")
    two.ask("a.example.org")
    two.ask("b.example.org")
    for kind in KINDS:
        one.say(kind, "first")
        two.say(kind, "second")
    one.serve("tcp", 80, 9.0, None, None)
    two.serve("tcp", 80, 7.0, "http", "10.0.0.2")
    two.dhcp = DhcpFingerprint(params=[1, 3])
    whole.merge(one)
    whole.merge(two)
    assert [name.name for name in whole.names] == ["cam", "cam-2"]
    assert whole.domains == {"a.example.org": 2, "b.example.org": 1}
    assert all(list(getattr(whole, kind)) == ["first", "second"] for kind in KINDS)
    (service,) = whole.services
    assert (service.name, service.first_ts, service.answered) == ("http", 7.0, True)
    assert whole.dhcp == DhcpFingerprint(params=[1, 3])
    assert one.domains == {"a.example.org": 1}, "what was merged stays as it was"
    assert one.services[0].first_ts == 9.0
