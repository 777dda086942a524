"""What stands between a link-layer header and IP: EtherTypes, tags, LLC/SNAP, MPLS labels, PPPoE.

Sources: IEEE 802.3, 802.1Q, 802.1ad and 802.1BR (VN-tag); RFC 1042 (SNAP); RFC 3032 (MPLS); RFC 2516 (PPPoE).
"""

from typing import Any, Final

import numpy as np
from numba import njit

from botwarden.core.packet import ETHERTYPE_IPV4, ETHERTYPE_IPV6
from botwarden.wire.load import NEVER, Bytes, u16
from botwarden.wire.ppp import ppp

MAX_TAGS: Final = 8  # VLAN and VN-tags: two are usual, more than a few are an attack on parsers
MAX_LABELS: Final = 16  # MPLS: networks use up to five or so

_FIRST_ETHERTYPE: Final = 0x05DD  # smaller values are the length of an 802.3 frame
_VN_TAG: Final = 0x8926
_MPLS: Final = (0x8847, 0x8848)  # unicast, multicast
_PPPOE_SESSION: Final = 0x8864


@njit
def ip_ethertype(buf: Bytes, pos: int) -> Any:
    """The EtherType of the IP packet at ``pos`` by its version; 0 where it has none that is known."""
    version = np.int64(buf[pos]) >> 4
    if version == 4:
        return np.int64(ETHERTYPE_IPV4)
    return np.int64(ETHERTYPE_IPV6) if version == 6 else np.int64(0)


@njit
def follow(buf: Bytes, p: Any, ethertype: Any, pos: Any, cap_end: int) -> Any:
    """Follow an EtherType, or the length of an 802.3 frame in its place, to the network header, and note it in ``p``.

    ``pos`` is the first byte after it. Returns ``(ethertype, pos)`` as `botwarden.wire.link.link_header` does.
    """
    tags = 0
    while ethertype in (0x8100, 0x88A8, 0x9100, _VN_TAG):
        size = 6 if ethertype == _VN_TAG else 4  # with the EtherType that follows
        if tags == MAX_TAGS:
            return np.int64(0), np.int64(-NEVER)
        if cap_end < pos + size:
            return np.int64(0), -(pos + size)
        if ethertype != _VN_TAG and np.int64(p["vlan"]) == 0:
            p["vlan"] = u16(buf, pos) & 0x0FFF
        tags += 1
        pos += size
        ethertype = u16(buf, pos - 2)
    if ethertype < _FIRST_ETHERTYPE:
        ethertype = np.int64(0)
        if cap_end < pos + 3:
            return ethertype, -(pos + 3)
        if u16(buf, pos) == 0xAAAA and np.int64(buf[pos + 2]) == 3:  # LLC of SNAP
            if cap_end < pos + 8:
                return ethertype, -(pos + 8)
            if u16(buf, pos + 3) == 0 and np.int64(buf[pos + 5]) == 0:  # the OUI under which EtherTypes stand
                ethertype = u16(buf, pos + 6)
                pos += 8
    p["ethertype"] = ethertype
    if ethertype == _PPPOE_SESSION:
        return pppoe(buf, p, pos, cap_end)
    if ethertype in _MPLS:
        return _labels(buf, p, pos, cap_end)
    return ethertype, pos


@njit
def pppoe(buf: Bytes, p: Any, pos: Any, cap_end: int) -> Any:
    """Follow the PPPoE session header at ``pos``. Returns what `follow` does."""
    if cap_end < pos + 6:
        return np.int64(0), -(pos + 6)
    if u16(buf, pos) != 0x1100:  # version 1, type 1, code 0: the only ones that there are
        return np.int64(0), np.int64(-NEVER)
    return ppp(buf, p, pos + 6, cap_end)


@njit
def _labels(buf: Bytes, p: Any, pos: Any, cap_end: int) -> Any:
    """Follow an MPLS label stack to the IP packet below it; pseudowires (RFC 4385) are not followed."""
    for _ in range(MAX_LABELS):
        if cap_end < pos + 5:
            return np.int64(0), -(pos + 5)
        pos += 4
        if np.int64(buf[pos - 2]) & 1:
            ethertype = ip_ethertype(buf, pos)
            if ethertype:
                p["ethertype"] = ethertype
            return ethertype, pos
    return np.int64(0), np.int64(-NEVER)
