"""Command and control by its shape: regular or long conversations with one outside address, and odd ones.

`botwarden.detect.behaviours.beacon` counts attempts while packets pass; this watcher also knows what was said in
answered conversations, how long they were, and by which name the device found the other end.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, ClassVar, Final

from botwarden.core.address import ip_text
from botwarden.core.label import LABELS
from botwarden.core.packet import TCP, UDP
from botwarden.core.record import Record
from botwarden.core.records.conn import ConnRecord
from botwarden.core.records.dns import DnsRecord
from botwarden.core.records.http import HttpRecord
from botwarden.core.records.ssl import SslRecord
from botwarden.core.text import printable
from botwarden.core.verdict import Severity
from botwarden.detect.acquaintance import Acquaintance, is_outside
from botwarden.detect.channel import MIN_BEATS, Channel, is_answered, is_failed
from botwarden.detect.claim import Claim
from botwarden.detect.recent import Recent
from botwarden.detect.rhythm import Rhythm
from botwarden.detect.suspicion import MIN_FAILED, UDP_ALWAYS, Line, Oddity, oddities
from botwarden.detect.watch import Scene
from botwarden.detect.words import count, gap, share, span

MAX_DEVICES: Final = 256  # local addresses whose channels are kept
MAX_CHANNELS: Final = 128  # of each: other ends that it came back to
MAX_ONCE: Final = 8192
"""Other ends met once, by all devices together; a second meeting makes a channel. Failed and answered meetings have a
table each: a scan must not push out what is answered."""
MAX_CERTIFICATES: Final = 4096  # servers whose certificate was seen

MIN_SPAN: Final = 600.0  # s
MIN_INTERVAL: Final = 2.0  # s
MIN_REGULAR: Final = 0.7
LONG: Final = 1800.0  # s
QUIET: Final = 50.0
"""Bytes a second of both sides at most in a long conversation that waits for orders: a sign of life now and then."""
MIN_SCORE: Final = 0.5
MIN_ODDITIES: Final = 2
SURE: Final = 0.7  # score from which on the severity is the label's

Where = tuple[str, str, int]
"""(other end, transport protocol, port)"""


class Periodic:
    """Watches the conversations of local devices with the outside."""

    name: ClassVar[str] = "command and control by rhythm"
    reads: ClassVar[tuple[type[Record], ...]] = (ConnRecord, DnsRecord, SslRecord, HttpRecord)

    def __init__(self, is_local: Callable[[str], bool]) -> None:
        """Know nothing yet."""
        self._is_local = is_local
        self._known = Acquaintance()
        self._channels: Recent[str, Recent[Where, Channel]] = Recent(MAX_DEVICES, lambda: Recent(MAX_CHANNELS, Channel))
        once = (Recent[tuple[str, Where], ConnRecord | None](MAX_ONCE, _nothing) for _ in range(2))
        self._once = tuple(once)
        self._self_signed: Recent[tuple[str, int], bool] = Recent(MAX_CERTIFICATES, bool)

    def update(self, record: Record) -> None:
        """Take a record."""
        if isinstance(record, ConnRecord):
            self._conversation(record)
        elif isinstance(record, DnsRecord):
            self._known.learn(record)
        elif isinstance(record, SslRecord):
            if record.server_name:
                self._name(record.resp_h, record.server_name)
            if record.subject:
                self._self_signed.put((record.resp_h, record.resp_p), record.subject == record.issuer)
        elif isinstance(record, HttpRecord) and record.host and record.host.strip("[]") != record.resp_h:
            self._name(record.resp_h, record.host)

    def claims(self, scene: Scene) -> Iterable[Claim]:
        """Every channel that is odd enough."""
        for device, channels in self._channels.items():
            for (peer, proto, port), channel in channels.items():
                serial = scene.serial(device, channel.last_ts)
                if serial is not None:
                    yield from self._judge(scene, serial, Line(device, peer, proto, port), channel)

    def _name(self, address: str, name: str) -> None:
        """A name that the client says; what it looked up knows better."""
        if self._known.name_of(address) is None:
            self._known.name(address, name)

    def _conversation(self, conn: ConnRecord) -> None:
        answered = is_answered(conn)
        if conn.proto not in ("tcp", "udp") or not (answered or is_failed(conn)):
            return
        if not self._is_local(conn.orig_h) or self._is_local(conn.resp_h) or not is_outside(conn.resp_h):
            return
        self._known.meet(conn)
        where = conn.resp_h, conn.proto, conn.resp_p
        channels = self._channels.get(conn.orig_h)
        if channels is not None and where in channels:
            self._channels.at(conn.orig_h).at(where).add(conn)
            return
        key = conn.orig_h, where
        met = [first for first in (table.get(key) for table in self._once) if first is not None]
        long = answered and (conn.duration or 0.0) >= LONG
        if not met and not long:
            self._once[answered].put(key, conn)
            return
        channel = self._channels.at(conn.orig_h).at(where)
        for first in met:
            channel.add(first)
        channel.add(conn)
        for table in self._once:
            table.drop(key)

    def _judge(self, scene: Scene, serial: int, line: Line, channel: Channel) -> Iterator[Claim]:
        rhythm = channel.rhythm()
        regular = rhythm is not None and _is_regular(rhythm)
        long = _is_long_and_quiet(channel)
        if not regular and not long:
            return
        signed = bool(self._self_signed.get((line.peer, line.port)))
        found = oddities(line, channel, self._known, self_signed=signed)
        if line.proto == "udp" and line.port in UDP_ALWAYS and not any(odd.key == "protocol" for odd in found):
            return
        if channel.failed >= MIN_FAILED * channel.tries and not any(odd.key == "failed" for odd in found):
            return  # the house was offline: nothing is known of the other end
        if not any(odd.telling for odd in found) or sum(odd.points > 0 for odd in found) < MIN_ODDITIES:
            return
        base = 0.05 if rhythm is None or not regular else _worth(rhythm, line.proto)
        score = min(base + sum(odd.points for odd in found), 0.95)
        if score >= MIN_SCORE:
            tally = _tally(scene, serial, line, channel)
            yield _claim(serial, line, channel, tally, rhythm if regular else None, found, round(score, 3))


def _nothing() -> None:
    return None


def _is_regular(rhythm: Rhythm) -> bool:
    return (
        rhythm.beats >= MIN_BEATS
        and rhythm.length >= MIN_SPAN
        and rhythm.interval >= MIN_INTERVAL
        and rhythm.regularity >= MIN_REGULAR
    )


def _is_long_and_quiet(channel: Channel) -> bool:
    conn = channel.longest
    if conn is None or conn.proto != "tcp" or (conn.duration or 0.0) < LONG:
        return False
    return (conn.orig_bytes or 0) + (conn.resp_bytes or 0) <= QUIET * (conn.duration or 0.0)


def _worth(rhythm: Rhythm, proto: str) -> float:
    """Points of a rhythm; over UDP half, for everything behind NAT keeps its way back open (RFC 8085, 3.5)."""
    points = 0.1 + 0.1 * min(rhythm.beats / 40, 1)
    return points if proto == "tcp" else points / 2


@dataclass(frozen=True, slots=True)
class _Tally:
    """How often it was tried, from when until when."""

    tries: int
    failed: int
    first_ts: float
    last_ts: float


def _tally(scene: Scene, serial: int, line: Line, channel: Channel) -> _Tally:
    """By the channel, or by the packets: of failing attempts not every one becomes a record."""
    longest = channel.longest
    last_ts = channel.last_ts if longest is None else max(channel.last_ts, longest.ts + (longest.duration or 0.0))
    tally = _Tally(channel.tries, channel.failed, channel.first_ts, last_ts)
    rows = scene.findings.rhythms
    proto = TCP if line.proto == "tcp" else UDP
    for row in rows[(rows["src"] == serial) & (rows["port"] == line.port) & (rows["proto"] == proto)]:
        if row["tries"] > tally.tries and ip_text(int(row["dst_hi"]), int(row["dst_lo"])) == line.peer:
            first_ts, last_ts = min(float(row["first_ts"]), tally.first_ts), max(float(row["ts"]), tally.last_ts)
            tally = _Tally(int(row["tries"]), int(row["fails"]), first_ts, last_ts)
    return tally


def _claim(
    serial: int, line: Line, channel: Channel, tally: _Tally, rhythm: Rhythm | None, found: list[Oddity], score: float
) -> Claim:
    label = LABELS["cnc.beacon"]
    severity: Severity = label.severity if score >= SURE else "medium"
    against = sorted((odd for odd in found if odd.points > 0), key=lambda odd: (-odd.telling, -odd.points))
    start = _regular_words(line, tally, rhythm) if rhythm else _long_words(line, channel)
    return Claim(
        serial=serial,
        label=label.name,
        role="attacker",
        confidence=score,
        severity=severity,
        first_ts=tally.first_ts,
        last_ts=tally.last_ts,
        reason="; ".join([start, *(printable(odd.words, 160) for odd in against)]),
        size=float(tally.tries),
        target=line.peer,
        evidence=_evidence(line, channel, tally, rhythm, found),
        heard=True,
    )


def _end_words(line: Line) -> str:
    return f"{line.peer}, {line.proto.upper()} port {line.port},"


def _regular_words(line: Line, tally: _Tally, rhythm: Rhythm) -> str:
    times = f"{count(tally.tries, 'time')} in {span(tally.last_ts - tally.first_ts)}"
    fits = f"{share(rhythm.regularity, 1)} of the gaps fit" if rhythm.regularity < 0.95 else "like clockwork"
    return f"called {_end_words(line)} {times}, every {gap(rhythm.interval)}, {fits}"


def _long_words(line: Line, channel: Channel) -> str:
    conn = channel.longest
    length = conn.duration or 0.0 if conn else 0.0
    said = (conn.orig_bytes or 0) + (conn.resp_bytes or 0) if conn else 0
    return f"kept a conversation with {_end_words(line)} for {span(length)} in which hardly a word fell, {said:,} bytes"


def _evidence(
    line: Line, channel: Channel, tally: _Tally, rhythm: Rhythm | None, found: list[Oddity]
) -> dict[str, Any]:
    evidence: dict[str, Any] = {
        "target": line.peer,
        "proto": line.proto,
        "port": line.port,
        "tries": tally.tries,
        "failed": tally.failed,
        "services": sorted(channel.services),
        "points": {odd.key: odd.points for odd in found},
        "threshold": MIN_SCORE,
    }
    if rhythm:
        evidence |= {"interval_s": round(rhythm.interval, 2), "regularity": round(rhythm.regularity, 3)}
        evidence |= {"beats": rhythm.beats}
    if channel.longest is not None:
        evidence["longest_s"] = round(channel.longest.duration or 0.0, 1)
    return evidence
