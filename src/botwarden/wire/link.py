"""Link-layer headers: from a frame's first byte to its EtherType and its network header.

Sources: IEEE 802.3; the LINKTYPE_ pages of tcpdump.org for Linux SLL, SLL2, BSD loopback and PPP.
"""

from typing import Any, Final

import numpy as np
from numba import njit

from botwarden.core.packet import ETHERTYPE_IPV4, ETHERTYPE_IPV6
from botwarden.wire.ethertype import follow, ip_ethertype, pppoe
from botwarden.wire.linktype import (
    ETHERNET,
    IEEE802_11,
    LOOP,
    NFLOG,
    NULL,
    PPP,
    PPP_ETHER,
    PPP_HDLC,
    RADIOTAP,
    RAW_IPV4,
    RAW_IPV6,
    SLL,
    SLL2,
)
from botwarden.wire.load import NEVER, Bytes, u16, u32, u48, word32
from botwarden.wire.nflog import nflog
from botwarden.wire.ppp import ppp
from botwarden.wire.wireless import data_frame, radiotap

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
        return follow(buf, p, u16(buf, at), pos, cap_end)
    if link in (NULL, LOOP):
        return _loopback(buf, p, start, cap_end)
    if link == RADIOTAP:
        return radiotap(buf, p, start, cap_end)
    if link == IEEE802_11:
        return data_frame(buf, p, start, cap_end, False)
    if link in (PPP, PPP_HDLC):
        return ppp(buf, p, start, cap_end)
    if link == PPP_ETHER:
        return pppoe(buf, p, start, cap_end)
    if link == NFLOG:
        return nflog(buf, p, start, cap_end)
    return _raw(buf, p, link, start, cap_end)


@njit
def _raw(buf: Bytes, p: Any, link: int, start: Any, cap_end: int) -> Any:
    if cap_end < start + 1:
        return np.int64(0), -(start + 1)
    ethertype = ip_ethertype(buf, start)
    if (
        ethertype == 0
        or (ethertype == ETHERTYPE_IPV4 and link == RAW_IPV6)
        or (ethertype == ETHERTYPE_IPV6 and link == RAW_IPV4)
    ):
        return np.int64(0), np.int64(-NEVER)
    p["ethertype"] = ethertype
    return ethertype, start


@njit
def _loopback(buf: Bytes, p: Any, start: Any, cap_end: int) -> Any:
    """The address family is in the byte order of the capturing machine (NULL) or of the net (LOOP)."""
    if cap_end < start + 4:
        return np.int64(0), -(start + 4)
    family = word32(buf, start, False)
    if family > 0xFFFF:
        family = u32(buf, start)
    ethertype = np.int64(0)
    if family == _AF_INET:
        ethertype = np.int64(ETHERTYPE_IPV4)
    elif family in _AF_INET6:
        ethertype = np.int64(ETHERTYPE_IPV6)
    p["ethertype"] = ethertype
    return ethertype, start + 4


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
