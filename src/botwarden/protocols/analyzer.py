"""What an analyzer is, and what it is given: the seam between following connections and understanding them.

A *parser* (``protocols/<name>.py``) turns bytes into values and knows nothing else. An *analyzer*
(``protocols/analyzers/<name>.py``) sits on one connection, hands its bytes to a parser and makes records. The rules:

1. Bytes from the network never raise and never make memory grow without a named limit.
2. Bytes may be split anywhere: the records are the same.
3. An analyzer that is done, or not at home, sets ``flow.done``: it is given nothing more.
4. Passwords go into `botwarden.protocols.credentials.dictionaries` and nowhere else.
5. `end` is called once, whatever happened: what is still pending is written there.
"""

from binascii import b2a_base64
from collections.abc import Callable
from typing import Any, ClassVar, Final, Protocol, TypeVar

from botwarden.core.record import Record
from botwarden.core.records.weird import WeirdRecord
from botwarden.protocols.settings import Settings

State = TypeVar("State", bound="Shared")


class Shared(Protocol):
    """State that an analyzer shares among connections, such as DHCP transactions; one per `Session`. Bounded."""

    def tick(self, now: float) -> None:
        """Write what has waited long enough; called about once a second of capture time."""
        ...

    def end(self, now: float) -> None:
        """Write what is left: no more packets follow."""
        ...


class Session:
    """What the analyzers of one capture have in common.

    write : takes each finished record
    is_local : whether an address, as text, is on a local network
    """

    MAX_EXPECTED: ClassVar[int] = 1024
    """Connections announced by others, such as FTP's data; the oldest make room."""

    def __init__(
        self,
        write: Callable[[Record], None],
        is_local: Callable[[str], bool],
        seed: int = 0,
        opened: Callable[[int, str], None] | None = None,
        settings: Settings | None = None,
    ) -> None:
        """Begin with nothing shared; ``seed`` goes into identifiers.

        opened : told the port and transport protocol of each connection that is expected
        """
        self.write = write
        self.is_local = is_local
        self.seed = seed
        self.settings = settings or Settings()
        self._shared: dict[type, Shared] = {}
        self._expected: dict[tuple[str, int, str], tuple[str, object]] = {}
        self._files = 0
        self._opened = opened

    def shared(self, kind: type[State], make: Callable[["Session"], State]) -> State:
        """The one state of a kind, made where there is none."""
        state = self._shared.get(kind)
        if state is None:
            state = self._shared[kind] = make(self)
        return state  # type: ignore[return-value]

    def expect(self, host: str, port: int, proto: str, analyzer: str, context: object = None) -> None:
        """Give the next connection to ``host`` and ``port`` (or, over UDP, from it) to the analyzer of that name.

        ``context`` becomes that connection's ``flow.context``.
        """
        if len(self._expected) >= self.MAX_EXPECTED:
            del self._expected[next(iter(self._expected))]
        self._expected[host, port, proto] = analyzer, context
        if self._opened is not None:
            self._opened(port, proto)

    @property
    def expecting(self) -> bool:
        """Whether any connection is expected."""
        return bool(self._expected)

    def expected(self, host: str, port: int, proto: str) -> tuple[str, object] | None:
        """Take the analyzer expected at an end, once; None where none is."""
        return self._expected.pop((host, port, proto), None) if self._expected else None

    def file_id(self) -> str:
        """A new ``fuid``, the same in every run with the same seed."""
        self._files += 1
        return identifier("F", self.seed, self._files)

    def tick(self, now: float) -> None:
        """Pass the time on to what is shared."""
        for state in self._shared.values():
            state.tick(now)

    def end(self, now: float) -> None:
        """No more packets follow."""
        for state in self._shared.values():
            state.end(now)


class Flow:
    """The connection that an analyzer sits on.

    ts : time of its first packet; proto : ``tcp`` or ``udp``
    orig_h, orig_p, resp_h, resp_p : its ends; originator and responder are settled before an analyzer is made
    services : names of the protocols confirmed on it, for conn.log; an analyzer adds its own once it is sure
    context : what `Session.expect` gave
    done : set by an analyzer that wants no more data
    rest : set with `hand_over` where the bytes just given hold some of what follows: whose they are, and they
    hand_over : set, with the name of an analyzer or ``""`` for a fresh look at the content, when another protocol
        follows from the next byte on (STARTTLS, CONNECT); the old analyzer's `end` is called then
    """

    __slots__ = (
        "_uid", "context", "done", "hand_over", "orig_h", "orig_mac", "orig_p", "proto", "resp_h", "resp_mac",
        "resp_p", "rest", "services", "session", "ts", "violations",
    )  # fmt: skip

    def __init__(
        self,
        session: Session,
        uid: str | int,
        ts: float,
        proto: str,
        orig: tuple[str, int],
        resp: tuple[str, int],
        macs: tuple[int, int] = (0, 0),
    ) -> None:
        """A connection between two ends, each an address as text and a port; MACs as integers, 0 unknown.

        uid : its identifier, or the number to make one of when somebody asks
        """
        self.session = session
        self._uid = uid
        self.ts = ts
        self.proto = proto
        self.orig_h, self.orig_p = orig
        self.resp_h, self.resp_p = resp
        self.orig_mac, self.resp_mac = macs
        self.services: list[str] = []
        self.context: object = None
        self.done = False
        self.hand_over: str | None = None
        self.rest: tuple[bool, bytes] | None = None
        self.violations = 0

    @property
    def uid(self) -> str:
        """Identifier of the connection, the same in every log."""
        if isinstance(self._uid, int):
            self._uid = identifier("C", self.session.seed, self._uid)
        return self._uid

    @property
    def id(self) -> dict[str, Any]:
        """The fields that a `botwarden.core.record.UidRecord` starts with: ``DnsRecord(ts=ts, **flow.id, …)``."""
        return {
            "uid": self.uid,
            "orig_h": self.orig_h,
            "orig_p": self.orig_p,
            "resp_h": self.resp_h,
            "resp_p": self.resp_p,
        }

    def confirm(self, service: str) -> None:
        """Say that the connection speaks a protocol."""
        if service not in self.services:
            self.services.append(service)

    def violate(self, ts: float, name: str, addl: str | None = None, source: str | None = None) -> None:
        """Say that what was said is not allowed by the protocol, and give up: a weird, and X in the history."""
        self.weird(ts, name, addl, source)
        self.violations += 1
        self.done = True

    def write(self, record: Record) -> None:
        """Hand out a finished record."""
        self.session.write(record)

    def weird(self, ts: float, name: str, addl: str | None = None, source: str | None = None) -> None:
        """Tell of an oddity."""
        self.write(WeirdRecord(ts=ts, name=name, addl=addl, source=source, **self.id))


class Analyzer(Protocol):
    """Understands one protocol on one connection. Made by its class: ``Analyzer(flow)``."""

    name: ClassVar[str]
    """As in conn.log's ``service``: ``http``, ``dns``."""
    tcp_ports: ClassVar[frozenset[int]]
    """Usual server ports: tried there when no analyzer knows the content. Without any it is never tried over TCP."""
    udp_ports: ClassVar[frozenset[int]]
    """The same for UDP."""

    def __init__(self, flow: Flow) -> None:
        """Sit on a connection."""
        ...

    @staticmethod
    def matches(head: bytes, is_orig: bool, proto: str) -> bool | None:
        """Whether a direction that begins with ``head`` speaks this protocol: True, False, or None for "more bytes".

        ``head`` is at most `HEAD` bytes of a TCP direction, or one whole datagram. It is cheap and strict: for most of
        what is not this protocol it says False after a few bytes.
        """
        ...

    def data(self, ts: float, is_orig: bool, data: bytes) -> None:
        """The next bytes of a TCP direction, in order and without overlaps; or one datagram's payload.

        ``ts`` is the time of the packet that made them available.
        """
        ...

    def gap(self, ts: float, is_orig: bool, size: int) -> None:
        """``size`` bytes of a direction were not captured; what follows comes after them."""
        ...

    def eof(self, ts: float, is_orig: bool) -> None:
        """A TCP direction is over (FIN or RST)."""
        ...

    def end(self, ts: float) -> None:
        """The connection is over, has timed out, or the capture ends; ``ts`` is the time of its last packet."""
        ...


HEAD: Final = 1024
"""Bytes of a direction that are kept to find out what it speaks."""

_MASK: Final = (1 << 96) - 1
_ODD: Final = 0x9E3779B97F4A7C15F39CC060  # the golden ratio's digits: neighbouring numbers land far apart
_MIX: Final = 0xBF58476D1CE4E5B994D049BB
_LETTERS: Final = bytes.maketrans(b"+/", b"Zz")


def identifier(prefix: str, seed: int, number: int) -> str:
    """An identifier in Zeek's manner, a letter and 16 letters and digits, from a seed and a number."""
    x = (seed + number * _ODD) & _MASK
    x = ((x ^ (x >> 47)) * _MIX) & _MASK
    x = ((x ^ (x >> 45)) * _MIX) & _MASK
    text = b2a_base64((x ^ (x >> 49)).to_bytes(12, "big"), newline=False)
    return prefix + text.translate(_LETTERS).decode("ascii")
