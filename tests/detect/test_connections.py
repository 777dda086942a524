"""Connections: where a login is seen, and whose. Through the detector's meters of guessing and of SYNs."""

import pytest

from botwarden.detect.detector import Findings
from botwarden.detect.sniff import FTP, SSH, TELNET
from botwarden.detect.thresholds import AMPLIFIED, GUESS, GUESS_WIDE, MAX_LOGIN_BYTES
from detect.plain import plain
from detect.traffic import (
    ACK,
    CAMERA,
    DVR,
    FIN,
    LAPTOP,
    PSH,
    RST,
    SYN,
    Traffic,
    half_open,
    household,
    observe,
    outside,
    session,
    tcp,
)

HOUSE = household(60)
ASKS = [("s", b"login: "), ("c", b"root\r\n"), ("s", b"Password: "), ("c", b"x\r\n")]


def guesses(findings: Findings, kind: int = GUESS) -> list[tuple[int, int, int]]:
    """(service, server's port, logins) of the episodes of a kind."""
    rows = findings.episodes[findings.episodes["kind"] == kind]
    return [(int(e["sub"]), int(e["port"]), int(e["total"])) for e in rows]


def repeat(traffic: Traffic, n: int = 10, every: float = 2.0) -> Traffic:
    return [(ts + k * every, frame) for k in range(n) for ts, frame in traffic]


def test_each_prompt_for_a_password_is_a_login() -> None:
    many = session(30, CAMERA, DVR, 23, ASKS * 8)
    assert guesses(observe(HOUSE + many)) == [(TELNET, 23, 8)]


def test_the_attacker_is_who_opened_the_connection() -> None:
    findings = observe(
        HOUSE + [p for k in range(10) for p in session(30 + 2 * k, CAMERA, DVR, 23, ASKS, sport=3000 + k)]
    )
    (episode,) = findings.episodes[findings.episodes["kind"] == GUESS]
    serials = {device.ips[0]: device.serial for device in findings.devices if device.ips}
    assert (episode["src"], episode["dst"]) == (serials[CAMERA.ip], serials[DVR.ip])


def test_where_the_opening_was_not_captured_the_lower_port_is_the_server() -> None:
    talk: Traffic = []
    for k in range(10):
        talk += tcp(30 + k, DVR, CAMERA, 40000 + k, PSH | ACK, sport=23, payload=b"Password: ")
    findings = observe(HOUSE + talk)
    (episode,) = findings.episodes[findings.episodes["kind"] == GUESS]
    serials = {device.serial: device.ips[0] for device in findings.devices if device.ips}
    assert serials[int(episode["src"])] == CAMERA.ip
    assert episode["port"] == 23


def test_a_port_that_is_used_again_is_another_connection() -> None:
    """Its service is learned anew, and its bytes are counted anew."""
    first = session(30, CAMERA, DVR, 22, [("s", b"SSH-2.0-x\r\n"), ("c", bytes(700)), ("s", bytes(900))], sport=4000)
    assert guesses(observe(HOUSE + repeat(first))) == [(SSH, 22, 10)]
    large = session(29, CAMERA, DVR, 22, [("s", bytes(1400))] * 9, sport=4000)
    assert guesses(observe(HOUSE + large + repeat(first))) == [(SSH, 22, 10)]


@pytest.mark.parametrize(("answer", "logins"), [(MAX_LOGIN_BYTES - 100, 10), (MAX_LOGIN_BYTES + 100, 0)])
def test_ssh_is_judged_by_what_the_server_sent(answer: int, logins: int) -> None:
    said = [("s", b"SSH-2.0-x\r\n"), ("c", bytes(700)), *[("s", bytes(answer // 5))] * 5]
    found = guesses(
        observe(HOUSE + [p for k in range(10) for p in session(30 + k, CAMERA, DVR, 22, said, sport=900 + k)])
    )
    assert found == ([(SSH, 22, logins)] if logins else [])


def test_an_aborted_connection_is_closed_too() -> None:
    talk: Traffic = []
    for k in range(10):
        at, sport = 30 + 2 * k, 3000 + k
        talk += tcp(at, CAMERA, DVR, 22, sport=sport) + tcp(at + 0.01, DVR, CAMERA, sport, SYN | ACK, sport=22)
        talk += tcp(at + 0.02, CAMERA, DVR, 22, PSH | ACK, sport=sport, payload=bytes(700))
        talk += tcp(at + 0.03, DVR, CAMERA, sport, PSH | ACK, sport=22, payload=b"SSH-2.0-x")
        talk += tcp(at + 0.04, DVR, CAMERA, sport, RST | ACK, sport=22)
        talk += tcp(at + 0.05, CAMERA, DVR, 22, FIN | ACK, sport=sport)  # closed already: one login, not two
    assert guesses(observe(HOUSE + talk)) == [(SSH, 22, 10)]


def test_a_service_is_looked_for_in_the_first_payloads_only() -> None:
    noise = [("s", b"\x00\x01")] * 6
    assert guesses(observe(HOUSE + session(30, CAMERA, DVR, 23, noise + ASKS * 8))) == []


def test_commands_are_looked_at_on_the_right_side_only() -> None:
    """A server that says PASS, a client that says password."""
    assert not guesses(
        observe(HOUSE + session(30, CAMERA, DVR, 21, [("c", b"USER x\r\n"), *[("s", b"PASS x\r\n")] * 9]))
    )
    assert not guesses(observe(HOUSE + session(30, CAMERA, DVR, 23, [*ASKS[:1], *[("c", b"Password: ")] * 9])))


def test_ftp_logins_in_one_connection() -> None:
    said = [("c", b"USER x\r\n"), ("c", b"PASS y\r\n"), ("s", b"530 no\r\n")] * 8
    findings = observe(HOUSE + session(30, CAMERA, DVR, 21, said))
    assert guesses(findings) == [(FTP, 21, 8)]
    assert findings.episodes[findings.episodes["kind"] == GUESS][0]["aux"][0] == 8


def test_a_machine_is_counted_once_among_those_that_are_tried() -> None:
    talk = [p for k in range(40) for p in session(30 + 3 * k, CAMERA, outside(k % 4), 23, ASKS, sport=3000 + k)]
    findings = observe(household(180) + talk)
    (episode,) = findings.episodes[findings.episodes["kind"] == GUESS_WIDE]
    assert episode["aux"][3] == 4


def test_an_answer_to_a_request_that_was_seen_is_asked_for() -> None:
    asked = [p for k in range(400) for p in half_open(30 + k * 0.02, LAPTOP, outside(k), 443)]
    unasked = [p for k in range(400) for p in tcp(30 + k * 0.02, outside(k), CAMERA, 4444, SYN | ACK, sport=443)]
    assert AMPLIFIED not in observe(HOUSE + asked).episodes["kind"]
    assert AMPLIFIED in observe(HOUSE + unasked).episodes["kind"]


def test_half_open_connections_make_no_entries() -> None:
    syns = [p for k in range(5000) for p in tcp(30 + k * 0.001, outside(k), CAMERA, 80)]
    assert "connections" not in observe(HOUSE + syns).evictions


def test_the_counts_beside_guesses_have_places_of_their_own() -> None:
    kernel = plain("connections")
    assert len({int(kernel.SAID_NO), int(kernel.SAID_YES), 3, int(kernel.POSTED)}) == 4
