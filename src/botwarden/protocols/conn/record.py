"""Rows of the connection table as conn.log's records."""

from collections.abc import Callable
from typing import Any, Final

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


def conn_record(row: Any, uid: str, services: list[str], is_local: Callable[[str], bool]) -> ConnRecord:
    """The record of a finished connection.

    row : CONN, as a record of `botwarden.protocols.conn.state`; services : protocols recognised on it
    """
    proto = int(row["proto"])
    orig, resp = (
        ip_text(int(hi), int(lo)) for hi, lo in zip(row["ip_hi"].tolist(), row["ip_lo"].tolist(), strict=True)
    )
    duration = float(row["last_ts"]) - float(row["first_ts"])
    sizes = _sizes(row, proto)
    macs = row["mac"].tolist()
    pkts, ip_bytes = row["pkts"].tolist(), row["ip_bytes"].tolist()
    ports = row["port"].tolist()
    letters = bytes(row["history"][: int(row["letters"])]).decode("ascii")
    return ConnRecord(
        ts=float(row["first_ts"]),
        uid=uid,
        orig_h=orig,
        orig_p=ports[0],
        resp_h=resp,
        resp_p=ports[1],
        proto=PROTOS.get(proto, "unknown_transport"),
        service=",".join(services) or None,
        duration=duration if duration > 0 else None,
        orig_bytes=sizes[0] if duration > 0 else None,
        resp_bytes=sizes[1] if duration > 0 else None,
        conn_state=conn_state(proto, *row["state"].tolist(), empty=not any(sizes)),
        local_orig=is_local(orig),
        local_resp=is_local(resp),
        missed_bytes=sum(row["missed"].tolist()),
        history=letters or None,
        orig_pkts=pkts[0],
        orig_ip_bytes=ip_bytes[0],
        resp_pkts=pkts[1],
        resp_ip_bytes=ip_bytes[1],
        ip_proto=proto,
        orig_l2_addr=mac_text(macs[0]) if macs[0] else None,
        resp_l2_addr=mac_text(macs[1]) if macs[1] else None,
        vlan=int(row["vlan"]) or None,
    )


def _sizes(row: Any, proto: int) -> tuple[int, int]:
    if proto != TCP:
        first, second = row["size"].tolist()
        return first, second
    last, acked, fins, known = (row[name].tolist() for name in ("last", "acked", "fins", "known"))
    return _size(last[0], acked[0], fins[0], known[0]), _size(last[1], acked[1], fins[1], known[1])


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
