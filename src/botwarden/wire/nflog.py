"""NFLOG: packets that a Linux firewall rule logged (tcpdump.org, LINKTYPE_NFLOG)."""

from typing import Any, Final

import numpy as np
from numba import njit

from botwarden.wire.ethertype import ip_ethertype
from botwarden.wire.load import NEVER, Bytes, u16, u48, word16

MAX_ATTRIBUTES: Final = 32  # the kernel writes about ten
MAX_HEADER: Final = 4096  # bytes before the packet: a prefix text of 128 is the longest part

_HARDWARE_ADDRESS: Final = 8
_PAYLOAD: Final = 9
_TYPE: Final = 0x7FFF  # without the bit for "in network order"


@njit
def nflog(buf: Bytes, p: Any, start: Any, cap_end: int) -> Any:
    """Read the attributes up to the packet. Returns what `botwarden.wire.link.link_header` does.

    Lengths are in the order of the machine that logged, which the file does not tell: the first one decides, as no
    attribute is as long as a short one is with its bytes swapped.
    """
    pos = start + 4
    if cap_end < pos + 4:
        return np.int64(0), -(pos + 4)
    big = word16(buf, pos, False) >= 256 and word16(buf, pos, True) < 256
    for _ in range(MAX_ATTRIBUTES):
        if cap_end < pos + 4:
            return np.int64(0), -(pos + 4)
        length, kind = word16(buf, pos, big), word16(buf, pos + 2, big) & _TYPE
        if length < 4 or pos - start > MAX_HEADER:
            return np.int64(0), np.int64(-NEVER)
        if kind == _PAYLOAD:
            if cap_end < pos + 5:
                return np.int64(0), -(pos + 5)
            ethertype = ip_ethertype(buf, pos + 4)
            p["ethertype"] = ethertype
            return ethertype, pos + 4
        if kind == _HARDWARE_ADDRESS and length >= 14 and cap_end >= pos + 14 and u16(buf, pos + 4) == 6:
            p["src_mac"] = u48(buf, pos + 8)
        pos += (length + 3) // 4 * 4
    return np.int64(0), np.int64(-NEVER)
