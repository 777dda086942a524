"""What the two capture formats share: where a walk over the bytes ended, and the limits of one record."""

from typing import Final, NamedTuple

MAX_FRAME: Final = 1 << 20
"""Longest frame believed, bytes. libpcap stops at 262,144; BIG TCP segments on a virtual interface reach 512 KiB."""

MAX_ROWS: Final = 1 << 15
"""Most packets of one batch: 4 MB of decoded columns, so that batches of tiny packets stay small too."""

MAX_TS: Final = 253_402_300_799.0
"""Latest time believed, s: the end of the year 9999. A pcapng can claim times that no calendar has."""

# why a walk stopped
NEED: Final = 0  # the record at `pos` goes on past the bytes at hand
FULL: Final = 1  # no row is left
CONTROL: Final = 2  # pcapng: a section header or interface description is next
BAD: Final = 3  # from here on the bytes make no sense; `code` says why

# `code` of a walk that ended in BAD
BAD_CAPTURED: Final = 0
BAD_BLOCK: Final = 1
BAD_TRAILER: Final = 2
BAD_INTERFACE: Final = 3
BAD_PACKET_BLOCK: Final = 4
BAD_SECTION: Final = 5
BAD_DESCRIPTION: Final = 6
TOO_MANY_INTERFACES: Final = 7

BAD_TEXT: Final = (
    "a packet record with an impossible length",
    "a block with an impossible length",
    "a block whose two lengths differ",
    "a packet of an interface that was never described",
    "a packet block too small for its packet",
    "a section header without a byte order",
    "an interface description that is too short",
    "more interfaces in a section than are believed",
)


class Walk(NamedTuple):
    """Where a walk ended.

    pos : first byte that was not used
    rows : rows filled in so far
    status : NEED, FULL, CONTROL or BAD
    detail : NEED: bytes from ``pos`` on that the record needs; BAD: index into BAD_TEXT
    """

    pos: int
    rows: int
    status: int
    detail: int
