"""Drives one analyzer without packets: what the tests of all analyzers share.

    records = talk(HttpAnalyzer, [(True, b"GET / HTTP/1.1\\r\\n\\r\\n"), (False, b"HTTP/1.1 200 OK\\r\\n\\r\\n")])

``split`` cuts every TCP turn into pieces of that many bytes: the records must not change.
"""

from collections.abc import Iterable
from typing import TypeVar

from botwarden.core.record import Record
from botwarden.protocols.analyzer import Analyzer, Flow, Session

R = TypeVar("R", bound=Record)
Turn = tuple[bool, bytes]
"""(whether the originator says it, what)."""


class Talk:
    """A connection with an analyzer on it, and the records that come out."""

    def __init__(
        self,
        analyzer: type[Analyzer],
        *,
        proto: str = "tcp",
        orig: tuple[str, int] = ("192.168.0.10", 40000),
        resp: tuple[str, int] = ("198.51.100.7", 80),
        session: Session | None = None,
        context: object = None,
    ) -> None:
        self.records: list[Record] = []
        self.session = session or Session(self.records.append, lambda ip: ip.startswith("192.168."))
        self.flow = Flow(self.session, "C1", 1000.0, proto, orig, resp)
        self.flow.context = context
        self.analyzer = analyzer(self.flow)
        self.now = 1000.0

    def say(self, is_orig: bool, data: bytes, split: int = 0) -> None:
        pieces = [data[i : i + split] for i in range(0, len(data), split)] if split else [data]
        for piece in pieces:
            if not self.flow.done and self.flow.hand_over is None:
                self.analyzer.data(self.now, is_orig, piece)
        self.now += 0.5

    def finish(self, *, eof: bool = True) -> list[Record]:
        if eof and self.flow.proto == "tcp" and not self.flow.done:
            self.analyzer.eof(self.now, True)
            self.analyzer.eof(self.now, False)
        self.analyzer.end(self.now)
        self.session.end(self.now)
        return self.records


def talk(
    analyzer: type[Analyzer],
    turns: Iterable[Turn],
    *,
    split: int = 0,
    proto: str = "tcp",
    orig: tuple[str, int] = ("192.168.0.10", 40000),
    resp: tuple[str, int] = ("198.51.100.7", 80),
) -> list[Record]:
    """The records that a whole conversation makes."""
    talking = Talk(analyzer, proto=proto, orig=orig, resp=resp)
    for is_orig, data in turns:
        talking.say(is_orig, data, split)
    return talking.finish()


def only(records: Iterable[Record], kind: type[R]) -> list[R]:
    """Those of one type."""
    return [record for record in records if isinstance(record, kind)]
