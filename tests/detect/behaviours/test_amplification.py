import pytest

from botwarden.detect.behaviours.amplification import _KIND
from botwarden.detect.floods import AMPLIFIERS
from detect.traffic import (
    ACK,
    CAMERA,
    CLOUD,
    DVR,
    LAPTOP,
    SHARED,
    SYN,
    Traffic,
    asked,
    detect,
    household,
    labels,
    one,
    outside,
    recorded,
    tcp,
    udp,
)

HOUSE = household(120)


def answers(port: int, *, n: int = 900, servers: int = 200) -> Traffic:
    """What servers send to somebody in whose name they were asked."""
    return [
        p
        for k in range(n)
        for p in udp(60 + k * 0.005, outside(k % servers), CAMERA, 4444, sport=port, payload=bytes(400))
    ]


@pytest.mark.parametrize(
    ("port", "kind"), [(53, "dns"), (123, "ntp"), (161, "snmp"), (1900, "ssdp"), (11211, "memcached"), (111, "udp")]
)
def test_answers_that_nobody_asked_for(port: int, kind: str) -> None:
    found = detect(HOUSE + answers(port))
    assert labels(found) == {(CAMERA.mac, f"amplification.{kind}", "victim")}
    verdict = one(found, CAMERA, f"amplification.{kind}", "victim")
    assert verdict.reasons == [
        f"received 900 answers from UDP port {port} that it never asked for, from 200 servers in 4 s"
    ]
    assert verdict.evidence["service_port"] == port
    assert verdict.evidence["first_sources"][0] == outside(0).ip


def test_answers_that_were_asked_for_are_none() -> None:
    resolving = [p for k in range(400) for p in asked(60 + k * 0.025, LAPTOP, outside(1), 53, sport=2000 + k)]
    assert not detect(HOUSE + resolving)


def test_a_few_late_answers_are_none() -> None:
    assert not detect(HOUSE + answers(53, n=200))


def test_connection_answers_that_nobody_asked_for() -> None:
    reflected = [p for k in range(900) for p in tcp(60 + k * 0.005, outside(k), CAMERA, 4444, SYN | ACK, sport=443)]
    found = detect(HOUSE + reflected)
    assert labels(found) == {(CAMERA.mac, "amplification.synack", "victim")}
    verdict = one(found, CAMERA, "amplification.synack", "victim")
    assert verdict.evidence["service_port"] is None
    assert "TCP connection answers that it never asked for, from 900 servers" in verdict.reasons[0]


def serve(answer: int, n: int = 900, port: int = 1900) -> Traffic:
    return [p for k in range(n) for p in asked(60 + k * 0.005, CLOUD, DVR, port, sport=80, size=30, answer=answer)]


def test_a_service_that_answers_with_many_times_the_bytes_is_abused() -> None:
    found = detect(HOUSE + serve(1000))
    assert labels(found) == {(DVR.mac, "amplification.ssdp", "attacker")}
    verdict = one(found, DVR, "amplification.ssdp")
    assert verdict.evidence["target"] == CLOUD.ip
    assert verdict.evidence["factor"] == pytest.approx(1042 / 72, abs=0.1)
    assert "14 times the bytes that were asked with" in verdict.reasons[0]


def test_a_service_that_answers_as_briefly_as_it_is_asked_is_none() -> None:
    assert not detect(HOUSE + serve(60, port=123))


def test_every_service_with_a_name_is_watched() -> None:
    assert set(_KIND) - {0} <= set(AMPLIFIERS)


def test_recorded() -> None:
    floods = SHARED / "floods"
    victim = "10.10.10.10"
    for name, kind in (
        ("amp.TCP.reflection.SYNACK.pcap", "synack"),
        ("amp.UDP.isakmp.pcap", "isakmp"),
        ("amp.UDP.snmp.src161.pcapng", "snmp"),
    ):
        assert recorded(floods / name) == {(victim, f"amplification.{kind}", "victim")}
