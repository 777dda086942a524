"""TLS (RFC 5246, 8446) from the wire: records, handshake messages and what is in the clear of them; SSLv2's hellos too.

`Records` cuts one direction of a connection into records, `Messages` the handshake records of one direction into
messages, wherever the bytes were split. `botwarden.protocols.hellos` reads the messages.
"""

from collections.abc import Iterator
from typing import Final

# content types (RFC 8446, B.1)
CHANGE_CIPHER_SPEC: Final = 20
ALERT: Final = 21
HANDSHAKE: Final = 22
APPLICATION_DATA: Final = 23
HEARTBEAT: Final = 24

# and what `Records` says besides
CIPHERTEXT: Final = 100
"""A record of any type after encryption began; it comes without its bytes."""
V2: Final = 200
"""An SSLv2 record; its bytes begin with the message type."""
BROKEN: Final = 300
"""What follows is no TLS; nothing comes after it."""

MAX_RECORD: Final = 16_384 + 2_048
"""Bytes of a record's content (RFC 5246, 6.2.3)."""
MAX_MESSAGE: Final = 131_072
"""Bytes kept of one handshake message; long chains of post-quantum certificates take some 80,000."""
MAX_V2: Final = 4_096
"""Bytes kept of an SSLv2 record: a certificate is the largest thing in one."""

# handshake types (RFC 8446, B.3, and the documents before it)
CLIENT_HELLO: Final = 1
SERVER_HELLO: Final = 2
HELLO_RETRY: Final = 6
CERTIFICATE: Final = 11
SERVER_KEY_EXCHANGE: Final = 12
CLIENT_KEY_EXCHANGE: Final = 16
READ: Final = frozenset({CLIENT_HELLO, SERVER_HELLO, HELLO_RETRY, CERTIFICATE, SERVER_KEY_EXCHANGE})
"""Messages whose content is read; of the others only the type."""

# SSLv2 message types
V2_ERROR: Final = 0
V2_CLIENT_HELLO: Final = 1
V2_CLIENT_MASTER_KEY: Final = 2
V2_SERVER_HELLO: Final = 4

_KEPT: Final = 20
"""Bytes of alerts and the like that are kept of a record: ten alerts."""


class Records:
    """One direction of a TLS connection, cut into records.

    encrypted : set by the user once this direction changed its keys: from the next record on, bytes are skipped
    """

    __slots__ = ("_broken", "_head", "_kept", "_kind", "_left", "_v3", "encrypted")

    def __init__(self) -> None:
        """At the start of a direction."""
        self.encrypted = False
        self._head = b""
        self._kind = 0  # of the record that is being read; 0: its header
        self._left = 0  # bytes of it still to come
        self._kept = b""
        self._v3 = False
        self._broken = False

    def feed(self, data: bytes) -> Iterator[tuple[int, bytes]]:
        """Yield (kind, bytes) for what the next bytes complete.

        The content of handshake records comes piece by piece, as it arrives; of alerts and the like at most
        the first 20 bytes; of application data nothing.
        """
        at = 0
        end = len(data)
        while at < end and not self._broken:
            if not self._kind:
                need = 5 - len(self._head)
                self._head += data[at : at + need]
                at += need
                if len(self._head) == 5:
                    yield from self._begin()
                continue
            piece = data[at : at + self._left]
            at += len(piece)
            self._left -= len(piece)
            yield from self._content(piece)

    def gap(self, size: int) -> int:
        """Skip ``size`` bytes that were not captured; say in what kind of record they are, `BROKEN` past its end."""
        kind = self._kind
        if self._broken or not kind or size > self._left or kind == V2:
            self._broken = True
            return BROKEN
        self._left -= size
        if not self._left:
            self._kind = 0
        return kind

    @property
    def broken(self) -> bool:
        """Whether nothing more can be read."""
        return self._broken

    def _begin(self) -> Iterator[tuple[int, bytes]]:
        kind, major, minor, high, low = self._head
        length = high << 8 | low
        if kind & 0x80 and not self._v3:
            yield from self._begin_v2()
            return
        if major != 3 or minor > 4 or not CHANGE_CIPHER_SPEC <= kind <= HEARTBEAT or length > MAX_RECORD:
            self._broken = True
            yield BROKEN, b""
            return
        self._head = b""
        self._v3 = True
        self._kind = CIPHERTEXT if self.encrypted else kind
        self._left = length
        if not length:
            yield from self._content(b"")

    def _begin_v2(self) -> Iterator[tuple[int, bytes]]:
        """SSLv2's header has two bytes only: the other three belong to the content."""
        length = (self._head[0] & 0x7F) << 8 | self._head[1]
        if not 3 <= length <= MAX_V2 or self._head[2] > 8:
            self._broken = True
            yield BROKEN, b""
            return
        self._kept = self._head[2:]
        self._head = b""
        self._kind = V2
        self._left = length - 3
        if not self._left:
            yield from self._content(b"")

    def _content(self, piece: bytes) -> Iterator[tuple[int, bytes]]:
        kind = self._kind
        if kind == HANDSHAKE:
            if not self._left:
                self._kind = 0
            if piece:
                yield kind, piece
            return
        if kind in (ALERT, V2):
            room = MAX_V2 if kind == V2 else _KEPT
            self._kept += piece[: max(0, room - len(self._kept))]
        if not self._left:
            self._kind = 0
            kept, self._kept = self._kept, b""
            yield kind, kept


class Messages:
    """The handshake messages in one direction's handshake records."""

    __slots__ = ("_body", "_head", "_left", "_lost", "_reading", "_skipping")

    def __init__(self) -> None:
        """Before the first message."""
        self._head = b""
        self._body = bytearray()
        self._left = 0
        self._reading = False
        self._skipping = False
        self._lost = False

    def feed(self, data: bytes) -> Iterator[tuple[int, bytes | None]]:
        """Yield (type, content) for every message that ends in ``data``; None for content that is not read."""
        at = 0
        end = len(data)
        while at < end and not self._lost:
            if not self._reading:
                need = 4 - len(self._head)
                self._head += data[at : at + need]
                at += need
                if len(self._head) < 4:
                    return
                self._left = int.from_bytes(self._head[1:], "big")
                self._reading = True
                self._skipping = self._head[0] not in READ or self._left > MAX_MESSAGE
            take = min(self._left, end - at)
            if not self._skipping:
                self._body += data[at : at + take]
            at += take
            self._left -= take
            if not self._left:
                yield self._end()

    def gap(self, size: int) -> None:
        """Bytes are missing from a handshake record."""
        if not self._reading or size > self._left:
            self._lost = True
            return
        self._skipping = True
        self._body = bytearray()
        self._left -= size
        if not self._left:
            self._end()

    def _end(self) -> tuple[int, bytes | None]:
        found = self._head[0], None if self._skipping else bytes(self._body)
        self._head = b""
        self._body = bytearray()
        self._reading = False
        return found


def starts_tls(head: bytes) -> bool | None:
    """Whether a direction that begins with ``head`` begins a TLS handshake: with a hello; None for "more bytes"."""
    if not head:
        return None
    if head[0] & 0x80:
        return _starts_v2(head)
    if head[0] != HANDSHAKE or head[1:2] not in (b"\3", b"") or head[2:3] > b"\4":
        return False
    if len(head) < 6:
        return None
    length = head[3] << 8 | head[4]
    if not 1 <= length <= MAX_RECORD or head[5] not in (CLIENT_HELLO, SERVER_HELLO):
        return False
    if length < 10:  # a hello in small pieces: to see more than its type takes cutting records
        return True
    if len(head) < 11:
        return None
    size = int.from_bytes(head[6:9], "big")
    # version, random, lengths: 38 bytes at least; the version is 3.x, or 0x7F.. in drafts of TLS 1.3
    return 38 <= size <= MAX_MESSAGE and head[9] in (3, 0x7F)


def _starts_v2(head: bytes) -> bool | None:
    """SSLv2's client hello, which older clients also used to offer TLS (RFC 5246, E.2): all its lengths must fit."""
    if len(head) >= 3 and head[2] != V2_CLIENT_HELLO:
        return False
    if len(head) < 11:
        return None
    length = (head[0] & 0x7F) << 8 | head[1]
    suites, session, challenge = (int.from_bytes(head[at : at + 2], "big") for at in (5, 7, 9))
    return (
        (head[3], head[4]) in ((0, 2), (3, 0), (3, 1), (3, 2), (3, 3))
        and 0 < suites <= MAX_V2
        and suites % 3 == 0
        and session in (0, 16)
        and 16 <= challenge <= 32
        and length == 9 + suites + session + challenge
    )
