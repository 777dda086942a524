import pytest
from hypothesis import given
from hypothesis import strategies as st

from botwarden.protocols.tftp import (
    MAX_OPTIONS,
    MAX_TEXT,
    Ack,
    Data,
    Error,
    Options,
    Request,
    is_request,
    parse_tftp,
)

READ = b"\0\x01bins/mirai.arm\0octet\0"


def test_requests() -> None:
    assert parse_tftp(READ) == Request(False, "bins/mirai.arm", "octet", {})
    asked = parse_tftp(b"\0\x02cfg\0NETASCII\0BlkSize\x001428\0tsize\x00100\0")
    assert asked == Request(True, "cfg", "netascii", {"blksize": "1428", "tsize": "100"})


def test_what_follows_a_request() -> None:
    assert parse_tftp(b"\0\x03\x01\x02\x7fELF") == Data(258, b"\x7fELF")
    assert parse_tftp(b"\0\x03\0\x05") == Data(5, b"")
    assert parse_tftp(b"\0\x04\0\x01") == Ack(1)
    assert parse_tftp(b"\0\x05\0\x01File not found\0") == Error(1, "File not found")
    assert parse_tftp(b"\0\x05\0\x01no end") == Error(1, "no end")
    assert parse_tftp(b"\0\x06blksize\x001428\0") == Options({"blksize": "1428"})


@pytest.mark.parametrize(
    "payload", [b"", b"\0\x04\0", b"\0\0\0\0", b"\0\x07\0\0", b"\1\x01a\0octet\0", b"\0\x01name\0"]
)
def test_what_is_none(payload: bytes) -> None:
    assert parse_tftp(payload) is None


def test_options_without_a_value_are_left_out() -> None:
    assert parse_tftp(b"\0\x06blksize\x001428\0tsize") == Options({"blksize": "1428"})
    assert parse_tftp(b"\0\x06\0\0\0") == Options({"": ""})


def test_texts_and_options_are_bounded() -> None:
    asked = parse_tftp(b"\0\x01" + b"\xff" * 2000 + b"\0octet\0" + b"".join(b"%d\0v\0" % i for i in range(99)))
    assert isinstance(asked, Request)
    assert len(asked.filename) == MAX_TEXT
    assert asked.filename.startswith("\\xff\\xff")
    assert len(asked.options) == MAX_OPTIONS


@pytest.mark.parametrize("payload", [READ, b"\0\x02a\0Mail\0", b"\0\x01a\0octet\0blksize\x001428\0"])
def test_a_request_is_known_by_its_content(payload: bytes) -> None:
    assert is_request(payload)


@pytest.mark.parametrize(
    "payload",
    [b"", b"\0\x01", b"\0\x01\0octet\0", b"\0\x01a\0binary\0", b"\0\x01a\0octet", b"\0\x03\0\x01octet\0octet\0",
     b"\0\x01" + b"a" * 600 + b"\0octet\0", bytes(60), b"\0\1\0\0\x21\x12\xa4\x42" + bytes(12)],
)  # fmt: skip
def test_other_content_is_no_request(payload: bytes) -> None:
    assert not is_request(payload)


@given(st.binary(max_size=80), st.integers(0, 7))
def test_any_bytes_give_a_message_or_none(data: bytes, kind: int) -> None:
    for payload in (data, bytes([0, kind]) + data):
        parse_tftp(payload)
        is_request(payload)
