"""DNS tunnels: data in the names that are asked for, and in the answers.

A tunnel cannot ask for a name twice, for the second question would be answered from a cache; it wants long names, and
answers with room. Honest services have some of this, but never much of all of it: see `docs/detection-cnc.md`.
"""

from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from typing import Any, ClassVar, Final

from botwarden.core.label import LABELS
from botwarden.core.record import Record
from botwarden.core.records.dns import DnsRecord
from botwarden.core.text import bytes_text, printable
from botwarden.detect.claim import Claim
from botwarden.detect.names import is_private, registered
from botwarden.detect.recent import Recent
from botwarden.detect.watch import Scene
from botwarden.detect.words import count, share, some, span
from botwarden.detect.zone import ORDINARY, Zone

MAX_DEVICES: Final = 256
MAX_ZONES: Final = 128  # domains of each device
MAX_SERVERS: Final = 64  # local name servers
CACHE: Final = 2048  # names whose place is remembered
PORT: Final = 53

MIN_NAMES: Final = 20
MIN_SIZE: Final = 1000
"""Characters of different names below one domain; 300 is the most that 21 kinds of IoT devices came to."""
MIN_SCORE: Final = 0.7
LARGE: Final = 5000
HUGE: Final = 20_000
FAST: Final = 20  # names a minute

MAX_LIST: Final = 20
"""Characters of the name of a list, which stands behind the address."""
KNOWN: Final = frozenset({
    "mcafee.com", "sophosxl.net", "sophosxl.com", "e5.sk", "trendmicro.com", "bitdefender.net", "avast.com",
    "brightcloud.com", "kaspersky.com", "cymru.com", "spamhaus.org", "spamhaus.net", "surbl.org", "uribl.com",
    "barracudacentral.org", "sorbs.net", "spamcop.net", "dnswl.org", "mailspike.net", "senderbase.org", "abuseat.org",
    "googleapis.com", "googlesyndication.com", "cedexis-radar.net",
})  # fmt: skip
"""Domains below which honest programs ask for names that hold hashes: virus scanners, lists of spammers, certificate
transparency, measurements of load times."""


class Tunnels:
    """Watches the names that each device asks for."""

    name: ClassVar[str] = "DNS tunnels"
    reads: ClassVar[tuple[type[Record], ...]] = (DnsRecord,)

    def __init__(self, is_local: Callable[[str], bool]) -> None:
        """Know nothing yet."""
        self._is_local = is_local
        self._zones: Recent[str, Recent[str, Zone]] = Recent(MAX_DEVICES, lambda: Recent(MAX_ZONES, Zone))
        self._servers: Recent[str, bool] = Recent(MAX_SERVERS, bool)

    def update(self, record: Record) -> None:
        """Count a question in."""
        if not isinstance(record, DnsRecord) or record.resp_p != PORT or not record.query:
            return
        if not self._is_local(record.orig_h):
            return
        if record.rcode is not None and self._is_local(record.resp_h):
            self._servers.put(record.resp_h, True)
        place = _place(record.query)
        if place is not None:
            domain, part = place
            self._zones.at(record.orig_h).at(domain).add(record, part)

    def claims(self, scene: Scene) -> Iterable[Claim]:
        """Every domain that data goes to. A name server of the house is not blamed for what it passes on."""
        found = list(self._suspects())
        askers = {domain for device, domain, _, _ in found if device not in self._servers}
        for device, domain, zone, score in found:
            serial = scene.serial(device, zone.last_ts)
            if serial is not None and not (device in self._servers and domain in askers):
                yield _claim(serial, domain, zone, score)

    def _suspects(self) -> Iterator[tuple[str, str, Zone, float]]:
        for device, zones in self._zones.items():
            for domain, zone in zones.items():
                score = sum(points(zone).values())
                if zone.file or score >= MIN_SCORE:
                    yield device, domain, zone, max(score, MIN_SCORE)


def points(zone: Zone) -> dict[str, float]:
    """What speaks for a tunnel; nothing where too little was asked for."""
    if zone.names < MIN_NAMES or zone.size < MIN_SIZE:
        return {}
    mean = zone.size / zone.names
    length = max(zone.last_ts - zone.first_ts, 1.0)
    found = {
        "types": 0.3 if zone.odd >= 0.3 * zone.queries else 0.0,
        "fresh": 0.15 if zone.names >= 0.8 * zone.queries else 0.0,
        "long": 0.25 if mean >= 45 else 0.15 if mean >= 25 else 0.0,
        "binary": 0.25 if zone.binary >= 0.05 * zone.names else 0.0,
        "random": 0.15 if zone.random >= 0.3 * zone.names else 0.0,
        "fast": 0.1 if 60 * zone.names / length >= FAST else 0.0,
        "much": 0.2 if zone.size >= HUGE else 0.1 if zone.size >= LARGE else 0.0,
    }
    return {key: worth for key, worth in found.items() if worth}


@lru_cache(CACHE)
def _place(query: str) -> tuple[str, str] | None:
    """The domain that a name belongs to and the rest of it; None for names that are no matter of a tunnel."""
    name = query.rstrip(".")
    domain = registered(name) or ""
    if domain in KNOWN or (not domain and is_private(name)):
        return None
    part = name[: -len(domain)].rstrip(".") if domain else name
    return None if _is_list_entry(part) else (domain, part)


def _is_list_entry(part: str) -> bool:
    """Whether a name is an address turned round and little more, by which lists of spammers are asked (RFC 5782)."""
    labels = part.split(".")
    parts = [label for label in labels if not (label.isdigit() and len(label) <= 3) and len(label) > 1]
    return len(labels) - len(parts) >= 4 and sum(map(len, parts)) <= MAX_LIST


def _claim(serial: int, domain: str, zone: Zone, score: float) -> Claim:
    label = LABELS["cnc.tunnel"]
    return Claim(
        serial=serial,
        label=label.name,
        role="attacker",
        confidence=round(min(score, 0.97), 3),
        severity=label.severity,
        first_ts=zone.first_ts,
        last_ts=zone.last_ts,
        reason=_reason(domain, zone),
        size=float(zone.size),
        target=printable(domain, 80) or None,
        evidence=_evidence(domain, zone),
    )


def _reason(domain: str, zone: Zone) -> str:
    where = f"below {printable(domain, 80)}" if domain else "outside any domain"
    if zone.names < MIN_NAMES and zone.file:
        kind, name = zone.file
        return f"put what begins like {kind} into a name that it asked for, {where}: {printable(name, 60)}"
    mean = zone.size / zone.names
    length = span(zone.last_ts - zone.first_ts)
    parts = [
        f"asked for {count(zone.names, 'different name')} {where} in {length}, {mean:.0f} characters long on average",
        f"that carries {bytes_text(zone.size)} out",
    ]
    odd = [kind for kind, _ in sorted(zone.types.items(), key=lambda pair: -pair[1]) if kind not in ORDINARY]
    if zone.odd >= 0.3 * zone.queries:
        parts.append(
            f"{share(zone.odd, zone.queries)} of the questions are for {some(odd)} records, whose answers have room"
        )
    if zone.names >= 0.8 * zone.queries:
        parts.append("hardly any name was asked for twice")
    if zone.binary >= 0.05 * zone.names:
        parts.append(f"{share(zone.binary, zone.names)} hold bytes that are no text")
    if zone.file:
        parts.append(f"one begins like {zone.file[0]}")
    return "; ".join(parts)


def _evidence(domain: str, zone: Zone) -> dict[str, Any]:
    return {
        "domain": printable(domain, 80),
        "queries": zone.queries,
        "names": zone.names,
        "characters": zone.size,
        "received": zone.received,
        "types": dict(zone.types),
        "example": printable(zone.example, 100),
        "points": points(zone),
        "threshold": MIN_SCORE,
    }
