"""Stretches of time in which most of a device's rows are anomalous, and what is kept of them to tell people."""

from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from botwarden.core.model import DetectorPart
from botwarden.core.score import Scores
from botwarden.detect.models.window import Window

GAP: Final = 60.0
"""s of capture time. Alarms that follow each other sooner are one episode."""
MAX_EPISODES: Final = 64
"""Per device; those that follow are joined to the last."""
MAX_TARGETS: Final = 64
"""Addresses that are told apart per episode."""


@dataclass(slots=True)
class Episode:
    """One such stretch.

    first_ts, last_ts : s, from the first anomalous row of the window that raised the alarm to the last
    rows, anomalous : rows since the alarm, and how many of them are; bytes : of the frames of these
    sure : sum of their confidences
    named : attacks that the classifier named, with [rows, sum of confidences]
    targets : addresses (hi, lo) that anomalous rows went to
    score, threshold, values, packet, part : of the row that was farthest above its threshold
    """

    first_ts: float
    last_ts: float
    rows: int = 0
    anomalous: int = 0
    bytes: int = 0
    sure: float = 0.0
    named: dict[str, list[float]] = field(default_factory=dict)
    targets: set[tuple[int, int]] = field(default_factory=set)
    score: float = -np.inf
    threshold: float = 0.0
    values: NDArray[np.floating] | None = None
    packet: Any = None
    part: DetectorPart | None = None


@dataclass(frozen=True, slots=True)
class Chunk:
    """The next rows of one device: PACKET[n], float[n, k], and what was said of them, and the part that judged them."""

    packets: NDArray[Any]
    values: NDArray[np.floating]
    scores: Scores
    part: DetectorPart | None


class Follower:
    """One device's window and episodes."""

    def __init__(self) -> None:
        """Know nothing yet."""
        self.episodes: list[Episode] = []
        self.rows = 0
        self.last_ts = -np.inf
        self._window = Window(1)
        self._odd = np.zeros(0, np.int64), np.zeros(0)  # number and time of the anomalous rows of the last window

    def update(self, chunk: Chunk, window: int) -> None:
        """Take the next rows; ``window``: how many decide together."""
        if window != self._window.size:
            self._window = Window(window)
        ts, anomalous = chunk.packets["ts"], chunk.scores.anomalous
        alarmed = self._window.update(anomalous)
        numbers = np.concatenate([self._odd[0], self.rows + np.flatnonzero(anomalous)])
        times = np.concatenate([self._odd[1], ts[anomalous]])
        for first, end in _stretches(alarmed, ts):
            if not self._goes_on(float(ts[first])):
                began = float(times[np.searchsorted(numbers, self.rows + first - window, "right")])
                self.episodes.append(Episode(began, began))
            self._add(chunk, slice(first, end))
        self.rows += len(ts)
        self.last_ts = max(self.last_ts, float(ts.max()))
        recent = numbers > self.rows - window
        self._odd = numbers[recent], times[recent]

    def _goes_on(self, ts: float) -> bool:
        return bool(self.episodes) and (ts - self.episodes[-1].last_ts <= GAP or len(self.episodes) >= MAX_EPISODES)

    def _add(self, chunk: Chunk, rows: slice) -> None:
        odd = rows.start + np.flatnonzero(chunk.scores.anomalous[rows])
        episode = self.episodes[-1]
        episode.rows += rows.stop - rows.start
        if len(odd):
            episode.last_ts = max(episode.last_ts, float(chunk.packets["ts"][odd].max()))
            _describe(episode, chunk, odd)


def _stretches(alarmed: NDArray[np.bool_], ts: NDArray[np.float64]) -> list[tuple[int, int]]:
    """(first, end) of alarmed rows, those not farther apart than `GAP` joined."""
    at = np.flatnonzero(alarmed)
    if not len(at):
        return []
    breaks = np.flatnonzero(np.diff(ts[at]) > GAP) + 1
    return [(int(part[0]), int(part[-1]) + 1) for part in np.split(at, breaks)]


def _describe(episode: Episode, chunk: Chunk, odd: NDArray[np.intp]) -> None:
    """Add anomalous rows to what is told of an episode."""
    scores = chunk.scores
    episode.anomalous += len(odd)
    episode.bytes += int(chunk.packets["wire_len"][odd].sum())
    episode.sure += float(scores.confidence[odd].sum())
    for code in np.unique(scores.label[odd]).tolist():
        if code >= 0:
            of = odd[scores.label[odd] == code]
            entry = episode.named.setdefault(scores.labels[code], [0, 0.0])
            entry[0] += len(of)
            entry[1] += float(scores.confidence[of].sum())
    for i in odd[: 4 * MAX_TARGETS].tolist():
        if len(episode.targets) >= MAX_TARGETS:
            break
        episode.targets.add((int(chunk.packets["dst_ip_hi"][i]), int(chunk.packets["dst_ip_lo"][i])))
    excess = scores.score[odd] - scores.threshold[odd]
    worst = int(odd[int(np.argmax(np.nan_to_num(excess, nan=-np.inf)))]) if len(odd) else -1
    if episode.values is None or float(scores.score[worst]) > episode.score:
        episode.score, episode.threshold = float(scores.score[worst]), float(scores.threshold[worst])
        episode.values, episode.packet = chunk.values[worst].copy(), chunk.packets[worst].copy()
        episode.part = chunk.part
