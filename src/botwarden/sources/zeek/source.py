"""`ZeekSource`: records out of several logs, in the order of time."""

import math
from collections import deque
from collections.abc import Iterator, Sequence
from heapq import heappop, heappush
from pathlib import Path
from typing import Final

from botwarden.core.capture import CaptureStats
from botwarden.core.errors import ConfigError
from botwarden.core.record import Record
from botwarden.core.records.conn import ConnRecord
from botwarden.sources.zeek.log import Log, place_of
from botwarden.sources.zeek.paths import zeek_logs

MAX_OVERLAPPING: Final = 128
"""Logs of the same time that are merged: each holds up to a few MB of records while it is open."""


class ZeekSource:
    """Reads Zeek's logs, about in the order in which Zeek wrote their lines (`botwarden.sources.zeek.log.place_of`).

    The lines of one file keep their order among themselves. Lines and files that make no sense are in ``stats``.
    """

    def __init__(self, paths: Sequence[str | Path]) -> None:
        """Name what to read: logs, and folders for the logs in them.

        Raises ConfigError, CaptureError and OSError as `botwarden.sources.zeek.paths.zeek_logs` does.
        """
        self.stats = CaptureStats()
        """What conn.log tells of packets, as far as it was read."""
        self.logs, damage = zeek_logs(paths)
        """The files to read."""
        self.stats.damaged += damage
        self.read: dict[type[Record], int] = {}
        """Records read so far, by type."""

    def records(self) -> Iterator[Record]:
        """Yield the records, once. ``stats`` is kept up to date. Raises OSError, and ConfigError for too many at once.

        A file is opened when the time of its first record has come.
        """
        waiting = deque(sorted(((log.first(), place) for place, log in enumerate(self.logs))))
        open_: list[tuple[float, int, _Track]] = []  # a heap
        while open_ or waiting:
            if not open_ or (waiting and waiting[0][0] <= open_[0][0]):
                key, place = waiting.popleft()
                if math.isfinite(key):
                    heappush(open_, (key, place, _Track(self.logs[place])))
                else:  # nothing in it can be read; its damage is to be told
                    self._drain(self.logs[place])
                if len(open_) > MAX_OVERLAPPING:
                    raise ConfigError(f"more than {MAX_OVERLAPPING} logs overlap in time")
                continue
            _, place, track = heappop(open_)
            limit = min(open_[0][0] if open_ else math.inf, waiting[0][0] if waiting else math.inf)
            yield from self._counted(track.take(limit))
            if track.done:
                self.stats.damaged += track.log.damage
            else:
                heappush(open_, (track.key, place, track))

    def progress(self) -> float | None:
        """Share of the files' bytes read so far, 0 to 1."""
        total = sum(log.size for log in self.logs)
        return min(1.0, sum(log.consumed for log in self.logs) / total) if total else 1.0

    def _drain(self, log: Log) -> None:
        for _ in log.batches():
            pass
        self.stats.damaged += log.damage

    def _counted(self, records: Iterator[Record]) -> Iterator[Record]:
        stats, read = self.stats, self.read
        for record in records:
            read[type(record)] = read.get(type(record), 0) + 1
            if type(record) is ConnRecord:
                stats.packets += record.orig_pkts + record.resp_pkts
                stats.bytes += record.orig_ip_bytes + record.resp_ip_bytes
            first, last = record.ts, place_of(record)
            stats.first_ts = first if stats.first_ts is None or first < stats.first_ts else stats.first_ts
            stats.last_ts = last if stats.last_ts is None or last > stats.last_ts else stats.last_ts
            yield record


class _Track:
    """A log that is open, and what was read of it and not passed on yet.

    key : place in time of the next record; it never goes back, whatever the records say
    done : whether there is none
    """

    def __init__(self, log: Log) -> None:
        self.log = log
        self.key = -math.inf
        self.done = False
        self._batches = log.batches()
        self._batch: Iterator[Record] = iter(())
        self._next: Record | None = None
        self._advance()

    def take(self, limit: float) -> Iterator[Record]:
        """Pass on the next record, and those after it that have their place by ``limit``."""
        while self._next is not None:
            yield self._next
            self._advance()
            if self.key > limit:
                break

    def _advance(self) -> None:
        self._next = next(self._batch, None)
        if self._next is None:
            self._batch = iter(next(self._batches, ()))
            self._next = next(self._batch, None)
        if self._next is None:
            self.done = True
        else:
            self.key = max(self.key, place_of(self._next))
