"""Exposure: doors that stand open before anyone breaks in. Known passwords that work, and telnet for the internet."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, ClassVar, Final

from botwarden.core.record import Record
from botwarden.core.records.conn import ConnRecord
from botwarden.core.records.telnet import TelnetRecord
from botwarden.core.text import printable
from botwarden.core.verdict import Severity
from botwarden.detect.claim import Claim
from botwarden.detect.logins import LOGIN_RECORDS, password_text, read_login
from botwarden.detect.recent import Recent
from botwarden.detect.watch import Scene
from botwarden.detect.words import some

MAX_DOORS: Final = 512
"""Services of devices that are kept, those used last."""
MAX_CLIENTS: Final = 16
"""Clients of each."""
MAX_USERS: Final = 8
"""User names of each."""
TELNET_PORTS: Final = frozenset({23, 2323})
"""Where a connection that was answered counts as telnet though nobody read it."""
SURE: Final = 0.9
SETTLING: Final = 3600.0
"""s after a device's first packet within which a maker's password on its web pages, used from inside, is no news: that
is how devices are set up."""
SURE_OF_WEB: Final = 0.6
"""A web page may be open to everyone, whatever password a client sends along."""

_WORDS: Final = {"ssh": "SSH", "ftp": "FTP", "http": "HTTP", "telnet": "telnet", "mqtt": "MQTT"}
_ANSWERED: Final = frozenset({"SF", "S1", "S2", "S3", "RSTO", "RSTR"})


@dataclass(slots=True)
class _Door:
    """A service of a device, and who used it."""

    first_ts: float = float("inf")
    last_ts: float = 0.0
    uses: int = 0
    users: dict[str, tuple[str, ...]] = field(default_factory=dict)
    clients: Recent[str, bool] = field(default_factory=lambda: Recent(MAX_CLIENTS, bool))

    def use(self, ts: float, client: str, outside: bool) -> None:
        """Someone came in, or reached it."""
        self.first_ts, self.last_ts = min(self.first_ts, ts), max(self.last_ts, ts)
        self.uses += 1
        self.clients.put(client, outside)

    @property
    def strangers(self) -> list[str]:
        """The clients from outside."""
        return [client for client, outside in self.clients.items() if outside]


class Exposure:
    """Watches logins that succeed in clear, and who reaches telnet."""

    name: ClassVar[str] = "open doors"
    reads: ClassVar[tuple[type[Record], ...]] = (ConnRecord, *LOGIN_RECORDS)

    def __init__(self, is_local: Callable[[str], bool]) -> None:
        """Know nothing yet."""
        self._is_local = is_local
        self._known: Recent[tuple[str, str, int], _Door] = Recent(MAX_DOORS, _Door)
        self._telnet: Recent[tuple[str, int], _Door] = Recent(MAX_DOORS, _Door)

    def update(self, record: Record) -> None:
        """Note a login that succeeded with a known password, or telnet that was reached from outside."""
        if isinstance(record, ConnRecord):
            if record.resp_p in TELNET_PORTS and record.conn_state in _ANSWERED and record.resp_bytes:
                self._reached(record)
            return
        if isinstance(record, TelnetRecord):
            self._reached(record)
            if record.success is True and not record.attempts and self._is_local(record.resp_h):
                self._enter("telnet", record.orig_h, record.resp_h, record.resp_p, record.ts, "", ())
        login = read_login(record)
        if login is not None and login.success_ts is not None and login.success_lists and self._is_local(login.server):
            user, lists = login.success_user or "", login.success_lists
            self._enter(login.service, login.client, login.server, login.port, login.success_ts, user, lists)

    def _reached(self, record: ConnRecord | TelnetRecord) -> None:
        if self._is_local(record.resp_h) and not self._is_local(record.orig_h):
            self._telnet.at((record.resp_h, record.resp_p)).use(record.ts, record.orig_h, True)

    def _enter(
        self, service: str, client: str, server: str, port: int, ts: float, user: str, lists: tuple[str, ...]
    ) -> None:
        door = self._known.at((server, service, port))
        door.use(ts, client, not self._is_local(client))
        if len(door.users) < MAX_USERS:
            door.users[user] = lists

    def claims(self, scene: Scene) -> Iterable[Claim]:
        """Every door that stands open."""
        for (device, service, port), door in self._known.items():
            if service == "http" and not door.strangers and _settling(scene, device, door.last_ts):
                continue
            yield from _claim(scene, device, "exposure.credentials", door, *_known(service, port, door))
        for (device, port), door in self._telnet.items():
            yield from _claim(scene, device, "exposure.telnet", door, *_offered(port, door))


def _settling(scene: Scene, device: str, ts: float) -> bool:
    """Whether a device was only just seen for the first time: it may be being set up, with its maker's password."""
    serial = scene.serial(device, ts)
    return any(seen.serial == serial and ts - seen.first_ts < SETTLING for seen in scene.findings.devices)


def _claim(
    scene: Scene,
    device: str,
    label: str,
    door: _Door,
    reason: str,
    confidence: float,
    severity: Severity,
    evidence: dict[str, Any],
) -> Iterator[Claim]:
    serial = scene.serial(device, door.last_ts)
    if serial is not None:
        yield Claim(
            serial=serial,
            label=label,
            role="victim",
            confidence=confidence,
            severity=severity,
            first_ts=door.first_ts,
            last_ts=door.last_ts,
            reason=reason,
            size=float(door.uses),
            evidence=evidence | {"uses": door.uses, "clients": [client for client, _ in door.clients.items()]},
            heard=True,
        )


def _known(service: str, port: int, door: _Door) -> tuple[str, float, Severity, dict[str, Any]]:
    where = f"over {_WORDS[service]}, port {port},"
    user, lists = next(iter(door.users.items()))
    how = f"as {printable(user, 20)} with {password_text(lists)}" if lists else "without any password"
    more = f" (and as {some([printable(name, 20) for name in list(door.users)[1:]])})" if len(door.users) > 1 else ""
    strangers = door.strangers
    came = [printable(client, 45) for client in strangers or [client for client, _ in door.clients.items()]]
    whence = " from outside" if strangers else ""
    evidence = {"service": service, "port": port, "users": list(door.users), "lists": list(lists)}
    reason = f"anyone can log in {where} {how}{more}; {some(came, len(strangers) or len(door.clients))} did{whence}"
    return reason, SURE_OF_WEB if service == "http" else SURE, "high" if strangers else "medium", evidence


def _offered(port: int, door: _Door) -> tuple[str, float, Severity, dict[str, Any]]:
    came = [printable(client, 45) for client in door.strangers]
    number = len(came) + door.clients.forgotten
    reason = f"its telnet on port {port} answered outside machines: {some(came, number)}"
    return reason, SURE, "medium", {"service": "telnet", "port": port}
