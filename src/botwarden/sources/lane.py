"""`Lane`: one capture among those that are read, from its file to batches."""

import math
from collections.abc import Generator, Iterator
from itertools import chain
from pathlib import Path
from typing import Final

from botwarden.core.capture import CaptureStats
from botwarden.core.packet import PacketBatch
from botwarden.sources.paths import STDIN
from botwarden.sources.stream import Stream, StreamError
from botwarden.wire.capture import CaptureReader

_PEEK: Final = 1 << 16  # bytes read at a time to find the first packet


class Lane:
    """One capture file, named pipe, or standard input.

    chunk : bytes to read at a time, from the next read on
    consumed, size : bytes of the file read so far, and in all; the latter None for a pipe
    packets : read so far
    """

    def __init__(self, path: str, chunk: int, stats: CaptureStats, stdin_fd: int) -> None:
        """When the end is reached, damage and skipped packets are added to ``stats``. Raises OSError."""
        self.chunk = chunk
        self.consumed = 0
        self.packets = 0
        self.size = Path(path).stat().st_size if path != STDIN and Path(path).is_file() else None
        self._path = path
        self._fd = stdin_fd if path == STDIN else None
        self._stats = stats
        self._begun: Iterator[PacketBatch] | None = None

    def first_ts(self) -> float:
        """Time of the first packet, s; minus infinity where there is none.

        A file is read up to there and closed again. Raises CaptureError and OSError as reading it does.
        """
        if self.size is not None:
            peek = self._read(peek=True)
            first = next(peek, None)
            peek.close()
        else:
            rest = self.batches()
            first = next(rest, None)
            self._begun = chain([] if first is None else [first], rest)
        return -math.inf if first is None else float(first.ts[0])

    def batches(self) -> Iterator[PacketBatch]:
        """The packets, once. Raises CaptureError where nothing can be read at all, and OSError."""
        if self._begun is None:
            self._begun = self._read(peek=False)
        return self._begun

    def _read(self, *, peek: bool) -> Generator[PacketBatch, None, None]:
        reader = CaptureReader(self._path)
        with Stream(self._path, self._fd) as stream:
            while not reader.damage:
                try:
                    data = stream.read(_PEEK if peek else self.chunk)
                except StreamError as error:
                    reader.spoil(str(error))
                    break
                if not peek:
                    self.consumed = stream.consumed
                if not data:
                    break
                for batch in reader.feed(data):
                    self.packets += 0 if peek else len(batch)
                    yield batch
        reader.finish()
        if not peek:
            self.consumed = self.size or self.consumed
            self._stats.damaged += [reader.damage] if reader.damage else []
            self._stats.skipped += reader.skipped
