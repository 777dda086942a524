"""`FLOW`: a conversation as a row of numbers."""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from botwarden.core.address import ip_halves, is_multicast_mac, mac_value
from botwarden.core.packet import ICMP, ICMPV6, TCP, UDP
from botwarden.core.records.conn import ConnRecord
from botwarden.sources.flows.shape import CONFIRMS, tcp_shape

FLOW: Final = np.dtype(
    [
        ("ts", "f8"),
        ("duration", "f8"),  # 0 and up
        ("src_hi", "i8"),  # the originator
        ("src_lo", "i8"),
        ("dst_hi", "i8"),
        ("dst_lo", "i8"),
        ("src_mac", "i8"),  # of the originator's packets; 0: not told
        ("dst_mac", "i8"),
        ("orig_rest", "f8"),  # packets of the originator besides those of `marks`
        ("resp_rest", "f8"),
        ("orig_payload", "f8"),  # bytes in all of these
        ("resp_payload", "f8"),
        ("orig_wire", "f8"),  # bytes of the originator's packets on average, with Ethernet's header
        ("resp_wire", "f8"),
        ("orig_bad", "f8"),  # further packets, with a wrong checksum
        ("orig_port", "u2"),  # or ICMP type
        ("resp_port", "u2"),
        ("vlan", "u2"),
        ("proto", "u1"),
        ("version", "u1"),
        ("marks", "u1"),  # of its shape
        ("orig_flags", "u1"),  # of the packets besides
        ("resp_flags", "u1"),
    ],
    align=True,
)
"""One conversation. Numbers are bounded: the log may say anything."""

MAX_PACKETS: Final = 10**12
MAX_BYTES: Final = 10**15
MAX_DURATION: Final = 10.0 * 366 * 86_400
"""s. Zeek gives a conversation up when it has been silent for minutes."""
CACHED: Final = 65536
"""Addresses that are kept as numbers."""

_PROTOCOLS: Final = {"tcp": TCP, "udp": UDP, "icmp": ICMP, "icmp6": ICMPV6, "sctp": 132}
_UNKNOWN: Final = 255
_ETHERNET: Final = 14
_HEADERS: Final = 40  # IPv4 and TCP, where the log does not tell the bytes of IP packets


def flow_rows(records: Sequence[ConnRecord]) -> NDArray[Any]:
    """FLOW[n] of conversations. Raises ValueError for an address that is none."""
    return np.array([_row(record) for record in records], FLOW)


def taken(rows: NDArray[Any], which: NDArray[Any]) -> NDArray[Any]:
    """``rows[which]`` for rows of many fields, which numpy would copy one by one; ``which`` are indices or a mask."""
    if which.dtype == bool:
        which = np.flatnonzero(which)
    raw = np.ascontiguousarray(rows).view(np.uint8).reshape(len(rows), rows.dtype.itemsize)
    return np.take(raw, which, axis=0).view(rows.dtype)[:, 0]


def _row(r: ConnRecord) -> tuple[Any, ...]:
    src_hi, src_lo = _halves(r.orig_h)
    dst_hi, dst_lo = _halves(r.resp_h)
    version = 6 if ":" in r.orig_h else 4
    proto = _PROTOCOLS.get(r.proto) or r.ip_proto or _UNKNOWN
    if proto == ICMP and version == 6:
        proto = ICMPV6
    orig, resp = min(r.orig_pkts, MAX_PACKETS), min(r.resp_pkts, MAX_PACKETS)
    orig_payload, resp_payload = min(r.orig_bytes or 0, MAX_BYTES), min(r.resp_bytes or 0, MAX_BYTES)
    marks = orig_flags = resp_flags = bad = orig_once = resp_once = 0
    if proto == TCP:
        marks, orig_flags, resp_flags, orig_once, resp_once, bad = tcp_shape(r.conn_state, r.history)
    elif not orig and not resp:  # a log without counts
        orig, resp = int(r.conn_state != "SHR"), int(r.conn_state in ("SF", "SHR"))
    orig_rest, resp_rest = max(orig - orig_once, 0), max(resp - resp_once, 0)
    if orig_payload and not orig_rest:
        orig_rest = 1
        marks &= ~CONFIRMS  # data does it
    if resp_payload and not resp_rest:
        resp_rest = 1
    return (
        r.ts, min(max(r.duration or 0.0, 0.0), MAX_DURATION), src_hi, src_lo, dst_hi, dst_lo,
        _mac(r.orig_l2_addr), _mac(r.resp_l2_addr), orig_rest, resp_rest, orig_payload, resp_payload,
        _wire(orig, min(r.orig_ip_bytes, MAX_BYTES), orig_payload),
        _wire(resp, min(r.resp_ip_bytes, MAX_BYTES), resp_payload), bad,
        r.orig_p & 0xFFFF, r.resp_p & 0xFFFF, (r.vlan or 0) & 0xFFFF, min(proto, _UNKNOWN), version,
        marks, orig_flags, resp_flags,
    )  # fmt: skip


def _wire(packets: int, ip_bytes: int, payload: int) -> float:
    """Bytes of a packet on average."""
    packets = max(packets, 1)
    return _ETHERNET + (ip_bytes / packets if ip_bytes else _HEADERS + payload / packets)


@lru_cache(CACHED)
def _halves(address: str) -> tuple[int, int]:
    return ip_halves(address)


@lru_cache(CACHED)
def _mac(text: str | None) -> int:
    """A station's address; 0 for none, or a group's, which no packet can come from."""
    try:
        mac = mac_value(text or "")
    except ValueError:
        return 0
    return 0 if is_multicast_mac(mac) else mac
