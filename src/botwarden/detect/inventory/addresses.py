"""`AddressBook`: which device had which address when."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np

from botwarden.core.address import ip_text, is_multicast_mac
from botwarden.core.packet import HAS_IP, PacketBatch

MAX_ADDRESSES: Final = 8192  # a /20 and its IPv6 addresses; the ones not seen for longest make room
MAX_OWNERS: Final = 4  # devices of an address: a lease goes from one to another; the latest
MAX_PAIRS: Final = 256  # pairs of MAC and address that are looked at in a batch: those with most packets

_ODD: Final = (0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9)
_UNSPECIFIED: Final = frozenset({"0.0.0.0", "::"})  # noqa: S104 - nothing is bound to it


@dataclass(slots=True)
class Use:
    """A device's use of an address, from its first to its last packet, in s of capture time."""

    mac: int
    first_ts: float
    last_ts: float


class AddressBook:
    """Remembers the MAC addresses behind local IP addresses. Bounded; whoever forges addresses cannot push out a device
    that goes on talking."""

    def __init__(self, is_local: Callable[[str], bool]) -> None:
        """Know nobody. ``is_local`` : whether an address, as text, is on a local network."""
        self._is_local = is_local
        self._uses: dict[str, list[Use]] = {}

    def observe(self, batch: PacketBatch) -> None:
        """Learn from packets who has which address."""
        for mac, ip, first, last in _pairs(batch):
            self.note(ip, mac, first)
            if last > first:
                self.note(ip, mac, last)

    def note(self, ip: str, mac: int, ts: float) -> None:
        """A device has an address at a time; addresses that are not local are passed over."""
        uses = self._uses.pop(ip, None)
        if uses is None:
            if not mac or is_multicast_mac(mac) or ip in _UNSPECIFIED or not self._is_local(ip):
                return
            if len(self._uses) >= MAX_ADDRESSES:
                del self._uses[next(iter(self._uses))]
            uses = []
        self._uses[ip] = uses  # the one noted last stands last
        if uses and uses[-1].mac == mac:
            use = uses[-1]
        else:
            use = next((use for use in uses if use.mac == mac), Use(mac, ts, ts))
            if use in uses:
                uses.remove(use)
            uses.append(use)
            del uses[:-MAX_OWNERS]
        use.first_ts = min(use.first_ts, ts)
        use.last_ts = max(use.last_ts, ts)

    def mac(self, ip: str, ts: float) -> int:
        """Whose an address was at a time, else the next who had it; 0: nobody's that is known."""
        uses = self._uses.get(ip)
        if not uses:
            return 0
        for use in reversed(uses):
            if use.first_ts <= ts:
                return use.mac
        return uses[0].mac

    def uses(self) -> Iterator[tuple[str, Use]]:
        """All that is known: an address and one use of it at a time."""
        for ip, uses in self._uses.items():
            for use in uses:
                yield ip, use


def _pairs(batch: PacketBatch) -> list[tuple[int, str, float, float]]:
    """The pairs of source MAC and IP address in a batch with the times of the first and last packet.

    Of many pairs, those with the most packets: what a flood forges has one or two.
    """
    packets = batch.packets
    chosen = np.flatnonzero((packets["flags"] & HAS_IP != 0) & (packets["src_mac"] != 0))
    if not len(chosen):
        return []
    key = np.zeros(len(chosen), np.uint64)
    for name, factor in zip(("src_mac", "src_ip_hi", "src_ip_lo"), _ODD, strict=True):
        key ^= packets[name][chosen].astype(np.uint64) * np.uint64(factor)
    order = np.argsort(key, kind="stable")
    ends = np.flatnonzero(np.r_[key[order][1:] != key[order][:-1], True])
    starts = np.r_[0, ends[:-1] + 1]
    if len(starts) > MAX_PAIRS:
        most = np.argsort(ends - starts, kind="stable")[-MAX_PAIRS:]
        starts, ends = starts[most], ends[most]
    first, last = packets[chosen[order[starts]]], packets[chosen[order[ends]]]
    return [
        (int(a["src_mac"]), ip_text(int(a["src_ip_hi"]), int(a["src_ip_lo"])), float(a["ts"]), float(b["ts"]))
        for a, b in zip(first, last, strict=True)
    ]
