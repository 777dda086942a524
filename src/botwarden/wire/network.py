"""Network-layer headers: IPv4 (RFC 791), IPv6 (RFC 8200), ARP (RFC 826)."""

from typing import Any, Final

import numpy as np
from numba import njit

from botwarden.core.address import V4_PREFIX
from botwarden.core.packet import ETHERTYPE_ARP, ETHERTYPE_IPV4, ETHERTYPE_IPV6, FRAGMENT, HAS_IP, LATER_FRAGMENT
from botwarden.wire.extension import extensions
from botwarden.wire.load import NEVER, Bytes, i64, u16, u32

NO_TRANSPORT: Final = -1

_NO_NEXT_HEADER: Final = 59


@njit
def network(buf: Bytes, p: Any, ethertype: int, pos: Any, cap_end: int, wire_end: Any) -> Any:
    """Read the network header at ``pos`` into ``p``; other EtherTypes than IP and ARP are left alone.

    Returns ``(proto, pos, end)``: the transport's number or NO_TRANSPORT, where its header starts, and where the IP
    packet ends by its own header, which may be past everything captured and past the frame. A negative ``pos`` is
    minus the position up to which bytes were missing.
    """
    if ethertype == ETHERTYPE_IPV4:
        return _ipv4(buf, p, pos, cap_end, wire_end)
    if ethertype == ETHERTYPE_IPV6:
        return _ipv6(buf, p, pos, cap_end, wire_end)
    if ethertype == ETHERTYPE_ARP:
        return np.int64(NO_TRANSPORT), _arp(buf, p, pos, cap_end), wire_end
    return np.int64(NO_TRANSPORT), pos, wire_end


@njit
def _ipv4(buf: Bytes, p: Any, pos: Any, cap_end: int, wire_end: Any) -> Any:
    if cap_end < pos + 20:
        return np.int64(NO_TRANSPORT), -(pos + 20), wire_end
    header = (np.int64(buf[pos]) & 15) * 4
    length = u16(buf, pos + 2)
    if length == 0:  # left to the network card (TCP segmentation offload)
        length = wire_end - pos
    if np.int64(buf[pos]) >> 4 != 4 or header < 20 or length < header:
        return np.int64(NO_TRANSPORT), np.int64(-NEVER), wire_end
    fragment = u16(buf, pos + 6)
    p["ip_version"] = 4
    p["ip_start"] = pos - np.int64(p["offset"])
    p["ip_len"] = length
    p["ip_id"] = u16(buf, pos + 4)
    p["ttl"] = buf[pos + 8]
    p["proto"] = buf[pos + 9]
    p["src_ip_lo"] = V4_PREFIX | u32(buf, pos + 12)
    p["dst_ip_lo"] = V4_PREFIX | u32(buf, pos + 16)
    p["flags"] |= HAS_IP
    if fragment & 0x3FFF:
        p["flags"] |= FRAGMENT
    if fragment & 0x1FFF:
        p["flags"] |= LATER_FRAGMENT
    at = pos + header
    return np.int64(buf[pos + 9]), at if cap_end >= at else -at, pos + length


@njit
def _ipv6(buf: Bytes, p: Any, pos: Any, cap_end: int, wire_end: Any) -> Any:
    if cap_end < pos + 40:
        return np.int64(NO_TRANSPORT), -(pos + 40), wire_end
    if np.int64(buf[pos]) >> 4 != 6:
        return np.int64(NO_TRANSPORT), np.int64(-NEVER), wire_end
    length = 40 + u16(buf, pos + 4)
    if length == 40 and np.int64(buf[pos + 6]) != _NO_NEXT_HEADER:
        length = wire_end - pos  # a jumbogram (RFC 2675), or left to the network card
    p["ip_version"] = 6
    p["ip_start"] = pos - np.int64(p["offset"])
    p["ip_len"] = length
    p["ttl"] = buf[pos + 7]
    p["src_ip_hi"] = i64(buf, pos + 8)
    p["src_ip_lo"] = i64(buf, pos + 16)
    p["dst_ip_hi"] = i64(buf, pos + 24)
    p["dst_ip_lo"] = i64(buf, pos + 32)
    end = pos + length
    proto, at, fragment, need = extensions(buf, np.int64(buf[pos + 6]), pos + 40, min(end, cap_end))
    p["flags"] |= HAS_IP | fragment
    if need:
        return np.int64(NO_TRANSPORT), -need, end
    p["proto"] = proto
    return proto, at, end


@njit
def _arp(buf: Bytes, p: Any, pos: Any, cap_end: int) -> Any:
    """Returns the end of the packet, or what was missing as `network` does."""
    if cap_end < pos + 8:
        return -(pos + 8)
    p["arp_op"] = min(u16(buf, pos + 6), 255)
    if u16(buf, pos + 2) != ETHERTYPE_IPV4:
        return pos + 8
    hardware = np.int64(buf[pos + 4])
    end = pos + 8 + 2 * (hardware + 4)
    if np.int64(buf[pos + 5]) != 4:
        return np.int64(-NEVER)
    if cap_end < end:
        return -end
    p["src_ip_lo"] = V4_PREFIX | u32(buf, pos + 8 + hardware)
    p["dst_ip_lo"] = V4_PREFIX | u32(buf, end - 4)
    p["flags"] |= HAS_IP
    return end
