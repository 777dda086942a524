"""The pcapng format (draft-ietf-opsawg-pcapng): blocks, sections and interfaces."""

from collections.abc import Iterator
from typing import Any, Final, Literal

import numpy as np
from numba import njit
from numpy.typing import NDArray

from botwarden.core.capture import Skipped
from botwarden.core.packet import MALFORMED
from botwarden.wire.framing import (
    BAD,
    BAD_BLOCK,
    BAD_CAPTURED,
    BAD_DESCRIPTION,
    BAD_INTERFACE,
    BAD_PACKET_BLOCK,
    BAD_SECTION,
    BAD_TRAILER,
    CONTROL,
    FULL,
    MAX_FRAME,
    MAX_TS,
    NEED,
    TOO_MANY_INTERFACES,
    Walk,
)
from botwarden.wire.linktype import DECODED, link_type_name
from botwarden.wire.load import Bytes, word16, word32

SECTION_HEADER: Final = 0x0A0D0D0A
SECTION_BYTES: Final = 28
BYTE_ORDER_MAGIC: Final = 0x1A2B3C4D
INTERFACE_DESCRIPTION: Final = 1

MAX_BLOCK: Final = 16 << 20
"""Longest block waited for, bytes; the same as libpcap's. Longer ones are taken for garbage."""

MAX_INTERFACES: Final = 4096
"""Interfaces of one section: a table of 230 kB. Captures of every interface of a large host have some hundreds."""

MAX_SKIPPED: Final = 256
"""Pairs of interface and link type whose skipped packets are told apart; those of further ones go to the last."""

_FEW_INTERFACES: Final = 16
_OBSOLETE_PACKET: Final = 2
_SIMPLE_PACKET: Final = 3
_ENHANCED_PACKET: Final = 6
_IF_TSRESOL: Final = 9
_IF_TSOFFSET: Final = 14
_MAX_OFFSET: Final = 1 << 53  # s; exact in a float, and past MAX_TS in any case

INTERFACE: Final = np.dtype(
    [
        ("link", "i8"),  # link type
        ("decoded", "i8"),  # whether we read that link type: 0 or 1
        ("snaplen", "i8"),  # 0: unlimited
        ("per_second", "i8"),  # time units per second; 0 where they exceed an int64
        ("unit", "f8"),  # length of a time unit, s
        ("offset", "f8"),  # to add to every time, s
        ("skipped", "i8"),  # packets that were not decoded
    ],
    align=True,
)
"""An interface of the current section."""


def byte_order(head: bytes) -> Literal["little", "big"] | None:
    """Byte order of a section from the first 12 bytes of its header block; None where they are no such thing."""
    orders: tuple[Literal["little", "big"], ...] = ("little", "big")
    for order in orders:
        if int.from_bytes(head[8:12], order) == BYTE_ORDER_MAGIC:
            return order
    return None


def interface_row(block: bytes, order: Literal["little", "big"]) -> tuple[Any, ...] | None:
    """An INTERFACE row from an interface description block; None where the block is too short for one."""
    if len(block) < 20:
        return None
    link = int.from_bytes(block[8:10], order)
    snaplen = int.from_bytes(block[12:16], order)
    resolution, offset = 6, 0
    for code, value in _options(block[16:-4], order):
        if code == _IF_TSRESOL and len(value) == 1:
            resolution = value[0]
        elif code == _IF_TSOFFSET and len(value) == 8:
            offset = int.from_bytes(value, order, signed=True)
    base, exponent = (2, resolution & 0x7F) if resolution & 0x80 else (10, resolution)
    per_second = base**exponent
    offset = max(-_MAX_OFFSET, min(_MAX_OFFSET, offset))
    return link, link in DECODED, snaplen, per_second if per_second < 1 << 62 else 0, 1 / per_second, offset, 0


def _options(data: bytes, order: Literal["little", "big"]) -> Iterator[tuple[int, bytes]]:
    pos = 0
    while pos + 4 <= len(data):
        code, size = int.from_bytes(data[pos : pos + 2], order), int.from_bytes(data[pos + 2 : pos + 4], order)
        if code == 0:
            return
        yield code, data[pos + 4 : pos + 4 + size]
        pos += 4 + size + -size % 4


class PcapngBlocks:
    """The blocks of a pcapng file, section by section."""

    def __init__(self) -> None:
        """Before the first section header."""
        self._order: Literal["little", "big"] = "little"
        self._interfaces = np.zeros(_FEW_INTERFACES, INTERFACE)
        self._count = 0
        self._last_ts = 0.0
        self._skipped: dict[tuple[int, int], int] = {}  # (interface, link type) -> packets, of sections that ended

    def walk(self, buffer: Bytes, pos: int, rows: NDArray[Any], links: NDArray[np.uint16]) -> Walk:
        """Fill in the framing columns of ``rows``, and ``links``, for the blocks from ``pos`` on."""
        n = 0
        while True:
            known = self._interfaces[: self._count]
            big = self._order == "big"
            walk = Walk(*walk_pcapng(buffer, pos, rows, links, n, big, known, self._last_ts))
            if walk.rows > n:
                self._last_ts = float(rows[walk.rows - 1]["ts"])
            if walk.status != CONTROL:
                return walk
            n = walk.rows
            status, detail = self._control(buffer, walk.pos)
            if status != CONTROL:
                return Walk(walk.pos, n, status, detail)
            pos = walk.pos + detail

    def skipped(self, path: str) -> list[Skipped]:
        """Packets that were not decoded, per interface and link type, for the capture at ``path``."""
        counts = dict(self._skipped)
        self._count_skipped(counts)
        return [
            Skipped(path=path, interface=interface, link_type=link_type_name(link), packets=packets)
            for (interface, link), packets in counts.items()
        ]

    def _control(self, buffer: Bytes, pos: int) -> tuple[int, int]:
        """Take in the section header or interface description at ``pos``: a status, and CONTROL with its length."""
        head = buffer[pos : pos + 12].tobytes()
        section = int.from_bytes(head[:4], "big") == SECTION_HEADER
        order = byte_order(head) if section else self._order
        if order is None:
            return BAD, BAD_SECTION
        length = int.from_bytes(head[4:8], order)
        if length < (SECTION_BYTES if section else 12) or length > MAX_BLOCK or length & 3:
            return BAD, BAD_BLOCK
        block = buffer[pos : pos + length].tobytes()
        if len(block) < length:
            return NEED, length
        if block[-4:] != head[4:8]:
            return BAD, BAD_TRAILER
        if section:
            self._count_skipped(self._skipped)
            self._order, self._count = order, 0
            return CONTROL, length
        return (CONTROL, length) if (bad := self._describe(block)) is None else (BAD, bad)

    def _describe(self, block: bytes) -> int | None:
        """Add an interface; what is wrong with its description, if anything."""
        row = interface_row(block, self._order)
        if row is None:
            return BAD_DESCRIPTION
        if self._count == MAX_INTERFACES:
            return TOO_MANY_INTERFACES
        if self._count == len(self._interfaces):
            self._interfaces = np.concatenate((self._interfaces, np.zeros_like(self._interfaces)))
        self._interfaces[self._count] = row
        self._count += 1
        return None

    def _count_skipped(self, counts: dict[tuple[int, int], int]) -> None:
        for interface in np.flatnonzero(self._interfaces["skipped"][: self._count]):
            row = self._interfaces[interface]
            key = (int(interface), int(row["link"]))
            if key not in counts and len(counts) >= MAX_SKIPPED:
                key = next(reversed(counts))
            counts[key] = counts.get(key, 0) + int(row["skipped"])


@njit(cache=True, nogil=True)
def walk_pcapng(
    buffer: Bytes,
    pos: int,
    rows: NDArray[Any],
    links: NDArray[np.uint16],
    n: int,
    big: bool,
    interfaces: NDArray[Any],
    last_ts: float,
) -> tuple[int, int, int, int]:
    """Fill in ``ts offset cap_len wire_len interface`` of ``rows``, and ``links``, from index ``n`` on.

    Walks the blocks from ``pos`` on and stops before a section header or interface description (CONTROL).

    interfaces : INTERFACE[k], those of the section; ``skipped`` is counted up
    last_ts : time of the packet before; simple packet blocks have none of their own and take it

    Returns the fields of a `botwarden.wire.framing.Walk`.
    """
    size = len(buffer)
    while True:
        if n == len(rows):
            return pos, n, FULL, 0
        if size - pos < 12:
            return pos, n, NEED, 12
        kind = word32(buffer, pos, big)
        if kind == SECTION_HEADER:
            return pos, n, CONTROL, 0
        length = word32(buffer, pos + 4, big)
        if length < 12 or length > MAX_BLOCK or length & 3:
            return pos, n, BAD, BAD_BLOCK
        if size - pos < length:
            return pos, n, NEED, length
        if word32(buffer, pos + length - 4, big) != length:
            return pos, n, BAD, BAD_TRAILER
        if kind == INTERFACE_DESCRIPTION:
            return pos, n, CONTROL, 0
        if kind in (_ENHANCED_PACKET, _OBSOLETE_PACKET, _SIMPLE_PACKET):
            simple = kind == _SIMPLE_PACKET
            header = 12 if simple else 28
            if length < header + 4:
                return pos, n, BAD, BAD_PACKET_BLOCK
            at = np.int64(0)
            if kind == _ENHANCED_PACKET:
                at = word32(buffer, pos + 8, big)
            elif kind == _OBSOLETE_PACKET:
                at = word16(buffer, pos + 8, big)
            if at >= len(interfaces):
                return pos, n, BAD, BAD_INTERFACE
            interface = interfaces[at]
            wire = word32(buffer, pos + header - 4, big)
            if simple:
                captured = min(wire, length - 16)
                if interface["snaplen"] > 0:
                    captured = min(captured, np.int64(interface["snaplen"]))
            else:
                captured = word32(buffer, pos + 20, big)
            if captured > MAX_FRAME:
                return pos, n, BAD, BAD_CAPTURED
            if header + captured + 4 > length:
                return pos, n, BAD, BAD_PACKET_BLOCK
            if interface["decoded"] == 0:
                interface["skipped"] += 1
            else:
                p = rows[n]
                if not simple:
                    last_ts = _time(interface, word32(buffer, pos + 12, big), word32(buffer, pos + 16, big))
                if wire > MAX_FRAME:
                    wire = captured
                    p["flags"] = MALFORMED
                p["ts"] = last_ts
                p["offset"] = pos + header
                p["cap_len"] = captured
                p["wire_len"] = wire
                p["interface"] = at
                links[n] = interface["link"]
                n += 1
        pos += length


@njit
def _time(interface: Any, high: int, low: int) -> Any:
    """Seconds since 1970 of a time stamp in two words, in the interface's units."""
    per_second = np.int64(interface["per_second"])
    if per_second > 0 and high < 1 << 31:
        units = high << 32 | low
        seconds = units // per_second
        ts = interface["offset"] + seconds + (units - seconds * per_second) / per_second
    else:
        ts = interface["offset"] + (high * 4294967296.0 + low) * interface["unit"]
    return min(max(ts, 0.0), MAX_TS)
