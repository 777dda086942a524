"""Bots that are ordered about in plain text: over IRC, like Kaiten and its many heirs, or on BASHLITE's bare lines."""

from collections.abc import Callable, Iterable
from typing import Any, ClassVar, Final

from botwarden.core.label import LABELS
from botwarden.core.record import Record
from botwarden.core.records.irc import IrcMessageRecord, IrcRecord
from botwarden.core.text import printable
from botwarden.detect.acquaintance import is_outside
from botwarden.detect.claim import Claim
from botwarden.detect.orders import nick_points, order_points
from botwarden.detect.recent import Recent
from botwarden.detect.watch import Scene
from botwarden.detect.words import clock, count, some, span

MAX_SEATS: Final = 1024
"""Pairs of a device and a server whose talk is kept."""
MAX_NICKS: Final = 16  # of each
MAX_CHANNELS: Final = 4
MAX_ORDERS: Final = 8  # different ones
MAX_CONNECTIONS: Final = 64  # identifiers that are told apart

MIN_SCORE: Final = 0.5
QUICK: Final = 5.0
"""s between the nickname and the channel: people who type need longer, programs do not."""
MANY_NICKS: Final = 3
SECOND: Final = 0.15
"""Points of each further order after the best one."""
MOST: Final = 0.7  # points of all orders together


class _Seat:
    """What a device said and was told at one server."""

    __slots__ = (
        "channels", "connections", "first_ts", "key", "last_ts", "nick", "nicks", "order_count", "orders", "plain",
        "quick", "spoke", "started",
    )  # fmt: skip

    def __init__(self) -> None:
        self.first_ts = float("inf")
        self.last_ts = float("-inf")
        self.nick: tuple[float, str] = (0.0, "")
        self.nicks: dict[str, None] = {}
        self.channels: dict[str, None] = {}
        self.connections: dict[str, None] = {}
        self.orders: list[tuple[float, float, str]] = []
        self.order_count = 0
        self.spoke = 0
        self.key = False
        self.quick = False
        self.plain = False
        self.started: tuple[str, float] = ("", 0.0)

    def see(self, record: IrcRecord | IrcMessageRecord) -> None:
        self.first_ts = min(self.first_ts, record.ts)
        self.last_ts = max(self.last_ts, record.ts)
        _keep(self.connections, record.uid, MAX_CONNECTIONS)
        if self.started[0] != record.uid:
            self.started = record.uid, record.ts
        if isinstance(record, IrcRecord):
            self._command(record)
        else:
            self._message(record)

    def _command(self, record: IrcRecord) -> None:
        nick = record.value if record.command == "NICK" else record.nick
        if nick and nick not in self.nicks:
            _keep(self.nicks, nick, MAX_NICKS)
            self.nick = max(self.nick, (nick_points(nick), nick))
        if record.command == "JOIN" and record.value:
            _keep(self.channels, record.value, MAX_CHANNELS)
            self.key = self.key or "key" in (record.addl or "").lower()
            self.quick = self.quick or record.ts - self.started[1] <= QUICK

    def _message(self, record: IrcMessageRecord) -> None:
        self.plain = self.plain or record.command == "ORDER"
        if record.is_orig:
            self.spoke += 1
            return
        text = record.text or ""
        points = order_points(text)
        if points:
            self.order_count += 1
            if len(self.orders) < MAX_ORDERS and all(text != told for _, _, told in self.orders):
                self.orders.append((points, record.ts, text))

    def points(self) -> dict[str, float]:
        """What speaks for a bot."""
        best = max((points for points, _, _ in self.orders), default=0.0)
        told = min(best + SECOND * (self.order_count - 1), MOST) if self.orders else 0.0
        found = {
            "orders": told,
            "plain": 0.3 if self.plain else 0.0,
            "nick": self.nick[0],
            "nicks": 0.2 if len(self.nicks) >= MANY_NICKS and len(self.connections) >= MANY_NICKS else 0.0,
            "key": 0.1 if self.key else 0.0,
            "quick": 0.05 if self.quick else 0.0,
        }
        return {name: round(worth, 2) for name, worth in found.items() if worth}


class Orders:
    """Watches what local devices are told at outside chat servers."""

    name: ClassVar[str] = "orders in plain text"
    reads: ClassVar[tuple[type[Record], ...]] = (IrcMessageRecord, IrcRecord)

    def __init__(self, is_local: Callable[[str], bool]) -> None:
        """Know nothing yet."""
        self._is_local = is_local
        self._seats: Recent[tuple[str, str, int], _Seat] = Recent(MAX_SEATS, _Seat)

    def update(self, record: Record) -> None:
        """Take a command or a message."""
        if not isinstance(record, IrcRecord | IrcMessageRecord):
            return
        if self._is_local(record.orig_h) and not self._is_local(record.resp_h) and is_outside(record.resp_h):
            self._seats.at((record.orig_h, record.resp_h, record.resp_p)).see(record)

    def claims(self, scene: Scene) -> Iterable[Claim]:
        """Every server at which a device behaves like a bot."""
        for (device, server, port), seat in self._seats.items():
            serial = scene.serial(device, seat.last_ts)
            score = sum(seat.points().values())
            if serial is not None and score >= MIN_SCORE:
                yield _claim(serial, server, port, seat, min(score, 0.98))


def _keep(seen: dict[str, None], text: str, most: int) -> None:
    if len(seen) < most:
        seen[text] = None


def _claim(serial: int, server: str, port: int, seat: _Seat, score: float) -> Claim:
    label = LABELS["cnc.irc"]
    return Claim(
        serial=serial,
        label=label.name,
        role="attacker",
        confidence=round(score, 3),
        severity=label.severity if seat.orders else "high",
        first_ts=seat.first_ts,
        last_ts=seat.last_ts,
        reason=_reason(server, port, seat),
        size=float(seat.order_count + len(seat.connections)),
        target=server,
        evidence=_evidence(server, port, seat),
        then=_told(seat),
        heard=True,
    )


def _reason(server: str, port: int, seat: _Seat) -> str:
    where = f"{server}, port {port},"
    times = (
        count(len(seat.connections), "connection") if len(seat.connections) < MAX_CONNECTIONS else "many connections"
    )
    length = span(seat.last_ts - seat.first_ts)
    if seat.plain:
        parts = [f"took orders from {where} on a bare line, as BASHLITE does, in {times} over {length}"]
    else:
        room = f" in {some([printable(channel, 30) for channel in seat.channels])}" if seat.channels else ""
        parts = [f"sat at the chat server {where}{room}, with {times} over {length}"]
    if seat.nick[0]:
        parts.append(f"it calls itself {printable(seat.nick[1], 30)}, as bots do")
    if "nicks" in seat.points():
        more = "at least " if len(seat.nicks) == MAX_NICKS else ""
        parts.append(f"it had {more}{count(len(seat.nicks), 'name')}")
    if seat.key:
        parts.append("it knew the channel's password")
    if seat.orders:
        parts.append(f"{count(seat.order_count, 'order')} to bots fell")
    return "; ".join(parts)


def _told(seat: _Seat) -> tuple[str, ...]:
    """The first orders, word for word."""
    return tuple(f"it was told at {clock(ts)} UTC: {printable(text, 80)}" for _, ts, text in seat.orders[:3])


def _evidence(server: str, port: int, seat: _Seat) -> dict[str, Any]:
    return {
        "target": server,
        "port": port,
        "connections": len(seat.connections),
        "nicks": [printable(nick, 40) for nick in seat.nicks],
        "channels": [printable(channel, 60) for channel in seat.channels],
        "orders": [printable(text, 120) for _, _, text in seat.orders],
        "order_count": seat.order_count,
        "said": seat.spoke,
        "points": seat.points(),
        "threshold": MIN_SCORE,
    }
