"""Which first payloads are worth a look in Python: cheap tests that keep junk, such as a flood's, out of it."""

from typing import Any

import numpy as np
from numba import njit

from botwarden.protocols.table import Int


@njit(nogil=True)
def says_something(buf: Any, at: Int, n: Int) -> Any:
    """Whether a TCP payload begins like text, TLS or telnet options."""
    first = np.int64(buf[at])
    if first == 0xFF or (first in (0x14, 0x15, 0x16, 0x17, 0x80) and n >= 2):
        return True
    for i in range(min(n, 4)):
        c = np.int64(buf[at + i])
        if not (32 <= c < 127 or c in (9, 10, 13, 27, 0)):
            return False
    return True


@njit(nogil=True)
def known_datagram(buf: Any, at: Int, n: Int) -> Any:
    """Whether a UDP payload begins like DNS, SSDP, CoAP, DTLS, QUIC, STUN, TFTP or BitTorrent's hash table."""
    if n < 4:
        return False
    a = np.int64(buf[at])
    b = np.int64(buf[at + 1])
    c = np.int64(buf[at + 2])
    if a in (0x48, 0x4D, 0x4E) and b in (0x54, 0x2D, 0x4F):  # HTTP, M-SEARCH, NOTIFY
        return True
    if 0x14 <= a <= 0x17 and b == 0xFE and c in (0xFD, 0xFF):  # DTLS (RFC 6347)
        return True
    if a & 0xC0 == 0xC0 and n >= 1200 and b in (0, 0x51, 0x54, 0x6B, 0xFA, 0xFF):  # QUIC's long header (RFC 9000, 17.2)
        return True
    if a == 0x64 and b in (0x31, 0x32) and c == 0x3A:  # "d1:", "d2:" (BEP 5)
        return True
    if a == 0 and 1 <= b <= 6 and _like_tftp(buf, at, n, b):
        return True
    if n >= 20 and np.int64(buf[at + 4]) == 0x21 and np.int64(buf[at + 5]) == 0x12 and np.int64(buf[at + 6]) == 0xA4:
        return True  # STUN's cookie (RFC 8489, 5)
    if _like_dns(buf, at, n):
        return True
    return a & 0xC0 == 0x40 and a & 15 <= 8 and (b <= 7 or 0x40 <= b <= 0x5F or 0x80 <= b <= 0xA5)  # CoAP


@njit(nogil=True)
def _like_tftp(buf: Any, at: Int, n: Int, operation: Int) -> Any:
    """A request, a first block, its acknowledgement, an error or options (RFC 1350, 5; RFC 2347)."""
    c = np.int64(buf[at + 2])
    d = np.int64(buf[at + 3])
    if operation in (1, 2, 6):
        return c > 32 and c < 127 and n >= 9 and np.int64(buf[at + n - 1]) == 0
    if operation == 3:
        return c == 0 and d == 1 and n <= 516
    if operation == 4:
        return c == 0 and d <= 1 and n == 4
    return c == 0 and d <= 8 and np.int64(buf[at + n - 1]) == 0


@njit(nogil=True)
def _like_dns(buf: Any, at: Int, n: Int) -> Any:
    """A header with a usual operation and believable counts (RFC 1035, 4.1.1)."""
    if n < 12:
        return False
    if np.int64(buf[at + 2]) & 0x78 > 0x28 or np.int64(buf[at + 3]) & 0x40:
        return False
    total = np.int64(0)
    for k in range(4, 12, 2):
        if np.int64(buf[at + k]) != 0:
            return False
        total += np.int64(buf[at + k + 1])
    return 0 < total <= 64 and np.int64(buf[at + 5]) <= 16
