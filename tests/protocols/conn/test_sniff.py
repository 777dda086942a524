import numpy as np
import pytest

from botwarden.protocols.conn.sniff import known_datagram, says_something

QUERY = bytes.fromhex("1234 0100 0001 0000 0000 0000 0161 0000 0100 01")


def ask(function: object, payload: bytes) -> bool:
    return bool(function(np.frombuffer(b"\xff" * 3 + payload, np.uint8), np.int64(3), np.int64(len(payload))))  # type: ignore[operator]


@pytest.mark.parametrize(
    "payload",
    [
        QUERY,
        b"M-SEARCH * HTTP/1.1\r\n",
        b"NOTIFY *",
        b"HTTP/1.1 200 OK",
        b"\x16\xfe\xfd\0\0",
        b"\x40\x01\x12\x34",
        b"\xc3\0\0\0\1" + bytes(1195),
    ],
)
def test_datagrams_that_deserve_a_look(payload: bytes) -> None:
    assert ask(known_datagram, payload)


@pytest.mark.parametrize("payload", [b"", b"abc", b"\xff" * 40, bytes(40), b"hello world, this is", QUERY[:8]])
def test_datagrams_that_do_not(payload: bytes) -> None:
    assert not ask(known_datagram, payload)


def test_few_random_datagrams_pass() -> None:
    random = np.random.default_rng(7)
    passed = sum(ask(known_datagram, random.bytes(64)) for _ in range(5000))
    assert passed < 700  # about one in eleven looks like CoAP


@pytest.mark.parametrize("payload", [b"GET / HTTP/1.1", b"\xff\xfd\x01", b"\x16\x03\x01\0", b"r", b"\r\nlogin: "])
def test_text_tls_and_telnet_say_something(payload: bytes) -> None:
    assert ask(says_something, payload)


@pytest.mark.parametrize("payload", [b"\x01\x02\x03\x04", b"GE\x80T", b"\xfe\xff"])
def test_junk_does_not(payload: bytes) -> None:
    assert not ask(says_something, payload)
