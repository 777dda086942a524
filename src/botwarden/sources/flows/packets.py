"""`FlowPackets`: conversations in, packets in the order of time out."""

from collections.abc import Iterator, Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from botwarden.core.packet import PACKET, TCP, PacketBatch
from botwarden.core.records.conn import ConnRecord
from botwarden.sources.flows.rows import FLOW, flow_rows, taken
from botwarden.sources.flows.trains import TRAIN, trains_of

WINDOW: Final = 1 << 17
"""Conversations that are held until those that began before them must have been read, 20 MB. Zeek writes a conversation
when it is over, so that a long one comes after others that began later. What comes later still is cut short."""
MOVABLE: Final = 60.0
"""s: a conversation that comes too late and lasted no longer than this is made as a whole, a little after its time."""
CHUNK: Final = 1 << 13
"""Conversations taken out of the window at a time."""
MAX_TRAINS: Final = 1 << 18
"""Of conversations that are going on at one time, 50 MB. Those that would go on longest make room."""
BATCH: Final = 1 << 16
"""Packets handed out at a time, more or less."""
BUDGET: Final = 10_000_000
BUDGET_EACH: Final = 100
"""Packets that are made in all, and more for each conversation: a log can claim any number of them."""
LIMITS: Final = (np.inf, 50_000, 5_000, 500, 50, 8)
"""Packets of a kind and direction that a conversation gets, the first of these that the budget allows."""

_GOLDEN: Final = (5**0.5 - 1) / 2  # its multiples, modulo 1, lie evenly and no two distances of neighbours are alike


class FlowPackets:
    """Makes packets of conversations. Memory is bounded, whatever the conversations say.

    made : packets handed out so far
    cut : trains (`botwarden.sources.flows.trains`) that were cut short for want of room, and long conversations that
        came too late
    """

    def __init__(self, window: int = WINDOW) -> None:
        """Nothing waits."""
        self.made = 0
        self.cut = 0
        self._window = window
        self._records: list[ConnRecord] = []
        self._flows = np.zeros(0, FLOW)  # sorted by time
        self._trains = np.zeros(0, TRAIN)
        self._now = -np.inf  # all before has been handed out
        self._budget = float(BUDGET)

    def add(self, record: ConnRecord) -> Iterator[PacketBatch]:
        """Take a conversation; the iterator, which must be used up, yields packets whose time has come."""
        self._records.append(record)
        if len(self._records) < CHUNK:
            return iter(())
        self._take()
        return self._until(self._flows["ts"][-self._window]) if len(self._flows) > self._window else iter(())

    def finish(self) -> Iterator[PacketBatch]:
        """Yield what is left."""
        self._take()
        yield from self._until(np.inf)

    def _take(self) -> None:
        rows = flow_rows(self._records)
        self._records = []
        self._budget += BUDGET_EACH * len(rows)
        late = rows["ts"] < self._now
        self.cut += int(np.count_nonzero(late & (rows["duration"] > MOVABLE)))
        rows["ts"] = np.where(late & (rows["duration"] <= MOVABLE), self._now, rows["ts"])
        flows = np.concatenate([self._flows, rows])
        self._flows = taken(flows, np.argsort(flows["ts"], kind="stable"))

    def _until(self, end: float) -> Iterator[PacketBatch]:
        """The packets before ``end``, by which time every conversation that began before is in the window."""
        while len(self._flows) and self._flows["ts"][0] < end:
            flows = self._flows[:CHUNK]
            flows = flows[: np.searchsorted(flows["ts"], end)]
            self._flows = self._flows[len(flows) :]
            self._board(flows)
            yield from self._hand_out(min(end, self._flows["ts"][0] if len(self._flows) else np.inf))
        yield from self._hand_out(end)

    def _board(self, flows: NDArray[Any]) -> None:
        for limit in LIMITS:
            new = trains_of(flows, limit)
            if new["count"].sum() <= self._budget:
                break
        self._budget -= new["count"].sum()
        self.cut += int(np.count_nonzero(new["count"] >= limit))
        single = new["count"] == 1
        new["start"] = np.where(single, np.maximum(new["start"], self._now), new["start"])
        new["done"] = _before(new, self._now)
        trains = np.concatenate([self._trains, new])
        if len(trains) > MAX_TRAINS:
            last = trains["start"] + trains["step"] * trains["count"]
            kept = np.sort(np.argpartition(last, MAX_TRAINS)[:MAX_TRAINS])
            self.cut += len(trains) - MAX_TRAINS
            trains = taken(trains, kept)
        self._trains = trains

    def _hand_out(self, end: float) -> Iterator[PacketBatch]:
        """The packets of what is on board, before ``end``."""
        while True:
            upto, stop = self._step(end)
            due = upto > self._trains["done"]
            if due.any():
                yield self._batch(due, upto)
            self._now = max(self._now, stop)
            left = self._trains["done"] < self._trains["count"]
            if not left.all():
                self._trains = taken(self._trains, left)
            if stop >= end:
                return

    def _step(self, end: float) -> tuple[NDArray[np.int64], float]:
        """How far each train goes next, and until when: up to ``end``, or so that about a batch is made."""
        trains = self._trains
        upto = _before(trains, end)
        if (upto - trains["done"]).sum() <= 2 * BATCH:
            return upto, end
        active = upto > trains["done"]
        times = _times(trains["start"], trains["step"], trains["done"])[active]
        last = (trains["start"] + trains["step"] * trains["count"])[active].max()
        low, high = float(times.min()), min(end, float(np.nextafter(last, np.inf)))
        for _ in range(40):
            middle = (low + high) / 2
            upto = _before(trains, middle)
            many = (upto - trains["done"]).sum()
            if max(BATCH // 2, 1) <= many <= 2 * BATCH:
                return upto, middle
            low, high = (middle, high) if many < BATCH else (low, middle)
        upto = _before(trains, high)
        if not (upto > trains["done"]).any():  # times too large to be told apart
            upto, high = _before(trains, end), end
        return self._crowd(upto, high)

    def _crowd(self, upto: NDArray[np.int64], end: float) -> tuple[NDArray[np.int64], float]:
        """The same where more than a batch have one time: some trains at a time."""
        left = np.cumsum(np.maximum(upto - self._trains["done"], 0))
        fits = np.searchsorted(left, 2 * BATCH) + 1
        if fits >= len(upto):
            return upto, end
        return np.where(np.arange(len(upto)) < fits, upto, self._trains["done"]), self._now

    def _batch(self, due: NDArray[np.bool_], upto: NDArray[np.int64]) -> PacketBatch:
        """The packets of the trains that are due, in the order of time."""
        trains = taken(self._trains, due)
        first, many = trains["done"], upto[due] - trains["done"]
        which = np.repeat(np.arange(len(trains)), many)
        place = np.arange(len(which)) - np.repeat(np.cumsum(many) - many - first, many)
        ts = _times(trains["start"][which], trains["step"][which], place)
        order = np.argsort(ts, kind="stable")
        which, place = which[order], place[order]
        packets = _common(trains, which)
        packets["ts"] = ts[order]
        _measure(packets, trains, which, place)
        self._trains["done"][due] = upto[due]
        batch = PacketBatch(np.zeros(0, np.uint8), packets, self.made)
        self.made += len(packets)
        return batch


def packets_of(records: Sequence[ConnRecord]) -> NDArray[Any]:
    """PACKET[n]: all packets of some conversations at once."""
    flow = FlowPackets()
    batches = [batch for record in records for batch in flow.add(record)] + list(flow.finish())
    return np.concatenate([np.zeros(0, PACKET), *(batch.packets for batch in batches)])


def _common(trains: NDArray[Any], which: NDArray[np.int64]) -> NDArray[Any]:
    """``trains["packet"][which]``, copied as bytes like `taken`; it is a train's first field."""
    raw = trains.view(np.uint8).reshape(len(trains), TRAIN.itemsize)[:, : PACKET.itemsize]
    return np.take(raw, which, axis=0).view(PACKET)[:, 0]


def _times(start: Any, step: Any, place: Any) -> Any:
    """When a train's packet of a number is sent, s: within its share of the time, but not always at the same point."""
    return start + step * (place + place * _GOLDEN % 1.0)


def _before(trains: NDArray[Any], end: float) -> NDArray[np.int64]:
    """How many packets of each train are sent before ``end``."""
    ready = trains["start"] < end
    if end == np.inf:
        return trains["count"].copy()
    with np.errstate(divide="ignore", invalid="ignore"):
        x = np.where(trains["step"] > 0, (end - trains["start"]) / trains["step"], trains["count"])
    whole = np.floor(np.clip(x, 0, trains["count"]))
    upto = whole + (x > whole + whole * _GOLDEN % 1.0)
    return np.where(ready, np.clip(upto, trains["done"], trains["count"]), trains["done"]).astype(np.int64)


def _measure(packets: NDArray[Any], trains: NDArray[Any], which: Any, place: Any) -> None:
    """Lengths and sequence numbers: in all, a train's packets have the bytes that the log says."""
    for name, each in (("payload_len", trains["payload"][which]), ("wire_len", trains["wire"][which])):
        packets[name] = np.minimum(np.floor((place + 1) * each) - np.floor(place * each), 0xFFFFFFFF)
    packets["ip_len"] = packets["wire_len"]
    sent = 1 + np.floor(place * trains["payload"][which])
    data = (packets["payload_len"] > 0) & (packets["proto"] == TCP)
    packets["tcp_seq"] = np.where(data, sent % 2.0**32, 0)
