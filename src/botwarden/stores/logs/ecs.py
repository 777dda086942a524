"""Logs in the Elastic Common Schema (https://www.elastic.co/docs/reference/ecs): nested JSON, an object a line.

A field goes by the name that its record type gives for this schema (`botwarden.core.record.Ecs`); what has none is
``zeek.<log>.<field>``, as in Elastic's own integration for Zeek.
"""

import math
from collections.abc import Callable, Sequence
from operator import attrgetter
from typing import IO, Any, ClassVar, Final

import msgspec

from botwarden.core.record import Column, Record, columns
from botwarden.core.text import utc
from botwarden.stores.logs.community import community_id
from botwarden.stores.logs.json_lines import encodable

VERSION: Final = "8.17.0"
"""Of the schema."""

_ENDS: Final = {
    "id.orig_h": "source.ip",
    "id.orig_p": "source.port",
    "id.resp_h": "destination.ip",
    "id.resp_p": "destination.port",
}
_KINDS: Final[dict[str, tuple[str, list[str], list[str]]]] = {
    "conn": ("event", ["network"], ["connection", "info"]),
    "files": ("event", ["file"], ["info"]),
    "http": ("event", ["network", "web"], ["connection", "protocol", "info"]),
    "notice": ("alert", ["intrusion_detection"], ["info"]),
    "weird": ("alert", ["network"], ["info"]),
}
"""event.kind, event.category and event.type of a log."""
_PROTOCOL: Final = ("event", ["network"], ["connection", "protocol", "info"])
_TRANSPORTS: Final = dict.fromkeys(("http", "ssh", "ssl", "telnet", "ftp", "irc", "irc_message", "mqtt"), "tcp") | (
    dict.fromkeys(("coap", "dhcp", "ntp", "ssdp", "tftp"), "udp")
)
"""Transport of logs whose records do not name it."""

Fields = Callable[[Any, dict[str, Any]], None]
"""Puts a value that is not None into an object, under the names that it knows."""


class EcsEncoder:
    """JSON lines in the Elastic Common Schema, ready for a bulk upload."""

    suffix: ClassVar[str] = ".ndjson"
    batch: ClassVar[int] = 256

    def __init__(self, file: IO[bytes], kind: type[Record]) -> None:
        """JSON needs no header. Raises TypeError for a record type whose names exclude one another."""
        self._file = file
        self._kind = kind
        self._encoder = msgspec.json.Encoder()
        found = columns(kind)
        self._get = attrgetter(*(column.attribute for column in found))
        self._plan = [_fields(kind, column) for column in found]

    def write(self, records: Sequence[Record]) -> None:
        """Append records, a line each. Raises OSError."""
        try:
            lines = self._encoder.encode_lines([self._document(record) for record in records])
        except UnicodeEncodeError:  # lone surrogates
            lines = self._encoder.encode_lines([self._document(encodable(record)) for record in records])
        self._file.write(lines)

    def close(self) -> None:
        """Nothing is held back."""

    def _document(self, record: Record) -> dict[str, Any]:
        path = self._kind.path
        kind, category, types = _KINDS.get(path, _PROTOCOL)
        event = {"kind": kind, "category": category, "type": types, "module": "zeek", "dataset": f"zeek.{path}"}
        document: dict[str, Any] = {"@timestamp": None, "ecs": {"version": VERSION}, "event": event}
        for value, put in zip(self._get(record), self._plan, strict=True):
            if value is not None:
                put(value, document)
        _network(path, document)
        return document


def _fields(kind: type[Record], column: Column) -> Fields:
    name = column.ecs or _ENDS.get(column.name) or f"zeek.{kind.path}.{column.name}"
    special = _SPECIAL.get(name)
    if special:
        return special
    *parents, last = name.split(".")
    convert = _CONVERTED.get(name) or _by_type(column)

    def put(value: Any, document: dict[str, Any]) -> None:
        node = document
        for parent in parents:
            node = node.setdefault(parent, {})
        node[last] = value if convert is None else convert(value)

    return put


def _by_type(column: Column) -> Callable[[Any], Any] | None:
    return _iso if column.type == "time" else None


def _iso(ts: float) -> str | None:
    """ISO 8601 with microseconds; None for what no calendar holds."""
    moment = utc(ts)
    return f"{moment:%Y-%m-%dT%H:%M:%S.%f}Z" if moment else None


def _nanoseconds(seconds: float) -> int | None:
    return round(seconds * 1e9) if math.isfinite(seconds) else None


def _mac(text: str) -> str:
    """The schema writes MAC addresses as RFC 7042 does: ``00-00-5E-00-53-23``."""
    return text.replace(":", "-").upper()


def _tls_version(value: Any, document: dict[str, Any]) -> None:
    """``TLSv12`` is version 1.2 of the protocol ``tls``, ``SSLv3`` version 3 of ``ssl``."""
    protocol, _, digits = str(value).partition("v")
    known = protocol in ("TLS", "DTLS", "SSL") and digits.isdigit()
    tls = document.setdefault("tls", {})
    tls["version"] = ".".join(digits) if known else value
    if known:
        tls["version_protocol"] = protocol.lower()


_CONVERTED: Final[dict[str, Callable[[Any], Any]]] = {
    "event.duration": _nanoseconds,
    "source.mac": _mac,
    "destination.mac": _mac,
    "client.mac": _mac,
    "dns.id": str,
    "network.vlan.id": str,
    "network.iana_number": str,
}
_SPECIAL: Final[dict[str, Fields]] = {"tls.version": _tls_version}


def _network(path: str, document: dict[str, Any]) -> None:
    """What follows from the ends of a conversation: address family, transport and Community ID."""
    source, destination = document.get("source", {}), document.get("destination", {})
    src, dst = source.get("ip"), destination.get("ip")
    if src is None or dst is None:
        return
    network = document.setdefault("network", {})
    network["type"] = "ipv6" if ":" in src else "ipv4"
    transport = network.get("transport") or _TRANSPORTS.get(path)
    if transport is None:
        return
    if path == "ssl" and document.get("tls", {}).get("version_protocol") == "dtls":
        transport = "udp"
    network["transport"] = "ipv6-icmp" if transport == "icmp" and ":" in src else transport
    found = community_id(transport, src, source.get("port", -1), dst, destination.get("port", -1))
    if found:
        network["community_id"] = found
