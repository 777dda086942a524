import pytest
from hypothesis import given
from hypothesis import strategies as st

from botwarden.protocols.quic import is_quic


def initial(version: int, first: int = 0xC3, size: int = 1200) -> bytes:
    """A long header (RFC 9000, 17.2) with connection identifiers of 8 and 0 bytes."""
    return (bytes([first]) + version.to_bytes(4, "big") + b"\x08" + b"d" * 8 + b"\x00" + b"\x00\x44\x9e").ljust(
        size, b"x"
    )


@pytest.mark.parametrize("version", [1, 0x6B3343CF, 0xFF00001D, 0xFACEB002, 0x51303530, 0x54303531])
def test_known_versions_are_quic(version: int) -> None:
    assert is_quic(initial(version))
    assert is_quic(initial(version, first=0xE5, size=80)), "a later packet of the start"


def test_a_client_may_ask_for_versions() -> None:
    assert is_quic(initial(0x1A2A3A4A))
    assert not is_quic(initial(0x1A2A3A4A, size=600))


def test_googles_older_versions() -> None:
    assert is_quic(b"\x0d" + b"c" * 8 + b"Q043\x01" + bytes(40))
    assert not is_quic(b"\x0d" + b"c" * 8 + b"Q0xx\x01" + bytes(40))
    assert is_quic(b"\xc3Q046\x50" + b"c" * 8 + b"\0\0\0\1" + bytes(40)), "lengths of four bits"


@pytest.mark.parametrize(
    "junk",
    [
        b"",
        initial(1)[:20],
        initial(2),
        initial(0),
        initial(1, first=0x83),  # without the fixed bit
        initial(1)[:5] + b"\x15" + bytes(1200),  # an identifier of 21 bytes
        initial(1)[:14] + b"\xff" + bytes(1200),
        b"\x16\xfe\xfd" + bytes(30),
        b"\x00\x01\x00\x00\x21\x12\xa4\x42" + bytes(20),
    ],
)
def test_other_datagrams_are_not(junk: bytes) -> None:
    assert not is_quic(junk)


@given(st.binary(max_size=100))
def test_any_bytes_give_an_answer(data: bytes) -> None:
    assert is_quic(data) in (True, False)
    assert is_quic(initial(1)[:6] + data) in (True, False)
