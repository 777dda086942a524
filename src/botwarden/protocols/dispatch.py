"""`Conversation`: finds out what a connection speaks, by content first and by port second, and feeds the analyzer."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from botwarden.protocols.analyzer import HEAD, Analyzer, Flow
from botwarden.protocols.streams import Chunk, Stream

MAX_CHUNKS: Final = 16
"""Pieces of a connection that are looked at before what it speaks counts as unknown."""
MAX_HELD: Final = 8192
"""Bytes kept meanwhile, to be given to the analyzer that is found."""
MAX_DATAGRAMS: Final = 4
"""Datagrams that are looked at."""
MAX_HANDOVERS: Final = 4
"""Protocols that may follow one another on a connection."""


@dataclass(frozen=True)
class Choices:
    """The analyzers to choose from.

    analyzers : in the order in which they look
    """

    analyzers: Sequence[type[Analyzer]]
    by_name: dict[str, type[Analyzer]] = field(init=False)
    _by_port: dict[tuple[str, int], tuple[type[Analyzer], ...]] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "by_name", {kind.name: kind for kind in self.analyzers})
        ports: dict[tuple[str, int], tuple[type[Analyzer], ...]] = {}
        for kind in self.analyzers:
            for proto, numbers in (("tcp", kind.tcp_ports), ("udp", kind.udp_ports)):
                for port in numbers:
                    ports[proto, port] = (*ports.get((proto, port), ()), kind)
        object.__setattr__(self, "_by_port", ports)

    def at(self, proto: str, *ports: int) -> tuple[type[Analyzer], ...]:
        """Those whose usual ports are among ``ports``."""
        for port in ports:
            found = self._by_port.get((proto, port))
            if found:
                return found
        return ()

    def ordered(self, proto: str, *ports: int) -> list[type[Analyzer]]:
        """All of them, those of the port first: they are right most often."""
        first = self.at(proto, *ports)
        return [*first, *(kind for kind in self.analyzers if kind not in first)]


class Conversation:
    """One connection with its streams and, once that is known, its analyzer.

    over : nobody wants more of it
    told : for the caller's use: whether `reading` is known elsewhere
    """

    __slots__ = (
        "_analyzer", "_candidates", "_choices", "_closed", "_handovers", "_heads", "_held", "_held_bytes", "_looks",
        "flow", "over", "streams", "told",
    )  # fmt: skip

    def __init__(self, flow: Flow, choices: Choices, offsets: tuple[int, int] = (0, 0)) -> None:
        """A connection of which nothing was said yet; its streams begin at ``offsets`` (TCP)."""
        self.flow = flow
        self.over = False
        self.told = False
        self.streams = (Stream(), Stream())
        self.streams[0].next, self.streams[1].next = offsets
        self._choices = choices
        self._analyzer: Analyzer | None = None
        self._handovers = 0
        self._closed = [False, False]
        self._start_looking()
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
        flow = self.flow
        self._candidates = self._choices.ordered(flow.proto, flow.resp_p, flow.orig_p)
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
        kinds = self._choices.at("tcp", self.flow.resp_p)
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
            if self.over:
                return
            if self._analyzer is None:
                self._look(ts, is_orig, chunk)
            else:
                self._give(ts, is_orig, chunk)
                self._after(ts)
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
        if flow.done:
            if self._analyzer is not None:
                self._analyzer.end(ts)
                self._analyzer = None
            self.over = True
