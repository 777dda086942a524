"""The pcap format (draft-ietf-opsawg-pcap): file header and records."""

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numba import njit
from numpy.typing import NDArray

from botwarden.core.packet import MALFORMED
from botwarden.wire.framing import BAD, BAD_CAPTURED, FULL, MAX_FRAME, NEED, Walk
from botwarden.wire.load import Bytes, word32

HEADER_BYTES: Final = 24
RECORD_BYTES: Final = 16
MICROSECONDS: Final = 0xA1B2C3D4
NANOSECONDS: Final = 0xA1B23C4D

_LINK_TYPE_BITS: Final = 0x03FFFFFF  # the bits above tell the length of the FCS


@dataclass(frozen=True, slots=True)
class PcapHeader:
    """What a pcap file's header says: byte order, time units per second, link type of every packet."""

    big: bool
    per_second: float
    link_type: int


def pcap_header(data: bytes) -> PcapHeader | None:
    """The header of a pcap file from its first 24 bytes; None where the first four are none of pcap's magics."""
    order: Any
    for order in ("little", "big"):
        magic = int.from_bytes(data[:4], order)
        if magic in (MICROSECONDS, NANOSECONDS):
            per_second = 1e9 if magic == NANOSECONDS else 1e6
            network = int.from_bytes(data[20:24], order)
            return PcapHeader(order == "big", per_second, network & _LINK_TYPE_BITS)
    return None


class PcapRecords:
    """The records of a pcap file."""

    def __init__(self, header: PcapHeader) -> None:
        """``header`` of the same file."""
        self._header = header

    def walk(self, buffer: Bytes, pos: int, rows: NDArray[Any], links: NDArray[np.uint16]) -> Walk:
        """Fill in the framing columns of ``rows``, and ``links``, for the records from ``pos`` on."""
        links[:] = self._header.link_type
        return Walk(*walk_pcap(buffer, pos, rows, self._header.big, self._header.per_second))


@njit(cache=True, nogil=True)
def walk_pcap(buffer: Bytes, pos: int, rows: NDArray[Any], big: bool, per_second: float) -> tuple[int, int, int, int]:
    """Fill in ``ts offset cap_len wire_len`` of ``rows`` for the records from ``pos`` on.

    Returns the fields of a `botwarden.wire.framing.Walk`.
    """
    size = len(buffer)
    n = 0
    while True:
        if n == len(rows):
            return pos, n, FULL, 0
        if size - pos < RECORD_BYTES:
            return pos, n, NEED, RECORD_BYTES
        captured = word32(buffer, pos + 8, big)
        if captured > MAX_FRAME:
            return pos, n, BAD, BAD_CAPTURED
        if size - pos < RECORD_BYTES + captured:
            return pos, n, NEED, RECORD_BYTES + captured
        wire = word32(buffer, pos + 12, big)
        p = rows[n]
        if wire > MAX_FRAME:
            wire = captured
            p["flags"] = MALFORMED
        p["ts"] = word32(buffer, pos, big) + word32(buffer, pos + 4, big) / per_second
        p["offset"] = pos + RECORD_BYTES
        p["cap_len"] = captured
        p["wire_len"] = wire
        pos += RECORD_BYTES + captured
        n += 1
