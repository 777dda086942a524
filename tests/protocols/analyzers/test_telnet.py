import random
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from botwarden.core.records.telnet import TelnetRecord
from botwarden.core.records.weird import WeirdRecord
from botwarden.protocols.analyzers import telnet as module
from botwarden.protocols.analyzers.telnet import TelnetAnalyzer
from protocols.conversation import Talk, Turn, only, talk
from protocols.telnet_oddities import CASES
from protocols.telnet_sessions import NEGOTIATE, c, s


def record(turns: Sequence[Turn], split: int = 0) -> TelnetRecord:
    records = talk(TelnetAnalyzer, turns, split=split, resp=("192.168.0.21", 23))
    (found,) = only(records, TelnetRecord)
    assert len(records) == 1
    return found


@pytest.mark.parametrize("name", CASES)
def test_what_a_session_tells(name: str) -> None:
    case = CASES[name]
    found = record(case.turns)
    assert {field: getattr(found, field) for field in case.expected} == case.expected


@pytest.mark.parametrize("name", CASES)
def test_the_same_however_it_is_split(name: str) -> None:
    turns = CASES[name].turns
    whole = record(turns)
    for split in (1, 2, 3, 5, 7):
        assert record(turns, split) == whole
    for i, (_, data) in enumerate(turns):
        for at in range(1, len(data)):
            assert cut_once(turns, i, at) == whole


def cut_once(turns: list[Turn], turn: int, at: int) -> TelnetRecord:
    """The record of a session with one of its turns in two packets."""
    talking = Talk(TelnetAnalyzer, resp=("192.168.0.21", 23))
    for i, (is_orig, data) in enumerate(turns):
        if i == turn:
            talking.say(is_orig, data[:at])
            talking.now -= 0.5
            data = data[at:]  # noqa: PLW2901
        talking.say(is_orig, data)
    (found,) = only(talking.finish(), TelnetRecord)
    return found


SECRETS = (
    "hunter2", "heron-lake-19", "topsecret", "mysecret", "geheim", "s3cret", "nope", "n3w", "123456", "wrong-one",
    "mima",
)  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_no_password_is_kept(name: str) -> None:
    talking = Talk(TelnetAnalyzer, resp=("192.168.0.21", 23))
    for is_orig, data in CASES[name].turns:
        talking.say(is_orig, data)
    text = repr(talking.finish())
    assert not [word for word in SECRETS if word in text]


def test_when_it_succeeded() -> None:
    talking = Talk(TelnetAnalyzer)
    for is_orig, data in CASES["Dahua"].turns[:6]:
        talking.say(is_orig, data)
    before = talking.now
    for is_orig, data in CASES["Dahua"].turns[6:]:
        talking.say(is_orig, data)
    (found,) = only(talking.finish(), TelnetRecord)
    assert found.ts == 1000.0
    assert found.login_ts == before


def test_a_server_that_hangs_up_has_refused() -> None:
    turns = CASES["left before the answer"].turns
    talking = Talk(TelnetAnalyzer)
    for is_orig, data in turns:
        talking.say(is_orig, data)
    talking.analyzer.eof(talking.now, False)
    (found,) = only(talking.finish(), TelnetRecord)
    assert found.success is False
    assert found.refused == 0  # not in words


def test_a_lost_password_is_not_an_empty_one() -> None:
    talking = Talk(TelnetAnalyzer)
    talking.say(*s("login: "))
    talking.say(*c("root\r\n"))
    talking.analyzer.gap(talking.now, True, 8)
    talking.say(*s("\r\nPassword: \r\n# "))
    talking.say(*c("id\r\n"))
    (found,) = only(talking.finish(), TelnetRecord)
    assert (found.success, found.user) == (True, "root")
    assert found.dictionary is None


def test_the_end_of_a_lost_line_is_no_name() -> None:
    talking = Talk(TelnetAnalyzer)
    talking.say(*s("login: "))
    talking.say(*c("ro"))
    talking.analyzer.gap(talking.now, True, 8)
    talking.say(*c("ssword\r\n"))
    talking.say(*s("\r\nLogin incorrect\r\nlogin: "))
    talking.say(*c("bob\r\n"))
    (found,) = only(talking.finish(), TelnetRecord)
    assert found.users == ("bob",)


def test_a_gap_in_the_servers_text() -> None:
    talking = Talk(TelnetAnalyzer)
    talking.say(*s("login: "))
    talking.say(*c("root\r\n"))
    talking.say(*s("Passw"))
    talking.analyzer.gap(talking.now, False, 5)
    talking.say(*c("nope\r\n"))
    talking.say(*s("\r\nLogin incorrect\r\nlogin: "))
    (found,) = only(talking.finish(), TelnetRecord)
    assert (found.attempts, found.passwords, found.refused) == (1, 1, 1)


# -- what it is not -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "head",
    [
        b"\xff\xfd\x18\xff\xfd\x20", b"\xff\xfb\x01", b"\xff\xfa\x18\x01", b"\xff\xfe\x01\xff",
        b"\r\nUser Access Verification\r\n\r\nPassword: ", b"login: ", b"(none) login: ", b"\r\n\r\nUsername:",
        b"BusyBox v1.16.1 () built-in shell (ash)\r\n\r\n/ # ", b"# ", b"~ $ ", b"root@OpenWrt:~# ",
        "用户名：".encode(), b"\x0c\r\0\r\0login: ",
    ],
)  # fmt: skip
def test_matches(head: bytes) -> None:
    assert TelnetAnalyzer.matches(head, False, "tcp") is True
    assert all(TelnetAnalyzer.matches(head[:i], False, "tcp") is not False for i in range(1, len(head)))


@pytest.mark.parametrize(
    "head",
    [
        b"220 ftp.example FTP server; login:", b"220-login: ", b"SSH-2.0-dropbear_2014.63\r\n", b"HTTP/1.1 200 OK\r\n",
        b"<html><input name=login>", b"+OK POP3 login: ", b"* OK IMAP login: ", b":irc.example NOTICE AUTH :login: ",
        b"\0login: ", b"\x16\x03\x01\x02\0\x01", b"\0\0\0\x01", b"RFB 003.008\n", b'{"login": "', b"\xff\xd8\xff\xe0",
        b"\xff\xfb\x90\x64", b"\xff\xfe1\0:\0", b"\xff\xff", b"CNXN\0\0\0\1",
    ],
)  # fmt: skip
def test_does_not_match(head: bytes) -> None:
    assert TelnetAnalyzer.matches(head, False, "tcp") is False


def test_does_not_match_what_clients_of_others_say() -> None:
    assert TelnetAnalyzer.matches(b"\0user\0user\0vt100/9600\0", True, "tcp") is False  # rlogin
    assert TelnetAnalyzer.matches(b"login: ", False, "udp") is False
    assert TelnetAnalyzer.matches(b"login: ", True, "tcp") is None  # only a server asks
    assert (
        TelnetAnalyzer.matches(
            b"GET / HTTP/1.1\r\nHost: a\r\nUser-Agent: this is long enough to tell it by\r\n\r\n", True, "tcp"
        )
        is False
    )


def test_something_else_on_port_23_makes_no_record() -> None:
    assert talk(TelnetAnalyzer, [c(b"\0\0\0\1"), s(b"\0\0")]) == []  # Mirai's own protocol
    assert talk(TelnetAnalyzer, [c("GET / HTTP/1.1\r\n\r\n"), s("HTTP/1.1 200 OK\r\n\r\nhello\r\n")]) == []
    assert talk(TelnetAnalyzer, []) == []


def test_service_is_confirmed() -> None:
    for name in ("only negotiation", "Huawei", "open shell"):
        talking = Talk(TelnetAnalyzer)
        for is_orig, data in CASES[name].turns:
            talking.say(is_orig, data)
        talking.finish()
        assert talking.flow.services == ["telnet"]


# -- limits and hostile peers -----------------------------------------------------------------------------------------


def test_many_logins_in_one_session() -> None:
    talking = Talk(TelnetAnalyzer)
    talking.say(*s("login: "))
    for i in range(500):
        talking.say(*c(f"user{i}\r\n"))
        talking.say(*s("Password: "))
        talking.say(*c("nope\r\n"))
        talking.say(*s("\r\nLogin incorrect\r\nlogin: "))
    (found,) = only(talking.finish(), TelnetRecord)
    assert (found.attempts, found.passwords, found.refused) == (500, 500, 500)
    assert found.users is not None and len(found.users) == 64


def test_many_commands() -> None:
    talking = Talk(TelnetAnalyzer)
    talking.say(*s("# "))
    for i in range(100):
        talking.say(*c(f"echo {i} {'x' * 1000}\r\n/bin/busybox TOKEN{i}\r\n"))
        talking.say(*s("# "))
    (found,) = only(talking.finish(), TelnetRecord)
    assert found.commands is not None and len(found.commands) == 32
    assert max(map(len, found.commands)) <= 256
    assert found.tokens is not None and len(found.tokens) <= 16


@pytest.mark.parametrize(
    "flood",
    [
        b"\x1b",
        b"\x1b[",
        b"\x1b]x",
        b"\xff\xfa",
        b"\xff",
        b"login: ",
        b"a",
        b"\r",
        b"Password: \r\n",
        b"\b",
        b"\x17",
        b"# ",
        b"\xff\xff",
        b"*",
    ],
)
@pytest.mark.parametrize("is_orig", [True, False])
def test_memory_is_bounded(flood: bytes, is_orig: bool) -> None:
    talking = Talk(TelnetAnalyzer)
    talking.say(*s("login: "))
    talking.say(*c("root\r\n"))
    for _ in range(20):
        talking.say(is_orig, flood * (20_000 // len(flood)))
    analyzer = talking.analyzer
    assert isinstance(analyzer, TelnetAnalyzer)
    assert len(analyzer._client._line) + len(analyzer._server._line) <= 2048
    assert len(analyzer._last) <= 8192
    talking.finish()


def test_a_subnegotiation_that_never_ends_is_told_once() -> None:
    talking = Talk(TelnetAnalyzer)
    for _ in range(3):
        talking.say(*c(b"\xff\xfa" + b"B" * 2000))
    assert talking.flow.violations == 1
    assert [weird.name for weird in only(talking.finish(), WeirdRecord)] == ["telnet_option_too_long"]


def test_a_session_is_read_to_a_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MAX_BYTES", 10_000)
    talking = Talk(TelnetAnalyzer)
    for turn in [*NEGOTIATE, *[s("x" * 1000)] * 20]:
        talking.say(*turn)
    assert talking.flow.done
    assert len(talking.finish()) == 1


WORDS = st.sampled_from(
    [
        b"login: ", b"Password: ", b"root", b"\r\n", b"\r\0", b"\n", b"\r", b"# ", b"$ ", b"> ", b"Login incorrect\r\n",
        b"BusyBox v1\r\n", b"enable\r\n", b"/bin/busybox ECCHI\r\n", b"ECCHI: applet not found\r\n", b"\xff\xfb\x01",
        b"\xff\xfa\x18\x01", b"\xff\xf0", b"\xff", b"\b", b"\x1b[6n", b"\x1b[24;1H", b"\x1b", b"\x03", b"\x15", b"\x17",
        b"su\r\n", b"Kod: ", b"hello", b"*****", "密码:".encode(),
    ]
)  # fmt: skip
TURNS = st.lists(
    st.tuples(st.booleans(), st.lists(WORDS | st.binary(max_size=6), max_size=4).map(b"".join)), max_size=14
)


@settings(max_examples=300, deadline=None)
@given(TURNS, st.randoms(use_true_random=False))
def test_any_conversation_gives_the_same_however_split(turns: list[Turn], chance: random.Random) -> None:
    whole = talk(TelnetAnalyzer, turns)
    assert len(only(whole, TelnetRecord)) <= 1
    assert talk(TelnetAnalyzer, turns, split=1) == whole
    talking = Talk(TelnetAnalyzer)
    for is_orig, data in turns:
        at = chance.randint(0, len(data))
        now = talking.now
        for piece in (data[:at], data[at:]):
            talking.now = now
            talking.say(is_orig, piece)
    assert talking.finish() == whole


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(sorted(CASES)), st.data())
def test_a_session_that_is_damaged_never_raises(name: str, data: st.DataObject) -> None:
    talking = Talk(TelnetAnalyzer)
    for is_orig, said in CASES[name].turns:
        if data.draw(st.integers(0, 5)) == 0:
            talking.analyzer.gap(talking.now, is_orig, data.draw(st.integers(1, 100_000)))
        mutable = bytearray(said)
        if mutable and data.draw(st.booleans()):
            mutable[data.draw(st.integers(0, len(mutable) - 1))] = data.draw(st.integers(0, 255))
        talking.say(is_orig, bytes(mutable))
    assert len(only(talking.finish(), TelnetRecord)) <= 1
