"""PPP frames (RFC 1661, 1662): from the address field or the protocol field to IP."""

from typing import Any, Final

import numpy as np
from numba import njit

from botwarden.core.packet import ETHERTYPE_IPV4, ETHERTYPE_IPV6
from botwarden.wire.load import Bytes, u16

_ADDRESS_AND_CONTROL: Final = 0xFF03
_IPV4: Final = 0x0021
_IPV6: Final = 0x0057


@njit
def ppp(buf: Bytes, p: Any, pos: Any, cap_end: int) -> Any:
    """Follow the PPP frame at ``pos`` to the IP packet in it.

    The address and control fields and half of the protocol field may be left out, as peers agree on in LCP. Returns
    ``(ethertype, pos)`` as `botwarden.wire.link.link_header` does, and notes an EtherType other than 0 in ``p``.
    """
    if cap_end >= pos + 2 and u16(buf, pos) == _ADDRESS_AND_CONTROL:
        pos += 2
    if cap_end < pos + 2:  # in halves too: there is no IP packet of no byte
        return np.int64(0), -(pos + 2)
    protocol = np.int64(buf[pos])
    pos += 1
    if protocol & 1 == 0:  # only the last byte of a protocol number is odd
        protocol = protocol << 8 | np.int64(buf[pos])
        pos += 1
    ethertype = np.int64(0)
    if protocol == _IPV4:
        ethertype = np.int64(ETHERTYPE_IPV4)
    elif protocol == _IPV6:
        ethertype = np.int64(ETHERTYPE_IPV6)
    if ethertype:
        p["ethertype"] = ethertype
    return ethertype, pos
