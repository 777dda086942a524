"""Analyzers for what `botwarden.protocols.known` recognises: they name the service and write nothing."""

from typing import ClassVar, Final

from botwarden.protocols.analyzer import Analyzer, Flow
from botwarden.protocols.known import KNOWN, Known

MAX_CHUNKS: Final = 32
"""Pieces of a conversation within which it may turn to TLS."""
_CLIENT_HELLO: Final = b"\x16\x03"


class KnownAnalyzer:
    """Confirms a service by the first bytes of either side. A subclass for each protocol is made below.

    Where TLS may follow, it waits for its beginning and hands over.
    """

    name: ClassVar[str]
    tcp_ports: ClassVar[frozenset[int]]
    udp_ports: ClassVar[frozenset[int]]
    known: ClassVar[Known]

    def __init__(self, flow: Flow) -> None:
        """Sit on a connection."""
        self._flow = flow
        self._chunks = 0

    @classmethod
    def matches(cls, head: bytes, is_orig: bool, proto: str) -> bool | None:
        """Whether the first bytes are the protocol's."""
        return cls.known.recognise(head, is_orig)

    def data(self, ts: float, is_orig: bool, data: bytes) -> None:
        """Confirm it, where the content and not the port said so; more is wanted only where TLS may follow."""
        flow = self._flow
        self._chunks += 1
        if self._chunks == 1 and self.known.recognise(data[:1024], is_orig) is not False:
            flow.confirm(self.name)
        if is_orig and self._chunks > 1 and data.startswith(_CLIENT_HELLO):
            flow.hand_over, flow.rest = "ssl", (is_orig, data)
        flow.done = not self.known.before_tls or self._chunks >= MAX_CHUNKS or not flow.services

    def gap(self, ts: float, is_orig: bool, size: int) -> None:
        """Nothing can be said."""
        self._flow.done = True

    def eof(self, ts: float, is_orig: bool) -> None:
        """Nothing to do."""

    def end(self, ts: float) -> None:
        """Nothing to do."""


def _analyzer(known: Known) -> type[Analyzer]:
    fields = {
        "name": known.name,
        "tcp_ports": known.tcp,
        "udp_ports": known.udp,
        "known": known,
        "__doc__": f"Recognises {known.name}.",
    }
    return type(f"Known{known.name.title().replace('_', '')}Analyzer", (KnownAnalyzer,), fields)


KNOWN_ANALYZERS: Final[tuple[type[Analyzer], ...]] = tuple(map(_analyzer, KNOWN))
"""One for each of `KNOWN`, in its order."""
