"""Floods over TCP: odd flags, packets of no connection, connections for nothing; and what is none of them."""

import pytest

from detect.traffic import (
    ACK,
    CAMERA,
    CLOUD,
    DVR,
    FIN,
    LAPTOP,
    PSH,
    RST,
    START,
    SYN,
    VICTIM,
    Host,
    Traffic,
    detect,
    household,
    labels,
    one,
    outside,
    session,
    tcp,
)

HOUSE = household(120)
N, PACE = 900, 0.01


def many(n: int = N, pace: float = PACE, at: float = 60.0) -> list[tuple[int, float]]:
    return [(k, at + k * pace) for k in range(n)]


def syn(a: Host = CAMERA, b: Host = VICTIM, n: int = N, pace: float = PACE, at: float = 60.0) -> Traffic:
    return [p for k, ts in many(n, pace, at) for p in tcp(ts, a, b, 80, sport=1024 + k)]


# -- flags that no connection has, packets of no connection ----------------------------------------------------------

ALL = SYN | RST | FIN | ACK | PSH


def flags(which: int, b: Host = VICTIM, n: int = N) -> Traffic:
    return [p for k, ts in many(n) for p in tcp(ts, CAMERA, b, 80, which, sport=1024 + k, seq=7919 * k)]


def chat(b: Host = VICTIM) -> Traffic:
    """A conversation between the same two machines that goes on all the time."""
    talk = [("c", b"how are you"), ("s", b"well")] * 400
    return [p for k in range(16) for p in session(40 + 4 * k, CAMERA, b, 7000, talk[:400], sport=60000 + k)]


@pytest.mark.parametrize("which", [ALL, ALL & ~RST, SYN | FIN, SYN | RST, SYN | ACK, FIN, RST, PSH, FIN | RST | ACK, 0])
def test_a_flood_with_whatever_flags_is_told(which: int) -> None:
    found = detect(HOUSE + flags(which))
    assert labels(found) == {(CAMERA.mac, "flood.tcp", "attacker")}
    assert one(found, CAMERA, "flood.tcp").evidence["packets"] == pytest.approx(N, abs=20)
    assert "odd TCP packets" in one(found, CAMERA, "flood.tcp").reasons[0]


@pytest.mark.parametrize(("which", "label"), [(ALL, "flood.tcp"), (ACK, "flood.ack"), (FIN | ACK, "flood.tcp")])
def test_it_is_told_beside_a_conversation_with_the_same_machine(which: int, label: str) -> None:
    assert not detect(HOUSE + chat())
    assert labels(detect(HOUSE + chat() + flags(which))) == {(CAMERA.mac, label, "attacker")}


def test_a_victim_of_odd_flags_is_told() -> None:
    found = detect(HOUSE + [p for k, ts in many(2000, 0.004) for p in tcp(ts, outside(k), DVR, 80, ALL, sport=k + 1)])
    assert labels(found) == {(DVR.mac, "flood.tcp", "victim")}


def test_answers_to_requests_that_one_direction_shows_are_counted_as_such() -> None:
    """A server's SYN-ACKs to whoever asks, forged or not, are no flood of its own."""
    asks = [p for k, ts in many() for p in tcp(ts, VICTIM, DVR, 80, sport=1024 + k)]
    says = [p for k, ts in many() for p in tcp(ts + 0.001, DVR, VICTIM, 1024 + k, SYN | ACK, sport=80)]
    assert not {found for found in labels(detect(HOUSE + asks + says)) if found[2] == "attacker"}


def test_a_gateway_that_forgets_its_connections_is_none() -> None:
    """Everybody goes on talking for a while, and is told RST or nothing."""
    out = [
        p
        for k in range(200)
        for p in session(20 + k * 0.1, LAPTOP, CLOUD, 443, [("c", b"x"), ("s", b"y")], sport=2000 + k)
    ]
    for k in range(200):
        for late in (0.0, 0.3, 1.0, 2.2, 4.6, 9.4):
            out += tcp(60 + late + k * 0.001, LAPTOP, CLOUD, 443, PSH | ACK, sport=4000 + k, payload=bytes(80), seq=9)
            out += tcp(60.01 + late + k * 0.001, CLOUD, LAPTOP, 4000 + k, RST, sport=443) if k % 2 else []
    assert not detect(HOUSE + out)


def test_a_server_that_resets_what_it_accepted_is_none() -> None:
    out: Traffic = []
    for k, ts in many(900, 0.05):
        out += session(ts, LAPTOP, CLOUD, 443, [("c", bytes(300))], sport=2000 + k)[:4]
        out += tcp(ts + 0.04, CLOUD, LAPTOP, 2000 + k, RST | ACK, sport=443)
    assert not detect(household(120) + out)


def test_downloads_that_began_before_the_capture_are_none() -> None:
    out: Traffic = []
    for k, ts in many(6000, 0.002):
        out += tcp(ts, CLOUD, LAPTOP, 2000 + k % 40, ACK, sport=443, payload=bytes(1400), seq=1400 * (k // 40))
        out += tcp(ts + 0.0005, LAPTOP, CLOUD, 443, ACK, sport=2000 + k % 40)
    assert not detect(HOUSE + out)
    assert not detect(
        HOUSE + [(ts, frame) for ts, frame in out if frame[:6] != bytes.fromhex(LAPTOP.mac.replace(":", ""))][:400]
    )


# -- connections for nothing ---------------------------------------------------------------------------------------


def combo(a: Host = CAMERA, b: Host = VICTIM, n: int = N, pace: float = PACE, at: float = 60.0) -> Traffic:
    """Connections that are opened, given junk, and closed; what the other end then says nobody waits for."""
    out: Traffic = []
    for k, ts in many(n, pace, at):
        out += session(ts, a, b, 80, [("c", b"Rj8" * 300)], sport=1024 + k)[:-2]
        out += tcp(ts + 0.05, b, a, 1024 + k, PSH | ACK, sport=80, payload=b"what?")
        out += tcp(ts + 0.051, a, b, 80, RST, sport=1024 + k)
    return out


def test_connections_for_nothing_are_a_flood() -> None:
    found = detect(HOUSE + combo())
    assert labels(found) == {(CAMERA.mac, "flood.tcp", "attacker")}
    verdict = one(found, CAMERA, "flood.tcp")
    assert verdict.reasons == [
        f"opened 900 connections to {VICTIM.ip}, port 80, 102 a second; the other end got to say something on none of "
        "them; it sent at most 8 packets of any kind in 10 s in the 60 s before"
    ]
    assert (verdict.evidence["kind"], verdict.evidence["packets"], verdict.evidence["answered"]) == ("connect", 900, 0)


def test_so_are_connections_on_which_nobody_says_anything() -> None:
    silent = [p for k, ts in many() for p in session(ts, CAMERA, VICTIM, 80, sport=1024 + k)[:3]]
    assert labels(detect(HOUSE + silent)) == {(CAMERA.mac, "flood.tcp", "attacker")}


def test_their_victim_is_told() -> None:
    found = detect(HOUSE + combo(CAMERA, DVR, n=3000, pace=0.004))
    assert labels(found) == {(CAMERA.mac, "flood.tcp", "attacker"), (DVR.mac, "flood.tcp", "victim")}
    (reason,) = one(found, DVR, "flood.tcp", "victim").reasons
    assert f"connections on port 80 from {CAMERA.ip}, 25" in reason
    assert reason.endswith("it got to say something on none of them")
    several = detect(HOUSE + [p for k in range(300) for p in combo(outside(k), DVR, n=10, pace=0.9, at=60 + k * 0.003)])
    assert "from several addresses" in one(several, DVR, "flood.tcp", "victim").reasons[0]


@pytest.mark.parametrize("first", ["combo", "syn"])
def test_a_flood_of_connections_and_one_of_requests_are_two_whichever_comes_first(first: str) -> None:
    """Closer together than the hold of a meter."""
    at = {"combo": 60.0, "syn": 80.0} if first == "combo" else {"combo": 80.0, "syn": 60.0}
    found = detect(HOUSE + combo(at=at["combo"]) + syn(at=at["syn"], n=2000, pace=0.005))
    assert labels(found) == {(CAMERA.mac, "flood.tcp", "attacker"), (CAMERA.mac, "flood.syn", "attacker")}
    for label, started in (("flood.tcp", at["combo"]), ("flood.syn", at["syn"])):
        assert one(found, CAMERA, label).first_ts == pytest.approx(START + started, abs=1.1)
        assert one(found, CAMERA, label).last_ts == pytest.approx(START + started + 9.5, abs=2.1)


def test_a_browser_that_opens_thirty_connections_at_once_is_none() -> None:
    """And again for each of twenty pages, whose answers take a while."""
    out: Traffic = []
    for k in range(600):
        ts = 60 + 0.5 * (k // 30)
        out += session(ts, LAPTOP, CLOUD, 443, [("c", bytes(700)), ("c", bytes(500))], sport=2000 + k)[:-3]
        out += tcp(ts + 0.4, CLOUD, LAPTOP, 2000 + k, PSH | ACK, sport=443, payload=bytes(1200))
    assert not detect(HOUSE + out)
