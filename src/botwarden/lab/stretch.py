"""Brings a recording to story time: the times in a pcapng file, and nothing else, are moved by the clock's stretches.

The format is that of draft-ietf-opsawg-pcapng (section 4). Rewritten are the times of enhanced packet blocks, and of
interface statistics blocks their own and those of their options. What is captured keeps its order: time only ever goes
forwards. Memory is that of one block.

Where asked for, frames are padded to the least that a real Ethernet has: the links of namespaces carry shorter ones.
"""

import struct
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import BinaryIO, Final, NamedTuple

from botwarden.lab.clock import Stretch
from botwarden.lab.errors import LabError

SECTION: Final = 0x0A0D0D0A
INTERFACE: Final = 1
STATISTICS: Final = 5
PACKET: Final = 6
MAX_BLOCK: Final = 16 << 20
"""Bytes of a block; a frame has 256 KB at most."""
MAX_INTERFACES: Final = 1_000
SHORTEST: Final = 60
"""Bytes of an Ethernet frame without its checksum (IEEE 802.3, 3.2.7)."""
ORDERS: Final = {b"\x1a\x2b\x3c\x4d": ">", b"\x4d\x3c\x2b\x1a": "<"}
_END: Final = 0
_RESOLUTION: Final = 9
_OFFSET: Final = 14
_STATISTICS_TIMES: Final = (2, 3)
"""When an interface's counting began and ended."""


class Ticks(NamedTuple):
    """How an interface counts time: ``per_second`` ticks, from ``offset`` seconds after 1970 on."""

    per_second: int = 1_000_000
    offset: int = 0


def story_ticks(ticks: int, how: Ticks, stretches: Sequence[Stretch]) -> int:
    """A time of a packet in story time, to the tick.

    The stretch that holds it is stretched from its beginning; before the first one that one counts. Raises LabError for
    a time that no file can hold.
    """
    at = ticks + how.offset * how.per_second
    number = 0
    while number + 1 < len(stretches) and _exact(stretches[number + 1].machine, how.per_second) <= at:
        number += 1
    current = stretches[number]
    passed = at - _exact(current.machine, how.per_second)
    whole, part = divmod(abs(passed), 1 << 50)  # a double holds 53 bits: ticks of 13 days, and those beyond, apart
    moved = int(whole * (1 << 50) * current.speed) + round(part * current.speed)
    story = _exact(current.story, how.per_second) + (moved if passed >= 0 else -moved)
    if number + 1 < len(stretches):  # a clock's seconds are rounded: nothing passes the beginning of the next stretch
        story = min(story, _exact(stretches[number + 1].story, how.per_second))
    story -= how.offset * how.per_second
    if not 0 <= story < 1 << 64:
        raise LabError(f"the time {ticks} of a packet cannot be brought to that of the story")
    return story


def _exact(seconds: float, per_second: int) -> int:
    """Seconds as ticks, with no more error than the seconds have."""
    numerator, denominator = seconds.as_integer_ratio()
    return numerator * per_second // denominator


class Stretcher:
    """Takes the blocks of a pcapng file one after the other and gives each back in story time."""

    def __init__(self, stretches: Sequence[Stretch], *, pad: bool = False) -> None:
        """``stretches`` : of the clock, in order, at least one; ``pad``: frames to `SHORTEST`."""
        self.packets = 0
        self._stretches = stretches
        self._pad = pad
        self._order = "<"
        self._interfaces: list[Ticks] = []

    def block(self, data: bytes) -> bytes:
        """A whole block in story time. Raises LabError for a damaged one."""
        kind = self._kind(data)
        if kind == SECTION:
            self._interfaces = []
            return data
        if kind == INTERFACE:
            self._meet(data)
            return data
        if kind == PACKET and self._need(data, 32):
            self.packets += 1
            moved = self._moved(data, 12, self._interface(data))
            return self._padded(moved) if self._pad else moved
        if kind == STATISTICS and self._need(data, 24):
            how = self._interface(data)
            moved = self._moved(data, 12, how)
            for code, at, length in self._options(data, 20):
                if code in _STATISTICS_TIMES and length == 8:
                    moved = self._moved(moved, at, how)
            return moved
        return data

    def _kind(self, data: bytes) -> int:
        if data[:4] == b"\x0a\x0d\x0d\x0a":
            self._order = ORDERS.get(data[8:12], "")
            if not self._order:
                raise LabError("the recording is damaged: it has no byte order")
        kind: int = struct.unpack_from(self._order + "I", data)[0]
        return kind

    def _need(self, data: bytes, size: int) -> bool:
        if len(data) < size:
            raise LabError("the recording is damaged: a block is too short")
        return True

    def _interface(self, data: bytes) -> Ticks:
        number: int = struct.unpack_from(self._order + "I", data, 8)[0]
        if number >= len(self._interfaces):
            raise LabError(f"the recording is damaged: it has no interface {number}")
        return self._interfaces[number]

    def _meet(self, data: bytes) -> None:
        self._need(data, 20)
        if len(self._interfaces) >= MAX_INTERFACES:
            raise LabError(f"the recording has more than {MAX_INTERFACES} interfaces")
        per_second, offset = 1_000_000, 0
        for code, at, length in self._options(data, 16):
            if code == _RESOLUTION and length == 1:
                per_second = 1 << (data[at] & 0x7F) if data[at] & 0x80 else 10 ** data[at]
            elif code == _OFFSET and length == 8:
                (offset,) = struct.unpack_from(self._order + "q", data, at)
        self._interfaces.append(Ticks(per_second, offset))

    def _options(self, data: bytes, at: int) -> Iterator[tuple[int, int, int]]:
        """(code, place of the value, its length) of each option from ``at`` on."""
        end = len(data) - 4
        while at + 4 <= end:
            code, length = struct.unpack_from(self._order + "HH", data, at)
            if code == _END:
                return
            if at + 4 + length > end:
                raise LabError("the recording is damaged: an option is longer than its block")
            yield code, at + 4, length
            at += 4 + (length + 3) // 4 * 4

    def _padded(self, data: bytes) -> bytes:
        """The block of a packet, its frame with zeros at its end where it is short and was captured whole."""
        captured, size = struct.unpack_from(self._order + "II", data, 20)
        after = 28 + (captured + 3) // 4 * 4
        if size >= SHORTEST or captured != size:
            return data
        self._need(data, after + 4)
        length = struct.pack(self._order + "I", 28 + SHORTEST + len(data) - after)
        frame = data[28 : 28 + captured].ljust(SHORTEST, b"\0")
        sizes = struct.pack(self._order + "II", SHORTEST, SHORTEST)
        return data[:4] + length + data[8:20] + sizes + frame + data[after:-4] + length

    def _moved(self, data: bytes, at: int, how: Ticks) -> bytes:
        high, low = struct.unpack_from(self._order + "II", data, at)
        ticks = story_ticks(high << 32 | low, how, self._stretches)
        return data[:at] + struct.pack(self._order + "II", ticks >> 32, ticks & 0xFFFFFFFF) + data[at + 8 :]


def blocks(source: BinaryIO) -> Iterator[bytes]:
    """The blocks of a pcapng file. Raises LabError where it is damaged or is none."""
    order, first = "<", True
    while head := source.read(8):
        if len(head) < 8:
            raise LabError("the recording ends within a block")
        if head[:4] == b"\x0a\x0d\x0d\x0a":
            magic = source.read(4)
            order = ORDERS.get(magic, "")
            head += magic
        if not order or (first and len(head) == 8):
            raise LabError("the recording is no pcapng file")
        first = False
        (length,) = struct.unpack_from(order + "I", head, 4)
        if not len(head) + 4 <= length <= MAX_BLOCK or length % 4:
            raise LabError(f"the recording is damaged: a block of {length} bytes")
        data = head + source.read(length - len(head))
        if len(data) < length:
            raise LabError("the recording ends within a block")
        if data[-4:] != head[4:8]:
            raise LabError("the recording is damaged: a block's lengths differ")
        yield data


def stretch(source: BinaryIO, target: BinaryIO, stretches: Sequence[Stretch], *, pad: bool = False) -> int:
    """Copy a pcapng file in story time; returns the number of packets.

    pad : frames to `SHORTEST`

    Raises LabError, OSError.
    """
    if not stretches:
        raise LabError("the lab's clock does not run")
    stretcher = Stretcher(stretches, pad=pad)
    for data in blocks(source):
        target.write(stretcher.block(data))
    return stretcher.packets


def stretch_file(source: Path, target: Path, stretches: Sequence[Stretch], *, pad: bool = False) -> int:
    """The same for files. What is damaged, or does not fit, leaves no target. Raises LabError, OSError."""
    try:
        with source.open("rb") as recorded, target.open("wb") as written:
            return stretch(recorded, written, stretches, pad=pad)
    except BaseException:
        target.unlink(missing_ok=True)
        raise
