from collections.abc import Sequence

import pytest

from detect.traffic import (
    CAMERA,
    DVR,
    EXAMPLE,
    LAPTOP,
    SHARED,
    Host,
    Traffic,
    detect,
    household,
    labels,
    neighbour,
    one,
    outside,
    recorded,
    session,
)

HOUSE = household(120)
Said = Sequence[tuple[str, bytes]]

TELNET: Said = [
    ("s", b"\xff\xfd\x18\xff\xfb\x01"),
    ("s", b"\r\ndvr login: "),
    ("c", b"root\r\n"),
    ("s", b"Password: "),
    ("c", b"xc3511\r\n"),
    ("s", b"\r\nLogin incorrect\r\n"),
]
PLAIN_TELNET: Said = TELNET[1:]
SSH: Said = [
    ("s", b"SSH-2.0-OpenSSH_9.2\r\n"),
    ("c", b"SSH-2.0-Go\r\n" + bytes(900)),
    ("s", bytes(1100)),
    ("c", bytes(400)),
    ("s", bytes(500)),
]
FTP: Said = [("s", b"220 hello\r\n"), ("c", b"USER cam\r\n"), ("s", b"331 password\r\n"), ("c", b"PASS cam\r\n")]
NO: Said = [*FTP, ("s", b"530 Login incorrect.\r\n")]
YES: Said = [*FTP, ("s", b"230 Logged in.\r\n"), ("c", b"STOR a.jpg\r\n"), ("s", b"226 Done.\r\n")]
GET = b"GET /cgi-bin/snapshot.cgi HTTP/1.1\r\nHost: camera\r\nUser-Agent: curl/8\r\n\r\n"
POST = b"POST /login.cgi HTTP/1.1\r\nHost: camera\r\nUser-Agent: curl/8\r\n\r\nuser=admin"
REFUSED = b"HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Digest\r\n\r\n"
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"


def logins(
    n: int, said: Said, port: int, *, every: float = 2.0, a: Host = CAMERA, b: Host = DVR, at: float = 30.0
) -> Traffic:
    """The same session n times."""
    return [p for k in range(n) for p in session(at + k * every, a, b, port, said, sport=30000 + k)]


def both(label: str) -> set[tuple[str, str, str]]:
    return {(CAMERA.mac, label, "attacker"), (DVR.mac, label, "victim")}


@pytest.mark.parametrize("port", [23, 2323, 50023])
@pytest.mark.parametrize("said", [TELNET, PLAIN_TELNET])
def test_telnet_by_its_prompts_on_any_port(port: int, said: Said) -> None:
    found = detect(HOUSE + logins(12, said, port))
    assert labels(found) == both("bruteforce.telnet")
    verdict = one(found, CAMERA, "bruteforce.telnet")
    assert verdict.reasons == [
        f"tried 12 logins over telnet on {DVR.ip}, port {port}, in 22 s; the server refused at least 12"
    ]
    assert verdict.severity == "critical"
    assert verdict.evidence["port"] == port
    assert verdict.evidence["source"] == CAMERA.ip
    assert one(found, DVR, "bruteforce.telnet", "victim").severity == "high"


def test_telnet_by_its_shape_where_the_words_were_not_captured() -> None:
    said = [("s", b"?"), ("c", b"?"), ("s", b"?")]
    assert labels(detect(HOUSE + logins(12, said, 23))) == both("bruteforce.telnet")
    assert not detect(HOUSE + logins(12, said, 50023))


def test_a_person_who_logs_in_is_none() -> None:
    assert not detect(HOUSE + logins(1, TELNET, 23, a=LAPTOP))
    assert not detect(HOUSE + logins(5, TELNET, 23, a=LAPTOP, every=5))
    assert not detect(HOUSE + logins(12, TELNET, 23, a=LAPTOP, every=15))


@pytest.mark.parametrize("port", [22, 902])
def test_ssh_by_the_shape_of_its_connections(port: int) -> None:
    found = detect(HOUSE + logins(12, SSH, port))
    assert labels(found) == both("bruteforce.ssh")
    assert one(found, CAMERA, "bruteforce.ssh").evidence["logins"] == 12


def test_ssh_sessions_in_which_something_happens_are_none() -> None:
    work = [*SSH, *[("s", bytes(1400))] * 8]
    assert not detect(HOUSE + logins(12, work, 22))


def test_ssh_banners_alone_are_none() -> None:
    assert not detect(HOUSE + logins(12, SSH[:1], 22))


def test_ftp_by_its_passwords() -> None:
    found = detect(HOUSE + logins(12, NO, 2121))
    assert labels(found) == both("bruteforce.ftp")
    assert "the server refused at least 12" in one(found, CAMERA, "bruteforce.ftp").reasons[0]


def test_a_camera_that_puts_its_pictures_on_a_server_is_none() -> None:
    assert not detect(HOUSE + logins(30, YES, 21))


def test_a_mail_client_is_none() -> None:
    pop3 = [("s", b"+OK ready\r\n"), ("c", b"USER a\r\n"), ("s", b"+OK\r\n"), ("c", b"PASS b\r\n"), ("s", b"+OK\r\n")]
    assert not detect(HOUSE + logins(20, pop3, 110))


@pytest.mark.parametrize("port", [80, 8899])
def test_http_by_refusals(port: int) -> None:
    found = detect(HOUSE + logins(15, [("c", GET), ("s", REFUSED)], port))
    assert labels(found) == both("bruteforce.http")


def test_rtsp_by_refusals() -> None:
    asks = [("c", b"DESCRIBE rtsp://camera/ RTSP/1.0\r\n\r\n"), ("s", b"RTSP/1.0 401 Unauthorized\r\n\r\n")]
    assert labels(detect(HOUSE + logins(15, asks, 554))) == both("bruteforce.rtsp")


def test_a_digest_login_is_refused_once_by_design() -> None:
    assert not detect(HOUSE + logins(30, [("c", GET), ("s", REFUSED), ("c", GET), ("s", OK)], 80))


def test_http_by_posts_to_a_login_page_whatever_the_answer() -> None:
    assert labels(detect(HOUSE + logins(15, [("c", POST), ("s", OK)], 80))) == both("bruteforce.http")
    assert not detect(HOUSE + logins(15, [("c", POST.replace(b"login", b"image")), ("s", OK)], 80))


def test_one_login_at_each_of_many_machines() -> None:
    """None of them suffers enough to be told."""
    spread = [p for k in range(20) for p in session(30 + k, CAMERA, neighbour(k), 23, TELNET, sport=30000 + k)]
    found = detect(HOUSE + spread)
    assert labels(found) == {(CAMERA.mac, "bruteforce.telnet", "attacker")}
    verdict = one(found, CAMERA, "bruteforce.telnet")
    assert verdict.reasons[0].startswith("tried 20 logins over telnet on 20 machines in 19 s")
    assert verdict.evidence["machines"] == 20
    assert verdict.evidence["first_machines"] == [neighbour(k).ip for k in range(6)]


def test_a_login_from_each_of_many_machines() -> None:
    spread = [p for k in range(40) for p in session(30 + 10 * k, outside(k), DVR, 23, TELNET, sport=30000 + k)]
    found = detect(HOUSE + spread)
    assert labels(found) == {(DVR.mac, "bruteforce.telnet", "victim")}
    (reason,) = one(found, DVR, "bruteforce.telnet", "victim").reasons
    assert reason.startswith("40 machines tried 40 logins over telnet in 6 min")
    assert outside(0).ip in reason


def test_one_machine_that_comes_in_bursts_is_one_machine() -> None:
    bursts = [p for k in range(6) for p in logins(5, TELNET, 23, a=Host(outside(1).ip), every=2, at=30 + 100 * k)]
    assert not detect(household(700, 100) + bursts)  # five a minute, of one source, are below either threshold


def test_recorded() -> None:
    assert recorded(SHARED / "scans" / "ssh_bruteforce.pcap") == {
        ("147.32.80.40", "bruteforce.ssh", "attacker"),
        ("147.32.80.37", "bruteforce.ssh", "victim"),
    }


def test_the_example() -> None:
    found = {(ip, label, role) for ip, label, role in recorded(EXAMPLE) if label.startswith("bruteforce.")}
    assert found == {
        ("192.168.10.20", "bruteforce.telnet", "attacker"),
        ("192.168.10.21", "bruteforce.telnet", "victim"),
    }
