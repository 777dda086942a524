import pytest
from hypothesis import given
from hypothesis import strategies as st

from botwarden.protocols.irc import MAX_LINE, Message, Offer, begins, message, offer, without_password


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (b"NICK bob", Message("", "NICK", ["bob"], False)),
        (b"user bob 0 * :Bob the Bot", Message("", "USER", ["bob", "0", "*", "Bob the Bot"], False)),
        (b"    NICK  bob", Message("", "NICK", ["bob"], False)),
        (b":bob!~b@host PRIVMSG #c :hi all", Message("bob", "PRIVMSG", ["#c", "hi all"], True)),
        (b":irc.example 001 bob :Welcome", Message("irc.example", "001", ["bob", "Welcome"], False)),
        (b"@time=2025 :a!b@c NOTICE d :e", Message("a", "NOTICE", ["d", "e"], True)),
        (b"PING :x y", Message("", "PING", ["x y"], False)),
        (b"QUIT", Message("", "QUIT", [], False)),
        (b"PRIVMSG #c :", Message("", "PRIVMSG", ["#c", ""], False)),
        (b"PRIVMSG #c :caf\xe9", Message("", "PRIVMSG", ["#c", "caf\\xe9"], False)),
        (b"", None),
        (b":only", None),
        (b"GET / HTTP/1.1", Message("", "GET", ["/", "HTTP/1.1"], False)),
        (b"\x16\x03\x01", None),
        (b"99 x", None),
        (b"!* SCANNER ON", None),
    ],
)
def test_messages(line: bytes, expected: Message | None) -> None:
    assert message(line) == expected


def test_parameters_are_bounded() -> None:
    found = message(b"MODE " + b"a " * 200)
    assert found is not None
    assert len(found.parameters) == 15


@pytest.mark.parametrize(
    ("head", "is_orig", "expected"),
    [
        (b"NICK bob\r\n", True, True), (b"NICK bob", True, None), (b"NI", True, None),
        (b"USER b 0 * :x\r\n", True, True),
        (b"USER bob\r\n", True, None), (b"USER bob\r\nPASS x\r\n", True, False),
        (b"user DB0LAB pass -1 vers x 1.4\r\nDB0LAB>APRS:x\r\n", True, False),  # a weather station
        (b"CAP LS 302\r\n", True, True),
        (b"PASS x\r\nNICK bob", True, True), (b"PASS x\r\n", True, None), (b"JOIN #c\r\n", True, True),
        (b"PRIVMSG #c :!scan", True, True), (b"GET / HTTP/1.1\r\n", True, False), (b"EHLO x\r\n", True, False),
        (b"PING\n", True, False), (b"BUILD ARM\n", True, False), (b"\x16\x03\x01", True, False),
        (b":irc.example NOTICE AUTH :*** Looking up", False, True), (b":irc.example 001 bob :hi", False, True),
        (b"NOTICE AUTH :*** Looking up", False, True), (b"@time=1 :irc 001 bob :hi", False, True), (b":", False, None),
        (b"PING :abc\r\n", False, None), (b"ERROR :Closing Link: x", False, True), (b"220 ready\r\n", False, False),
        (b"login: ", False, False), (b"!* UDP", False, False), (b"PING\nPING\n", False, False), (b"", False, None),
    ],
)  # fmt: skip
def test_begins(head: bytes, is_orig: bool, expected: bool | None) -> None:
    assert begins(head, is_orig) is expected
    if expected:
        assert all(begins(head[:i], is_orig) is not False for i in range(1, len(head)))


def test_files_that_are_offered() -> None:
    assert offer("\x01DCC SEND ssh.trace 167772167 59130 1320211\x01") == Offer("ssh.trace", "10.0.0.7", 59130, 1320211)
    assert offer('DCC SEND "a b.exe" 3221226014 1024') == Offer("a b.exe", "192.0.2.30", 1024, None)
    for words in (
        "DCC CHAT chat 167772167 59214", "DCC SEND x 167772167 abc 1", "DCC SEND x 99999999999 1 1",
        "DCC SEND x 167772167 0 1", "DCC SEND x 167772167 65536 1", "hello", "",
    ):  # fmt: skip
        assert offer(words) is None


def test_passwords_are_hidden() -> None:
    assert without_password("NickServ", "IDENTIFY s3cret") == "IDENTIFY <hidden>"
    assert without_password("nickserv@services.example", "s3cret") == "<hidden>"
    assert without_password("#c", ".login s3cret") == ".login <hidden>"
    assert without_password("bot1", "!auth s3cret") == "!auth <hidden>"
    assert without_password("#c", "!udp 203.0.113.9 80 60") == "!udp 203.0.113.9 80 60"
    assert without_password("#c", "logins are hard") == "logins are hard"


@given(st.binary(max_size=300), st.booleans())
def test_any_bytes(line: bytes, is_orig: bool) -> None:
    begins(line, is_orig)
    found = message(line)
    if found is not None:
        for word in found.parameters:
            offer(word)
            without_password(word, word)


@pytest.mark.parametrize("part", [b" ", b"a ", b": ", b"@a ", b"NICK ", b"USER a ", b"\0", b"PASS x\r\n", b"DCC SEND "])
def test_long_lines_take_linear_time(part: bytes) -> None:
    line = part * (MAX_LINE // len(part))
    for _ in range(200):  # in quadratic time this would take long
        message(line)
        begins(line, True)
        begins(b":" + line, False)
        offer(line.decode())
