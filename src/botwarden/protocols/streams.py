"""`Stream`: one direction of a TCP connection put in order.

Of bytes that were sent twice the first ones count. What was acknowledged and never seen is a gap; so is what lies in
front of waiting pieces when these grow over a limit.
"""

from bisect import bisect_right
from typing import Final

MAX_WAITING: Final = 1 << 18
"""Bytes of one direction that wait for what belongs in front of them: four full windows without scaling."""
MAX_PIECES: Final = 256
"""Pieces that wait: tiny ones cost more than their bytes."""

Chunk = bytes | int
"""Bytes in order, or the size of a gap."""


class Stream:
    """Takes pieces anywhere, gives them in order. Offsets are relative to the direction's first byte.

    next : offset of the first byte that has not been handed out
    waiting : bytes that wait
    """

    __slots__ = ("_pieces", "_starts", "next", "waiting")

    def __init__(self) -> None:
        """Begin at offset 0."""
        self.next = 0
        self._starts: list[int] = []
        self._pieces: list[bytes] = []
        self.waiting = 0

    def add(self, offset: int, data: bytes, missing: int = 0) -> list[Chunk]:
        """Take bytes at an offset, followed by ``missing`` not captured ones; returns what is in order now."""
        if offset == self.next and not self._starts and not missing:  # nearly always
            self.next += len(data)
            return [data] if data else []
        end = offset + len(data)
        if offset < self.next:
            data = data[self.next - offset :]
            offset = self.next
        self._keep(offset, data)
        found = self._ready()
        if missing and end <= self.next < end + missing:
            gap = end + missing - self.next
            if self._starts:
                gap = min(gap, self._starts[0] - self.next)
            self.next += gap
            found += [gap, *self._ready()]
        while self.waiting > MAX_WAITING or len(self._starts) > MAX_PIECES:
            found += self._force()
        return found

    def acknowledged(self, offset: int) -> list[Chunk]:
        """The other side has everything up to an offset: what lies before it and was not seen is a gap."""
        found: list[Chunk] = []
        while self._starts and self.next < offset:
            gap = min(self._starts[0], offset) - self.next
            self.next += gap
            found += [gap, *self._ready()]
        return found

    def flush(self) -> list[Chunk]:
        """Everything that waits, with the gaps between: nothing more will come."""
        found: list[Chunk] = []
        while self._starts:
            found += self._force()
        return found

    def _keep(self, offset: int, data: bytes) -> None:
        """Store a piece, less what is there already."""
        at = bisect_right(self._starts, offset)
        if at:
            covered = self._starts[at - 1] + len(self._pieces[at - 1]) - offset
            if covered > 0:
                data = data[covered:]
                offset += covered
        while data:
            room = self._starts[at] - offset if at < len(self._starts) else len(data)
            part = data[:room]
            if part:
                self._starts.insert(at, offset)
                self._pieces.insert(at, part)
                self.waiting += len(part)
                at += 1
            if room >= len(data):
                return
            covered = room + len(self._pieces[at])
            data = data[covered:]
            offset += covered
            at += 1

    def _ready(self) -> list[Chunk]:
        count = 0
        found: list[Chunk] = []
        for start, piece in zip(self._starts, self._pieces, strict=True):
            if start != self.next:
                break
            found.append(piece)
            self.next += len(piece)
            self.waiting -= len(piece)
            count += 1
        del self._starts[:count], self._pieces[:count]
        return found

    def _force(self) -> list[Chunk]:
        gap = self._starts[0] - self.next
        self.next += gap
        return [gap, *self._ready()]
