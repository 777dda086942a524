"""IEEE 802.11 data frames, with or without a radiotap header (radiotap.org) before them.

Only what is readable without keys: data frames in the clear, whole ones. A monitoring card hears everything twice and
hears others' networks; MAC addresses are therefore taken from data frames only, and frames that the card itself found
damaged are left alone.
"""

from typing import Any, Final

import numpy as np
from numba import njit

from botwarden.wire.ethertype import follow
from botwarden.wire.load import NEVER, Bytes, u48, word16, word32

MAX_RADIOTAP: Final = 4096  # bytes; drivers write some dozens

_TSFT: Final = 1  # bits of radiotap's presence word
_FLAGS: Final = 2
_MORE_WORDS: Final = 1 << 31
_DATA_PADDED: Final = 0x20  # radiotap's flags
_BAD_FCS: Final = 0x40

_TO_DS: Final = 0x01  # second byte of the frame control field
_FROM_DS: Final = 0x02
_MORE_FRAGMENTS: Final = 0x04
_PROTECTED: Final = 0x40
_ORDER: Final = 0x80
_NO_DATA: Final = 0x40  # first byte: the subtypes without data
_QOS: Final = 0x80
_AGGREGATED: Final = 0x80  # first byte of the QoS field: several MSDUs follow


@njit
def radiotap(buf: Bytes, p: Any, start: Any, cap_end: int) -> Any:
    """Read a frame with a radiotap header. Returns what `botwarden.wire.link.link_header` does."""
    if cap_end < start + 8:
        return np.int64(0), -(start + 8)
    length = word16(buf, start + 2, False)
    if np.int64(buf[start]) != 0 or length < 8 or length > MAX_RADIOTAP:
        return np.int64(0), np.int64(-NEVER)
    end = start + length
    if cap_end < end:
        return np.int64(0), -end
    present = word32(buf, start + 4, False)
    at, more = start + 8, present
    while more & _MORE_WORDS and at + 4 <= end:
        more = word32(buf, at, False)
        at += 4
    if present & _TSFT:
        at = start + (at - start + 7) // 8 * 8 + 8
    flags = np.int64(0)
    if present & _FLAGS and at < end:
        flags = np.int64(buf[at])
    if flags & _BAD_FCS:
        return np.int64(0), end
    return data_frame(buf, p, end, cap_end, flags & _DATA_PADDED != 0)


@njit
def data_frame(buf: Bytes, p: Any, start: Any, cap_end: int, padded: bool) -> Any:
    """Read the 802.11 frame at ``start``, its header padded to whole words or not.

    Returns what `botwarden.wire.link.link_header` does; management, control, encrypted and fragmented frames are not
    followed. Of an aggregate (A-MSDU) the first packet is read.
    """
    if cap_end < start + 2:
        return np.int64(0), -(start + 2)
    kind, bits = np.int64(buf[start]), np.int64(buf[start + 1])
    if kind & 0x0F != 0x08 or kind & _NO_DATA:  # version 0, type 2
        return np.int64(0), start
    to_ds, from_ds = bits & _TO_DS != 0, bits & _FROM_DS != 0
    pos = start + (30 if to_ds and from_ds else 24)
    qos = pos
    if kind & _QOS:
        pos += 6 if bits & _ORDER else 2  # with the HT control field
    if padded:
        pos = start + (pos - start + 3) // 4 * 4
    if cap_end < pos:
        return np.int64(0), -pos
    receiver, transmitter, third = start + 4, start + 10, start + 16
    p["dst_mac"] = u48(buf, third if to_ds else receiver)
    if from_ds:
        p["src_mac"] = u48(buf, start + 24 if to_ds else third)
    else:
        p["src_mac"] = u48(buf, transmitter)
    if bits & (_PROTECTED | _MORE_FRAGMENTS) or np.int64(buf[start + 22]) & 0x0F:
        return np.int64(0), pos
    if kind & _QOS and np.int64(buf[qos]) & _AGGREGATED:
        if cap_end < pos + 14:
            return np.int64(0), -(pos + 14)
        p["dst_mac"], p["src_mac"] = u48(buf, pos), u48(buf, pos + 6)
        pos += 14
    return follow(buf, p, np.int64(0), pos, cap_end)
