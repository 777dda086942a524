import pytest
from hypothesis import given
from hypothesis import strategies as st

from botwarden.protocols.ftp import (
    MAX_LINE,
    End,
    Replies,
    Reply,
    command,
    extended,
    join,
    quoted,
    six_numbers,
    size,
)


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (b"USER root", ("USER", b"root")),
        (b"  user  root ", ("USER", b"root ")),
        (b"PWD", ("PWD", b"")),
        (b"RETR a b", ("RETR", b"a b")),
        (b"", None),
        (b"XX", None),
        (b"\x16\x03\x01\x00", None),
        ("ÜSER root".encode(), None),
    ],
)
def test_commands(line: bytes, expected: object) -> None:
    assert command(line) == expected


def replies(*lines: bytes) -> list[Reply]:
    reader = Replies()
    return [reply for line in lines if (reply := reader.line(line)) is not None]


def test_replies() -> None:
    assert replies(b"220 ready", b"230", b"331   Password, please ") == [
        Reply(220, "ready"),
        Reply(230, ""),
        Reply(331, "Password, please"),
    ]


def test_replies_of_several_lines() -> None:
    assert replies(b"220-hello", b"220-there", b" 220 not yet", b"", b"no code", b"220 end") == [Reply(220, "end")]
    assert replies(b"211-Features:", b" EPRT", b"211 End", b"200 ok") == [Reply(211, "End"), Reply(200, "ok")]


def test_a_reply_that_is_never_closed() -> None:
    assert replies(b"230- 4 bare linefeeds", b"   received", b"226 Transfer complete.") == [
        Reply(226, "Transfer complete.")
    ]


def test_what_is_no_reply() -> None:
    assert replies(b"SYST not supported") == [Reply(0, "SYST not supported")]
    assert replies(b"230_no_space") == [Reply(0, "230_no_space")]
    assert replies(b"99 invalid") == [Reply(0, "99 invalid")]
    assert replies(b"") == []


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("10,0,0,1,4,5", End("10.0.0.1", 1029)),
        ("Entering Passive Mode (199,233,217,249,221,90).", End("199.233.217.249", 56666)),
        ("Entering Passive Mode 0,0,0,0,1,0", End("", 256)),
        ("10,0,0,256,4,5", None),
        ("10,0,0,1,4", None),
        ("1110,0,0,1,4,5", None),
        ("", None),
    ],
)
def test_six_numbers(value: str, expected: End | None) -> None:
    assert six_numbers(value) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("|1|10.0.0.1|1029|", End("10.0.0.1", 1029)),
        ("|2|2001:DB8:0::1|5|", End("2001:db8::1", 5)),
        ("Entering Extended Passive Mode (|||38141|)", End("", 38141)),
        ("!!!38141!", End("", 38141)),
        ("|||65536|", None),
        ("|1|10.0.0.999|1029|", None),
        ("|||", None),
        ("", None),
    ],
)
def test_extended(value: str, expected: End | None) -> None:
    assert extended(value) == expected


def test_numbers_and_paths_in_messages() -> None:
    assert size(150, "Opening BINARY mode data connection for 'mirai.arm7' (77 bytes).") == 77
    assert size(150, "Opening BINARY mode data connection for 'mirai.arm7'.") is None
    assert size(213, "16557") == 16557
    assert size(213, "none") is None
    assert size(213, "9" * 40) is None
    assert quoted('"/a ""b"" c" is current') == '/a "b" c'
    assert quoted("nothing") is None


@pytest.mark.parametrize(
    ("directory", "path", "expected"),
    [
        (".", "a.txt", "./a.txt"), ("/", "a.txt", "/a.txt"), ("/pub", "../a", "/a"), ("/pub", "/x/./y//z", "/x/y/z"),
        (".", "..", "./.."), ("/", "../../etc", "/../../etc"), ("/a/b", "..", "/a"), ("./pub", "..", "."),
    ],
)  # fmt: skip
def test_join(directory: str, path: str, expected: str) -> None:
    assert join(directory, path) == expected


@given(st.lists(st.binary(max_size=40)))
def test_any_lines(lines: list[bytes]) -> None:
    reader = Replies()
    for line in lines:
        command(line)
        reader.line(line)
        message = line.decode("latin-1")
        six_numbers(message)
        extended(message)
        size(150, message)
        size(213, message)
        quoted(message)
        join(message, message)


@pytest.mark.parametrize("part", ["1,", "|", "|1", "9", '"', '""', "../", "a/", "1,1,1,1,1,"])
def test_long_messages_take_linear_time(part: str) -> None:
    message = part * (MAX_LINE // len(part))
    for _ in range(20):  # in quadratic time this would take minutes
        six_numbers(message)
        extended(message)
        size(150, message)
        quoted(message)
        join("/", message)
