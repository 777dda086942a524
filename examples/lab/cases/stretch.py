"""Time in a capture, stretched: a case that needs an hour is played in a minute.

Every time stamp ``t`` becomes ``t0 + factor * (t - t0)``, where ``t0`` is the first packet's. Nothing else in the file
changes: order, bytes and lengths stay as they were recorded.
"""

import struct
from pathlib import Path
from typing import Final

MAGIC: Final = b"\xd4\xc3\xb2\xa1"  # pcap, little-endian, microseconds
HEADER: Final = 24
_PACKET: Final = struct.Struct("<IIII")
MICROS: Final = 1_000_000


def stretch(data: bytes, factor: int) -> tuple[bytes, float]:
    """A capture with its time stretched, and the time of its first packet, s. Raises ValueError for other files."""
    if data[:4] != MAGIC:
        raise ValueError("no little-endian pcap with microseconds")
    found = bytearray(data)
    first: int | None = None
    at = HEADER
    while at + _PACKET.size <= len(data):
        seconds, micros, captured, length = _PACKET.unpack_from(data, at)
        now = seconds * MICROS + micros
        first = now if first is None else first
        later = first + factor * max(now - first, 0)
        _PACKET.pack_into(found, at, later // MICROS, later % MICROS, captured, length)
        at += _PACKET.size + captured
    if first is None:
        raise ValueError("the capture is empty")
    return bytes(found), first / MICROS


def stretch_file(path: Path, factor: int) -> float:
    """Stretch a capture in its place; the time of its first packet."""
    data, first = stretch(path.read_bytes(), factor)
    path.write_bytes(data)
    return first
