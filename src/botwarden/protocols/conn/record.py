"""Rows of the connection table as conn.log's records."""

from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from typing import Any, Final

import numpy as np
from msgspec.structs import replace
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

_KINDS: Final = 2048
"""Combinations of what repeats in records that are remembered."""


def conn_records(
    rows: NDArray[Any], names: Sequence[tuple[str, list[str]]], is_local: Callable[[str], bool]
) -> Iterator[ConnRecord]:
    """The records of finished connections.

    rows : CONN[n], as in `botwarden.protocols.conn.state`
    names : for each its identifier, and the protocols recognised on it
    """
    histories = rows["history"].tobytes()
    width = rows["history"].shape[1]
    columns = _columns(rows)
    for i, ((uid, services), row) in enumerate(zip(names, zip(*columns, strict=True), strict=True)):
        (
            first, last, hi, lo, resp_hi, resp_lo, orig_p, resp_p, orig_mac, resp_mac, proto, state, size, resp_size,
            missed, pkts, resp_pkts, ip_bytes, resp_ip_bytes, vlan, letters,
        ) = row  # fmt: skip
        orig, resp = _ip(hi, lo), _ip(resp_hi, resp_lo)
        history = histories[i * width : i * width + letters]
        ends = is_local(orig), is_local(resp), orig_mac, resp_mac, vlan
        lasted = last > first
        yield replace(
            _kind(proto, ",".join(services), state, missed, history, ends),
            ts=first,
            uid=uid,
            orig_h=orig,
            orig_p=orig_p,
            resp_h=resp,
            resp_p=resp_p,
            duration=last - first if lasted else None,
            orig_bytes=size if lasted else None,
            resp_bytes=resp_size if lasted else None,
            orig_pkts=pkts,
            orig_ip_bytes=ip_bytes,
            resp_pkts=resp_pkts,
            resp_ip_bytes=resp_ip_bytes,
        )


@lru_cache(_KINDS)
def _kind(
    proto: int, services: str, state: int, missed: int, history: bytes, ends: tuple[bool, bool, int, int, int]
) -> ConnRecord:
    """A record of what many connections have in common: filling in all of it takes five times as long."""
    local_orig, local_resp, orig_mac, resp_mac, vlan = ends
    return ConnRecord(
        ts=0.0,
        uid="",
        orig_h="",
        orig_p=0,
        resp_h="",
        resp_p=0,
        proto=PROTOS.get(proto, "unknown_transport"),
        service=services or None,
        conn_state=conn_state(proto, state >> 8, state >> 4 & 15, empty=not state & 1),
        local_orig=local_orig,
        local_resp=local_resp,
        missed_bytes=missed,
        history=history.decode("ascii") or None,
        ip_proto=proto,
        orig_l2_addr=_mac(orig_mac) if orig_mac else None,
        resp_l2_addr=_mac(resp_mac) if resp_mac else None,
        vlan=vlan or None,
    )


def _columns(rows: NDArray[Any]) -> list[list[Any]]:
    """The values that records are made of, as lists."""
    ends = [rows[name] for name in ("ip_hi", "ip_lo", "port", "mac", "pkts", "ip_bytes", "state")]
    hi, lo, ports, macs, pkts, ip_bytes, states = ends
    size = _sizes(rows)
    state = states[:, 0].astype(np.int64) << 8 | states[:, 1].astype(np.int64) << 4 | size.any(axis=1)
    columns = (
        rows["first_ts"], rows["last_ts"], hi[:, 0], lo[:, 0], hi[:, 1], lo[:, 1], ports[:, 0], ports[:, 1],
        macs[:, 0], macs[:, 1], rows["proto"], state, size[:, 0], size[:, 1], rows["missed"].sum(axis=1),
        pkts[:, 0], pkts[:, 1], ip_bytes[:, 0], ip_bytes[:, 1], rows["vlan"], rows["letters"],
    )  # fmt: skip
    return [column.tolist() for column in columns]


def _sizes(rows: NDArray[Any]) -> NDArray[np.int64]:
    """Payload bytes of both sides; those of TCP by its sequence numbers, in which neither SYN nor FIN counts."""
    size = np.where(rows["known"] != 0, np.maximum(rows["last"], rows["acked"]), 0)
    size = np.maximum(size - 1, np.minimum(size, 0))
    size -= (rows["fins"] != 0) & (size > 0)
    tcp: NDArray[np.bool_] = rows["proto"] == TCP
    return np.where(tcp[:, None], size, rows["size"])


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
