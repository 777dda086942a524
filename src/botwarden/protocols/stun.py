"""STUN (RFC 8489): only whether a datagram is it. What it opens a way for, such as DTLS, follows on the same ports."""

from typing import Final

_COOKIE: Final = b"\x21\x12\xa4\x42"
_HEADER: Final = 20


def is_stun(datagram: bytes) -> bool:
    """Whether a datagram is a STUN message: by its cookie, and by a length that fits (section 5)."""
    return (
        len(datagram) >= _HEADER
        and datagram[0] < 0x40
        and datagram[4:8] == _COOKIE
        and len(datagram) >= _HEADER + (datagram[2] << 8 | datagram[3])
    )
