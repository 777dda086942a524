"""Link-layer headers: from a frame's first byte to its EtherType and its network header.

Sources: IEEE 802.3, 802.1Q and 802.1ad; the LINKTYPE_ pages of tcpdump.org for Linux SLL, SLL2 and BSD loopback.
"""

from typing import Any, Final

import numpy as np
from numba import njit

from botwarden.core.packet import ETHERTYPE_IPV4, ETHERTYPE_IPV6
from botwarden.wire.linktype import ETHERNET, LOOP, NULL, RAW_IPV4, RAW_IPV6, SLL, SLL2
from botwarden.wire.load import NEVER, Bytes, u16, u32, u48, word32

MAX_VLAN_TAGS: Final = 8  # two are usual, more than a few are an attack on parsers

_FIRST_ETHERTYPE: Final = 0x05DD  # smaller values are the length of an 802.3 frame
_ARPHRD_ETHERNET: Final = 1
_ARPHRD_NO_ETHERTYPE: Final = (801, 802, 803, 824)  # 802.11 and netlink give the protocol field another meaning
_AF_INET: Final = 2
_AF_INET6: Final = (10, 24, 28, 30)  # Linux, NetBSD and OpenBSD, FreeBSD, macOS


@njit
def link_header(buf: Bytes, p: Any, link: int, start: Any, cap_end: int) -> Any:
    """Read the link-layer header of the frame at ``start`` into ``p``.

    Returns ``(ethertype, pos)``: what follows and where, EtherType 0 for what is not followed. A negative ``pos`` is
    minus the position up to which bytes were missing.
    """
    if link in (ETHERNET, SLL, SLL2):
        at, pos = _addresses(buf, p, link, start, cap_end)
        if at <= 0:
            return np.int64(0), pos
        return _ethertype(buf, p, at, pos, cap_end)
    pos, version = start, np.int64(0)
    if link in (NULL, LOOP):
        if cap_end < start + 4:
            return np.int64(0), -(start + 4)
        pos, version = start + 4, _family(buf, start)
    else:
        if cap_end < start + 1:
            return np.int64(0), -(start + 1)
        version = np.int64(buf[start]) >> 4
        if version not in (4, 6) or (version == 4 and link == RAW_IPV6) or (version == 6 and link == RAW_IPV4):
            return np.int64(0), np.int64(-NEVER)
    ethertype = np.int64(0)
    if version == 4:
        ethertype = np.int64(ETHERTYPE_IPV4)
    elif version == 6:
        ethertype = np.int64(ETHERTYPE_IPV6)
    p["ethertype"] = ethertype
    return ethertype, pos


@njit
def _addresses(buf: Bytes, p: Any, link: int, start: Any, cap_end: int) -> Any:
    """MAC addresses; returns the positions of the EtherType and of what follows the header.

    The first is 0 where there is no EtherType; the second is then as `link_header` returns it.
    """
    if link == ETHERNET:
        if cap_end >= start + 12:
            p["dst_mac"] = u48(buf, start)
            p["src_mac"] = u48(buf, start + 6)
        if cap_end < start + 14:
            return np.int64(0), -(start + 14)
        return start + 12, start + 14
    # Linux "cooked" captures have the sender's address only
    arphrd_at, address_at, ethertype_at, pos = start + 2, start + 6, start + 14, start + 16
    if link == SLL2:
        arphrd_at, address_at, ethertype_at, pos = start + 8, start + 12, start, start + 20
    if cap_end < pos:
        return np.int64(0), -pos
    arphrd = u16(buf, arphrd_at)
    # the byte before the address ends its length in both, whether that has two bytes (SLL) or one (SLL2)
    if arphrd == _ARPHRD_ETHERNET and np.int64(buf[address_at - 1]) == 6:
        p["src_mac"] = u48(buf, address_at)
    if arphrd in _ARPHRD_NO_ETHERTYPE:
        return np.int64(0), pos
    return ethertype_at, pos


@njit
def _ethertype(buf: Bytes, p: Any, at: Any, pos: Any, cap_end: int) -> Any:
    """Follow the EtherType at ``at`` through VLAN tags and LLC/SNAP; ``pos`` is the first byte after the header."""
    ethertype = u16(buf, at)
    tags = 0
    while ethertype in (0x8100, 0x88A8, 0x9100):
        if tags == MAX_VLAN_TAGS:
            return np.int64(0), np.int64(-NEVER)
        if cap_end < pos + 4:
            return np.int64(0), -(pos + 4)
        if tags == 0:
            p["vlan"] = u16(buf, pos) & 0x0FFF
        tags += 1
        ethertype = u16(buf, pos + 2)
        pos += 4
    if ethertype < _FIRST_ETHERTYPE:
        ethertype = np.int64(0)
        if cap_end < pos + 3:
            return ethertype, -(pos + 3)
        if u16(buf, pos) == 0xAAAA and np.int64(buf[pos + 2]) == 3:  # LLC of SNAP (RFC 1042)
            if cap_end < pos + 8:
                return ethertype, -(pos + 8)
            if u16(buf, pos + 3) == 0 and np.int64(buf[pos + 5]) == 0:  # the OUI under which EtherTypes stand
                ethertype = u16(buf, pos + 6)
                pos += 8
    p["ethertype"] = ethertype
    return ethertype, pos


@njit
def _family(buf: Bytes, pos: int) -> Any:
    """IP version of a BSD address family, in the byte order of the capturing machine (NULL) or of the net (LOOP)."""
    family = word32(buf, pos, False)
    if family > 0xFFFF:
        family = u32(buf, pos)
    if family == _AF_INET:
        return np.int64(4)
    return np.int64(6) if family in _AF_INET6 else np.int64(0)
