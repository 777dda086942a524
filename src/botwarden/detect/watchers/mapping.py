"""Port mappings: devices that have the router let the internet in, by UPnP, NAT-PMP or PCP."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, ClassVar, Final

from botwarden.core.record import Record
from botwarden.core.records.ssdp import UpnpRecord
from botwarden.core.text import printable
from botwarden.core.verdict import Severity
from botwarden.detect.claim import Claim
from botwarden.detect.inorder import InOrder
from botwarden.detect.recent import Recent
from botwarden.detect.watch import Scene
from botwarden.detect.words import clock, span

MAX_MAPPINGS: Final = 512
"""Mappings that are kept, those asked for last."""
SURE: Final = 0.95
UNANSWERED: Final = 0.6
"""How sure a mapping is whose answer was not seen."""

LOGIN_PORTS: Final = frozenset(
    {21, 22, 23, 80, 81, 445, 554, 2323, 3389, 5555, 5900, 7547, 8000, 8080, 8081, 8554, 9000, 34567, 37777}
)
"""Ports behind which logins, pictures and consoles are: files, SSH, telnet, web pages, video, remote desktops,
Android's debugger, routers' management, and those of the recorders of two large makers."""
WELL_KNOWN: Final = 1024
"""Ports below it belong to services; games and calls use higher ones."""
_ADDS: Final = frozenset({"AddPortMapping", "AddAnyPortMapping"})
_DELETES: Final = frozenset({"DeletePortMapping", "DeletePortMappingRange"})


@dataclass(slots=True)
class _Mapping:
    """A port of a router that leads to a device."""

    router: str
    asker: str
    client: str
    internal: int
    external: int | None
    protocol: str
    description: str
    lease: int
    answered: bool
    first_ts: float
    last_ts: float
    asked: int = 1
    closed_ts: float | None = None


class Mappings:
    """Watches what routers are asked to open."""

    name: ClassVar[str] = "port mappings"
    reads: ClassVar[tuple[type[Record], ...]] = (UpnpRecord,)

    def __init__(self, is_local: Callable[[str], bool]) -> None:
        """Know nothing yet."""
        self._is_local = is_local
        self._mappings: Recent[tuple[str, str, int, str], _Mapping | None] = Recent(MAX_MAPPINGS, lambda: None)
        self._requests = InOrder(self._take)

    def update(self, record: Record) -> None:
        """Note a mapping that was granted, or taken back."""
        if isinstance(record, UpnpRecord) and record.status_code in (None, 0, 200):
            self._requests.put(record.ts, record)

    def _take(self, record: UpnpRecord) -> None:
        if record.action in _ADDS and record.internal_port:
            self._add(record, record.internal_port)
        elif record.action in _DELETES:
            self._delete(record)

    def _add(self, record: UpnpRecord, internal: int) -> None:
        client, protocol = record.internal_client or record.orig_h, record.protocol or "TCP"
        known = self._mappings.get((record.resp_h, client, internal, protocol))
        if known is not None:
            known.asked += 1
            known.last_ts = max(known.last_ts, record.ts)
            known.closed_ts = None
            known.answered |= record.status_code is not None
            return
        mapping = _Mapping(
            router=record.resp_h,
            asker=record.orig_h,
            client=client,
            internal=internal,
            external=record.external_port,
            protocol=protocol,
            description=printable(record.description or "", 40),
            lease=record.lease or 0,
            answered=record.status_code is not None,
            first_ts=record.ts,
            last_ts=record.ts,
        )
        self._mappings.put((record.resp_h, client, internal, protocol), mapping)

    def _delete(self, record: UpnpRecord) -> None:
        for mapping in self._mappings.values():
            if mapping is None or mapping.router != record.resp_h or mapping.protocol != (record.protocol or "TCP"):
                continue
            by_port = record.external_port is not None and mapping.external == record.external_port
            client = record.internal_client or record.orig_h
            by_client = mapping.client == client and mapping.internal == record.internal_port
            if by_port or (record.external_port is None and by_client):
                mapping.closed_ts = record.ts

    def claims(self, scene: Scene) -> Iterable[Claim]:
        """Every mapping, on the device that it leads to; on the router where it leads outside."""
        self._requests.flush()
        for mapping in self._mappings.values():
            if mapping is None:
                continue
            outside = not self._is_local(mapping.client)
            serial = scene.serial(mapping.router if outside else mapping.client, mapping.last_ts)
            if serial is not None:
                yield _claim(serial, mapping, outside)


def _severity(mapping: _Mapping, outside: bool) -> Severity:
    if outside or mapping.internal in LOGIN_PORTS:
        return "high"
    foreign = mapping.asker not in (mapping.client, mapping.router)
    return "medium" if foreign or mapping.internal < WELL_KNOWN else "low"


def _claim(serial: int, mapping: _Mapping, outside: bool) -> Claim:
    return Claim(
        serial=serial,
        label="exposure.port_mapping",
        role="victim",
        confidence=SURE if mapping.answered else UNANSWERED,
        severity=_severity(mapping, outside),
        first_ts=mapping.first_ts,
        last_ts=mapping.closed_ts or mapping.last_ts,
        reason=_reason(mapping, outside),
        size=2.0 * (mapping.internal in LOGIN_PORTS) + outside,
        evidence=_evidence(mapping),
        heard=True,
    )


def _reason(mapping: _Mapping, outside: bool) -> str:
    who = "" if mapping.asker == mapping.client else f"{printable(mapping.asker, 45)} "
    port = f"port {mapping.external}" if mapping.external else "a port"
    whom = f"{mapping.protocol} port {mapping.internal}"
    whom = f"{whom} of {printable(mapping.client, 45)}, an outside machine" if outside else f"its {whom}"
    named = f' ("{mapping.description}")' if mapping.description else ""
    lease = f", for {span(mapping.lease)} at a time" if mapping.lease else ""
    closed = f"; closed again at {clock(mapping.closed_ts, mapping.first_ts)}" if mapping.closed_ts is not None else ""
    when = f"to the internet at {clock(mapping.first_ts)} UTC"
    return f"{who}had the router open {port} {when}; it leads to {whom}{named}{lease}{closed}"


def _evidence(mapping: _Mapping) -> dict[str, Any]:
    return {
        "router": mapping.router,
        "asked_by": mapping.asker,
        "internal_client": mapping.client,
        "internal_port": mapping.internal,
        "external_port": mapping.external,
        "proto": mapping.protocol.lower(),
        "description": mapping.description,
        "lease_s": mapping.lease,
        "granted": mapping.answered,
        "asked": mapping.asked,
        "closed_ts": mapping.closed_ts,
    }
