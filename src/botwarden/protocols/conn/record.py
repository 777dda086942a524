"""Rows of the connection table as conn.log's records."""

from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from typing import Any, Final

from numpy.typing import NDArray

from botwarden.core.address import ip_text, mac_text
from botwarden.core.packet import ICMP, ICMPV6, TCP, UDP
from botwarden.core.records.conn import ConnRecord
from botwarden.protocols.conn.state import (
    ACTIVE,
    CLOSED,
    ESTABLISHED,
    INACTIVE,
    PARTIAL,
    RESET,
    SYN_ACK_SENT,
    SYN_SENT,
)

PROTOS: Final = {TCP: "tcp", UDP: "udp", ICMP: "icmp", ICMPV6: "icmp"}
"""conn.log's words; every other protocol is ``unknown_transport``."""


_mac = lru_cache(1024)(mac_text)
_ip = lru_cache(8192)(ip_text)

_COLUMNS: Final = (
    "first_ts", "last_ts", "ip_hi", "ip_lo", "port", "mac", "proto", "state", "size", "last", "acked", "fins", "known",
    "missed", "pkts", "ip_bytes", "vlan", "letters",
)  # fmt: skip


def conn_records(
    rows: NDArray[Any], names: Sequence[tuple[str, list[str]]], is_local: Callable[[str], bool]
) -> Iterator[ConnRecord]:
    """The records of finished connections.

    rows : CONN[n], as in `botwarden.protocols.conn.state`
    names : for each its identifier, and the protocols recognised on it
    """
    columns = [rows[name].tolist() for name in _COLUMNS]
    histories = rows["history"].tobytes()
    width = rows["history"].shape[1]
    for i, ((uid, services), row) in enumerate(zip(names, zip(*columns, strict=True), strict=True)):
        first, last_ts, hi, lo, ports, macs, proto, state, size, last, acked, fins, known = row[:13]
        missed, pkts, ip_bytes, vlan, letters = row[13:]
        orig, resp = _ip(hi[0], lo[0]), _ip(hi[1], lo[1])
        if proto == TCP:
            size = [_size(*end) for end in zip(last, acked, fins, known, strict=True)]
        lasted = last_ts > first
        yield ConnRecord(
            ts=first,
            uid=uid,
            orig_h=orig,
            orig_p=ports[0],
            resp_h=resp,
            resp_p=ports[1],
            proto=PROTOS.get(proto, "unknown_transport"),
            service=",".join(services) or None,
            duration=last_ts - first if lasted else None,
            orig_bytes=size[0] if lasted else None,
            resp_bytes=size[1] if lasted else None,
            conn_state=conn_state(proto, state[0], state[1], empty=not any(size)),
            local_orig=is_local(orig),
            local_resp=is_local(resp),
            missed_bytes=missed[0] + missed[1],
            history=histories[i * width : i * width + letters].decode("ascii") or None,
            orig_pkts=pkts[0],
            orig_ip_bytes=ip_bytes[0],
            resp_pkts=pkts[1],
            resp_ip_bytes=ip_bytes[1],
            ip_proto=proto,
            orig_l2_addr=_mac(macs[0]) if macs[0] else None,
            resp_l2_addr=_mac(macs[1]) if macs[1] else None,
            vlan=vlan or None,
        )


def _size(last: int, acked: int, fin: int, known: int) -> int:
    """Bytes of a TCP direction by its sequence numbers: neither SYN nor FIN counts."""
    size = max(last, acked) if known else 0
    size -= size > 0
    return size - (1 if fin and size > 0 else 0)


def conn_state(proto: int, orig: int, resp: int, *, empty: bool = False) -> str:
    """How a connection went, in Zeek's words, from the states of its two ends; ``empty``: no byte was said."""
    if proto == UDP:
        if orig == ACTIVE:
            return "SF" if resp == ACTIVE else "S0"
        return "SHR" if resp == ACTIVE else "OTH"
    return _tcp_state(orig, resp, empty) if proto == TCP else "OTH"


def _tcp_state(orig: int, resp: int, empty: bool) -> str:
    quiet_orig, quiet_resp = orig in (INACTIVE, PARTIAL), resp in (INACTIVE, PARTIAL)
    if resp == RESET:
        if orig in (SYN_SENT, SYN_ACK_SENT) or (orig == RESET and empty):
            return "REJ"
        return "RSTRH" if quiet_orig else "RSTR"
    if orig == RESET:
        return "RSTOS0" if quiet_resp else "RSTO"
    if resp == CLOSED and orig == CLOSED:
        return "SF"
    if orig == CLOSED:
        return "SH" if quiet_resp else "S2"
    if resp == CLOSED:
        return "SHR" if quiet_orig else "S3"
    if orig == SYN_SENT and resp == INACTIVE:
        return "S0"
    return "S1" if orig == resp == ESTABLISHED else "OTH"
