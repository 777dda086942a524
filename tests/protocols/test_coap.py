import struct
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from botwarden.protocols.coap import (
    ACK,
    BLOCK2,
    CON,
    CONTENT_FORMAT,
    MAX_OPTIONS,
    OBSERVE,
    PROXY_URI,
    RST,
    URI_HOST,
    URI_PATH,
    URI_QUERY,
    is_request,
    parse_message,
)

GET = 0x01
CONTENT = 0x45


def nibble(n: int) -> tuple[int, bytes]:
    if n < 13:
        return n, b""
    return (13, bytes([n - 13])) if n < 269 else (14, struct.pack(">H", n - 269))


def coap(
    code: int,
    options: Sequence[tuple[int, bytes]] = (),
    payload: bytes = b"",
    *,
    kind: int = CON,
    message_id: int = 7,
    token: bytes = b"\xab",
) -> bytes:
    data = bytes([0x40 | kind << 4 | len(token), code]) + struct.pack(">H", message_id) + token
    last = 0
    for number, value in options:
        delta, more = nibble(number - last)
        length, most = nibble(len(value))
        data += bytes([delta << 4 | length]) + more + most + value
        last = number
    return data + (b"\xff" + payload if payload else b"")


CORE = coap(GET, [(URI_PATH, b".well-known"), (URI_PATH, b"core")])


def test_a_request() -> None:
    options = [(URI_HOST, b"lamp"), (OBSERVE, b""), (URI_PATH, b"a"), (URI_PATH, b"b"), (URI_QUERY, b"c=1")]
    read = parse_message(coap(GET, [*options, (BLOCK2, b"\x06")], b"xyz"))
    assert read is not None
    assert (read.method, read.host, read.uri, read.observe) == ("GET", "lamp", "/a/b?c=1", 0)
    assert (read.message_id, read.token, read.payload_len, read.later_block) == (7, b"\xab", 3, False)


def test_an_answer_and_a_later_block() -> None:
    read = parse_message(coap(CONTENT, [(CONTENT_FORMAT, b"\x32"), (BLOCK2, b"\x1e")], b"{}", kind=ACK))
    assert read is not None
    assert (read.method, read.code_text, read.content_format, read.later_block) == (
        None,
        "2.05",
        "application/json",
        True,
    )


def test_long_options_and_what_a_proxy_is_to_fetch() -> None:
    read = parse_message(coap(GET, [(PROXY_URI, b"coap://host/" + b"x" * 300)]))
    assert read is not None
    assert read.uri == "coap://host/" + "x" * 300
    assert parse_message(coap(GET, [(2000, b"?" * 20)])) is not None, "an option that nobody knows yet"


@pytest.mark.parametrize(
    "data",
    [
        b"",
        CORE[:3],
        b"\x80" + CORE[1:],  # version 2
        b"\x49" + CORE[1:] + bytes(9),  # token of 9 bytes
        bytes([CORE[0], 0x1F]) + CORE[2:],  # code 0.31
        bytes([CORE[0], 0x7F]) + CORE[2:],  # code 3.31
        CORE + b"\xff",  # marker without payload
        CORE + b"\xf0",  # reserved delta
        CORE[:-1],  # option that is cut
        coap(GET, [(17, b"abc")]),  # Accept of 3 bytes
        coap(0, [(URI_PATH, b"x")]),  # an empty message that is not
        coap(GET, kind=RST),
        coap(GET, kind=ACK),
        coap(GET, [(URI_PATH, b"x")] * (MAX_OPTIONS + 1)),
    ],
)
def test_what_is_no_message(data: bytes) -> None:
    assert parse_message(data) is None


def test_empty_messages() -> None:
    reset = parse_message(b"\x70\x00\x00\x07")
    assert reset is not None
    assert (reset.type, reset.code, reset.message_id) == (RST, 0, 7)
    assert parse_message(b"\x50\x00\x00\x07") is None, "there is no empty NON"


def test_a_request_is_known_by_its_content() -> None:
    assert is_request(CORE)
    assert is_request(coap(2, [(URI_HOST, b"lamp.local")], b"x", token=b""))
    assert not is_request(coap(CONTENT, [], b"x"))
    assert not is_request(coap(GET)), "asks for nothing"
    assert not is_request(coap(GET, [(URI_PATH, b"\xff\xfe")]))
    assert not is_request(coap(GET, [(URI_PATH, b"ab"), (2001, b"x")])), "an unknown option"


@given(st.binary(max_size=200))
def test_any_bytes_are_read_without_complaint(data: bytes) -> None:
    for start in (b"", b"\x41\x01", b"\x60\x45"):
        read = parse_message(start + data)
        if read:
            assert read.uri.startswith("/") or PROXY_URI in dict(read.options)
            assert isinstance(read.host, str | None)
        is_request(start + data)


@given(st.data())
def test_damaged_messages_are_read_without_complaint(data: st.DataObject) -> None:
    message = bytearray(CORE)
    for _ in range(3):
        message[data.draw(st.integers(0, len(message) - 1))] = data.draw(st.integers(0, 255))
    parse_message(bytes(message))
    is_request(bytes(message))
