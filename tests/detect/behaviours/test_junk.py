import pytest

from botwarden.detect.thresholds import JUNK_AFTER
from detect.traffic import (
    ACK,
    CAMERA,
    CLOUD,
    DVR,
    LAPTOP,
    PSH,
    START,
    VICTIM,
    Host,
    Traffic,
    detect,
    household,
    labels,
    neighbour,
    one,
    outside,
    session,
    tcp,
)

HOUSE = household(120)
LETTERS = b"kQ7p" * 256
TOO_LONG = b"HTTP/1.1 414 Request-URI Too Long\r\n\r\n"
ALERT = b"\x15\x03\x01\x00\x02\x02\x0a"
CREATED = b"HTTP/1.1 201 Created\r\n\r\n"


def talk(
    ts: float, a: Host, b: Host, port: int, *, sport: int, times: int = 20, pace: float = 0.05, last: bytes = b""
) -> Traffic:
    """A connection on which one side sends data, many times, and the other acknowledges it; in the end it may speak."""
    out = session(ts, a, b, port, sport=sport)[:3]
    for n in range(times):
        at = ts + 0.1 + n * pace
        out += tcp(at, a, b, port, PSH | ACK, sport=sport, payload=LETTERS, seq=8 + len(LETTERS) * n)
        out += tcp(at + 0.001, b, a, sport, ACK, sport=port)
    if last:
        out += tcp(ts + 0.2 + times * pace, b, a, sport, PSH | ACK, sport=port, payload=last)
    return out


def junk(a: Host = CAMERA, b: Host = VICTIM, n: int = 60, every: float = 0.15, last: bytes = b"") -> Traffic:
    return [p for k in range(n) for p in talk(60 + k * every, a, b, 80, sport=2000 + k, last=last)]


@pytest.mark.parametrize("last", [b"", TOO_LONG, ALERT])
def test_junk_on_connections_that_are_opened_again_and_again_is_a_flood(last: bytes) -> None:
    """Also where the other end objects before it hangs up."""
    found = detect(HOUSE + junk(last=last))
    assert labels(found) == {(CAMERA.mac, "flood.tcp", "attacker")}
    verdict = one(found, CAMERA, "flood.tcp")
    assert verdict.severity == "critical"
    assert verdict.first_ts == pytest.approx(START + 60, abs=1.1)
    assert verdict.reasons == [
        f"sent data on 60 connections to {VICTIM.ip}, port 80, opened within 9 s, "
        "on which the other end had not a word to say"
    ]
    assert verdict.evidence["connections"] == 60
    assert verdict.evidence["answered"] == 0


def test_its_victim_is_told_who_does_it() -> None:
    found = detect(HOUSE + junk(CAMERA, DVR, n=90, every=0.1))
    assert labels(found) == {(CAMERA.mac, "flood.tcp", "attacker"), (DVR.mac, "flood.tcp", "victim")}
    verdict = one(found, DVR, "flood.tcp", "victim")
    assert verdict.evidence["main_source"] == CAMERA.ip
    assert f"from {CAMERA.ip}" in verdict.reasons[0]
    many = [p for k in range(90) for p in talk(60 + k * 0.1, outside(k), DVR, 80, sport=2000)]
    verdict = one(detect(HOUSE + many), DVR, "flood.tcp", "victim")
    assert "from several addresses" in verdict.reasons[0]
    assert verdict.evidence["first_sources"][0] == outside(0).ip


def test_uploads_that_are_confirmed_in_the_end_are_none() -> None:
    assert not detect(HOUSE + junk(LAPTOP, DVR, n=120, every=0.1, last=CREATED))


def test_a_service_that_speaks_first_is_none() -> None:
    out: Traffic = []
    for k in range(90):
        out += session(
            60 + k * 0.1, LAPTOP, CLOUD, 25, [("s", b"220 ready\r\n"), *[("c", LETTERS)] * 9], sport=2000 + k
        )
    assert not detect(HOUSE + out)


def test_files_over_ftp_each_on_a_port_of_its_own_are_none() -> None:
    files = [p for k in range(200) for p in talk(60 + k * 0.1, CAMERA, DVR, 40000 + k, sport=2000 + k)]
    assert not detect(HOUSE + files)


def test_a_measurement_with_twenty_connections_is_none() -> None:
    assert not detect(HOUSE + [p for k in range(20) for p in talk(60, LAPTOP, CLOUD, 5001, sport=2000 + k, times=200)])


def test_many_devices_that_report_to_one_collector_are_none() -> None:
    logs = [p for k in range(50) for p in talk(60, neighbour(k), DVR, 514, sport=2000, times=100)]
    assert not detect(HOUSE + logs)


def test_first_requests_that_wait_for_an_answer_are_none() -> None:
    asks = [
        p for k in range(300) for p in talk(60 + 0.05 * k, LAPTOP, CLOUD, 443, sport=2000 + k, times=JUNK_AFTER - 1)
    ]
    assert not detect(HOUSE + [p for p in asks if p[0] < START + 200])


def test_connections_that_began_before_the_capture_tell_nothing() -> None:
    uploads = junk(LAPTOP, CLOUD, n=60)
    seen = [p for k in range(60) for p in talk(60 + 0.15 * k, LAPTOP, CLOUD, 80, sport=2000 + k)[3:]]
    assert detect(HOUSE + uploads)
    assert not detect(HOUSE + seen)
