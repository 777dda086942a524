"""What every packet of a capture belongs to, by a labels file (`botwarden.core.labels`)."""

import ipaddress
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from botwarden.core.address import ip_halves, mac_text, mac_value
from botwarden.core.classes import MAX_NAME, class_of
from botwarden.core.labels import Interval, Labels
from botwarden.core.packet import ETHERTYPE_ARP, HAS_IP, ICMP, ICMPV6, TCP, UDP
from botwarden.core.row import BENIGN, PROTOCOLS, Group
from botwarden.core.text import printable

GATEWAYS: Final = ("gateway", "router")
"""Roles of devices that pass on what others send: packets with their MAC and somebody else's address are not theirs."""


def protocol_codes(packets: NDArray[Any]) -> NDArray[np.int8]:
    """int8[n]: what the packets PACKET[n] are of, as index into `botwarden.core.row.PROTOCOLS`."""
    codes = np.full(len(packets), PROTOCOLS.index("other"), np.int8)
    has_version = packets["ip_version"] != 0
    codes[has_version & (packets["proto"] == TCP)] = PROTOCOLS.index("tcp")
    codes[has_version & (packets["proto"] == UDP)] = PROTOCOLS.index("udp")
    codes[has_version & np.isin(packets["proto"], (ICMP, ICMPV6))] = PROTOCOLS.index("icmp")
    codes[packets["ethertype"] == ETHERTYPE_ARP] = PROTOCOLS.index("arp")
    return codes


def label_rows(packets: NDArray[Any], labels: Labels) -> tuple[tuple[Group, ...], NDArray[np.int32]]:
    """The groups of packets PACKET[n], and int32[n]: which of them each belongs to. See `Labelling`."""
    return Labelling(labels).label(packets)


class _Network(NamedTuple):
    """An address range: the halves of its first address, and the bits of each that count."""

    hi: int
    lo: int
    mask_hi: int
    mask_lo: int


class _Rule(NamedTuple):
    """An interval as integers: ``own`` and ``other`` are None where any address will do."""

    device: int
    own: _Network | None
    other: _Network | None
    start: float
    end: float
    group: int


class Labelling:
    """Tells packets, batch by batch, which device and which class of attack they belong to.

    An interval holds the packets captured in its time with its device at one end, told by its MAC address or one of
    its IP addresses, and the addresses that it names at the ends, in either direction. Where intervals overlap that of
    an attacker counts before that of a victim, and the one that began later before the earlier. Intervals of
    exposures are no attacks.

    What no interval holds is benign; its device is the one on the LAN at one end of it, the sender before the
    receiver and any before the gateway, by the name in the labels file or else its MAC address.

    matched : int64[intervals], packets so far that each interval held, whichever counted
    """

    def __init__(self, labels: Labels) -> None:
        """``labels`` as `botwarden.sources.labels` has checked them."""
        macs: dict[int, int] = {}
        ips: dict[tuple[int, int], int] = {}
        self._names = [""]  # of device -1: none
        gateways = [False]
        for known in labels.devices:
            device = macs.setdefault(mac_value(known.mac), len(self._names) - 1)
            if device == len(self._names) - 1:
                self._names.append(printable(known.name, MAX_NAME) if known.name else mac_text(mac_value(known.mac)))
                gateways.append(known.role in GATEWAYS)
            for ip in known.ips:
                ips.setdefault(ip_halves(ip), device)
        for interval in labels.intervals:
            if macs.setdefault(mac_value(interval.mac), len(self._names) - 1) == len(self._names) - 1:
                self._names.append(mac_text(mac_value(interval.mac)))
                gateways.append(False)
        self._gateway = np.array(gateways[1:] + gateways[:1], np.bool_)  # that of none is the last
        self._macs = np.array(sorted(macs), np.int64)
        self._mac_devices = np.array([macs[mac] for mac in sorted(macs)], np.int64)
        self._mac_of = np.zeros(len(self._names), np.int64)  # that of none is the last
        self._mac_of[self._mac_devices] = self._macs
        self._ips = ips
        self._ip_keys, self._ip_devices = _sorted_keys(ips)
        self._groups = [Group(name) for name in (*self._names[1:], "")]
        self.matched: NDArray[np.int64] = np.zeros(len(labels.intervals), np.int64)
        self.attacks = [False] * len(labels.intervals)
        self._rules = self._make_rules(labels.intervals, macs)

    def label(self, packets: NDArray[Any]) -> tuple[tuple[Group, ...], NDArray[np.int32]]:
        """The groups that occur among packets PACKET[n], and int32[n]: which of them each belongs to."""
        source, target = self._ends(packets, "src"), self._ends(packets, "dst")
        codes = self._devices(source, target)
        ts = packets["ts"]
        first, last = (float(ts.min()), float(ts.max())) if len(ts) else (0.0, 0.0)
        for number, rule in self._rules:
            if rule.end < first or rule.start > last:
                continue
            held = self._held(packets, rule, source, target)
            self.matched[number] += np.count_nonzero(held)
            codes[held] = rule.group
        occurring, places = np.unique(codes, return_inverse=True)
        return tuple(self._groups[code] for code in occurring.tolist()), places.reshape(-1).astype(np.int32)

    def intervals(self, packets: NDArray[Any]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """What packets PACKET[n] belong to, apart.

        int64[n]: the MAC address of the device, 0 where it is none of those known; int64[n]: the number of the
        interval, -1 for none, where the packet is benign.
        """
        source, target = self._ends(packets, "src"), self._ends(packets, "dst")
        devices = self._devices(source, target)
        numbers = np.full(len(packets), -1, np.int64)
        for number, rule in self._rules:
            held = self._held(packets, rule, source, target)
            devices[held] = rule.device
            numbers[held] = number
        return self._mac_of[devices], numbers

    def _make_rules(self, intervals: list[Interval], macs: dict[int, int]) -> list[tuple[int, _Rule]]:
        """With their numbers, in the order in which they are applied: the last one counts."""
        rules = []
        index = {group: code for code, group in reversed(list(enumerate(self._groups)))}
        order = sorted(range(len(intervals)), key=lambda i: (intervals[i].role != "victim", intervals[i].start))
        for number in order:
            interval = intervals[number]
            botnet, attack = class_of(interval.label) if interval.label else ("", interval.attack)
            if attack == BENIGN and not interval.attack:
                continue
            device = macs[mac_value(interval.mac)]
            group = Group(self._names[device + 1], interval.botnet or botnet, interval.attack or attack)
            if group not in index:
                index[group] = len(self._groups)
                self._groups.append(group)
            own, other = self._addresses(interval, device)
            times = interval.start, interval.end
            rules.append((number, _Rule(device, _network(own), _network(other), *times, index[group])))
            self.attacks[number] = not group.benign
        return rules

    def _addresses(self, interval: Interval, device: int) -> tuple[str | None, str | None]:
        """The addresses at the device's end and at the other. A target that is the device itself is at its own."""
        if interval.role == "victim" or interval.source is not None:
            return interval.target, interval.source
        target = _network(interval.target)
        own = target is not None and self._ips.get((target.hi, target.lo)) == device
        return (interval.target, None) if own else (None, interval.target)

    def _ends(self, packets: NDArray[Any], side: str) -> NDArray[np.int64]:
        """int64[n]: the device at one end of each packet, -1 where it is none of those known."""
        has_ip = packets["flags"] & HAS_IP != 0
        keys = _keys(packets[f"{side}_ip_hi"], packets[f"{side}_ip_lo"])
        by_ip = np.where(has_ip, _found(keys, self._ip_keys, self._ip_devices), -1)
        by_mac = _found(packets[f"{side}_mac"], self._macs, self._mac_devices)
        passed_on = self._gateway[by_mac] & has_ip & (by_ip != by_mac)
        return np.where((by_mac >= 0) & ~passed_on, by_mac, by_ip)

    def _devices(self, source: NDArray[np.int64], target: NDArray[np.int64]) -> NDArray[np.int64]:
        """int64[n]: the benign group of each packet."""
        chosen = np.where(source >= 0, source, target)
        chosen = np.where((target >= 0) & ~self._gateway[target] & self._gateway[chosen], target, chosen)
        return np.where(chosen >= 0, chosen, len(self._names) - 1)

    def _held(
        self, packets: NDArray[Any], rule: _Rule, source: NDArray[np.int64], target: NDArray[np.int64]
    ) -> NDArray[np.bool_]:
        """bool[n]: the packets that an interval holds."""
        ts = packets["ts"]
        sent = (source == rule.device) & _within(packets, "src", rule.own) & _within(packets, "dst", rule.other)
        received = (target == rule.device) & _within(packets, "dst", rule.own) & _within(packets, "src", rule.other)
        held: NDArray[np.bool_] = (ts >= rule.start) & (ts <= rule.end) & (sent | received)
        return held


def _keys(hi: NDArray[np.int64], lo: NDArray[np.int64]) -> NDArray[Any]:
    """Addresses as 16 bytes, which are compared as a whole."""
    words = np.stack([hi, lo], axis=1).astype(">i8", order="C")
    return words.view("S16").reshape(-1)


def _sorted_keys(ips: dict[tuple[int, int], int]) -> tuple[NDArray[Any], NDArray[np.int64]]:
    """The keys of known addresses in ascending order, and the device of each."""
    words = np.array(list(ips), np.int64).reshape(-1, 2)
    keys = _keys(words[:, 0], words[:, 1])
    order = np.argsort(keys)
    return keys[order], np.array(list(ips.values()), np.int64)[order]


def _found(wanted: NDArray[Any], known: NDArray[Any], values: NDArray[np.int64]) -> NDArray[np.int64]:
    """The value of each wanted key among known ones in ascending order, -1 where it is not there."""
    if not len(known):
        return np.full(len(wanted), -1, np.int64)
    place = np.minimum(np.searchsorted(known, wanted), len(known) - 1)
    return np.where(known[place] == wanted, values[place], -1)


def _network(text: str | None) -> _Network | None:
    """The range of an address or a network in CIDR notation."""
    if text is None:
        return None
    network = ipaddress.ip_network(text, strict=False)
    length = network.prefixlen + (96 if network.version == 4 else 0)
    mask = ((1 << length) - 1) << (128 - length)
    return _Network(*ip_halves(network.network_address), *ip_halves(ipaddress.IPv6Address(mask)))


def _within(packets: NDArray[Any], side: str, network: _Network | None) -> NDArray[np.bool_]:
    """bool[n]: whether the address at one end is in a range; all are where there is none."""
    if network is None:
        return np.ones(len(packets), np.bool_)
    hi, lo = packets[f"{side}_ip_hi"], packets[f"{side}_ip_lo"]
    inside: NDArray[np.bool_] = (hi & network.mask_hi == network.hi) & (lo & network.mask_lo == network.lo)
    inside &= packets["flags"] & HAS_IP != 0
    return inside
