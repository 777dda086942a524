"""Names of the day: malware that computes many domain names and asks for one after another, most of which nobody has.

What tells is not one strange name but many of them that do not exist, each of another registered domain: typing
errors, blocked advertisers and search suffixes come one by one, look like words, or share a domain.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, ClassVar, Final

from botwarden.core.label import LABELS
from botwarden.core.record import Record
from botwarden.core.records.dns import DnsRecord
from botwarden.core.text import printable
from botwarden.detect.claim import Claim
from botwarden.detect.names import looks_generated, registered
from botwarden.detect.recent import Recent
from botwarden.detect.watch import Scene
from botwarden.detect.words import count, share, some, span

MAX_DEVICES: Final = 256
MAX_DOMAINS: Final = 1024  # domains without an answer that are kept of each device, of the last `WINDOW`
MAX_EPISODES: Final = 8  # of each device
MAX_RESOLVED: Final = 32  # made-up names of each device that did have an address
MAX_SERVERS: Final = 64  # local name servers
LISTED: Final = 5
PORT: Final = 53
NXDOMAIN: Final = 3  # RFC 1035, 4.1.1

WINDOW: Final = 3600.0  # s
MIN_MADE_UP: Final = 10
"""Made-up domains that do not exist, within the window. One real domain in twenty to fifty looks made up, so that an
honest device would have to fail with some hundred different ones in an hour, and then fails the next test."""
MIN_SHARE: Final = 0.5  # of them among all domains that do not exist


@dataclass(slots=True)
class _Episode:
    first_ts: float
    last_ts: float
    made_up: int
    domains: int
    names: list[str] = field(default_factory=list)


class _Device:
    """The domains that a device asked for in vain, and those made-up ones that had an address."""

    __slots__ = ("episodes", "made_up", "missing", "resolved")

    def __init__(self) -> None:
        self.missing: Recent[str, tuple[float, bool]] = Recent(MAX_DOMAINS, lambda: (0.0, False))
        self.made_up = 0
        self.episodes: list[_Episode] = []
        self.resolved: Recent[str, tuple[float, str]] = Recent(MAX_RESOLVED, lambda: (0.0, ""))

    def fails(self, ts: float, domain: str) -> None:
        """A domain that does not exist."""
        self._forget(ts)
        before = self.missing.get(domain)
        made_up = looks_generated(domain.partition(".")[0]) if before is None else before[1]
        gone = self.missing.put(domain, (ts, made_up))
        self.made_up += (made_up and before is None) - (gone is not None and gone[1])
        if self.made_up >= MIN_MADE_UP and self.made_up >= MIN_SHARE * len(self.missing):
            self._note(ts, domain, before is None, made_up)

    def _forget(self, ts: float) -> None:
        for domain, (last_ts, made_up) in list(self.missing.items()) if self._is_stale(ts) else ():
            if ts - last_ts <= WINDOW:
                break
            self.missing.drop(domain)
            self.made_up -= made_up

    def _is_stale(self, ts: float) -> bool:
        oldest = next(self.missing.values(), None)
        return oldest is not None and ts - oldest[0] > WINDOW

    def _note(self, ts: float, domain: str, new: bool, made_up: bool) -> None:
        last = self.episodes[-1] if self.episodes else None
        if last is not None and ts - last.last_ts <= WINDOW:
            last.domains += new
            if made_up:
                last.last_ts = max(last.last_ts, ts)
                last.made_up += new
                if new and len(last.names) < LISTED:
                    last.names.append(domain)
            return
        if not made_up:
            return
        known = [(at, name) for name, (at, made) in self.missing.items() if made]
        begun = _Episode(min(at for at, _ in known), ts, len(known), len(self.missing))
        begun.names = [name for _, name in known[:LISTED]]
        self.episodes.append(begun)
        del self.episodes[:-MAX_EPISODES]


class MadeUpNames:
    """Watches for bursts of made-up names that do not exist."""

    name: ClassVar[str] = "made-up domain names"
    reads: ClassVar[tuple[type[Record], ...]] = (DnsRecord,)

    def __init__(self, is_local: Callable[[str], bool]) -> None:
        """Know nothing yet."""
        self._is_local = is_local
        self._devices: Recent[str, _Device] = Recent(MAX_DEVICES, _Device)
        self._servers: Recent[str, bool] = Recent(MAX_SERVERS, bool)

    def update(self, record: Record) -> None:
        """Take an answer."""
        if not isinstance(record, DnsRecord) or record.resp_p != PORT or not record.query or record.rcode is None:
            return
        if not self._is_local(record.orig_h):
            return
        if self._is_local(record.resp_h):
            self._servers.put(record.resp_h, True)
        domain = registered(record.query)
        if domain is None:
            return
        if record.rcode == NXDOMAIN:
            self._devices.at(record.orig_h).fails(record.ts, domain)
        elif record.answers and record.orig_h in self._devices and looks_generated(domain.partition(".")[0]):
            self._devices.at(record.orig_h).resolved.put(domain, (record.ts, record.answers[-1]))

    def claims(self, scene: Scene) -> Iterable[Claim]:
        """Every burst. A name server of the house is not blamed for what it passes on."""
        guessing = {device for device, state in self._devices.items() if state.episodes}
        others = any(device not in self._servers for device in guessing)
        for device, state in self._devices.items():
            if device in self._servers and others:
                continue
            for episode in state.episodes:
                serial = scene.serial(device, episode.last_ts)
                if serial is not None:
                    yield _claim(serial, episode, state.resolved)


def _claim(serial: int, episode: _Episode, resolved: Recent[str, tuple[float, str]]) -> Claim:
    label = LABELS["cnc.dga"]
    found = [
        (name, address)
        for name, (ts, address) in resolved.items()
        if episode.first_ts - WINDOW <= ts <= episode.last_ts + WINDOW
    ]
    sure = 0.6 + 0.2 * min(episode.made_up / 60, 1) + 0.1 * (episode.made_up >= 0.8 * episode.domains)
    return Claim(
        serial=serial,
        label=label.name,
        role="attacker",
        confidence=round(min(sure + 0.1 * bool(found), 0.97), 3),
        severity=label.severity,
        first_ts=episode.first_ts,
        last_ts=episode.last_ts,
        reason=_reason(episode, found),
        size=float(episode.made_up),
        evidence=_evidence(episode, found),
    )


def _reason(episode: _Episode, found: list[tuple[str, str]]) -> str:
    names = some([printable(name, 40) for name in episode.names], episode.made_up)
    parts = [
        f"asked for {count(episode.made_up, 'domain')} that do not exist in {span(episode.last_ts - episode.first_ts)} "
        f"and look made up by a program: {names}",
        f"they are {share(episode.made_up, episode.domains)} of all that it asked for in vain",
    ]
    if found:
        name, address = found[0]
        parts.append(f"{printable(name, 40)} did have an address, {printable(address, 45)}")
    return "; ".join(parts)


def _evidence(episode: _Episode, found: list[tuple[str, str]]) -> dict[str, Any]:
    return {
        "domains": episode.domains,
        "made_up": episode.made_up,
        "examples": [printable(name, 80) for name in episode.names],
        "resolved": [
            {"name": printable(name, 80), "address": printable(address, 80)} for name, address in found[:LISTED]
        ],
        "window_s": WINDOW,
        "threshold": MIN_MADE_UP,
    }
