"""Several captures as one, in the order of time."""

import math
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from botwarden.core.errors import ConfigError
from botwarden.core.packet import PacketBatch
from botwarden.sources.lane import Lane

MAX_OVERLAPPING: Final = 64
"""Captures of the same time that are merged: each holds a batch in memory while it is open."""

_MEMORY: Final = 8 << 20  # bytes of capture held by all that are open at once
_FIRST_CHUNK: Final = 1 << 15  # to begin with, as many may begin at once


class _Part(NamedTuple):
    batch: PacketBatch
    keys: NDArray[np.float64]


class _Track:
    """What was read of one capture and not passed on yet. Its keys are its packets' times, but never go back."""

    def __init__(self, lane: Lane, place: int) -> None:
        self.lane = lane
        self.place = place
        self.last = -math.inf  # key of the last packet that was read
        self._batches = lane.batches()
        self._left: _Part | None = None

    def refill(self) -> bool:
        """Read on if nothing is left; whether there is anything."""
        if self._left is None:
            batch = next(self._batches, None)
            if batch is None:
                return False
            keys = np.maximum(np.maximum.accumulate(batch.ts), self.last)
            self.last = float(keys[-1])
            self._left = _Part(batch, keys)
        return True

    def take(self, limit: float, *, inclusive: bool) -> _Part | None:
        """Hand out the packets before ``limit``, or up to and with it."""
        if self._left is None:
            return None
        batch, keys = self._left
        stop = int(np.searchsorted(keys, limit, "right" if inclusive else "left"))
        self._left = _Part(batch[stop:], keys[stop:]) if stop < len(keys) else None
        return _Part(batch[:stop], keys[:stop]) if stop else None


def merged(lanes: Sequence[Lane]) -> Iterator[PacketBatch]:
    """The packets of all captures in the order of time; those of one capture keep their order among themselves.

    A capture is opened when the time of its first packet has come, so that files that follow one another are read
    one by one and their batches are passed on as they are. Raises ConfigError where more than MAX_OVERLAPPING
    captures cover the same time, and whatever reading them raises.
    """
    if len(lanes) == 1:
        yield from lanes[0].batches()
        return
    first = [(lane.first_ts(), place) for place, lane in enumerate(lanes)]
    waiting = deque(sorted(first))
    tracks: list[_Track] = []
    opened = count = 0
    while tracks or waiting:
        # nobody may pass the last packet at hand of anyone, nor the first one of a capture that is not open yet
        limits = [(track.last, track.place) for track in tracks]
        if waiting:
            limits.append((waiting[0][0], opened))
        limit, place = min(limits)
        parts = [part for track in tracks if (part := track.take(limit, inclusive=track.place <= place))]
        if parts:
            batch = replace(_interleaved(parts), first=count)
            count += len(batch)
            yield batch
        tracks = [track for track in tracks if track.refill()]
        if place == opened:
            tracks += _opened(lanes[waiting.popleft()[1]], tracks, opened)
            opened += 1


def _opened(lane: Lane, tracks: list[_Track], place: int) -> list[_Track]:
    """A track of ``lane`` beside those that are open; none where it has no packets."""
    if len(tracks) == MAX_OVERLAPPING:
        raise ConfigError(f"more than {MAX_OVERLAPPING} captures overlap in time; merge them into one first")
    share = min(lane.chunk, _MEMORY // (len(tracks) + 1))
    lane.chunk = min(lane.chunk, _FIRST_CHUNK)
    track = _Track(lane, place)
    found = track.refill()
    for each in (*tracks, track):
        each.lane.chunk = share
    return [track] if found else []


def _interleaved(parts: Sequence[_Part]) -> PacketBatch:
    """One batch of all parts, by key and then by part. A single part is passed on as it is."""
    if len(parts) == 1:
        return parts[0].batch
    buffers, rows, start = [], [], 0
    for batch, _ in parts:
        offsets = batch.packets["offset"]
        low = int(offsets.min())
        buffers.append(batch.buffer[low : int((offsets + batch.packets["cap_len"]).max())])
        moved = batch.packets.copy()
        moved["offset"] += start - low
        rows.append(moved)
        start += len(buffers[-1])
    order = np.argsort(np.concatenate([part.keys for part in parts]), kind="stable")
    return PacketBatch(np.concatenate(buffers), np.concatenate(rows)[order])
