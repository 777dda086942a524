"""`Channel`: what is kept of all conversations of a local device with one port of one outside address."""

from array import array
from collections.abc import Sequence
from typing import Final

from botwarden.core.records.conn import ConnRecord
from botwarden.detect.rhythm import Rhythm, rhythm

BLOCK: Final = 128
"""Starts that are looked at together. The most regular block counts: a bot's calls are regular for hours, not always
for days."""
MIN_BEATS: Final = 12
"""Fewer do not make a rhythm; also the smallest block that may replace a kept one."""
MAX_SIZES: Final = 64  # latest answered conversations whose sizes are kept
MAX_SERVICES: Final = 8
SAME_PORT_WITHIN: Final = 120.0
"""s within which failing attempts from one source port are one attempt: its repeated SYNs, spread over several records
because the attempt's timeout is shorter than TCP's patience."""
MAX_PORTS: Final = 8
"""Latest source ports of failing attempts; records of one moment come in any order."""

_FAILED: Final = frozenset(("S0", "REJ", "RSTOS0", "SH"))
_ANSWERED: Final = frozenset(("S1", "SF", "S2", "S3", "RSTO", "RSTR"))


def is_answered(conn: ConnRecord) -> bool:
    """Whether the other side took part; of TCP, in a connection whose beginning was seen."""
    return conn.conn_state in _ANSWERED if conn.proto == "tcp" else conn.resp_pkts > 0


def is_failed(conn: ConnRecord) -> bool:
    """Whether it is an attempt that nothing came of."""
    return conn.conn_state in _FAILED if conn.proto == "tcp" else conn.resp_pkts == 0


class Channel:
    """Counts of what was tried, and the latest of it in detail.

    tries, failed : conversations, and those of them without an answer
    spoken : answered conversations in which both sides sent data, seen from their beginning and without gaps
    wordless : those of them in which no protocol was recognised
    services : protocols that were recognised, with how often
    longest : the answered conversation that lasted longest
    """

    __slots__ = (
        "_best", "_ports", "_starts", "failed", "first_ts", "last_ts", "longest", "services", "sizes", "spoken",
        "tries", "wordless",
    )  # fmt: skip

    def __init__(self) -> None:
        """Nothing yet."""
        self.first_ts = float("inf")
        self.last_ts = float("-inf")
        self.tries = 0
        self.failed = 0
        self.spoken = 0
        self.wordless = 0
        self.services: dict[str, int] = {}
        self.sizes: list[tuple[int, int]] = []
        self.longest: ConnRecord | None = None
        self._starts = array("d")
        self._best: tuple[Rhythm, array[float]] | None = None
        self._ports: dict[int, float] = {}

    def add(self, conn: ConnRecord) -> None:
        """Count a conversation in."""
        failed = is_failed(conn)
        self.first_ts = min(self.first_ts, conn.ts)
        self.last_ts = max(self.last_ts, conn.ts)
        if failed and conn.proto == "tcp" and self._is_repeated(conn):
            return
        self.tries += 1
        self.failed += failed
        self._starts.append(conn.ts)
        if len(self._starts) >= BLOCK:
            self._best = self._better()
            self._starts = array("d")
        if not failed:
            self._answered(conn)

    def _is_repeated(self, conn: ConnRecord) -> bool:
        before = self._ports.pop(conn.orig_p, None)
        self._ports[conn.orig_p] = max(conn.ts, before or conn.ts)
        if len(self._ports) > MAX_PORTS:
            del self._ports[next(iter(self._ports))]
        return before is not None and abs(conn.ts - before) < SAME_PORT_WITHIN

    def _answered(self, conn: ConnRecord) -> None:
        if self.longest is None or (conn.duration or 0.0) > (self.longest.duration or 0.0):
            self.longest = conn
        sent, received = conn.orig_bytes or 0, conn.resp_bytes or 0
        self.sizes.append((sent, received))
        del self.sizes[:-MAX_SIZES]
        spoken = services(conn)
        for service in spoken:
            if service in self.services or len(self.services) < MAX_SERVICES:
                self.services[service] = self.services.get(service, 0) + 1
        if sent and received and is_whole(conn):
            self.spoken += 1
            self.wordless += not spoken

    def rhythm(self) -> Rhythm | None:
        """The most regular stretch."""
        best = self._better()
        return best[0] if best else None

    def beats(self) -> Sequence[float]:
        """The starts that the rhythm is of."""
        best = self._better()
        return best[1] if best else ()

    def _better(self) -> "tuple[Rhythm, array[float]] | None":
        """The kept stretch or the running one, whichever is more regular."""
        found = rhythm(self._starts)
        if found is None or (self._best is not None and found.beats < MIN_BEATS):
            return self._best
        if self._best is not None and self._best[0].regularity >= found.regularity:
            return self._best
        return found, self._starts


def services(conn: ConnRecord) -> list[str]:
    """The protocols that were recognised in a conversation; Zeek marks those that turned out wrong with a minus."""
    names = (conn.service or "").split(",")
    return [name for name in names if name and not name.startswith("-")]


def is_whole(conn: ConnRecord) -> bool:
    """Whether all of it was seen from its beginning, so that a protocol would have been recognised."""
    return not conn.missed_bytes and (conn.proto != "tcp" or (conn.history or "S")[0] == "S")
