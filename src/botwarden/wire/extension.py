"""IPv6 extension headers (RFC 8200, section 4; RFC 4302 for the authentication header)."""

from typing import Any, Final

import numpy as np
from numba import njit

from botwarden.core.packet import FRAGMENT, LATER_FRAGMENT
from botwarden.wire.load import NEVER, Bytes, u16

MAX_EXTENSION_HEADERS: Final = 16  # RFC 8200 lists seven, one of them twice

_HOP_BY_HOP: Final = 0
_ROUTING: Final = 43
_FRAGMENT: Final = 44
_AUTHENTICATION: Final = 51
_DESTINATION: Final = 60


@njit
def extensions(buf: Bytes, proto: Any, pos: Any, limit: int) -> Any:
    """Skip extension headers from ``pos`` on; ``proto`` is the first one's number.

    Returns ``(proto, pos, flags, need)``: the transport's number and position, FRAGMENT and LATER_FRAGMENT, and
    either 0 or the position up to which bytes were missing before ``limit``.
    """
    flags = 0
    for _ in range(MAX_EXTENSION_HEADERS):
        if proto not in (_HOP_BY_HOP, _ROUTING, _FRAGMENT, _AUTHENTICATION, _DESTINATION):
            return proto, pos, flags, 0
        if limit < pos + 8:
            return proto, pos, flags, pos + 8
        size: Any = np.int64(8)
        if proto == _FRAGMENT:
            position = u16(buf, pos + 2)
            if position & 0xFFF9:  # neither an offset nor more to come: a whole packet (RFC 6946)
                flags |= FRAGMENT
            if position & 0xFFF8:
                flags |= LATER_FRAGMENT
        elif proto == _AUTHENTICATION:
            size = (np.int64(buf[pos + 1]) + 2) * 4
        else:
            size = (np.int64(buf[pos + 1]) + 1) * 8
        if limit < pos + size:
            return proto, pos, flags, pos + size
        proto = np.int64(buf[pos])
        pos += size
        if flags & LATER_FRAGMENT:
            return proto, pos, flags, 0
    return proto, pos, flags, NEVER
