from botwarden.detect.acquaintance import MAX_PARTNERS, Acquaintance, is_made_up, is_outside
from detect.records import CAMERA, LAPTOP, START, conn, dns

PEER = "203.0.113.9"


def test_names_come_from_answers() -> None:
    known = Acquaintance()
    known.learn(dns(0, "cloud.example.net", ["edge.example.net", PEER, "2001:db8::9"]))
    known.learn(dns(0, "gone.example.net", device=LAPTOP))
    assert known.name_of(PEER) == known.name_of("2001:db8::9") == "cloud.example.net"
    assert known.name_of("edge.example.net") is None
    assert known.asks(CAMERA)
    assert not known.asks(LAPTOP), "it never got an address"
    known.name("203.0.113.10", "sni.example.net")
    assert known.name_of("203.0.113.10") == "sni.example.net"


def test_partners_and_times() -> None:
    known = Acquaintance()
    known.meet(conn(0, PEER, 443))
    known.meet(conn(0, PEER, 443, device=LAPTOP))
    known.meet(conn(9000, "203.0.113.77", 443, state="S0"))
    assert (known.partners(PEER), known.partners("203.0.113.77"), known.devices) == (2, 0, 2)
    assert known.online(START + 500)
    assert not known.online(START + 9000)
    for n in range(100):
        known.meet(conn(0, PEER, 443, device=f"192.168.0.{n}"))
    assert known.partners(PEER) == MAX_PARTNERS


def test_made_up_names() -> None:
    assert is_made_up("www.kdfjqwxzpvbn.com")
    assert not is_made_up("kdfjqwxzpvbn.example.com"), "the registered part counts"
    assert not is_made_up("kdfjqwxzpvbn")


def test_outside() -> None:
    assert is_outside(PEER)
    assert is_outside("2001:db8::1")
    for other in (
        "10.1.2.3",
        "172.20.0.1",
        "192.168.7.7",
        "224.0.0.251",
        "255.255.255.255",
        "127.0.0.1",
        "169.254.1.1",
    ):
        assert not is_outside(other)
    for other in ("fe80::1", "ff02::fb", "fd00::1", "::", "0.0.0.0", "", "no address"):
        assert not is_outside(other)
