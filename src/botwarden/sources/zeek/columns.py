"""Which record type a log's lines become, and what older logs call things."""

import re
from typing import Any, Final

import msgspec

from botwarden.core.record import Record, columns
from botwarden.core.records import RECORDS
from botwarden.sources.zeek.values import addr

_LOGS: Final = "|".join(sorted(RECORDS, key=len, reverse=True))
_NAME: Final = re.compile(rf"(?:json_streaming_)?({_LOGS})([._].*)?\.(log|json|ndjson)(\..*)?", re.DOTALL)

ALIASES: Final[dict[str, dict[str, str]]] = {"dhcp": {"assigned_addr": "assigned_ip"}}
"""Per log: columns, and what they are called by old versions of Zeek."""


def log_of(file_name: str) -> str | None:
    """The log that a file's name promises, rotated ones included; None for none that is known.

    >>> log_of("conn.2024-03-12-00-00-00.log.gz"), log_of("dns_20180101.log"), log_of("conn-summary.log")
    ('conn', 'dns', None)
    """
    found = _NAME.fullmatch(file_name)
    return found[1] if found else None


def defaults(kind: type[Record]) -> dict[str, Any]:
    """What needed fields are where a line leaves them out: empty text. The others that are needed must be there."""
    needed = {field.name for field in msgspec.structs.fields(kind) if field.required}
    return {c.attribute: "" for c in columns(kind) if c.attribute in needed and c.type == "string"}


def old_file(line: dict[str, Any]) -> dict[str, Any]:
    """A file's connection, as far as files.log told of it before Zeek 5.1: several, and no ports.

    line : values by column, lists as tuples; raises ValueError where the hosts are none
    """
    senders, receivers, uids = (line.get(name) or () for name in ("tx_hosts", "rx_hosts", "conn_uids"))
    orig, resp = (senders, receivers) if line.get("is_orig") else (receivers, senders)
    if not orig or not resp:
        raise ValueError("no hosts")
    return {"uid": uids[0] if uids else "", "orig_h": addr(orig[0]), "orig_p": 0, "resp_h": addr(resp[0]), "resp_p": 0}


HOSTS: Final = ("tx_hosts", "rx_hosts", "conn_uids")
"""The columns that `old_file` needs."""
