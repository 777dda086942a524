"""`CaptureSource`: packets out of capture files and standard input."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

import numpy as np

from botwarden.core.capture import CaptureStats
from botwarden.core.packet import MALFORMED, TRUNCATED, PacketBatch
from botwarden.sources.lane import Lane
from botwarden.sources.merge import merged
from botwarden.sources.paths import capture_paths

CHUNK_BYTES: Final = 1 << 21
"""Bytes of capture read at a time: some 20,000 packets of 100 bytes, and little memory."""


class CaptureSource:
    """Reads captures (pcap, pcapng; plain, gzip, zstd) in the order of time. A `botwarden.core.ports.Source`.

    Files whose times overlap are merged packet by packet; the packets of one file keep their order. A batch's
    buffer and rows are its own: they can be kept.
    """

    def __init__(self, paths: Sequence[str | Path], *, stdin_fd: int = 0, chunk_bytes: int = CHUNK_BYTES) -> None:
        """Name what to read: files, directories for the captures in them, ``-`` for standard input.

        stdin_fd : descriptor that ``-`` stands for
        chunk_bytes : how much to read at a time

        Raises ConfigError for an unusable list and OSError for a file that cannot be read.
        """
        self.stats = CaptureStats()
        self.paths = capture_paths(paths)
        """The captures to read, directories replaced by what is in them."""
        self._lanes = [Lane(path, chunk_bytes, self.stats, stdin_fd) for path in self.paths]

    def batches(self) -> Iterator[PacketBatch]:
        """Yield the packets batch by batch, once; from a pipe as they arrive. ``stats`` is kept up to date.

        Raises CaptureError when a file is no capture or none of its link types is known, OSError when a file
        cannot be read, ConfigError when too many captures overlap. Damage ends the capture and is in ``stats``.
        """
        for batch in merged(self._lanes):
            self._count(batch)
            yield batch

    def progress(self) -> float | None:
        """Share of the files' bytes read so far, 0 to 1; None where one of them is a pipe."""
        total = 0
        for lane in self._lanes:
            if lane.size is None:
                return None
            total += lane.size
        return min(1.0, sum(lane.consumed for lane in self._lanes) / total) if total else 1.0

    def packets_of(self) -> list[int]:
        """Packets read so far of each of ``paths``."""
        return [lane.packets for lane in self._lanes]

    def _count(self, batch: PacketBatch) -> None:
        stats, packets = self.stats, batch.packets
        first, last = float(batch.ts.min()), float(batch.ts.max())
        stats.packets += len(packets)
        stats.bytes += int(packets["wire_len"].sum(dtype=np.int64))
        stats.first_ts = first if stats.first_ts is None else min(stats.first_ts, first)
        stats.last_ts = last if stats.last_ts is None else max(stats.last_ts, last)
        stats.truncated += int(np.count_nonzero(packets["flags"] & TRUNCATED))
        stats.malformed += int(np.count_nonzero(packets["flags"] & MALFORMED))
