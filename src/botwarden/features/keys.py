"""The streams that a packet belongs to: its keys in the four stream tables of ``nbaiot115``.

A pair of streams that are each other's reverse shares one table entry, under the ordered pair of its ends; *side* says
which of the two the packet belongs to: 0, 1, or SELF where source and destination are the same.
"""

from typing import Any, Final

import numpy as np
from numba import njit

from botwarden.core.packet import ETHERTYPE_ARP, HAS_IP, HAS_PORTS, ICMP, ICMPV6

SOURCE: Final = 0  # (source MAC, source address): MI_dir
HOST: Final = 1  # (source address): H
CHANNEL: Final = 2  # (source address, destination address), both directions: HH and HH_jit
SOCKET: Final = 3  # with ports, both directions: HpHp
TABLES: Final = 4

SELF: Final = 2

# What kind of key it is, above the ports in its last word: keys of two kinds are never equal.
_PORTS = 0 << 32
_MACS = 1 << 32  # MACs in place of addresses
_NO_PORTS = 2 << 32
_ICMP = 3 << 32


@njit(nogil=True)
def _put(key: Any, a: Any, b: Any, c: Any, d: Any, e: Any) -> None:
    key[0] = a
    key[1] = b
    key[2] = c
    key[3] = d
    key[4] = e


@njit(nogil=True)
def _put_pair(key: Any, a: Any, b: Any, port_a: Any, c: Any, d: Any, port_b: Any, kind: Any) -> Any:
    """The key of the ends (a, b, port_a) and (c, d, port_b), whichever comes first; returns the side of the first."""
    if a == c and b == d and port_a == port_b:
        _put(key, a, b, c, d, kind | port_a << 16 | port_b)
        return SELF
    if a < c or (a == c and (b < d or (b == d and port_a < port_b))):
        _put(key, a, b, c, d, kind | port_a << 16 | port_b)
        return 0
    _put(key, c, d, a, b, kind | port_b << 16 | port_a)
    return 1


@njit(nogil=True)
def fill_keys(packets: Any, start: Any, n: Any, keys: Any, sides: Any) -> None:
    """Write the keys of packets ``start`` to ``start + n``.

    packets : PACKET[≥start + n]
    keys : int64[TABLES, ≥n, KEY_WORDS]
    sides : int64[TABLES, ≥n]; written for CHANNEL and SOCKET
    """
    for i in range(n):
        p = packets[start + i]
        flags = np.int64(p["flags"])
        zero = np.int64(0)
        src_hi, src_lo, dst_hi, dst_lo = zero, p["src_mac"], zero, p["dst_mac"]
        kind = np.int64(_MACS)
        if flags & HAS_IP:
            src_hi, src_lo, dst_hi, dst_lo = p["src_ip_hi"], p["src_ip_lo"], p["dst_ip_hi"], p["dst_ip_lo"]
            kind = zero
        _put(keys[SOURCE, i], p["src_mac"], src_hi, src_lo, zero, kind)
        _put(keys[HOST, i], src_hi, src_lo, zero, zero, kind)
        sides[CHANNEL, i] = _put_pair(keys[CHANNEL, i], src_hi, src_lo, zero, dst_hi, dst_lo, zero, kind)
        src_port, dst_port = zero, zero
        if p["ethertype"] == ETHERTYPE_ARP:
            src_hi, src_lo, dst_hi, dst_lo = zero, p["src_mac"], zero, p["dst_mac"]
            kind = np.int64(_MACS)
        elif flags & HAS_IP:
            kind = np.int64(_NO_PORTS)
            if p["ip_version"] == 4 and p["proto"] == ICMP:
                kind = np.int64(_ICMP)
            # ICMPv4 errors have the ports that they quote; in the published data, ICMPv6 has neither these nor a marker
            if flags & HAS_PORTS and p["proto"] != ICMPV6:
                kind = np.int64(_PORTS)
                src_port, dst_port = np.int64(p["src_port"]), np.int64(p["dst_port"])
        sides[SOCKET, i] = _put_pair(keys[SOCKET, i], src_hi, src_lo, src_port, dst_hi, dst_lo, dst_port, kind)
