"""Password guessing, by what was said: who tried which names, how many passwords, from which dictionary.

The meters of `botwarden.detect.behaviours.guess` count logins while they pass and need six in a minute. Here each
record tells of a connection's logins, and failures add up over hours, of one client or many, at one server or many.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, ClassVar, Final

from botwarden.core.label import LABELS
from botwarden.core.record import Record
from botwarden.core.text import printable
from botwarden.core.verdict import Role
from botwarden.detect.claim import Claim
from botwarden.detect.inorder import InOrder
from botwarden.detect.logins import LOGIN_RECORDS, Login, lists_text, password_text, read_login
from botwarden.detect.recent import Recent
from botwarden.detect.tries import ENOUGH, Tries, enough
from botwarden.detect.watch import Scene
from botwarden.detect.words import clock, count, some, span

MAX_TALLIES: Final = 256
"""Devices, by service and role, that are kept."""
MAX_PEERS: Final = 64
"""Other ends that are kept for each of them."""
MIN_MACHINES: Final = 3
"""Other ends from which on guessing is told as one that is spread out."""
SPREAD: Final = 2.0
"""How many times the points of a guessing it takes where no single pair has enough: several people may mistype."""
SAME_DAY: Final = 86_400.0
"""s within which logins of several machines belong together."""
SURE: Final = 0.65
"""How sure guessing is at the least; for SSH, whose logins are told by their sizes, `SURE_OF_SSH`."""
SURE_OF_SSH: Final = 0.55
FAST: Final = 6.0
"""Refused logins a minute from which on it is surer by `FASTER`: people do not type that fast."""
FASTER: Final = 0.2
LISTED: Final = 10
"""Other ends and names that are told in the evidence."""

_WORDS: Final = {"ssh": "SSH", "ftp": "FTP", "http": "HTTP", "telnet": "telnet", "mqtt": "MQTT"}


class _Tally:
    """What a device did over one service, or suffered."""

    __slots__ = ("gone", "last_ts", "peers")

    def __init__(self) -> None:
        self.peers: Recent[str, Tries] = Recent(MAX_PEERS, Tries)
        self.gone = Tries()
        self.last_ts = 0.0

    def add(self, peer: str, login: Login) -> None:
        """Count logins at, or of, another end in."""
        known = self.peers.get(peer)
        if known is None and not login.points:
            return
        tries = Tries() if known is None or known.is_over(login) else known
        if not tries.add(login):
            self.peers.drop(peer)
            return
        self.last_ts = max(self.last_ts, tries.last_ts)
        forgotten = self.peers.put(peer, tries)
        if forgotten is not None:
            self.gone.absorb(forgotten)


class Guessing:
    """Watches logins at local devices and of local devices."""

    name: ClassVar[str] = "password guessing"
    reads: ClassVar[tuple[type[Record], ...]] = LOGIN_RECORDS

    def __init__(self, is_local: Callable[[str], bool]) -> None:
        """Know nothing yet."""
        self._is_local = is_local
        self._tallies: Recent[tuple[str, str, Role], _Tally] = Recent(MAX_TALLIES, _Tally)
        self._logins = InOrder(self._take)

    def update(self, record: Record) -> None:
        """Count the logins that a record tells of."""
        login = read_login(record)
        if login is not None and (self._is_local(login.client) or self._is_local(login.server)):
            self._logins.put(login.last_ts, login)

    def _take(self, login: Login) -> None:
        if self._is_local(login.client):
            self._count((login.client, login.service, "attacker"), login.server, login)
        if self._is_local(login.server):
            self._count((login.server, login.service, "victim"), login.client, login)

    def _count(self, key: tuple[str, str, Role], peer: str, login: Login) -> None:
        if login.points or key in self._tallies:
            self._tallies.at(key).add(peer, login)

    def claims(self, scene: Scene) -> Iterable[Claim]:
        """Every guessing by a local device, and at one."""
        self._logins.flush()
        for (device, service, role), tally in self._tallies.items():
            serial = scene.serial(device, tally.last_ts)
            if serial is not None:
                for case in _cases(service, role, tally):
                    yield _claim(serial, case)


@dataclass(frozen=True, slots=True)
class _Case:
    """Guessing that is worth a claim; ``peer`` is None where it is spread over several ``peers``."""

    service: str
    role: Role
    tries: Tries
    peer: str | None
    peers: list[str]
    machines: int


def _cases(service: str, role: Role, tally: _Tally) -> Iterator[_Case]:
    guessing = {peer: tries for peer, tries in tally.peers.items() if tries.is_guessing(service)}
    together, machines = _together(tally)
    spread = together.most >= SPREAD * enough(service) and together.is_guessing(service)
    if machines >= MIN_MACHINES and (spread or len(guessing) >= MIN_MACHINES):
        peers = sorted(tally.peers.items(), key=lambda pair: -pair[1].logins)
        yield _Case(service, role, together, None, [peer for peer, _ in peers[:LISTED]], machines)
        return
    for peer, tries in guessing.items():
        yield _Case(service, role, tries, peer, [peer], 1)


def _together(tally: _Tally) -> tuple[Tries, int]:
    """All the logins of the last day, and how many other ends they had."""
    together, machines = Tries(), tally.peers.forgotten
    if tally.gone.logins:
        together.absorb(tally.gone)
    for tries in tally.peers.values():
        if tally.last_ts - tries.last_ts <= SAME_DAY:
            together.absorb(tries)
            machines += 1
    return together, machines


def _claim(serial: int, case: _Case) -> Claim:
    label, tries = LABELS[f"bruteforce.{case.service}"], case.tries
    known = min(tries.listed / max(tries.logins, 1), 1)
    sure = SURE_OF_SSH if case.service == "ssh" else SURE
    if tries.refused >= FAST * max(tries.last_ts - tries.first_ts, 60.0) / 60:
        sure += FASTER
    sure += 0.3 * min(tries.most / (4 * ENOUGH), 1) + 0.1 * known
    return Claim(
        serial=serial,
        label=label.name,
        role=case.role,
        confidence=round(min(sure, 0.98), 3),
        severity=label.severity if case.role == "attacker" else "high",
        first_ts=tries.first_ts,
        last_ts=tries.last_ts,
        reason=_reason(case),
        size=float(tries.logins),
        target=case.peer,
        evidence=_evidence(case),
        then=_success(tries),
        heard=True,
    )


def _reason(case: _Case) -> str:
    tries = case.tries
    parts = [_who_tried(case)]
    if tries.refused:
        parts.append(f"{tries.refused:,} {_is_or_are(tries.refused, 'was', 'were')} refused")
    if tries.listed:
        some_of = "all" if tries.listed == tries.refused > 1 else f"{tries.listed:,}"
        these = "these" if tries.refused else "those that failed"
        parts.append(f"{some_of} of {these} {_is_or_are(tries.listed)} in {lists_text(tries.lists)}")
    if tries.users:
        parts.append(f"as {some([printable(user, 20) for user in tries.users])}")
    return "; ".join(parts)


def _who_tried(case: _Case) -> str:
    tries, peer = case.tries, printable(case.peer or "", 45)
    logins = f"{count(tries.logins, 'login')} over {_WORDS[case.service]}"
    length = span(max(tries.last_ts - tries.first_ts, 0.0))
    machines = count(case.machines, "machine")
    if not case.peer and case.role == "attacker":
        return f"tried {logins} on {machines} in {length}"
    if not case.peer:
        named = some([printable(name, 45) for name in case.peers], case.machines)
        return f"{machines} tried {logins} in {length}, {named}"
    if case.role == "attacker":
        return f"tried {logins} on {peer}, port {tries.port}, in {length}"
    return f"{peer} tried {logins} on its port {tries.port} in {length}"


def _success(tries: Tries) -> tuple[str, ...]:
    if not tries.successes:
        return ()
    ts, user, lists = tries.successes[0]
    how = f", as {printable(user, 20)} with {password_text(lists)}" if user else ""
    return (f"one login succeeded at {clock(ts)} UTC{how}",)


def _is_or_are(number: int, one: str = "is", several: str = "are") -> str:
    return one if number == 1 else several


def _evidence(case: _Case) -> dict[str, Any]:
    tries = case.tries
    evidence: dict[str, Any] = {
        "service": case.service,
        "port": tries.port,
        "logins": tries.logins,
        "refused": tries.refused,
        "passwords": tries.passwords,
        "in_known_lists": tries.listed,
        "lists": sorted(tries.lists),
        "users": list(tries.users),
        "successes": [{"ts": ts, "user": user, "lists": list(lists)} for ts, user, lists in tries.successes],
        "points": round(tries.most, 1),
        "threshold": enough(case.service),
    }
    if case.peer is None:
        return evidence | {"machines": case.machines, "first_machines": case.peers}
    return evidence | {("target" if case.role == "attacker" else "source"): case.peer}
