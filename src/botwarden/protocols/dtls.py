"""DTLS (RFC 6347, 9147) from the wire: the records of a datagram, and handshake messages from their fragments."""

from collections.abc import Iterator
from typing import Final

import msgspec

from botwarden.protocols.tls import ALERT, APPLICATION_DATA, CHANGE_CIPHER_SPEC, CIPHERTEXT, HANDSHAKE, READ

MAX_RECORDS: Final = 32
"""Read of one datagram."""
MAX_MESSAGE: Final = 65_536
"""Bytes of a handshake message that is put together from fragments."""
MAX_FRAGMENTS: Final = 128
"""Of one message, those sent twice included."""
MAX_OPEN: Final = 4
"""Messages of one direction whose fragments are kept at a time; the oldest makes room."""

VERSIONS: Final = frozenset({0xFEFF, 0xFEFD, 0xFEFC, 0x0100})
"""DTLS 1.0, 1.2, 1.3; and 0x0100 as OpenSSL and Cisco wrote 1.0 before it was settled."""
_TYPES: Final = frozenset(range(CHANGE_CIPHER_SPEC, 27))
_HELLOS: Final = frozenset({1, 2, 3})


def starts_dtls(datagram: bytes) -> bool:
    """Whether a datagram is DTLS: whole records one after the other, of which the first makes sense."""
    if len(datagram) < 14 or datagram[0] not in _TYPES or (datagram[1] << 8 | datagram[2]) not in VERSIONS:
        return False
    if not datagram[3] and not datagram[4] and datagram[0] == HANDSHAKE:
        if len(datagram) < 25 or datagram[13] not in _HELLOS:
            return False
        size, offset, length = (int.from_bytes(datagram[at : at + 3], "big") for at in (14, 19, 22))
        if offset + length > size:
            return False
    at = 0
    while at < len(datagram):
        if at + 13 > len(datagram) or (datagram[at + 1] << 8 | datagram[at + 2]) not in VERSIONS:
            return False
        at += 13 + (datagram[at + 11] << 8 | datagram[at + 12])
    return at == len(datagram)


def parse_records(datagram: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield (kind, content) of each record of a datagram, kinds as in `botwarden.protocols.tls`.

    Records of a later epoch than the first are encrypted, as are those with DTLS 1.3's short header: `CIPHERTEXT`,
    without content.
    """
    at = 0
    for _ in range(MAX_RECORDS):
        if at >= len(datagram):
            return
        if datagram[at] & 0xE0 == 0x20:  # RFC 9147, 4: the rest of the datagram where it names no length
            yield CIPHERTEXT, b""
            return
        if at + 13 > len(datagram):
            return
        kind, version = datagram[at], datagram[at + 1] << 8 | datagram[at + 2]
        start = at + 13
        at = start + (datagram[at + 11] << 8 | datagram[at + 12])
        if kind not in _TYPES or version not in VERSIONS or at > len(datagram):
            return
        if datagram[start - 10] or datagram[start - 9]:
            yield CIPHERTEXT, b""
        elif kind in (CHANGE_CIPHER_SPEC, ALERT, HANDSHAKE):
            yield kind, datagram[start:at]
        else:
            yield APPLICATION_DATA, b""


class _Assembly(msgspec.Struct):
    """A message of which fragments have come."""

    kind: int
    length: int
    pieces: dict[int, bytes]
    stored: int = 0
    seen: int = 0


class Fragments:
    """The handshake messages of one direction, whole however they were cut and in whatever order the parts come."""

    __slots__ = ("_finished", "_open")

    def __init__(self) -> None:
        """Before the first message."""
        self._open: dict[int, _Assembly] = {}
        self._finished: dict[int, None] = {}

    def feed(self, record: bytes) -> Iterator[tuple[int, bytes | None]]:
        """Yield (type, content) for every message that the content of a handshake record completes.

        The content is None for messages that are not read, as in `botwarden.protocols.tls.Messages`.
        """
        at = 0
        while at + 12 <= len(record):
            kind = record[at]
            length, number, offset, size = (
                int.from_bytes(record[at + start : at + end], "big") for start, end in ((1, 4), (4, 6), (6, 9), (9, 12))
            )
            at += 12
            piece = record[at : at + size]
            at += size
            if len(piece) < size or offset + size > length:
                return
            if size == length:
                yield kind, piece if kind in READ else None
            elif length <= MAX_MESSAGE and number not in self._finished:
                body = self._add(number, kind, length, offset, piece)
                if body is not None:
                    yield kind, body if kind in READ else None

    def _add(self, number: int, kind: int, length: int, offset: int, piece: bytes) -> bytes | None:
        """Keep a fragment; return the message where it was the last one missing."""
        assembly = self._open.get(number)
        if assembly is None or (assembly.kind, assembly.length) != (kind, length):
            self._open.pop(number, None)
            if len(self._open) >= MAX_OPEN:
                del self._open[next(iter(self._open))]
            assembly = self._open[number] = _Assembly(kind, length, {})
        assembly.seen += 1
        if assembly.seen > MAX_FRAGMENTS:
            return None
        known = assembly.pieces.get(offset, b"")
        if len(piece) > len(known):
            assembly.pieces[offset] = piece
            assembly.stored += len(piece) - len(known)
        body = _joined(assembly) if assembly.stored >= length else None
        if body is not None:
            del self._open[number]
            if len(self._finished) >= MAX_FRAGMENTS:
                self._finished.clear()
            self._finished[number] = None
        return body


def _joined(assembly: _Assembly) -> bytes | None:
    """The whole message; None while a part is missing."""
    body = bytearray()
    for offset, piece in sorted(assembly.pieces.items()):
        if offset > len(body):
            return None
        body[offset : offset + len(piece)] = piece
    return bytes(body) if len(body) >= assembly.length else None
