"""Transport headers: TCP (RFC 9293), UDP (RFC 768), ICMP (RFC 792, 4443)."""

from typing import Any, Final

import numpy as np
from numba import njit

from botwarden.core.packet import (
    FRAGMENT,
    GRE,
    HAS_PORTS,
    ICMP,
    ICMPV6,
    IPIP,
    IPV6_IN_IP,
    LATER_FRAGMENT,
    QUOTED_PORTS,
    TCP,
    UDP,
)
from botwarden.wire.extension import extensions
from botwarden.wire.load import NEVER, Bytes, u16, u32
from botwarden.wire.tunnel import gre, udp_tunnel

_ICMP_ERRORS: Final = (3, 4, 5, 11, 12)
_ICMPV6_ERRORS: Final = (1, 2, 3, 4)


@njit
def transport(buf: Bytes, p: Any, proto: int, pos: Any, end: Any, start: int, cap_end: int) -> Any:
    """Read the transport header at ``pos`` into ``p``.

    ``start`` is where the frame starts, ``end`` where the IP packet ends by its own header, which may lie past
    what was captured, ``cap_end``.

    Returns 0, or the position up to which bytes of the header were missing.
    """
    limit = min(end, cap_end)
    if np.int64(p["flags"]) & LATER_FRAGMENT == 0:
        if proto == TCP:
            return _tcp(buf, p, pos, end, start, limit)
        if proto == UDP:
            return _udp(buf, p, pos, end, start, limit)
        if proto in (ICMP, ICMPV6):
            return _icmp(buf, p, proto, pos, end, start, limit)
        if proto == GRE:
            return gre(buf, p, pos, end, start, limit)
        if proto in (IPIP, IPV6_IN_IP) and pos < limit:
            p["inner"] = pos - start
    _payload(p, pos, end, start)
    return np.int64(0)


@njit
def _payload(p: Any, pos: int, end: int, start: int) -> None:
    p["payload"] = pos - start
    p["payload_len"] = end - pos


@njit
def _ports(buf: Bytes, p: Any, pos: int) -> None:
    p["src_port"] = u16(buf, pos)
    p["dst_port"] = u16(buf, pos + 2)
    p["flags"] |= HAS_PORTS


@njit
def _tcp(buf: Bytes, p: Any, pos: Any, end: Any, start: int, limit: int) -> Any:
    """Snap lengths like to cut here: what is left of the header is used."""
    size = limit - pos
    if size >= 4:
        _ports(buf, p, pos)
    if size >= 8:
        p["tcp_seq"] = u32(buf, pos + 4)
    if size >= 12:
        p["tcp_ack"] = u32(buf, pos + 8)
    if size >= 14:
        p["tcp_flags"] = buf[pos + 13]
    if size >= 16:
        p["tcp_window"] = u16(buf, pos + 14)
    header: Any = np.int64(20)
    if size >= 13:
        header = (np.int64(buf[pos + 12]) >> 4) * 4
        if header < 20 or pos + header > end:
            return np.int64(NEVER)
        _payload(p, pos + header, end, start)
    return pos + header if size < header else np.int64(0)


@njit
def _udp(buf: Bytes, p: Any, pos: Any, end: Any, start: int, limit: int) -> Any:
    size = limit - pos
    if size >= 4:
        _ports(buf, p, pos)
    if size < 8:
        return pos + 8
    length = u16(buf, pos + 4)
    if length == 0 or np.int64(p["flags"]) & FRAGMENT:  # a jumbogram (RFC 2675), or more than this packet holds
        length = end - pos
    if length < 8 or pos + length > end:
        return np.int64(NEVER)
    _payload(p, pos + 8, pos + length, start)
    udp_tunnel(buf, p, pos + 8, pos + length, start, min(pos + length, limit))
    return np.int64(0)


@njit
def _icmp(buf: Bytes, p: Any, proto: int, pos: Any, end: Any, start: int, limit: int) -> Any:
    if limit >= pos + 2:
        p["icmp_type"] = buf[pos]
        p["icmp_code"] = buf[pos + 1]
    if limit < pos + 8:
        return pos + 8
    _payload(p, pos + 8, end, start)
    quoted = np.int64(-1)
    if proto == ICMP and np.int64(buf[pos]) in _ICMP_ERRORS:
        quoted = _quoted_ipv4(buf, pos + 8, limit)
    elif proto == ICMPV6 and np.int64(buf[pos]) in _ICMPV6_ERRORS:
        quoted = _quoted_ipv6(buf, pos + 8, limit)
    if quoted >= 0 and limit >= quoted + 4:
        _ports(buf, p, quoted)
        p["flags"] |= QUOTED_PORTS
    return np.int64(0)


@njit
def _quoted_ipv4(buf: Bytes, pos: int, limit: int) -> Any:
    """Position of the TCP or UDP header of the quoted packet at ``pos``; -1: none."""
    if limit < pos + 20 or np.int64(buf[pos]) >> 4 != 4 or np.int64(buf[pos + 9]) not in (TCP, UDP):
        return np.int64(-1)
    header = (np.int64(buf[pos]) & 15) * 4
    if header < 20 or u16(buf, pos + 6) & 0x1FFF:
        return np.int64(-1)
    return pos + header


@njit
def _quoted_ipv6(buf: Bytes, pos: int, limit: int) -> Any:
    """Position of the TCP or UDP header of the quoted packet at ``pos``; -1: none."""
    if limit < pos + 40 or np.int64(buf[pos]) >> 4 != 6:
        return np.int64(-1)
    proto, at, flags, need = extensions(buf, np.int64(buf[pos + 6]), pos + 40, limit)
    if need or flags & LATER_FRAGMENT or proto not in (TCP, UDP):
        return np.int64(-1)
    return at
