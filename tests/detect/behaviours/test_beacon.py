import random

import pytest

from botwarden.app.api import scan
from detect.traffic import (
    CAMERA,
    CLOUD,
    GATEWAY,
    LAPTOP,
    SHARED,
    START,
    Host,
    Traffic,
    arp_reply,
    arp_request,
    asked,
    detect,
    household,
    icmp,
    labels,
    one,
    outside,
    refused,
    session,
    tcp,
    udp,
)

HOUSE = household(7200, 300)
CONTROLLER = outside(66)


def times(n: int = 80, every: float = 80.0) -> list[tuple[int, float]]:
    return [(k, 10 + k * every) for k in range(n)]


def calls(port: int, b: Host = CONTROLLER, every: float = 80.0) -> Traffic:
    return [p for k, ts in times(every=every) for p in tcp(ts, CAMERA, b, port, sport=2000 + k)]


def test_regular_calls_that_fail_while_the_internet_works() -> None:
    found = detect(HOUSE + calls(50))
    assert labels(found) == {(CAMERA.mac, "beacon", "attacker")}
    verdict = one(found, CAMERA, "beacon")
    assert verdict.reasons == [
        f"called {CONTROLLER.ip}, TCP port 50, 80 times in 105 min, every 80 s, "
        "and never got an answer, while others did"
    ]
    assert verdict.evidence == {
        "target": CONTROLLER.ip,
        "proto": "tcp",
        "port": 50,
        "unusual_port": True,
        "tries": 80,
        "failed": 80,
        "interval_s": 80.0,
        "regularity": 1.0,
        "threshold": 20,
    }


def test_on_a_usual_port_it_is_less_sure() -> None:
    usual, unusual = (one(detect(HOUSE + calls(port)), CAMERA, "beacon") for port in (443, 50))
    assert usual.confidence < unusual.confidence


def test_refused_calls_and_udp_count_as_well() -> None:
    assert detect(HOUSE + [p for k, ts in times() for p in refused(ts, CAMERA, CONTROLLER, 6667, sport=2000 + k)])
    assert detect(HOUSE + [p for _, ts in times() for p in udp(ts, CAMERA, CONTROLLER, 6667)])


def test_retransmissions_are_not_calls() -> None:
    syns = [
        p
        for k, ts in times(6, 900)
        for late in (0, 1, 3, 7, 15, 31)
        for p in tcp(ts + late, CAMERA, CONTROLLER, 50, sport=k)
    ]
    assert not detect(HOUSE + syns)


def test_while_the_house_is_offline_failing_calls_are_none() -> None:
    offline: Traffic = []
    for k, ts in times():
        offline += tcp(ts, CAMERA, CONTROLLER, 50, sport=2000 + k) + udp(ts + 1, LAPTOP, CLOUD, 443)
        offline += arp_request(ts, CAMERA, GATEWAY.ip) + arp_reply(ts + 0.1, GATEWAY, CAMERA)
    assert not detect(offline)


def test_calls_that_fail_since_the_house_went_offline_are_none() -> None:
    """An outside host answered until ten minutes into the capture."""
    assert not detect(household(600, 60) + [packet for packet in calls(50) if packet[0] > START + 700])


def test_calls_that_fail_now_and_then_are_none() -> None:
    """A server with a bad day: every other call."""
    talk = [("c", b"x"), ("s", b"y")]
    half = [
        p
        for k, ts in times()
        for p in (
            session(ts, CAMERA, CONTROLLER, 50, talk, sport=k + 1)
            if k % 2
            else tcp(ts, CAMERA, CONTROLLER, 50, sport=k + 1)
        )
    ]
    assert not detect(HOUSE + half)


def test_answered_calls_on_usual_ports_are_none() -> None:
    clock = [p for _, ts in times() for p in asked(ts, CAMERA, CONTROLLER, 123, sport=123)]
    cloud = [p for k, ts in times() for p in session(ts, CAMERA, CONTROLLER, 8883, [("c", b"x")], sport=2000 + k)]
    assert not detect(HOUSE + clock + cloud)


def test_regular_connections_to_a_port_that_nothing_uses_are_told_with_little_confidence() -> None:
    odd = [p for k, ts in times() for p in session(ts, CAMERA, CONTROLLER, 31337, [("c", b"x")], sport=2000 + k)]
    verdict = one(detect(HOUSE + odd), CAMERA, "beacon")
    assert (verdict.confidence, verdict.severity) == (0.5, "low")
    assert verdict.reasons[0].endswith("on a port that no usual service has")


def test_keeping_the_way_back_open_over_udp_is_none() -> None:
    assert not detect(HOUSE + [p for _, ts in times(300, 20) for p in asked(ts, CAMERA, CONTROLLER, 8053)])


def test_dead_time_servers_and_pings_are_none() -> None:
    clock = [p for _, ts in times() for p in udp(ts, CAMERA, CONTROLLER, 123, sport=123)]
    pings = [p for _, ts in times() for p in icmp(ts, CAMERA, CONTROLLER)]
    assert not detect(HOUSE + clock + pings)


def test_irregular_calls_are_none() -> None:
    chance = random.Random(3)
    at = 0.0
    calls: Traffic = []
    for k in range(100):
        at += chance.expovariate(1 / 60) + 3
        calls += tcp(at, CAMERA, CONTROLLER, 50, sport=2000 + k)
    assert not detect(HOUSE + calls)


@pytest.mark.parametrize("jitter", [0.0, 0.1])
def test_a_little_jitter_does_not_hide_it(jitter: float) -> None:
    chance = random.Random(4)
    calls = [
        p for k, ts in times() for p in tcp(ts + 80 * chance.uniform(0, jitter), CAMERA, CONTROLLER, 50, sport=k + 1)
    ]
    assert detect(HOUSE + calls)


def test_calls_inside_the_house_are_none() -> None:
    """A hub that looks for a device that is gone."""
    assert not detect(HOUSE + calls(50, Host("192.168.0.77", "02:00:00:00:02:01")))


def test_a_few_calls_are_none() -> None:
    assert not detect(HOUSE + [p for k, ts in times(19) for p in tcp(ts, CAMERA, CONTROLLER, 50, sport=2000 + k)])
    assert not detect(HOUSE + [p for k, ts in times(80, 5) for p in tcp(ts, CAMERA, CONTROLLER, 50, sport=2000 + k)])


def test_a_day_of_hakai() -> None:
    path = SHARED / "iot23" / "8-1_hakai.pcap"
    if not path.exists():
        pytest.skip(f"{path} is not here")
    (device,) = [device for device in scan(path, seed=1).report.devices if device.verdicts]
    (verdict,) = device.verdicts
    assert (device.ips[0], verdict.label, verdict.role) == ("192.168.100.113", "cnc.beacon", "attacker")
    called = {(e["target"], e["port"]) for e in verdict.evidence["episodes"]}
    assert called == {("178.128.185.250", 50), ("128.185.250.50", 50)}
