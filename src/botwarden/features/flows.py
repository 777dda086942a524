"""Flows: packets that belong together, joined to rows that say what they belong to by a labels file."""

from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from botwarden.core.address import ip_text, mac_text
from botwarden.core.labels import Interval, Labels
from botwarden.core.packet import HAS_IP, TCP, UDP
from botwarden.core.row import PROTOCOLS
from botwarden.features.labelling import Labelling, protocol_codes

IDLE: Final = 120.0
"""s without a packet after which the next one begins a new flow."""
MAX_FLOWS: Final = 100_000
"""That go on at a time; more are handed out early, all of them at once."""

_Key = tuple[int, ...]


class Flow(NamedTuple):
    """Packets of one protocol between two addresses and ports, in both directions, that belong to one interval.

    Who sent the first packet is the source. Where a protocol has no ports they are None, where it has no IP addresses
    these are empty.
    """

    ts: float
    end: float
    proto: str
    src: str
    src_port: int | None
    dst: str
    dst_port: int | None
    device: str
    """MAC address of the device that it belongs to; empty where no device is known."""
    packets: int
    bytes: int
    interval: Interval | None
    """None: benign."""


class _Open(NamedTuple):
    ts: float
    end: float
    packets: int
    bytes: int
    turned: bool


class Flows:
    """Joins packets to flows, batch by batch."""

    def __init__(self, labels: Labels) -> None:
        """``labels`` as `botwarden.sources.labels` has checked them."""
        self._labels = labels
        self._labelling = Labelling(labels)
        self._open: dict[_Key, _Open] = {}

    def update(self, packets: NDArray[Any]) -> list[Flow]:
        """Take the packets PACKET[n]; returns the flows that are over."""
        if not len(packets):
            return []
        keys, turned = self._keys(packets)
        order = np.lexsort((np.arange(len(keys)), *keys.T))
        keys, turned, packets = keys[order], turned[order], packets[order]
        gap = np.diff(packets["ts"], prepend=packets["ts"][0]) > IDLE
        first = np.flatnonzero(np.append(True, (keys[1:] != keys[:-1]).any(axis=1)) | gap)
        last = np.append(first[1:], len(keys)) - 1
        sizes = np.add.reduceat(packets["wire_len"].astype(np.int64), first)
        done: list[Flow] = []
        for a, b, size in zip(first.tolist(), last.tolist(), sizes.tolist(), strict=True):
            key: _Key = tuple(keys[a].tolist())
            start, end = float(packets["ts"][a]), float(packets["ts"][b])
            found = self._open.get(key)
            if found is not None and start - found.end > IDLE:
                done.append(self._flow(key, found))
                found = None
            if found is None:
                self._open[key] = _Open(start, end, b - a + 1, size, bool(turned[a]))
            else:
                count = found.packets + b - a + 1
                self._open[key] = found._replace(end=max(found.end, end), packets=count, bytes=found.bytes + size)
        now = float(packets["ts"].max())
        return done + self._expired(now)

    def finish(self) -> list[Flow]:
        """The flows that were still going on."""
        return self._expired(np.inf)

    def _expired(self, now: float) -> list[Flow]:
        if now < np.inf and len(self._open) <= MAX_FLOWS:
            return []
        done = [(key, flow) for key, flow in self._open.items() if now - flow.end > IDLE]
        if len(self._open) - len(done) > MAX_FLOWS:
            done = list(self._open.items())
        for key, _ in done:
            del self._open[key]
        return [self._flow(key, flow) for key, flow in done]

    def _keys(self, packets: NDArray[Any]) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
        """int64[n, 10], the same for both directions: protocol, whether there are IP addresses, ends (halves and port),
        device, interval; bool[n]: whether the packet goes from the second end to the first."""
        macs, numbers = self._labelling.intervals(packets)
        protocol = protocol_codes(packets).astype(np.int64)
        number = packets["proto"].astype(np.int64)
        has_ip = packets["flags"] & HAS_IP != 0
        ported = has_ip & np.isin(number, (TCP, UDP))
        ends = []
        for side in ("src", "dst"):
            hi = np.where(has_ip, packets[f"{side}_ip_hi"], 0)
            low = np.where(has_ip, packets[f"{side}_ip_lo"], packets[f"{side}_mac"])
            ends.append(
                np.stack([hi, low, np.where(ported, packets[f"{side}_port"].astype(np.int64), -1)], axis=1).astype(
                    np.int64
                )
            )
        turned = _after(ends[0], ends[1])
        low, high = np.where(turned[:, None], ends[1], ends[0]), np.where(turned[:, None], ends[0], ends[1])
        kind = np.stack([protocol, has_ip.astype(np.int64)], axis=1)
        return np.concatenate([kind, low, high, macs[:, None], numbers[:, None]], axis=1), turned

    def _flow(self, key: _Key, found: _Open) -> Flow:
        protocol, has_ip, *ends, mac, number = key
        one, other = _end(ends[:3], bool(has_ip)), _end(ends[3:], bool(has_ip))
        source, target = (other, one) if found.turned else (one, other)
        return Flow(
            ts=found.ts,
            end=found.end,
            proto=PROTOCOLS[protocol],
            src=source[0],
            src_port=source[1],
            dst=target[0],
            dst_port=target[1],
            device=mac_text(mac) if mac else "",
            packets=found.packets,
            bytes=found.bytes,
            interval=self._labels.intervals[number] if number >= 0 else None,
        )


def _after(one: NDArray[np.int64], other: NDArray[np.int64]) -> NDArray[np.bool_]:
    """bool[n]: whether rows of ``one`` come after those of ``other``, column by column."""
    result = np.zeros(len(one), np.bool_)
    for column in range(one.shape[1] - 1, -1, -1):
        a, b = one[:, column], other[:, column]
        result = np.where(a == b, result, a > b)
    return result


def _end(values: list[int], has_ip: bool) -> tuple[str, int | None]:
    hi, low, port = values
    return (ip_text(hi, low) if has_ip else ""), (port if port >= 0 else None)
