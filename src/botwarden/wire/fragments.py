"""`Defragmenter`: IP fragments put together (RFC 791, section 3.2; RFC 8200, section 4.5; holes as in RFC 815).

Fragments overlap only where somebody tries to hide something: what came first stands. Everything that is kept is
bounded, as anybody can send first fragments and never the rest.
"""

from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from botwarden.core.packet import FRAGMENT, PACKET, PacketBatch
from botwarden.wire.frame import decode
from botwarden.wire.linktype import RAW

MAX_DATAGRAMS: Final = 1024  # unfinished ones
MAX_PER_SOURCE: Final = 64  # of them: one sender leaves room for others
MAX_BYTES: Final = 8 << 20  # that unfinished datagrams hold together
MAX_FRAGMENTS: Final = 128  # of a datagram; 64 KiB over Ethernet come in 45
TIMEOUT: Final = 30.0  # s of the capture's time; Linux and RFC 791 say 15 to 30, RFC 8200 60
MAX_LENGTH: Final = 65_535  # bytes of an IP packet

_COLUMNS: Final = (
    "ts", "ip_version", "offset", "ip_start", "ip_len", "cap_len", "ip_id", "proto",
    "src_ip_hi", "src_ip_lo", "dst_ip_hi", "dst_ip_lo",
)  # fmt: skip
_MAX_EXTENSIONS: Final = 16
_IPV6_HEADER: Final = 40
_FRAGMENT_HEADER: Final = 44
_OPEN_END: Final = 1 << 20  # of the last hole while the length is not known

Key = tuple[int, int, int, int, int, int]
"""Source, destination (two halves each), identification, transport."""
Source = tuple[int, int]


@dataclass(slots=True)
class _Fragment:
    start: int  # of its data in the datagram, bytes
    data: bytes
    more: bool
    head: bytes  # the headers before the data, without IPv6's fragment header


@dataclass(slots=True)
class _Datagram:
    ts: float
    head: bytes = b""
    parts: list[tuple[int, bytes]] = field(default_factory=list)  # (where it begins, data), as they came
    holes: list[tuple[int, int]] = field(default_factory=lambda: [(0, _OPEN_END)])
    end: int = 0  # of the data, where known
    size: int = 0  # bytes held


class Defragmenter:
    """Holds the fragments of IP datagrams until each is whole. One per capture, or per level of tunnels."""

    def __init__(self) -> None:
        """Hold nothing yet."""
        self._datagrams: dict[Key, _Datagram] = {}
        self._sources: dict[Source, dict[Key, None]] = {}
        self._held = 0
        self._now = 0.0

    def update(self, batch: PacketBatch) -> PacketBatch:
        """The packets of a batch with every fragment taken out and every datagram that became whole put in.

        A whole datagram stands where its last fragment stood and has that one's time and interface, and the MACs and
        VLAN; its ``offset`` points to its IP header, which no link-layer header precedes, in a longer buffer.
        A batch without fragments is handed back as it is. Indexes of packets are not kept otherwise.
        """
        flags = batch.packets["flags"]
        chosen = np.flatnonzero(flags & FRAGMENT)
        if not len(chosen):
            return batch
        at: list[int] = []
        whole: list[bytes] = []
        columns = (batch.packets[name][chosen].tolist() for name in _COLUMNS)
        for i, *row in zip(chosen.tolist(), *columns, strict=True):
            datagram = self._hear(batch.buffer, row)
            if datagram is not None:
                at.append(i)
                whole.append(datagram)
        keep = (flags & FRAGMENT) == 0
        if not whole:
            return PacketBatch(batch.buffer, batch.packets[keep], batch.first)
        return _put_in(batch, keep, np.array(at), whole)

    def _hear(self, buffer: NDArray[np.uint8], row: list[Any]) -> bytes | None:
        """Take in a fragment, given by its `_COLUMNS`; the whole packet where it was the last one missing."""
        ts, version, frame, start, length, captured, ip_id, proto, src_hi, src_lo, dst_hi, dst_lo = row
        self._now = max(self._now, ts)
        if start + length > captured:
            return None
        packet = buffer[frame + start : frame + start + length].tobytes()
        read = _read_v4(packet, ip_id) if version == 4 else _read_v6(packet)
        if read is None:
            return None
        ident, fragment = read
        key = src_hi, src_lo, dst_hi, dst_lo, ident, proto if version == 4 else -1  # RFC 8200 leaves it out
        datagram = self._datagrams.get(key)
        if datagram is not None and self._now - datagram.ts > TIMEOUT:
            self._drop(key)
            datagram = None
        if datagram is None:
            datagram = self._begin(key)
        if not _add(datagram, fragment):
            return None
        datagram.size += len(fragment.data)
        self._held += len(fragment.data)
        if not datagram.holes:
            self._drop(key)
            return _assemble(datagram)
        if len(datagram.parts) >= MAX_FRAGMENTS:
            self._drop(key)
        while self._held > MAX_BYTES:
            self._drop(next(iter(self._datagrams)))
        return None

    def _begin(self, key: Key) -> _Datagram:
        """A new datagram, and room for it."""
        while self._datagrams:
            oldest = next(iter(self._datagrams))
            if len(self._datagrams) < MAX_DATAGRAMS and self._now - self._datagrams[oldest].ts <= TIMEOUT:
                break
            self._drop(oldest)
        src = key[:2]
        of_source = self._sources.get(src)
        if of_source is not None and len(of_source) >= MAX_PER_SOURCE:
            self._drop(next(iter(of_source)))
        self._sources.setdefault(src, {})[key] = None
        datagram = self._datagrams[key] = _Datagram(self._now)
        return datagram

    def _drop(self, key: Key) -> None:
        self._held -= self._datagrams.pop(key).size
        src = key[:2]
        of_source = self._sources[src]
        del of_source[key]
        if not of_source:
            del self._sources[src]


def _read_v4(packet: bytes, ident: int) -> tuple[int, _Fragment] | None:
    """Identification and content of a fragment; None where it can be none."""
    size = (packet[0] & 15) * 4
    start = int.from_bytes(packet[6:8], "big") << 3 & 0xFFFF
    return _checked(ident, _Fragment(start, packet[size:], bool(packet[6] & 0x20), packet[:size]))


def _read_v6(packet: bytes) -> tuple[int, _Fragment] | None:
    """Identification and content of a fragment; None where it can be none."""
    found = _fragment_header(packet)
    if found is None:
        return None
    before, at = found
    position = int.from_bytes(packet[at + 2 : at + 4], "big")
    head = packet[:before] + packet[at : at + 1] + packet[before + 1 : at]
    ident = int.from_bytes(packet[at + 4 : at + 8], "big")
    return _checked(ident, _Fragment(position & 0xFFF8, packet[at + 8 :], bool(position & 1), head))


def _checked(ident: int, fragment: _Fragment) -> tuple[int, _Fragment] | None:
    size = len(fragment.data)
    if not size or (fragment.more and size % 8) or fragment.start + size + len(fragment.head) > MAX_LENGTH:
        return None
    return ident, fragment


def _fragment_header(packet: bytes) -> tuple[int, int] | None:
    """Of an IPv6 packet's fragment header, where the header before names it and where it begins."""
    before, at = 6, _IPV6_HEADER
    for _ in range(_MAX_EXTENSIONS):
        if at + 8 > len(packet):
            return None
        kind = packet[before]
        if kind == _FRAGMENT_HEADER:
            return before, at
        if kind not in (0, 43, 60):  # RFC 8200: what may come before it
            return None
        before, at = at, at + (packet[at + 1] + 1) * 8
    return None


def _add(datagram: _Datagram, fragment: _Fragment) -> bool:
    """Fill the datagram's holes with a fragment; False where it fills none or contradicts those before."""
    begin, end = fragment.start, fragment.start + len(fragment.data)
    holes = datagram.holes
    is_open = bool(holes) and holes[-1][1] == _OPEN_END
    if not is_open and (not fragment.more or end > datagram.end):
        return False  # a second end, or data past the end
    if is_open and not fragment.more and end < holes[-1][0]:
        return False  # an end before data that is there
    left = []
    for first, last in holes:
        if end <= first or begin >= last:
            left.append((first, last))
            continue
        if first < begin:
            left.append((first, begin))
        if end < last:
            left.append((end, last))
    if not fragment.more:
        left.pop()  # what is behind the end
        datagram.end = end
    if left == holes:
        return False
    datagram.holes = left
    datagram.parts.append((begin, fragment.data))
    if begin == 0 and not datagram.head:
        datagram.head = fragment.head
    return True


def _assemble(datagram: _Datagram) -> bytes | None:
    """The whole packet, its header as if it had never been in pieces; None where it would be too long."""
    size = datagram.end
    content = bytearray(size)
    for start, data in reversed(datagram.parts):  # what came first is written last, and stands
        content[start : start + len(data)] = data
    head = bytearray(datagram.head)
    if len(head) + size > MAX_LENGTH:
        return None
    if head[0] >> 4 == 6:
        head[4:6] = (len(head) - _IPV6_HEADER + size).to_bytes(2, "big")
        return bytes(head + content)
    head[2:4] = (len(head) + size).to_bytes(2, "big")
    head[6:8] = bytes(2)
    head[10:12] = bytes(2)
    total = sum(int.from_bytes(head[i : i + 2], "big") for i in range(0, len(head), 2))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    head[10:12] = (total ^ 0xFFFF).to_bytes(2, "big")
    return bytes(head + content)


def _put_in(batch: PacketBatch, keep: NDArray[np.bool_], at: NDArray[np.int64], whole: list[bytes]) -> PacketBatch:
    """A batch of the packets to keep and, at the places ``at`` of others, whole datagrams."""
    lengths = np.array([len(packet) for packet in whole], np.int64)
    buffer = np.concatenate((batch.buffer, np.frombuffer(b"".join(whole), np.uint8)))
    rows = np.zeros(len(whole), PACKET)
    for name in ("ts", "src_mac", "dst_mac", "vlan", "interface"):
        rows[name] = batch.packets[name][at]
    rows["offset"] = len(batch.buffer) + np.cumsum(lengths) - lengths
    rows["cap_len"] = rows["wire_len"] = lengths
    decode(buffer, rows, np.full(len(rows), RAW, np.uint16))
    packets = batch.packets.copy()
    packets[at] = rows
    keep = keep.copy()
    keep[at] = True
    return PacketBatch(buffer, packets[keep], batch.first)
