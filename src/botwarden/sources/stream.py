"""`Stream`: the bytes of a file or pipe, decompressed where they are compressed."""

import os
import select
import stat
import time
import zlib
from collections.abc import Callable
from typing import Any, Final, Self

import zstandard

PAUSE: Final = 0.15
"""Longest that bytes from a pipe wait for more to come, s: a live capture is followed without delay."""

_STEP: Final = 256
"""Compressed bytes given to a decompressor at a time. So few, because a broken stream loses what the last call made,
and because zstd makes up to 128 KiB out of every 4 bytes: one call makes 8 MiB at most, whatever the input."""

_MAGIC_BYTES: Final = 4
_RAW_READ: Final = 1 << 16
_MAX_WINDOW: Final = 1 << 25
"""Most memory that zstd data may ask for: four times what RFC 8878 wants supported, and enough for zstd -20."""
_GZIP: Final = b"\x1f\x8b"
_ZSTD: Final = b"\x28\xb5\x2f\xfd"
_ZSTD_SKIPPABLE: Final = b"\x2a\x4d\x18"  # after a byte 0x50 to 0x5f (RFC 8878, 3.1.2)


class StreamError(ValueError):
    """Compressed data that cannot be read on; everything before it has been delivered."""


class Stream:
    """Reads a file, or a pipe while it is being written. gzip and zstd are told by their first bytes.

    consumed : bytes read from the file itself, compressed as they are
    size : bytes of the file; None for what is no regular file
    """

    def __init__(self, path: str, fd: int | None = None) -> None:
        """Open ``path``, or use the open descriptor ``fd``, which is then not closed. Raises OSError."""
        self._fd = os.open(path, os.O_RDONLY | os.O_CLOEXEC) if fd is None else fd
        self._owned = fd is None
        status = os.fstat(self._fd)
        self.size = status.st_size if stat.S_ISREG(status.st_mode) else None
        self.consumed = 0
        self._pending = self._first_bytes()  # read from the file, given to the unpacker up to _at
        self._at = 0
        self._unpacker = _unpacker(self._pending)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the file, if it was opened here."""
        if self._owned and self._fd >= 0:
            os.close(self._fd)
            self._fd = -1

    def read(self, size: int) -> bytes:
        """About ``size`` bytes; from a pipe fewer where it pauses; none at the end.

        Decompressed data can exceed ``size`` by what one step of the decompressor makes. Raises StreamError where
        the compressed data is broken, OSError where the file cannot be read.
        """
        pieces: list[bytes] = []
        total = 0
        deadline = 0.0
        while total < size and not self._unpacker.broken:
            if self._at == len(self._pending):
                if pieces and not self._ready(deadline):
                    break
                self._pending, self._at = self._raw(self._unpacker.ahead or size - total), 0
                if not self._pending:
                    self._unpacker.end()
                    break
            step = min(self._unpacker.step, size - total)
            piece = self._unpacker.unpack(self._pending[self._at : self._at + step])
            self._at = min(self._at + step, len(self._pending))
            if piece:
                if not pieces:
                    deadline = time.monotonic() + PAUSE
                pieces.append(piece)
                total += len(piece)
        if self._unpacker.broken and not pieces:
            raise StreamError(self._unpacker.broken)
        return b"".join(pieces)

    def _first_bytes(self) -> bytes:
        head = b""
        while len(head) < _MAGIC_BYTES and (more := self._raw(_RAW_READ)):
            head += more
        return head

    def _raw(self, size: int) -> bytes:
        data = os.read(self._fd, size)
        self.consumed += len(data)
        return data

    def _ready(self, deadline: float) -> bool:
        """Wait until there is more to read, but no longer than to ``deadline``; whether there is."""
        if self.size is not None:
            return True
        left = deadline - time.monotonic()
        poll = select.poll()
        poll.register(self._fd, select.POLLIN)
        return left > 0 and bool(poll.poll(left * 1000))


class _Plain:
    """Data that is not compressed."""

    step = 1 << 30
    ahead = 0  # read from the file what is wanted, no more
    broken = ""

    def unpack(self, data: bytes) -> bytes:
        return data

    def end(self) -> None:
        """Nothing can be missing."""


class _Unpacker:
    """Decompresses a sequence of gzip members or zstd frames."""

    step = _STEP
    ahead = _RAW_READ

    def __init__(self, name: str, new: Callable[[], Any], error: type[Exception], padding: bytes) -> None:
        """``new`` makes a decompressor of one member; ``padding`` are bytes that may stand between members."""
        self.broken = ""  # what is wrong with the data, once something is
        self._name = name
        self._new = new
        self._error = error
        self._padding = padding
        self._member = new()

    def unpack(self, data: bytes) -> bytes:
        """What ``data`` makes; sets ``broken`` where it makes no sense."""
        made: list[bytes] = []
        while data:
            if self._member.eof:
                data = data.lstrip(self._padding) if self._padding else data
                if not data:
                    break
                self._member = self._new()
            try:
                made.append(self._member.decompress(data))
            except self._error as error:
                self.broken = f"the {self._name} data cannot be unpacked: {error}"
                break
            data = self._member.unused_data if self._member.eof else b""
        return b"".join(made)

    def end(self) -> None:
        """Note the end of the file."""
        if not self._member.eof:
            self.broken = f"the {self._name} data ends early"


def _unpacker(head: bytes) -> _Plain | _Unpacker:
    """The unpacker for a file that starts with ``head``."""
    if head.startswith(_GZIP):
        return _Unpacker("gzip", lambda: zlib.decompressobj(31), zlib.error, b"\0")
    if head.startswith(_ZSTD) or (head[1:4] == _ZSTD_SKIPPABLE and head[0] >> 4 == 5):
        new = zstandard.ZstdDecompressor(max_window_size=_MAX_WINDOW).decompressobj
        return _Unpacker("zstd", new, zstandard.ZstdError, b"")
    return _Plain()
