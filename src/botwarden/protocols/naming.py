"""`DeviceNames`: what the devices of the local network call themselves, in DHCP and mDNS."""

import re
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from botwarden.core.address import is_multicast_mac
from botwarden.core.packet import LATER_FRAGMENT, QUOTED_PORTS, UDP, PacketBatch
from botwarden.core.text import printable
from botwarden.protocols import dhcp, mdns

MAX_DEVICES: Final = 4096  # with a name or address; a forged flood then stops adding, and known devices keep theirs
MAX_PER_BATCH: Final = 128  # packets parsed, of tens of thousands: parsing is Python, 10 to 100 µs each
MAX_PER_SENDER: Final = 16  # of one batch and protocol: announcements repeat themselves
MAX_CHANGES: Final = 8  # of a device's name; one that goes on keeps its last
MAX_ADDRESSES: Final = 4  # per device, the latest ones
MAX_NAME: Final = 64  # characters of a name; a DNS label has at most 63 bytes

ORIGINS: Final = ("dhcp", "mdns.fn", "mdns.host", "mdns.instance", "mdns.model")
"""Where a name can come from, best first."""
_CHANGEABLE: Final = frozenset({"dhcp", "mdns.fn"})  # set by a person; the others are often several: the first stays

_DHCP_PORTS: Final = (67, 68)
_MDNS_HEADER: Final = 12
# what clients send whose name nobody set
_NAMELESS: Final = frozenset({"localhost", "localhost.localdomain", "(none)", "none", "null", "unknown", "*"})
_MAC_PREFIX: Final = re.compile(r"^[0-9A-Fa-f]{12}@")  # AirPlay: 0050C21234AB@Kitchen
_UNDECODED: Final = re.compile(r"\\x[0-9a-f]{2}")  # bytes that were no UTF-8, as the parsers write them
_IDENTIFIER: Final = re.compile(r"^[0-9A-Fa-f]{8}-?([0-9A-Fa-f]{4}-?){3}[0-9A-Fa-f]{12}$")


@dataclass(slots=True)
class _Entry:
    name: str | None = None
    rank: int = len(ORIGINS)
    changes: int = 0
    addresses: tuple[str, ...] = ()


class DeviceNames:
    """Learns, per MAC address, the name and the DHCP addresses of a device.

    Anyone on the local network can claim any name, for itself and, with a forged frame, for others: a name is
    a help for people, not evidence. Work and memory are bounded by the limits of this module.

    max_devices : how many devices to remember
    """

    def __init__(self, max_devices: int = MAX_DEVICES) -> None:
        """Know nobody yet."""
        self._max_devices = max_devices
        self._entries: dict[int, _Entry] = {}

    def update(self, batch: PacketBatch) -> None:
        """Learn from the next packets."""
        for i in _candidates(batch):
            packet = batch.packets[i]
            payload = batch.payload(i)
            if int(packet["src_port"]) == mdns.PORT:
                sender = int(packet["src_ip_hi"]), int(packet["src_ip_lo"])
                self._hear_mdns(int(packet["src_mac"]), payload, sender)
            else:
                self._hear_dhcp(payload)

    def name(self, mac: int) -> str | None:
        """The best name of a device; None where it gave none."""
        entry = self._entries.get(mac)
        return entry.name if entry else None

    def origin(self, mac: int) -> str | None:
        """Which of `ORIGINS` the name of a device comes from; None where it gave none."""
        entry = self._entries.get(mac)
        return ORIGINS[entry.rank] if entry and entry.name else None

    def addresses(self, mac: int) -> tuple[str, ...]:
        """IPv4 addresses that a DHCP server gave to a device, the latest last."""
        entry = self._entries.get(mac)
        return entry.addresses if entry else ()

    def _hear_dhcp(self, payload: bytes) -> None:
        message = dhcp.parse_dhcp(payload)
        if message is None:
            return
        if message.from_client:
            self._learn(message.mac, "dhcp", message.host_name or message.client_fqdn)
        elif message.msg_type == dhcp.ACK and message.assigned_addr:
            entry = self._entry(message.mac)
            if entry:
                others = [address for address in entry.addresses if address != message.assigned_addr]
                entry.addresses = (*others, message.assigned_addr)[-MAX_ADDRESSES:]

    def _hear_mdns(self, mac: int, payload: bytes, sender: tuple[int, int]) -> None:
        said = mdns.parse_announcement(payload, sender)
        if said is None:
            return
        self._learn(mac, "mdns.fn", said.friendly_name)
        self._learn(mac, "mdns.model", said.model)
        for host in said.hosts[:1]:
            self._learn(mac, "mdns.host", host)
        for instance in said.instances[:1]:
            self._learn(mac, "mdns.instance", _MAC_PREFIX.sub("", instance.name))

    def _learn(self, mac: int, origin: str, text: str | None) -> None:
        name = printable(_UNDECODED.sub("\ufffd", text or ""), MAX_NAME).strip("\ufffd ")
        rank = ORIGINS.index(origin)
        if not name or name.lower() in _NAMELESS or _IDENTIFIER.match(name):
            return
        entry = self._entry(mac)
        if entry is None or rank > entry.rank or name == entry.name:
            return
        if rank == entry.rank:
            if origin not in _CHANGEABLE or entry.changes >= MAX_CHANGES:
                return
            entry.changes += 1
        entry.name, entry.rank = name, rank

    def _entry(self, mac: int) -> _Entry | None:
        """The entry of a device, new where there is room; None where there is not, or ``mac`` is no device's."""
        entry = self._entries.get(mac)
        if entry is None and mac and not is_multicast_mac(mac) and len(self._entries) < self._max_devices:
            entry = self._entries[mac] = _Entry()
        return entry


def _candidates(batch: PacketBatch) -> list[int]:
    """Indices, in capture order, of the packets worth parsing: within the limits, and fairly shared among senders."""
    packets = batch.packets
    chosen = np.flatnonzero(packets["proto"] == UDP)
    src_port, dst_port = packets["src_port"][chosen], packets["dst_port"][chosen]
    plain = (packets["flags"][chosen] & (LATER_FRAGMENT | QUOTED_PORTS)) == 0
    is_mdns = plain & (src_port == mdns.PORT)
    is_dhcp = plain & np.isin(src_port, _DHCP_PORTS) & np.isin(dst_port, _DHCP_PORTS)
    found = np.concatenate((_with_cookie(batch, chosen[is_dhcp]), _responses(batch, chosen[is_mdns])))
    if len(found) > MAX_PER_SENDER:
        found = _share(packets, found)
    indices: list[int] = np.sort(found).tolist()
    return indices


def _share(packets: NDArray[np.void], found: NDArray[np.int64]) -> NDArray[np.int64]:
    """The first packets of every sender: as many each as the limits allow, the same number before more for one."""
    key = packets["src_mac"][found] * 2 + (packets["src_port"][found] == mdns.PORT)
    order = np.argsort(key, kind="stable")
    position = np.arange(len(found))
    first = np.r_[True, key[order][1:] != key[order][:-1]]
    turn = position - np.maximum.accumulate(np.where(first, position, 0))
    taken = np.argsort(turn, kind="stable")[:MAX_PER_BATCH]
    fair: NDArray[np.int64] = found[order[taken[turn[taken] < MAX_PER_SENDER]]]
    return fair


def _with_cookie(batch: PacketBatch, found: NDArray[np.int64]) -> NDArray[np.int64]:
    """Those of ``found`` that are DHCP by their cookie."""
    whole, start = _payloads(batch, found, dhcp.COOKIE_AT + len(dhcp.COOKIE))
    cookie = batch.buffer[start[:, None] + np.arange(dhcp.COOKIE_AT, dhcp.COOKIE_AT + len(dhcp.COOKIE))]
    matching: NDArray[np.int64] = whole[(cookie == np.frombuffer(dhcp.COOKIE, np.uint8)).all(axis=1)]
    return matching


def _responses(batch: PacketBatch, found: NDArray[np.int64]) -> NDArray[np.int64]:
    """Those of ``found`` that have the response bit (RFC 1035, 4.1.1)."""
    whole, start = _payloads(batch, found, _MDNS_HEADER)
    matching: NDArray[np.int64] = whole[batch.buffer[start + 2] & 0x80 != 0]
    return matching


def _payloads(batch: PacketBatch, found: NDArray[np.int64], length: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Those of ``found`` with at least ``length`` captured bytes of payload, and where these start in the buffer."""
    start = batch.packets["payload"][found].astype(np.int64)
    enough = (start > 0) & (start + length <= batch.packets["cap_len"][found])
    found = found[enough]
    return found, start[enough] + batch.packets["offset"][found]
