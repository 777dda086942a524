"""Checksums of IPv4 headers, TCP, UDP, ICMP and ICMPv6 (RFC 1071, RFC 8200 section 8.1)."""

from typing import Any, Final

import numpy as np
from numba import njit

from botwarden.core.packet import FRAGMENT, ICMP, ICMPV6, MALFORMED, TCP, TRUNCATED, UDP
from botwarden.wire.extension import MAX_EXTENSION_HEADERS, extensions
from botwarden.wire.load import Bytes, u16

_ROUTING: Final = 43
_DESTINATION: Final = 60
_IPV6_HEADER: Final = 40
_MIN_TCP: Final = 20
_MIN_UDP: Final = 8
_MIN_ICMP: Final = 8


@njit
def bad_header_checksum(buf: Bytes, p: Any) -> Any:
    """Whether an IPv4 header's checksum is wrong: receivers drop such a packet before they look into it.

    buf, p : a batch's buffer and one of its decoded rows. False for everything but IPv4.
    """
    if np.int64(p["ip_version"]) != 4:
        return False
    start = np.int64(p["offset"]) + np.int64(p["ip_start"])
    size = (np.int64(buf[start]) & 15) * 4
    if start + size > np.int64(p["offset"]) + np.int64(p["cap_len"]):
        return False
    return _folded(_sum(buf, start, start + size)) != 0xFFFF


@njit
def bad_checksum(buf: Bytes, p: Any) -> Any:
    """Whether the checksum of a TCP, UDP, ICMP or ICMPv6 packet is wrong.

    buf, p : a batch's buffer and one of its decoded rows

    False where that cannot be told: the packet was cut by the snap length or is a fragment, its sender used no checksum
    (UDP's 0), IPv6 routing or mobility headers change the addresses on the way. What a machine sends can have a wrong
    one in a capture that it made itself, since its network card fills them in later: whether a sender's are to be
    believed is for the caller to say.
    """
    proto = np.int64(p["proto"])
    if np.int64(p["flags"]) & (FRAGMENT | TRUNCATED | MALFORMED) or proto not in (TCP, UDP, ICMP, ICMPV6):
        return False
    version = np.int64(p["ip_version"])
    if version not in (4, 6):
        return False
    start = np.int64(p["offset"]) + np.int64(p["ip_start"])
    end = start + np.int64(p["ip_len"])
    if end > np.int64(p["offset"]) + np.int64(p["cap_len"]):
        return False
    pos = start + (np.int64(buf[start]) & 15) * 4 if version == 4 else _after_extensions(buf, start, end)
    if pos < 0:
        return False
    if proto == UDP:
        if end - pos < _MIN_UDP or u16(buf, pos + 6) == 0:
            return False
        length = u16(buf, pos + 4)
        if length:
            end = min(end, pos + length)
    elif end - pos < (_MIN_TCP if proto == TCP else _MIN_ICMP):
        return False
    total = _sum(buf, pos, end)
    if proto != ICMP:  # the pseudo header
        addresses = start + (12 if version == 4 else 8)
        total += _sum(buf, addresses, addresses + (8 if version == 4 else 32)) + proto + (end - pos)
    return _folded(total) != 0xFFFF


@njit
def _after_extensions(buf: Bytes, start: Any, end: Any) -> Any:
    """Where an IPv6 packet's transport begins; -1 where headers on the way there change its addresses."""
    proto, pos = np.int64(buf[start + 6]), start + _IPV6_HEADER
    at, following = pos, proto
    for _ in range(MAX_EXTENSION_HEADERS):
        if following in (_ROUTING, _DESTINATION):
            return np.int64(-1)
        if following != 0 or end < at + 8:  # only hop-by-hop options come before those two
            break
        following, at = np.int64(buf[at]), at + (np.int64(buf[at + 1]) + 1) * 8
    _, pos, _, need = extensions(buf, proto, pos, end)
    return np.int64(-1) if need else pos


@njit
def _sum(buf: Bytes, pos: Any, end: Any) -> Any:
    """The sum of the 16-bit words from ``pos`` to ``end``, the last one filled up with a zero; not yet folded."""
    total = np.int64(0)
    words = (end - pos) // 2
    for i in range(words):
        at = pos + 2 * i
        total += np.int64(buf[at]) << 8 | np.int64(buf[at + 1])
    if pos + 2 * words < end:
        total += np.int64(buf[end - 1]) << 8
    return total


@njit
def _folded(total: Any) -> Any:
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return total
