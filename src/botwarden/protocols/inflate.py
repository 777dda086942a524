"""Content-Encoding ``gzip`` and ``deflate`` undone piece by piece, with bounds on what a small body can blow up to."""

import zlib
from collections.abc import Iterator
from typing import Final

PIECE: Final = 65536
"""Bytes that are held at a time."""
FREE: Final = 1 << 20
"""Bytes that may come out whatever went in: pages of zeros are harmless while they are small."""
MAX_RATIO: Final = 40
"""Beyond `FREE`, at most so many bytes come out for each that went in. Text reaches 20, a bomb 1000."""

_GZIP: Final = 31
_ZLIB: Final = 15
_RAW: Final = -15


class Inflater:
    """Undoes one body's coding. What is damaged, or a bomb, ends it: nothing more comes out then.

    gzip : ``gzip``; otherwise ``deflate``, which some send with a zlib header (RFC 9110, 8.4.1.2) and some without
    """

    __slots__ = ("_begun", "_engine", "bomb", "given", "taken")

    def __init__(self, *, gzip: bool) -> None:
        """Expect the first byte."""
        self._engine = zlib.decompressobj(_GZIP) if gzip else None
        self._begun: bytes | None = None if gzip else b""
        self.taken = 0
        self.given = 0
        self.bomb = False

    def feed(self, data: bytes) -> Iterator[bytes]:
        """What the next bytes become, in pieces of at most `PIECE` bytes."""
        if self._begun is not None:
            data = self._begun + data
            if len(data) < 2:
                self._begun = data
                return
            self._begun = None
            is_zlib = data[0] & 15 == zlib.DEFLATED and int.from_bytes(data[:2], "big") % 31 == 0
            self._engine = zlib.decompressobj(_ZLIB if is_zlib else _RAW)
        full = False
        while self._engine is not None and (data or full):  # after a full piece more may wait inside the engine
            before = self._engine.copy()
            wanted = PIECE - self.given % PIECE
            try:
                piece = self._engine.decompress(data, wanted)
            except zlib.error:
                piece = _up_to_damage(before, data, wanted)
                self._engine = None
            else:
                left = self._engine.unconsumed_tail
                self.taken += len(data) - len(left)
                data = left
            self.given += len(piece)
            full = len(piece) == wanted
            if full and self.given > max(FREE, MAX_RATIO * self.taken):  # always at the same bytes
                self.bomb = True
                self._engine = None
            elif self._engine is not None and self._engine.eof:
                self._engine = None
            if piece:
                yield piece

    def stop(self) -> None:
        """Bytes are missing: what follows cannot be read."""
        self._engine = None
        self._begun = None


def _up_to_damage(engine: "zlib._Decompress", data: bytes, wanted: int) -> bytes:
    """What comes out before the damaged byte, however the bytes were split."""
    found = bytearray()
    try:
        for i in range(len(data)):
            found += engine.decompress(data[i : i + 1], wanted - len(found))
            if len(found) >= wanted:
                break
    except zlib.error:
        pass
    return bytes(found)
