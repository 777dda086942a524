import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from detect.plain import plain, text

sniff = plain("sniff")
MESSAGES = st.one_of(
    st.binary(max_size=300),
    st.lists(
        st.sampled_from(
            [b"GET ", b"POST ", b"HTTP/1.", b"401 ", b"PASS ", b"password", b"login:", b"\r\n", b"auth", b"\xff\xfd"]
        ),
        max_size=12,
    ).map(b"".join),
)


@pytest.mark.parametrize(
    ("payload", "from_server", "service"),
    [
        (b"SSH-2.0-OpenSSH_9.2\r\n", True, "ssh"),
        (b"SSH-2.0-Go\r\n", False, "ssh"),
        (b"\xff\xfd\x18\xff\xfd\x20", True, "telnet"),
        (b"\xff\xfb\x01", False, "telnet"),
        (b"\r\ndvr login: ", True, "telnet"),
        (b"Password: ", True, "telnet"),
        (b"220 camera FTP, login: with your password\r\n", True, "unknown"),
        (b"USER admin\r\n", False, "ftp"),
        (b"+OK mail login: ready\r\n", True, "other"),
        (b"GET / HTTP/1.1\r\n", False, "http"),
        (b"HTTP/1.1 200 OK\r\n", True, "http"),
        (b"RTSP/1.0 401 Unauthorized\r\n", True, "rtsp"),
        (b"\x16\x03\x01\x02\x00", False, "unknown"),
        (b"login: ", False, "unknown"),
        (b"\xff\xd8\xff\xe0", True, "unknown"),  # a JPEG picture
        (b"", True, "unknown"),
    ],
)
def test_the_service_by_its_first_bytes(payload: bytes, from_server: bool, service: str) -> None:
    assert sniff.SERVICES[sniff.service_of(*text(payload), from_server)] == service


def test_find_ignores_the_case_of_letters_and_stays_inside() -> None:
    assert sniff.find(*text(b"Enter PASSWORD now"), sniff._ASSWORD) == 10 + 7
    assert sniff.find(*text(b"Enter PASSWOR"), sniff._ASSWORD) == -1
    assert sniff.find(*text(b""), sniff._ASSWORD) == -1  # what stands around a payload says nothing


def test_words_of_a_login() -> None:
    assert sniff.asks_password(*text(b"\r\nPassword: "))
    assert not sniff.asks_password(*text(b"\r\nlogin: "))
    for refusal in (b"Login incorrect", b"Authentication failed", b"Access DENIED", b"Invalid user"):
        assert sniff.refuses(*text(refusal))
    assert not sniff.refuses(*text(b"Welcome to BusyBox"))


def test_ftp_replies() -> None:
    assert sniff.sends_password(*text(b"PASS secret\r\n"))
    assert not sniff.sends_password(*text(b"PASV\r\n"))
    assert sniff.lets_in(*text(b"230 logged in\r\n"))
    assert sniff.turns_away(*text(b"530 no\r\n"))
    assert not sniff.lets_in(*text(b"331 password\r\n"))
    assert not sniff.turns_away(*text(b"53"))


@pytest.mark.parametrize(
    ("payload", "code"),
    [(b"HTTP/1.1 401 Unauthorized", 401), (b"RTSP/1.0 200 OK", 200), (b"HTTP/1.1 4", 0), (b"HTTP/1.1 4x1 ", 0)],
)
def test_status(payload: bytes, code: int) -> None:
    assert sniff.status(*text(payload)) == code


@pytest.mark.parametrize(
    ("payload", "does"),
    [
        (b"HTTP/1.1 414 Request-URI Too Long\r\n", True),
        (b"HTTP/1.0 400 Bad Request\r\n", True),
        (b"\x15\x03\x03\x00\x02\x02\x0a", True),
        (b"HTTP/1.1 200 OK\r\n", False),
        (b"HTTP/1.1 404 Not Found\r\n", False),
        (b"RTSP/1.0 400 Bad Request\r\n", False),
        (b"\x16\x03\x03\x00\x7a\x02", False),
        (b"123456789414", False),
        (b"", False),
    ],
)
def test_what_objects(payload: bytes, does: bool) -> None:
    assert bool(sniff.objects(*text(payload))) is does


def test_a_login_page_is_known_by_the_path_of_a_post() -> None:
    assert sniff.posts_login(*text(b"POST /cgi-bin/Login.cgi HTTP/1.1\r\n"))
    assert sniff.posts_login(*text(b"POST /api/auth HTTP/1.1\r\n"))
    assert not sniff.posts_login(*text(b"GET /login HTTP/1.1\r\n"))
    assert not sniff.posts_login(*text(b"POST /upload HTTP/1.1\r\nReferer: /login\r\n"))


def agent(payload: bytes) -> int:
    with np.errstate(over="ignore"):
        return int(sniff.agent(*text(payload)))


def test_browsers_differ_by_their_user_agent_only() -> None:
    request = b"GET /%s HTTP/1.1\r\nUser-Agent: %s\r\nHost: x\r\n\r\n"
    assert agent(request % (b"a", b"curl/8")) == agent(request % (b"b", b"curl/8")) != 0
    assert agent(request % (b"a", b"curl/8")) != agent(request % (b"a", b"curl/9"))
    assert agent(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n") == 0


@given(MESSAGES, st.booleans())
def test_any_bytes_are_looked_at_without_leaving_them(payload: bytes, from_server: bool) -> None:
    """The buffer ends where the payload does: one byte further is an IndexError in plain Python."""
    where = np.frombuffer(payload, np.uint8), 0, len(payload)
    assert 0 <= sniff.service_of(*where, from_server) < len(sniff.SERVICES)
    assert 0 <= sniff.status(*where) <= 999
    with np.errstate(over="ignore"):
        assert sniff.agent(*where) >= 0
    for look in (sniff.asks_password, sniff.refuses, sniff.posts_login, sniff.is_request, sniff.lets_in):
        assert look(*where) in (True, False)
