"""SSH (RFC 4253) from the wire: the banners, the key exchange as far as it is in the clear, and what it chose."""

import hashlib
from collections.abc import Generator, Iterator
from typing import Final

import msgspec

# what `Side` yields besides message numbers
BANNER: Final = -1
ENCRYPTED: Final = -2
"""Bytes after the direction's keys were changed."""
BROKEN: Final = -3
"""What follows is no SSH, or the place in the stream is lost; nothing comes after it."""

# message numbers (RFC 4250, 4.1.2; RFC 4419; RFC 5656)
KEXINIT: Final = 20
NEWKEYS: Final = 21
KEX_INIT: Final = 30
KEX_REPLY: Final = 31
"""The server's answer with its host key; in a group exchange, the group without it."""
GEX_REPLY: Final = 33
GEX_REQUEST: Final = 34

MAX_LINE: Final = 255
"""Bytes kept of a banner (RFC 4253, 4.2: its longest)."""
MAX_PREAMBLE: Final = 16_384
"""Bytes of the lines that a server may send before its banner."""
MAX_PACKET: Final = 262_144
"""Bytes of a packet; OpenSSH accepts no larger ones."""
MAX_KEPT: Final = 65_536
"""Bytes kept of a message: lists of algorithms take 1,000 to 2,000, a host key with certificate some thousand."""

MAX_ALGORITHM: Final = 64
"""Characters of an algorithm's name (RFC 4251, 6)."""

_KEPT: Final = frozenset({KEXINIT, KEX_REPLY, GEX_REPLY})


class KeyExchangeInit(msgspec.Struct, frozen=True, kw_only=True):
    """What one side offers, each list in its order of preference (RFC 4253, 7.1). Names are text from a stranger."""

    kex: str
    host_key: str
    ciphers_to_server: str
    ciphers_to_client: str
    macs_to_server: str
    macs_to_client: str
    compression_to_server: str
    compression_to_client: str


class Algorithms(msgspec.Struct, frozen=True, kw_only=True):
    """What both sides agree on: pairs are (to the server, to the client). None where there is nothing in common."""

    kex: str | None
    host_key: str | None
    ciphers: tuple[str | None, str | None]
    macs: tuple[str | None, str | None]
    compression: tuple[str | None, str | None]


class Side:
    """One direction of an SSH connection."""

    __slots__ = ("_head", "_keep", "_kept", "_left", "_line", "_message", "_preamble", "_size", "_state")

    def __init__(self) -> None:
        """At the start of a direction."""
        self._state = BANNER
        self._line = bytearray()
        self._preamble = 0
        self._head = b""
        self._left = 0  # bytes of the packet still to come
        self._size = 0  # of its payload
        self._keep = False
        self._kept = bytearray()
        self._message = 0

    def feed(self, data: bytes) -> Iterator[tuple[int, bytes]]:
        """Yield (message number or `BANNER`, `ENCRYPTED`, `BROKEN`, content) for what the next bytes complete.

        Only the content of key exchange messages is kept. A banner comes without its line end.
        """
        at = 0
        while at < len(data) and self._state != BROKEN:
            if self._state == ENCRYPTED:
                yield ENCRYPTED, data[at:] if at else data
                return
            if self._state == BANNER:
                end = data.find(b"\n", at)
                stop = end if end >= 0 else len(data)
                self._line += data[at : min(stop, at + MAX_LINE + 1 - len(self._line))]
                self._preamble += stop - at + 1
                at = stop + 1
                yield from self._end_line(end >= 0)
                continue
            at = yield from self._packet(data, at)

    def gap(self, size: int) -> int:
        """Skip bytes that were not captured: `ENCRYPTED` where they are, else the place is lost, `BROKEN`."""
        if self._state != ENCRYPTED:
            self._state = BROKEN
        return self._state

    def _end_line(self, whole: bool) -> Iterator[tuple[int, bytes]]:
        if not whole:
            if self._preamble > MAX_PREAMBLE:
                self._state = BROKEN
                yield BROKEN, b""
            return
        line = bytes(self._line).rstrip(b"\r")
        self._line.clear()
        if line.startswith(b"SSH-"):
            self._state = 0
            yield BANNER, line[:MAX_LINE]
        elif self._preamble > MAX_PREAMBLE:
            self._state = BROKEN
            yield BROKEN, b""

    def _packet(self, data: bytes, at: int) -> Generator[tuple[int, bytes], None, int]:
        """Read on in a packet; return the offset behind what was read."""
        if not self._left:
            need = 6 - len(self._head)
            self._head += data[at : at + need]
            at += need
            if len(self._head) < 6:
                return at
            length = int.from_bytes(self._head[:4], "big")
            self._size = length - 1 - self._head[4]
            if length > MAX_PACKET or self._size < 1:
                self._state = BROKEN
                yield BROKEN, b""
                return at
            self._message = self._head[5]
            self._head = b""
            self._left = length - 2
            self._keep = self._message in _KEPT and self._size <= MAX_KEPT
        piece = data[at : at + self._left]
        if self._keep:
            self._kept += piece[: self._size - 1 - len(self._kept)]
        at += len(piece)
        self._left -= len(piece)
        if not self._left:
            if self._message == NEWKEYS:
                self._state = ENCRYPTED
            content = bytes(self._kept)
            self._kept.clear()
            yield self._message, content
        return at


def parse_kexinit(content: bytes) -> KeyExchangeInit | None:
    """Read a KEXINIT from behind its message number; None where a list is cut."""
    lists = []
    at = 16  # the cookie
    for _ in range(8):
        size = int.from_bytes(content[at : at + 4], "big")
        at += 4
        if at + size > len(content):
            return None
        lists.append(content[at : at + size].decode("utf-8", "backslashreplace"))
        at += size
    return KeyExchangeInit(
        kex=lists[0],
        host_key=lists[1],
        ciphers_to_server=lists[2],
        ciphers_to_client=lists[3],
        macs_to_server=lists[4],
        macs_to_client=lists[5],
        compression_to_server=lists[6],
        compression_to_client=lists[7],
    )


def parse_host_key(content: bytes) -> bytes | None:
    """The host key in a server's reply, from behind the message number."""
    size = int.from_bytes(content[:4], "big")
    return content[4 : 4 + size] if 0 < size <= len(content) - 4 else None


def agree(client: KeyExchangeInit, server: KeyExchangeInit) -> Algorithms:
    """RFC 4253, 7.1: of each list the client's first that the server has too."""
    return Algorithms(
        kex=_first(client.kex, server.kex),
        host_key=_first(client.host_key, server.host_key),
        ciphers=(
            _first(client.ciphers_to_server, server.ciphers_to_server),
            _first(client.ciphers_to_client, server.ciphers_to_client),
        ),
        macs=(
            _first(client.macs_to_server, server.macs_to_server),
            _first(client.macs_to_client, server.macs_to_client),
        ),
        compression=(
            _first(client.compression_to_server, server.compression_to_server),
            _first(client.compression_to_client, server.compression_to_client),
        ),
    )


def hassh(client: KeyExchangeInit) -> str:
    """HASSH of a client's offer (Reardon 2018)."""
    return _md5(client.kex, client.ciphers_to_server, client.macs_to_server, client.compression_to_server)


def hassh_server(server: KeyExchangeInit) -> str:
    """HASSH of a server's offer."""
    return _md5(server.kex, server.ciphers_to_client, server.macs_to_client, server.compression_to_client)


def fingerprint(host_key: bytes) -> str:
    """MD5 of a host key, as in ``8a:8d:55:28:…`` (RFC 4716, 4)."""
    return hashlib.md5(host_key, usedforsecurity=False).digest().hex(":")


def version(client: str | None, server: str | None) -> int | None:
    """The protocol's major version that both banners allow; 0 where they allow none, None before both are known.

    ``SSH-1.99`` stands for both versions (RFC 4253, 5.1).
    """
    if client is None or server is None:
        return None
    both = _versions(client) & _versions(server)
    return max(both, default=0)


def _versions(banner: str) -> set[int]:
    if banner.startswith("SSH-1.99"):
        return {1, 2}
    return {1} if banner.startswith("SSH-1") else {2}


def _first(wanted: str, offered: str) -> str | None:
    known = set(offered.split(","))
    return next((name for name in wanted.split(",") if 0 < len(name) <= MAX_ALGORITHM and name in known), None)


def _md5(*lists: str) -> str:
    return hashlib.md5(";".join(lists).encode("utf-8"), usedforsecurity=False).hexdigest()


def starts_ssh(head: bytes) -> bool | None:
    """Whether a direction that begins with ``head`` begins with a banner; None for "more bytes"."""
    if len(head) < 8:
        return None if head[:4] == b"SSH-" or b"SSH-".startswith(head) else False
    return head[:4] == b"SSH-" and head[4:6] in (b"1.", b"2.")
