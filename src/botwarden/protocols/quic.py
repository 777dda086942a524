"""QUIC: only whether a datagram is it (RFC 8999: what all versions have in common; RFC 9000, 9369)."""

from typing import Final

MAX_CONNECTION_ID: Final = 20
"""Bytes of a connection identifier in the versions of now (RFC 9000, 17.2)."""

FIRST: Final = 1_200
"""Bytes of a client's first datagram at least (RFC 9000, 14.1)."""

_LONG: Final = 0xC0  # long header, and the bit that version 1 fixes
_VERSIONS: Final = frozenset(
    {
        0x00000001,  # RFC 9000
        0x6B3343CF,  # RFC 9369
        *(0xFF000000 + draft for draft in range(19, 35)),
        *(0xFACEB000 + variant for variant in range(16)),  # mvfst
        *(int.from_bytes(f"Q0{number}".encode(), "big") for number in range(46, 51)),  # Google's
        *(int.from_bytes(f"T0{number}".encode(), "big") for number in (50, 51)),
    }
)


def is_quic(datagram: bytes) -> bool:
    """Whether a datagram starts a QUIC connection or belongs to its start: a long header of a known version.

    Google's versions before the 46th are known by their public header.
    """
    if len(datagram) < 21:
        return False
    if datagram[0] & 0x09 == 0x09 and not datagram[0] & 0xC0 and datagram[9:11] == b"Q0":
        return datagram[11:13].isdigit()
    version = int.from_bytes(datagram[1:5], "big")
    asks = version & 0x0F0F0F0F == 0x0A0A0A0A and len(datagram) >= FIRST  # to have versions negotiated: RFC 9000, 15
    if datagram[0] & _LONG != _LONG or not (asks or version in _VERSIONS):
        return False
    if datagram[1] in (0x51, 0x54) and datagram[5] > MAX_CONNECTION_ID:
        return datagram[5] >> 4 in (0, 5) and len(datagram) >= 21  # Q046: two lengths of four bits
    source = 6 + datagram[5]
    return (
        datagram[5] <= MAX_CONNECTION_ID
        and source < len(datagram)
        and datagram[source] <= MAX_CONNECTION_ID
        and source + 1 + datagram[source] < len(datagram)
    )
