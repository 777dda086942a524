import pytest
from hypothesis import given
from hypothesis import strategies as st

from botwarden.protocols.tls import (
    ALERT,
    APPLICATION_DATA,
    BROKEN,
    CERTIFICATE,
    CHANGE_CIPHER_SPEC,
    CIPHERTEXT,
    CLIENT_HELLO,
    HANDSHAKE,
    MAX_MESSAGE,
    MAX_RECORD,
    V2,
    Messages,
    Records,
    starts_tls,
)
from protocols.tls_messages import CCS, client_hello, message, record, server_hello

HELLO = record(message(1, client_hello()), version=0x0301)
V2_HELLO = b"\x80\x1f\x01\x00\x02\x00\x06\x00\x00\x00\x10" + b"\x07\x00\xc0\x01\x00\x80" + bytes(16)


def cut(data: bytes, size: int) -> list[tuple[int, bytes]]:
    """What comes out, the pieces of handshake records joined."""
    records = Records()
    found: list[tuple[int, bytes]] = []
    for at in range(0, len(data), size):
        for kind, content in records.feed(data[at : at + size]):
            if kind == HANDSHAKE and found and found[-1][0] == HANDSHAKE:
                found[-1] = (kind, found[-1][1] + content)
            else:
                found.append((kind, content))
    return found


@pytest.mark.parametrize("size", [1, 2, 5, 6, 7, 1000])
def test_records_come_out_however_they_were_cut(size: int) -> None:
    stream = record(b"ab") + record(b"cd") + CCS + record(b"\2\x28", kind=21) + record(b"x" * 300, kind=23)
    assert cut(stream, size) == [
        (HANDSHAKE, b"abcd"),
        (CHANGE_CIPHER_SPEC, b""),
        (ALERT, b"\2\x28"),
        (APPLICATION_DATA, b""),
    ]


def test_encrypted_records_come_without_content() -> None:
    records = Records()
    assert [kind for kind, _ in records.feed(record(b"ab"))] == [HANDSHAKE]
    records.encrypted = True
    assert list(records.feed(record(b"secret") + record(b"\2\x28", kind=21))) == [(CIPHERTEXT, b"")] * 2


def test_encryption_holds_from_the_next_record_on() -> None:
    """In one piece of data too."""
    records = Records()
    kinds = []
    for kind, _ in records.feed(CCS + record(b"finished")):
        kinds.append(kind)
        records.encrypted = kind == CHANGE_CIPHER_SPEC
    assert kinds == [CHANGE_CIPHER_SPEC, CIPHERTEXT]


@pytest.mark.parametrize(
    "junk",
    [
        b"HTTP/1.1 400",
        b"\x16\x02\x00\x00\x01a",
        b"\x16\x03\x05\x00\x01a",
        b"\x1b\x03\x03\x00\x01a",
        b"\x16\x03\x03\xff\xff",
    ],
)
def test_what_is_no_record_ends_the_stream(junk: bytes) -> None:
    records = Records()
    assert list(records.feed(record(b"ab") + junk)) == [(HANDSHAKE, b"ab"), (BROKEN, b"")]
    assert records.broken
    assert list(records.feed(record(b"ab"))) == []


def test_an_empty_record_is_no_piece_of_a_message() -> None:
    assert cut(record(b"") + record(b"a"), 100) == [(HANDSHAKE, b"a")]


def test_sslv2_records_come_with_their_type() -> None:
    assert cut(V2_HELLO, 3) == [(V2, V2_HELLO[2:])]
    assert cut(b"\x80\x03\x00\x00\x01" + record(b"a"), 4) == [(V2, b"\0\0\1"), (HANDSHAKE, b"a")]
    assert cut(record(b"a") + V2_HELLO, 100)[-1] == (BROKEN, b""), "not once TLS was spoken"
    assert cut(b"\xff\xff\x01\x00\x02", 100) == [(BROKEN, b"")]


def test_a_gap_inside_a_record_is_bridged() -> None:
    records = Records()
    assert list(records.feed(record(b"x" * 300, kind=23)[:105])) == []
    assert records.gap(150) == APPLICATION_DATA
    assert list(records.feed(b"x" * 50)) == [(APPLICATION_DATA, b"")]
    assert list(records.feed(record(b"ab")[:6])) == [(HANDSHAKE, b"a")]
    assert records.gap(1) == HANDSHAKE
    assert list(records.feed(record(b"cd"))) == [(HANDSHAKE, b"cd")]
    assert not records.broken


@pytest.mark.parametrize("before", [b"", record(b"ab"), record(b"ab")[:6], record(b"ab")[:3]])
def test_a_gap_past_a_record_loses_the_place(before: bytes) -> None:
    records = Records()
    list(records.feed(before))
    assert records.gap(2) == BROKEN
    assert list(records.feed(record(b"ab"))) == []


@pytest.mark.parametrize("size", [1, 3, 4, 5, 1000])
def test_messages_come_out_however_they_were_cut(size: int) -> None:
    stream = message(CLIENT_HELLO, b"hello") + message(14) + message(16, b"key" * 9) + message(CERTIFICATE, b"chain")
    messages = Messages()
    found = [one for at in range(0, len(stream), size) for one in messages.feed(stream[at : at + size])]
    assert found == [(CLIENT_HELLO, b"hello"), (14, None), (16, None), (CERTIFICATE, b"chain")]


def test_a_message_of_several_records() -> None:
    body = b"c" * 40_000
    whole = message(CERTIFICATE, body)
    stream = b"".join(record(whole[at : at + 16_000]) for at in range(0, len(whole), 16_000))
    messages = Messages()
    assert [one for _, piece in cut(stream, 999) for one in messages.feed(piece)] == [(CERTIFICATE, body)]


def test_a_message_without_end_is_not_kept() -> None:
    messages = Messages()
    assert list(messages.feed(b"\x0b" + (MAX_MESSAGE + 1).to_bytes(3, "big") + b"x" * MAX_MESSAGE)) == []
    assert list(messages.feed(b"x" + message(14))) == [(CERTIFICATE, None), (14, None)]


def test_a_gap_inside_a_message_loses_only_its_content() -> None:
    messages = Messages()
    assert list(messages.feed(message(CERTIFICATE, b"x" * 20)[:10])) == []
    messages.gap(10)
    assert list(messages.feed(b"x" * 4 + message(14))) == [(CERTIFICATE, None), (14, None)]


def test_a_gap_past_a_message_ends_the_reading() -> None:
    messages = Messages()
    messages.gap(1)
    assert list(messages.feed(message(14))) == []


def test_a_hello_begins_tls() -> None:
    assert starts_tls(HELLO)
    assert starts_tls(record(message(2, server_hello())))
    assert starts_tls(V2_HELLO)
    assert starts_tls(record(b"\1") + record(message(1, client_hello())[1:])), "in small pieces"


@pytest.mark.parametrize("whole", [HELLO, V2_HELLO])
def test_a_beginning_of_a_hello_wants_more(whole: bytes) -> None:
    answers = [starts_tls(whole[:size]) for size in range(12)]
    assert answers == [None] * 11 + [True]


@pytest.mark.parametrize(
    "head",
    [
        b"GET / HTTP/1.1\r\n",
        b"SSH-2.0-OpenSSH_9.6\r\n",
        b"\x16",  # could be one
        b"\x16\x02",
        b"\x16\x03\x07",
        b"\x16\x03\x01\x00\x00\x01",
        b"\x16\x03\x01\xff\xff\x01",
        b"\x16\x03\x01\x00\x40\x0b",  # a certificate first
        b"\x16\x03\x01\x00\x40\x01\x00\x00\x05\x03\x03",  # too short a hello
        b"\x16\x03\x01\x00\x40\x01\x00\x00\x3c\x04\x03",  # of version 4
        b"\x17\x03\x03\x00\x40" + b"x" * 64,
        b"\x80\x2e\x01\x00\x02\x00\x05\x00\x00\x00\x10",  # suites of three bytes do not fit
        b"\x80\x2e\x04\x00\x01\x00\x02\x00\x05\x00\x00",
        b"\x81\x30\x01\x20\x00\x00\x06\x00\x00\x00\x10",
    ],
)
def test_other_beginnings_are_no_tls(head: bytes) -> None:
    assert starts_tls(head) is (None if head == b"\x16" else False)


@given(st.lists(st.binary(max_size=40), max_size=20))
def test_any_bytes_give_records(pieces: list[bytes]) -> None:
    records, messages = Records(), Messages()
    for piece in pieces:
        for kind, content in records.feed(piece):
            assert len(content) <= MAX_RECORD
            if kind == HANDSHAKE:
                list(messages.feed(content))
    starts_tls(b"".join(pieces))


@given(st.binary(max_size=200), st.integers(1, 20))
def test_any_bytes_give_the_same_records_however_they_are_cut(data: bytes, size: int) -> None:
    stream = HELLO[:30] + data
    assert cut(stream, size) == cut(stream, len(stream))
