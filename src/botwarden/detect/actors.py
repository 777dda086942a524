"""Who is who: which local device is at each end of a packet, which device is the gateway, who forges sources."""

from typing import Any

import numpy as np
from numba import njit

from botwarden.core.packet import ICMPV6
from botwarden.detect.state import (
    BUSIEST4,
    BUSIEST6,
    DEVICE_IPS,
    EVICTED_DEVICES,
    NETWORKS,
    NETWORKS4,
    SERIAL,
    SERIES,
    SERIES_BINS,
    SERIES_START,
    SERIES_STARTED,
    SERIES_WIDTH,
    TICK,
)
from botwarden.protocols.table import Int, locate, mix

_V4 = np.int64(0xFFFF)
_LINK_LOCAL = np.int64(0xFE80 >> 6)  # fe80::/10
_GATEWAY_SHARE = 0.1  # of the busiest forwarder's frames, or of its own: a stray frame makes no gateway


@njit(nogil=True)
def is_v4(hi: Int, lo: Int) -> Any:
    """Whether an address is IPv4."""
    return hi == 0 and (lo >> 32) == _V4


@njit(nogil=True)
def is_local(s: Any, hi: Int, lo: Int) -> Any:
    """Whether an address is in a local network."""
    v4 = s["counts"][NETWORKS4]
    networks = s["networks"]
    if is_v4(hi, lo):
        for n in range(v4):  # noqa: SIM110 - numba compiles no generators
            if lo & networks[n, 3] == networks[n, 1]:
                return True
        return False
    for n in range(v4, s["counts"][NETWORKS]):
        if hi & networks[n, 2] == networks[n, 0] and lo & networks[n, 3] == networks[n, 1]:
            return True
    return False


@njit(nogil=True)
def is_group(hi: Int, lo: Int) -> Any:
    """Whether an address is multicast, broadcast or unspecified: nobody's own."""
    if is_v4(hi, lo):
        v4 = lo & 0xFFFFFFFF
        return v4 >= 0xE0000000 or v4 == 0
    return (hi >> 56) & 0xFF == 0xFF or (hi == 0 and lo == 0)


@njit(nogil=True)
def find_actor(s: Any, key: Any, ts: float) -> Any:
    """``(slot, new)`` of the device with this key; the least recently seen one of a full set makes room."""
    slot, found = locate(s["actor_keys"], s["actor_seen"], key)
    if not found:
        if s["actor_keys"][slot] != 0:
            s["counts"][EVICTED_DEVICES] += 1
        s["actor_keys"][slot] = key
        _reset(s, slot, ts)
    s["actor_seen"][slot] = s["clock"][TICK]
    return slot, not found


@njit(nogil=True)
def _reset(s: Any, slot: Int, ts: float) -> None:
    a = s["actors"][slot]
    s["counts"][SERIAL] += 1
    a["serial"] = s["counts"][SERIAL]
    a["mac"] = 0
    a["ip_hi"] = 0
    a["ip_lo"] = 0
    a["own"] = 0
    a["forwards"] = 0
    a["via4"] = 0
    a["via6"] = 0
    a["forged"] = 0
    a["first_ts"] = ts
    a["last_ts"] = ts
    a["sent"] = 0
    a["sent_bytes"] = 0
    a["received"] = 0
    a["received_bytes"] = 0
    a["window"] = 0
    a["new"] = 0
    a["out"] = 0
    a["new_last"] = 0
    a["out_last"] = 0
    for i in range(2):
        a["new_most"][i] = 0
        a["out_most"][i] = 0
    a["half_hour"] = 0
    a["alarm"] = -np.inf
    a["second"] = 0
    a["arrivals"] = 0
    a["gateway"] = 0
    for i in range(DEVICE_IPS):
        s["actor_ips"][slot, i, 2] = 0
    for b in range(SERIES_BINS):
        for column in range(SERIES):
            s["series"][slot, b, column] = 0.0


@njit(nogil=True)
def by_mac(s: Any, mac: Int, ts: float) -> Any:
    """Slot of the device with a MAC address."""
    slot, new = find_actor(s, mix(s["seed"][0], mac), ts)
    if new:
        s["actors"][slot]["mac"] = mac
    return slot


@njit(nogil=True)
def actor_of(s: Any, mac: Int, hi: Int, lo: Int, has_ip: Any, local: Any, create: Any, ts: float) -> Any:
    """Slot of the local device at one end of a packet, -1 for an outside host or a group.

    Behind a gateway's MAC, and where there are no MACs, a device is its local address; ``create`` says whether
    an address never seen before makes a device.
    """
    gateway = -1
    if mac != 0:
        if (mac >> 40) & 1:
            return -1
        slot = by_mac(s, mac, ts)
        if not s["actors"][slot]["gateway"]:
            return slot
        gateway = slot
    if not has_ip:
        return gateway
    if not local or is_group(hi, lo):
        return -1
    if gateway >= 0:
        for k in range(DEVICE_IPS):
            if s["actor_ips"][gateway, k, 2] == 0:
                break
            if s["actor_ips"][gateway, k, 0] == hi and s["actor_ips"][gateway, k, 1] == lo:
                return gateway
    key = mix(mix(s["seed"][0] + 1, hi), lo)
    if not create and not locate(s["actor_keys"], s["actor_seen"], key)[1]:
        return -1
    slot, new = find_actor(s, key, ts)
    if new:
        s["actors"][slot]["ip_hi"] = hi
        s["actors"][slot]["ip_lo"] = lo
    return slot


@njit(nogil=True)
def note_address(s: Any, slot: Int, hi: Int, lo: Int, local: Any) -> Any:
    """Count an address a device sent from; True where the source is forged.

    Forged is an IPv4 address outside the local networks, or one more than a device can have. Of IPv6 addresses
    it takes new ones every day (RFC 8981).
    """
    a = s["actors"][slot]
    if is_group(hi, lo):
        return False
    if not local and is_v4(hi, lo):
        a["forged"] += 1
        return True
    ips = s["actor_ips"]
    for k in range(DEVICE_IPS):
        if ips[slot, k, 2] == 0:
            ips[slot, k, 0] = hi
            ips[slot, k, 1] = lo
        if ips[slot, k, 0] == hi and ips[slot, k, 1] == lo:
            ips[slot, k, 2] += 1
            return False
    if not is_v4(hi, lo):
        return False
    a["forged"] += 1
    return True


@njit(nogil=True)
def _is_first_hand(p: Any) -> Any:
    """Whether the source address is the sender's own and not forwarded.

    ARP, link-local sources, and neighbour discovery, whose hop limit of 255 no router leaves (RFC 4861, 11.2).
    """
    if p["arp_op"] != 0:
        return True
    return (p["proto"] == ICMPV6 and p["ttl"] == 255) or (p["src_ip_hi"] >> 54) & 0x3FF == _LINK_LOCAL


@njit(nogil=True)
def learn_roles(s: Any, p: Any, from_local: Any, to_local: Any, ts: float) -> None:
    """Count what tells a gateway: frames for outside addresses that others send to it, and what it forwards."""
    src_mac = p["src_mac"]
    dst_mac = p["dst_mac"]
    if src_mac == 0 or dst_mac == 0 or (src_mac >> 40) & 1:
        return
    if _is_first_hand(p):
        note_address(s, by_mac(s, src_mac, ts), p["src_ip_hi"], p["src_ip_lo"], from_local)
    if (dst_mac >> 40) & 1:
        return
    if is_group(p["src_ip_hi"], p["src_ip_lo"]) or is_group(p["dst_ip_hi"], p["dst_ip_lo"]):
        return
    if from_local:
        s["actors"][by_mac(s, src_mac, ts)]["own"] += 1
        if not to_local:
            a = s["actors"][by_mac(s, dst_mac, ts)]
            if is_v4(p["dst_ip_hi"], p["dst_ip_lo"]):
                a["via4"] += 1
                s["clock"][BUSIEST4] = max(s["clock"][BUSIEST4], float(a["via4"]))
                if a["via4"] >= _GATEWAY_SHARE * s["clock"][BUSIEST4]:
                    a["gateway"] = 1
            else:
                a["via6"] += 1
                s["clock"][BUSIEST6] = max(s["clock"][BUSIEST6], float(a["via6"]))
    elif to_local:
        s["actors"][by_mac(s, src_mac, ts)]["forwards"] += 1


@njit(nogil=True)
def settle_roles(s: Any) -> None:
    """Say which devices are gateways, from the counts so far.

    A gateway is sent frames for outside addresses: about as many as the busiest one, or, where there are several
    networks, a good part of what it gets, and it brings frames from outside too. Where nobody is sent any (a
    capture of inbound traffic only), it is whoever brings frames from outside and has no local traffic of its own;
    anyone else who sends from an outside address forges it. IPv6 counts only where there is no IPv4: neighbours
    talk over global addresses too.
    """
    most = s["clock"][BUSIEST4] if s["clock"][BUSIEST4] > 0 else s["clock"][BUSIEST6]
    for slot in range(len(s["actors"])):
        a = s["actors"][slot]
        if a["serial"] == 0 or a["mac"] == 0:
            continue
        via = a["via4"] if s["clock"][BUSIEST4] > 0 else a["via6"]
        if most > 0:
            both_ways = a["forwards"] > 0 and via >= _GATEWAY_SHARE * a["received"]
            a["gateway"] = via > 0 and (via >= _GATEWAY_SHARE * most or both_ways)
        else:
            a["gateway"] = a["forwards"] > 0 and a["own"] == 0


@njit(nogil=True)
def roll(a: Any, ts: float) -> None:
    """Close a device's 10 s window when its time is over, and keep the highest of the last half hours.

    Windows with an alarm, and the one before an alarm, in which it may have begun, do not count: they are what the
    others are compared with.
    """
    window = np.int64(ts / 10.0)
    if a["window"] - 6 <= window <= a["window"]:  # this one, or what is judged a little late
        return
    calm = a["alarm"] < 10.0 * a["window"]
    if calm:
        a["new_most"][0] = max(a["new_most"][0], a["new_last"])
        a["out_most"][0] = max(a["out_most"][0], a["out_last"])
    a["new_last"] = a["new"] if calm else 0
    a["out_last"] = a["out"] if calm else 0
    half_hour = window // 180
    if half_hour != a["half_hour"]:
        follows = half_hour == a["half_hour"] + 1
        a["new_most"][1] = a["new_most"][0] if follows else 0
        a["out_most"][1] = a["out_most"][0] if follows else 0
        a["new_most"][0] = 0
        a["out_most"][0] = 0
        a["half_hour"] = half_hour
    a["window"] = window
    a["new"] = 0
    a["out"] = 0


@njit(nogil=True)
def plot(s: Any, slot: Int, ts: float, column: Int, amount: float) -> None:
    """Add to a device's time series; bins double in width, and fold, when the capture outgrows them."""
    if s["counts"][SERIES_STARTED] == 0:
        s["counts"][SERIES_STARTED] = 1
        s["clock"][SERIES_START] = np.floor(ts)
        s["clock"][SERIES_WIDTH] = 1.0
    at = (ts - s["clock"][SERIES_START]) / s["clock"][SERIES_WIDTH]
    while at >= SERIES_BINS:
        _fold(s)
        at = (ts - s["clock"][SERIES_START]) / s["clock"][SERIES_WIDTH]
    s["series"][slot, np.int64(max(at, 0.0)), column] += amount


@njit(nogil=True)
def _fold(s: Any) -> None:
    half = SERIES_BINS // 2
    for slot in range(len(s["actors"])):
        if s["actors"][slot]["serial"] == 0:
            continue
        for column in range(SERIES):
            for b in range(half):
                s["series"][slot, b, column] = s["series"][slot, 2 * b, column] + s["series"][slot, 2 * b + 1, column]
            for b in range(half, SERIES_BINS):
                s["series"][slot, b, column] = 0.0
    s["clock"][SERIES_WIDTH] *= 2.0
