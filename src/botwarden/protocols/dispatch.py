"""`Conversation`: finds out what a connection speaks, by content first and by port second, and feeds the analyzer."""

from collections.abc import Sequence
from typing import Final

from botwarden.protocols.analyzer import HEAD, Analyzer, Flow
from botwarden.protocols.streams import Chunk, Stream

Kinds = tuple[type[Analyzer], ...]

MAX_CHUNKS: Final = 16
"""Pieces of a connection that are looked at before what it speaks counts as unknown."""
MAX_HELD: Final = 8192
"""Bytes kept meanwhile, to be given to the analyzer that is found."""
MAX_DATAGRAMS: Final = 4
"""Datagrams that are looked at."""
MAX_HANDOVERS: Final = 4
"""Protocols that may follow one another on a connection."""
MAX_KEPT: Final = 1 << 16
"""Bytes of what it is given that an analyzer may hold back: lines, headers, the beginning of a file."""


class Choices:
    """The analyzers to choose from.

    by_name : all of them
    """

    def __init__(self, analyzers: Sequence[type[Analyzer]]) -> None:
        """``analyzers`` : in the order in which they look at what nobody expected there."""
        self.by_name = {kind.name: kind for kind in analyzers}
        self._all = {
            "tcp": tuple(kind for kind in analyzers if kind.tcp_ports),
            "udp": tuple(kind for kind in analyzers if kind.udp_ports),
        }
        self._by_port: dict[tuple[str, int], Kinds] = {}
        for proto, kinds in self._all.items():
            for kind in kinds:
                for port in kind.tcp_ports if proto == "tcp" else kind.udp_ports:
                    self._by_port[proto, port] = (*self._by_port.get((proto, port), ()), kind)
        self._ordered = {
            (proto, port): (*first, *(kind for kind in self._all[proto] if kind not in first))
            for (proto, port), first in self._by_port.items()
        }

    def at(self, proto: str, resp_p: int, orig_p: int) -> Kinds:
        """Those whose usual ports one of the two is, the responder's before the originator's."""
        return self._by_port.get((proto, resp_p)) or self._by_port.get((proto, orig_p)) or ()

    def ordered(self, proto: str, resp_p: int, orig_p: int) -> Kinds:
        """All of them, those of the port first: they are right most often."""
        return self._ordered.get((proto, resp_p)) or self._ordered.get((proto, orig_p)) or self._all[proto]


class Conversation:
    """One connection with its streams and, once that is known, its analyzer.

    over : nobody wants more of it
    told : for the caller's use: whether `reading` is known elsewhere
    weight : bytes that it may hold
    counted : for the caller's use: how many of these are known elsewhere
    """

    __slots__ = (
        "_analyzer", "_candidates", "_choices", "_closed", "_handovers", "_heads", "_held", "_held_bytes", "_looks",
        "counted", "flow", "over", "streams", "told", "weight",
    )  # fmt: skip

    def __init__(self, flow: Flow, choices: Choices) -> None:
        """A connection of which nothing was said yet."""
        self.flow = flow
        self.over = False
        self.told = False
        self.weight = 0
        self.counted = 0
        self._choices = choices
        self._analyzer: Analyzer | None = None
        self._candidates = choices.ordered(flow.proto, flow.resp_p, flow.orig_p)
        self._looks = 0
        self._handovers = 0
        if flow.proto == "tcp":
            self.streams = Stream(), Stream()
            self._closed = [False, False]
            self._start_looking()
        if flow.session.expecting:
            self._expect()

    def _expect(self) -> None:
        """See whether somebody has announced this connection."""
        flow, choices = self.flow, self._choices
        expected = flow.session.expected(flow.resp_h, flow.resp_p, flow.proto)
        if expected is None and flow.proto == "udp":
            expected = flow.session.expected(flow.orig_h, flow.orig_p, flow.proto)
        if expected is not None:
            flow.context = expected[1]
            self._attach(choices.by_name[expected[0]])

    @property
    def reading(self) -> bool:
        """Whether an analyzer reads it."""
        return self._analyzer is not None

    def segment(self, ts: float, side: int, offset: int, data: bytes, missing: int, acked: int) -> None:
        """A TCP segment: its bytes at an offset of its side, and what it acknowledges of the other (-1: nothing)."""
        if data or missing:
            self._feed(ts, side == 0, self.streams[side].add(offset, data, missing))
        other = self.streams[1 - side]
        if acked > other.next and not self.over:
            self._feed(ts, side != 0, other.acknowledged(acked))
        own = self.streams[side]
        self.weight = min(own.next + other.next, MAX_KEPT) + own.waiting + other.waiting

    def close(self, ts: float, side: int) -> None:
        """A TCP side has sent FIN or RST."""
        if self.over or self._closed[side] or self.streams[side].waiting:
            return
        self._closed[side] = True
        if self._analyzer is not None:
            self._analyzer.eof(ts, side == 0)
            self._after(ts)

    def datagram(self, ts: float, side: int, data: bytes) -> None:
        """A UDP datagram."""
        if self.weight < MAX_KEPT:
            self.weight += len(data)
        if self._analyzer is not None:
            self._analyzer.data(ts, side == 0, data)
            self._after(ts)
            return
        self._looks += 1
        flow = self.flow
        for kind in self._candidates:
            if kind.matches(data, side == 0, "udp"):
                self._attach(kind)
                break
        else:
            by_port = self._choices.at("udp", flow.resp_p, flow.orig_p)
            if by_port:
                self._attach(by_port[0])
            elif self._looks >= MAX_DATAGRAMS:
                self.over = True
        if self._analyzer is not None:
            self._analyzer.data(ts, side == 0, data)
            self._after(ts)

    def end(self, ts: float) -> None:
        """The connection is over; ``ts`` is the time of its last packet."""
        if self.flow.proto == "tcp" and not self.over:
            for side in (0, 1):
                self._feed(ts, side == 0, self.streams[side].flush())
            if self._analyzer is None and not self.over and self._held:
                self._by_port()
        if self._analyzer is not None:
            self._analyzer.end(ts)
            self._analyzer = None
        self.over = True

    def _start_looking(self) -> None:
        """Keep what comes until somebody knows what is spoken over TCP."""
        self._heads = (bytearray(), bytearray())
        self._held: list[tuple[float, bool, Chunk]] = []
        self._held_bytes = 0
        self._looks = 0

    def _feed(self, ts: float, is_orig: bool, chunks: list[Chunk]) -> None:
        for chunk in chunks:
            if self.over:
                return
            if self._analyzer is None:
                self._look(ts, is_orig, chunk)
            else:
                self._give(ts, is_orig, chunk)
                self._after(ts)

    def _give(self, ts: float, is_orig: bool, chunk: Chunk) -> None:
        analyzer = self._analyzer
        assert analyzer is not None
        if isinstance(chunk, int):
            analyzer.gap(ts, is_orig, chunk)
        else:
            analyzer.data(ts, is_orig, chunk)

    def _look(self, ts: float, is_orig: bool, chunk: Chunk) -> None:
        """Keep a chunk and see whether somebody knows what is spoken by now."""
        self._held.append((ts, is_orig, chunk))
        self._looks += 1
        if isinstance(chunk, bytes):
            self._held_bytes += len(chunk)
            head = self._heads[0 if is_orig else 1]
            if len(head) < HEAD:
                head += chunk[: HEAD - len(head)]
            if self._match(bytes(head), is_orig):
                return
        if self._looks >= MAX_CHUNKS or self._held_bytes > MAX_HELD:
            self._by_port()

    def _match(self, head: bytes, is_orig: bool) -> bool:
        undecided = False
        for kind in self._candidates:
            answer = kind.matches(head, is_orig, "tcp")
            if answer:
                self._attach(kind)
                self._replay()
                return True
            undecided = undecided or answer is None
        if not undecided and all(self._heads):
            self._by_port()
            return True
        return False

    def _by_port(self) -> None:
        """Nobody knows the content: the port decides, or nobody reads it."""
        kinds = self._choices.at("tcp", self.flow.resp_p, self.flow.resp_p)
        if not kinds or self._handovers:
            self.over = True
            self._held.clear()
            return
        self._attach(kinds[0])
        self._replay()

    def _attach(self, kind: type[Analyzer]) -> None:
        self._analyzer = kind(self.flow)

    def _replay(self) -> None:
        held, self._held = self._held, []
        for ts, is_orig, chunk in held:
            self._feed(ts, is_orig, [chunk])
        for side in (0, 1):
            if self._closed[side] and self._analyzer is not None:
                self._analyzer.eof(held[-1][0] if held else self.flow.ts, side == 0)
                self._after(held[-1][0] if held else self.flow.ts)

    def _after(self, ts: float) -> None:
        """See what an analyzer wants after it was given something."""
        flow = self.flow
        if flow.hand_over is not None and self._analyzer is not None:
            name, flow.hand_over = flow.hand_over, None
            self._analyzer.end(ts)
            self._analyzer = None
            self._handovers += 1
            flow.done = self._handovers > MAX_HANDOVERS
            self._start_looking()
            if name in self._choices.by_name:
                self._attach(self._choices.by_name[name])
            if flow.rest is not None and not flow.done:
                (is_orig, rest), flow.rest = flow.rest, None
                self._feed(ts, is_orig, [rest])
        if flow.done:
            if self._analyzer is not None:
                self._analyzer.end(ts)
                self._analyzer = None
            self.over = True
