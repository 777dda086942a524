"""Tunnels: where in a packet another one begins.

GRE (RFC 2784, 2890) with Ethernet, ERSPAN (draft-foschiano-erspan) and PPTP (RFC 2637) in it; over UDP VXLAN
(RFC 7348), Geneve (RFC 8926), Teredo (RFC 4380) and GTP-U (3GPP TS 29.281). A tunnel over UDP is known by its port and
by a header that fits, since any program may use a port.
"""

from typing import Any, Final

import numpy as np
from numba import njit

from botwarden.core.packet import ETHERTYPE_IPV4, ETHERTYPE_IPV6, FRAGMENT, INNER_FRAME
from botwarden.wire.ethertype import ip_ethertype
from botwarden.wire.load import Bytes, u16, u32
from botwarden.wire.ppp import ppp

MAX_GTP_EXTENSIONS: Final = 8  # two are usual

_ETHERNET: Final = 0x6558  # transparent Ethernet bridging
_PPTP: Final = 0x880B
_ERSPAN: Final = 0x88BE  # types I and II
_ERSPAN_3: Final = 0x22EB

_GTP: Final = 2152  # ports, in their order
_TEREDO: Final = 3544
_VXLAN: Final = 4789
_GENEVE: Final = 6081
_MIN_INNER: Final = 20  # bytes of the shortest packet that a tunnel carries

_GTP_PACKET: Final = 255  # type of the message that holds a packet
_TEREDO_ORIGIN: Final = 0x0000
_TEREDO_AUTHENTICATION: Final = 0x0001


@njit
def gre(buf: Bytes, p: Any, pos: Any, end: int, start: int, limit: int) -> Any:
    """Read the GRE header at ``pos``; for the rest see `botwarden.wire.transport.transport`."""
    if limit < pos + 4:
        return pos + 4
    bits = u16(buf, pos)
    carried = u16(buf, pos + 2)
    size: Any = np.int64(4)
    if bits & 7:  # version 1 (PPTP): key always there, acknowledgement perhaps
        size = 8 + (4 if bits & 0x1000 else 0) + (4 if bits & 0x0080 else 0)
    else:
        size += (4 if bits & 0xC000 else 0) + (4 if bits & 0x2000 else 0) + (4 if bits & 0x1000 else 0)
    if limit < pos + size:
        return pos + size
    pos += size
    p["payload"] = pos - start
    p["payload_len"] = end - pos
    if bits & 7:
        if bits & 7 == 1 and carried == _PPTP:
            _inner_ppp(buf, p, pos, start, limit)
    elif bits & 0x4000 == 0:  # source routes (obsolete) are not followed
        _carried(buf, p, carried, pos, start, limit, bits & 0x1000 != 0)
    return np.int64(0)


@njit
def _carried(buf: Bytes, p: Any, carried: Any, pos: Any, start: int, limit: int, numbered: bool) -> None:
    """Note what GRE carries at ``pos``; ``numbered``: with a sequence number, as ERSPAN II has and ERSPAN I has not."""
    frame = carried == _ETHERNET
    if carried == _ERSPAN:
        frame = True
        pos += 8 if numbered else 0
    elif carried == _ERSPAN_3:
        if limit < pos + 12:
            return
        kind = np.int64(buf[pos + 10]) >> 2 & 31  # 0: Ethernet, 2: IP
        frame = kind == 0
        pos += 20 if np.int64(buf[pos + 11]) & 1 else 12
        if kind == 2 and pos < limit:
            carried = ip_ethertype(buf, pos)
    if frame:
        _inner_frame(p, pos, start, limit)
    elif carried in (ETHERTYPE_IPV4, ETHERTYPE_IPV6) and pos < limit:
        p["inner"] = pos - start


@njit
def _inner_frame(p: Any, pos: Any, start: int, limit: int) -> None:
    if pos + 14 <= limit:
        p["inner"] = pos - start
        p["flags"] |= INNER_FRAME


@njit
def _inner_ppp(buf: Bytes, p: Any, pos: Any, start: int, limit: int) -> None:
    kept = np.int64(p["ethertype"])  # the outer packet's, which the columns describe
    carried, at = ppp(buf, p, pos, limit)
    p["ethertype"] = kept
    if carried and pos < at < limit:
        p["inner"] = at - start


@njit
def udp_tunnel(buf: Bytes, p: Any, pos: Any, end: int, start: int, limit: int) -> None:
    """Note the packet that a UDP payload from ``pos`` to ``end`` carries, where its port says that it is a tunnel.

    ``start`` is where the frame starts, ``limit`` where what was captured of the payload ends.
    """
    port = np.int64(p["dst_port"])
    if limit < pos + 8 + _MIN_INNER or np.int64(p["flags"]) & FRAGMENT:
        return
    if port == _VXLAN:
        if u32(buf, pos) in (0x08000000, 0x0C000003):  # with a network number; GPE (draft-ietf-nvo3-vxlan-gpe)
            _inner_frame(p, pos + 8, start, limit)
    elif port == _GENEVE:
        _geneve(buf, p, pos, start, limit)
    elif port == _GTP:
        _gtp(buf, p, pos, end, start, limit)
    elif port == _TEREDO or np.int64(p["src_port"]) == _TEREDO:
        _teredo(buf, p, pos, end, start, limit)


@njit
def _geneve(buf: Bytes, p: Any, pos: Any, start: int, limit: int) -> None:
    first, carried = np.int64(buf[pos]), u16(buf, pos + 2)
    if first >> 6 != 0 or np.int64(buf[pos + 1]) & 0x3F or np.int64(buf[pos + 7]):
        return
    pos += 8 + (first & 0x3F) * 4
    if carried == _ETHERNET:
        _inner_frame(p, pos, start, limit)
    elif carried in (ETHERTYPE_IPV4, ETHERTYPE_IPV6) and pos < limit and ip_ethertype(buf, pos) == carried:
        p["inner"] = pos - start


@njit
def _gtp(buf: Bytes, p: Any, pos: Any, end: int, start: int, limit: int) -> None:
    bits, length = np.int64(buf[pos]), u16(buf, pos + 2)
    if bits & 0xF0 != 0x30 or np.int64(buf[pos + 1]) != _GTP_PACKET or pos + 8 + length != end:
        return
    pos += 8
    if bits & 7:
        if limit < pos + 4:
            return
        following = np.int64(buf[pos + 3]) if bits & 4 else np.int64(0)
        pos += 4
        for _ in range(MAX_GTP_EXTENSIONS):
            if following == 0:
                break
            if limit < pos + 1 or limit < pos + np.int64(buf[pos]) * 4 or np.int64(buf[pos]) == 0:
                return
            pos += np.int64(buf[pos]) * 4
            following = np.int64(buf[pos - 1])
        if following:
            return
    _inner_packet(buf, p, pos, end, start, limit)


@njit
def _teredo(buf: Bytes, p: Any, pos: Any, end: int, start: int, limit: int) -> None:
    if u16(buf, pos) == _TEREDO_AUTHENTICATION:
        pos += 13 + np.int64(buf[pos + 2]) + np.int64(buf[pos + 3])
        if limit < pos + 2:
            return
    if u16(buf, pos) == _TEREDO_ORIGIN:
        pos += 8
    if pos < limit and np.int64(buf[pos]) >> 4 == 6:
        _inner_packet(buf, p, pos, end, start, limit)


@njit
def _inner_packet(buf: Bytes, p: Any, pos: Any, end: int, start: int, limit: int) -> None:
    """Note the IP packet at ``pos`` if it is exactly as long as what it is in: chance makes no such thing."""
    if limit < pos + _MIN_INNER:
        return
    ethertype = ip_ethertype(buf, pos)
    length = np.int64(0)
    if ethertype == ETHERTYPE_IPV4:
        length = u16(buf, pos + 2)
    elif ethertype == ETHERTYPE_IPV6:
        length = 40 + u16(buf, pos + 4)
    if pos + length == end:
        p["inner"] = pos - start
