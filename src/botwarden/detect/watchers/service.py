"""New services: a device that serves a port all at once, which it did not serve while it was watched."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, ClassVar, Final

from botwarden.core.record import Record
from botwarden.core.records.conn import ConnRecord
from botwarden.core.records.ftp import FtpRecord
from botwarden.core.records.ssdp import UpnpRecord
from botwarden.core.text import printable
from botwarden.detect.claim import Claim
from botwarden.detect.recent import Recent
from botwarden.detect.watch import Scene
from botwarden.detect.words import clock, count, some, span

LEARN: Final = 1800.0
"""s for which a device must have been watched before a port of it counts as new."""
MIN_USES: Final = 2
"""Connections that it takes: data channels are used once."""
MIN_STRANGERS_UDP: Final = 2
"""Outside machines that must use a UDP port: of a single one nobody can tell who began."""
MANY: Final = 3
"""Local machines that make a service where no outside one uses it, if the port was closed before."""
CLOSED_BEFORE: Final = 0.85
UNUSED_BEFORE: Final = 0.55
"""How sure it is where nobody had tried the port before."""
MAX_HOSTS: Final = 256
"""Devices that are kept, those seen last."""
MAX_PORTS: Final = 64
"""Ports of each that are kept: those that it serves, those that were closed, and those that it sends from."""
MAX_CLIENTS: Final = 16
MAX_EXPECTED: Final = 512
"""Ports that others announced: data channels of FTP, port mappings."""

USUALLY_SERVED: Final = frozenset(
    {20, 21, 22, 23, 53, 80, 88, 123, 139, 443, 445, 515, 548, 554, 631, 1883, 2323, 3689, 5000, 5001, 5060, 5061, 5353}
    | {7000, 8000, 8008, 8009, 8080, 8081, 8443, 8554, 8883, 9000, 9100, 32400, 34567, 37777, 49152}
)
"""Ports that home devices serve by design: the first visit after an hour makes no new service."""
_EVERYONES: Final = frozenset({67, 68, 123, 137, 138, 546, 1900, 3702, 5353, 5355, 6666, 6667})
"""UDP ports of discovery, time and leases."""
_ANSWERED: Final = frozenset({"SF", "S1", "S2", "S3", "RSTO", "RSTR"})
_FTP_DATA: Final = 20


@dataclass(slots=True)
class _Service:
    """A port of a device."""

    first_ts: float = float("inf")
    last_ts: float = 0.0
    uses: int = 0
    closed_ts: float | None = None
    inside: Recent[str, bool] = field(default_factory=lambda: Recent(MAX_CLIENTS, bool))
    outside: Recent[str, bool] = field(default_factory=lambda: Recent(MAX_CLIENTS, bool))


class _Host:
    """A device and its ports."""

    __slots__ = ("first_ts", "own", "services")

    def __init__(self) -> None:
        self.first_ts = float("inf")
        self.services: Recent[tuple[str, int], _Service] = Recent(MAX_PORTS, _Service)
        self.own: Recent[int, bool] = Recent(MAX_PORTS, bool)


class Services:
    """Watches which ports devices serve, and to whom."""

    name: ClassVar[str] = "new services"
    reads: ClassVar[tuple[type[Record], ...]] = (ConnRecord, FtpRecord, UpnpRecord)

    def __init__(self, is_local: Callable[[str], bool]) -> None:
        """Know nothing yet."""
        self._is_local = is_local
        self._hosts: Recent[str, _Host] = Recent(MAX_HOSTS, _Host)
        self._expected: Recent[tuple[str, int], bool] = Recent(MAX_EXPECTED, bool)

    def update(self, record: Record) -> None:
        """Note who serves whom, and which ports were announced."""
        if isinstance(record, ConnRecord):
            self._converse(record)
        elif isinstance(record, FtpRecord):
            if record.data_resp_h and record.data_resp_p:
                self._expected.put((record.data_resp_h, record.data_resp_p), True)
        elif isinstance(record, UpnpRecord) and record.internal_port:
            self._expected.put((record.internal_client or record.orig_h, record.internal_port), True)

    def _converse(self, record: ConnRecord) -> None:
        if record.proto not in ("tcp", "udp"):
            return
        if self._is_local(record.orig_h):
            host = self._hosts.at(record.orig_h)
            host.first_ts = min(host.first_ts, record.ts)
            if record.proto == "udp":
                host.own.put(record.orig_p, True)
        if not self._is_local(record.resp_h):
            return
        host = self._hosts.at(record.resp_h)
        host.first_ts = min(host.first_ts, record.ts)
        key = record.proto, record.resp_p
        if _served(record):
            service = host.services.at(key)
            service.first_ts, service.last_ts = min(service.first_ts, record.ts), max(service.last_ts, record.ts)
            service.uses += 1
            (service.inside if self._is_local(record.orig_h) else service.outside).put(record.orig_h, True)
        elif record.conn_state == "REJ":
            service = host.services.at(key)
            service.closed_ts = min(service.closed_ts or record.ts, record.ts)

    def claims(self, scene: Scene) -> Iterable[Claim]:
        """Every port that became a service while the device was watched."""
        for device, host in self._hosts.items():
            for (proto, port), service in host.services.items():
                if (device, port) in self._expected or (proto == "udp" and port in host.own):
                    continue
                if not _is_new(host, proto, port, service):
                    continue
                serial = scene.serial(device, service.last_ts)
                if serial is not None:
                    yield _claim(serial, proto, port, service, service.first_ts - host.first_ts)


def _served(record: ConnRecord) -> bool:
    """Whether the responder really served, on a connection whose beginning was seen."""
    if record.proto == "udp":
        return record.resp_pkts > 0 and record.resp_p not in _EVERYONES
    history = record.history
    whole = history is None or ("S" in history and "h" in history)
    return record.conn_state in _ANSWERED and whole and record.orig_p != _FTP_DATA


def _was_closed(service: _Service) -> bool:
    return service.closed_ts is not None and service.closed_ts < service.first_ts


def _is_new(host: _Host, proto: str, port: int, service: _Service) -> bool:
    if service.uses < MIN_USES or service.first_ts - host.first_ts < LEARN:
        return False
    strangers = len(service.outside)
    if proto == "udp":
        return strangers >= MIN_STRANGERS_UDP and port not in USUALLY_SERVED
    if _was_closed(service):
        return strangers > 0 or len(service.inside) >= MANY
    return strangers > 0 and port not in USUALLY_SERVED


def _claim(serial: int, proto: str, port: int, service: _Service, watched: float) -> Claim:
    closed = _was_closed(service)
    strangers = [printable(ip, 45) for ip, _ in service.outside.items()]
    return Claim(
        serial=serial,
        label="exposure.service",
        role="victim",
        confidence=CLOSED_BEFORE if closed else UNUSED_BEFORE,
        severity="high" if closed and strangers else "medium",
        first_ts=service.first_ts,
        last_ts=service.last_ts,
        reason=_reason(proto, port, service, watched, strangers),
        size=float(service.uses),
        evidence=_evidence(proto, port, service, watched),
        heard=True,
    )


def _reason(proto: str, port: int, service: _Service, watched: float, strangers: list[str]) -> str:
    since = f"serves {proto.upper()} port {port} since {clock(service.first_ts)} UTC"
    before = f"which nobody had used in the {span(watched)} before"
    if service.closed_ts is not None and _was_closed(service):
        before = f"which was closed at {clock(service.closed_ts, service.first_ts)}"
    if strangers:
        whom = f"to {some(strangers, len(strangers) + service.outside.forgotten)}, from outside"
    else:
        whom = f"to {count(len(service.inside) + service.inside.forgotten, 'local machine')}"
    return f"{since}, {before}; {whom}"


def _evidence(proto: str, port: int, service: _Service, watched: float) -> dict[str, Any]:
    return {
        "proto": proto,
        "port": port,
        "connections": service.uses,
        "outside_clients": [ip for ip, _ in service.outside.items()],
        "local_clients": [ip for ip, _ in service.inside.items()],
        "closed_ts": service.closed_ts,
        "watched_before_s": round(watched, 1),
        "threshold": LEARN,
    }
