"""Which networks are local, where a user scans Zeek's logs and does not say so."""

import ipaddress
from collections.abc import Iterable, Sequence
from itertools import islice
from pathlib import Path
from typing import Any, Final

import msgspec

from botwarden.core.address import IPNetwork
from botwarden.core.record import Record, UidRecord
from botwarden.core.records.conn import ConnRecord
from botwarden.detect.networks import guess_networks
from botwarden.detect.state import MAX_NETWORKS
from botwarden.protocols.locality import PRIVATE_ADDRESS_SPACE
from botwarden.sources.flows.packets import packets_of
from botwarden.sources.zeek.source import ZeekSource

LOOK: Final = 20_000
"""Records that are looked at, from the first on."""

_ONCE: Final[dict[str, Any]] = {
    "duration": None, "orig_bytes": None, "resp_bytes": None, "orig_ip_bytes": 0, "resp_ip_bytes": 0,
}  # fmt: skip


def look_for_networks(paths: Sequence[str | Path]) -> tuple[IPNetwork, ...]:
    """The local networks, guessed from the first records of logs. Raises what reading them raises."""
    return networks_of(islice(ZeekSource(paths).records(), LOOK))


def networks_of(records: Iterable[Record]) -> tuple[IPNetwork, ...]:
    """The local networks of conversations: what packets would tell, and what Zeek was told.

    The guess is that for packets, where every conversation counts once. To it comes every address that Zeek says is
    local (``local_orig``, ``local_resp``: Zeek's ``Site::local_nets``), for IPv6 its /64; but not those that Zeek takes
    for local on every network, because they are in no other.
    """
    brief = [_brief(record) for record in records if isinstance(record, UidRecord)]
    found = [net for net in guess_networks(packets_of(brief)) if not net.is_link_local]  # these are local anyway
    for record in brief:
        for address, local in ((record.orig_h, record.local_orig), (record.resp_h, record.local_resp)):
            if local and len(found) < MAX_NETWORKS - 2:
                ip = ipaddress.ip_address(address)
                known = ip.is_multicast or any(ip in net for net in (*PRIVATE_ADDRESS_SPACE, *found))
                if not known:
                    found.append(ipaddress.ip_network((ip, 64 if ip.version == 6 else 32), strict=False))
    return tuple(found)


def _brief(record: UidRecord) -> ConnRecord:
    """A conversation of one packet a side, or what stands for one where a log tells of something else."""
    if isinstance(record, ConnRecord):
        once = {"orig_pkts": min(record.orig_pkts, 1), "resp_pkts": min(record.resp_pkts, 1), "history": None}
        return msgspec.structs.replace(record, **_ONCE, **once)
    return presence(record)


def presence(record: UidRecord) -> ConnRecord:
    """A conversation that only tells who was there: a packet a side of no protocol that anything is judged by."""
    return ConnRecord(
        ts=record.ts, uid=record.uid, orig_h=record.orig_h, orig_p=0, resp_h=record.resp_h, resp_p=0,
        proto="unknown_transport", conn_state="OTH", orig_pkts=1, resp_pkts=1,
    )  # fmt: skip
