"""What TLS handshake messages say in the clear (RFC 5246, 7.4; RFC 8446, 4): hellos, certificates, the chosen curve.

Bytes are read as far as they make sense: a hello that is cut after its suites has no extensions.
"""

import struct
from collections.abc import Iterator
from typing import Final

import msgspec

MAX_CERTIFICATES: Final = 32
"""Of one chain; usual ones have two to four."""
MAX_PROTOCOLS: Final = 32
"""Application protocols of one hello."""
MAX_NAME: Final = 256
"""Bytes of a server's name; DNS allows 253."""

_SERVER_NAME: Final = 0
_GROUPS: Final = 10
_POINT_FORMATS: Final = 11
_SIGNATURES: Final = 13
_ALPN: Final = 16
_TICKET: Final = 35
_KEY_SHARE_OLD: Final = 40  # in drafts of TLS 1.3 before the 23rd
_PRE_SHARED_KEY: Final = 41
_VERSIONS: Final = 43
_KEY_SHARE: Final = 51
_NAMED_CURVE: Final = 3

_RETRY: Final = bytes.fromhex("cf21ad74e59a6111be1d8c021e65b891c2a211167abb8c5e079e09e2c8a8339c")
"""The random of a server's hello that asks for another client hello (RFC 8446, 4.1.3)."""


class ClientHello(msgspec.Struct, frozen=True, kw_only=True):
    """What a client offers, in its order."""

    version: int
    """Of the hello itself; TLS 1.3 is offered in ``supported_versions``."""
    session_id: bytes = b""
    ciphers: tuple[int, ...] = ()
    extensions: tuple[int, ...] = ()
    groups: tuple[int, ...] = ()
    point_formats: bytes = b""
    signatures: tuple[int, ...] = ()
    supported_versions: tuple[int, ...] = ()
    alpn: tuple[bytes, ...] = ()
    server_name: str | None = None
    ticket: bool = False
    """Whether it shows a session ticket (RFC 5077)."""
    psk: bool = False
    """Whether it offers a pre-shared key (RFC 8446, 4.2.11)."""


class ServerHello(msgspec.Struct, frozen=True, kw_only=True):
    """What a server chose."""

    version: int
    """Of the hello itself."""
    retry: bool = False
    """Whether it only asks for another client hello."""
    session_id: bytes = b""
    cipher: int
    extensions: tuple[int, ...] = ()
    selected_version: int | None = None
    """From TLS 1.3 on."""
    group: int | None = None
    alpn: bytes | None = None
    psk: bool = False


def parse_client_hello(body: bytes, datagram: bool = False) -> ClientHello | None:
    """Read a client's hello; None where not even its suites can be read.

    datagram : whether it is DTLS's, which has a cookie besides (RFC 6347, 4.2.1)
    """
    if len(body) < 35:
        return None
    version = body[0] << 8 | body[1]
    at = 35 + body[34]
    session_id = body[35:at]
    if datagram and at < len(body):
        at += 1 + body[at]
    suites = int.from_bytes(body[at : at + 2], "big")
    at += 2
    if not suites or at + suites > len(body):
        return None
    ciphers = _numbers(body[at : at + suites])
    at += suites
    at += 1 + body[at] if at < len(body) else 0  # compression methods
    fields: dict[int, bytes] = {}
    order = []
    for kind, value in _extensions(body, at):
        order.append(kind)
        fields.setdefault(kind, value)
    return ClientHello(
        version=version,
        session_id=session_id,
        ciphers=ciphers,
        extensions=tuple(order),
        groups=_numbers(_block(fields.get(_GROUPS, b""), 2)),
        point_formats=_block(fields.get(_POINT_FORMATS, b""), 1),
        signatures=_numbers(_block(fields.get(_SIGNATURES, b""), 2)),
        supported_versions=_numbers(_block(fields.get(_VERSIONS, b""), 1)),
        alpn=_protocols(fields.get(_ALPN, b"")),
        server_name=_host(fields.get(_SERVER_NAME, b"")),
        ticket=bool(fields.get(_TICKET)),
        psk=_PRE_SHARED_KEY in fields,
    )


def parse_server_hello(body: bytes) -> ServerHello | None:
    """Read a server's hello, of TLS or DTLS; None where the suite cannot be read."""
    if len(body) < 36:
        return None
    version = body[0] << 8 | body[1]
    session_id = b""
    if version >> 8 == 0x7F and version & 0xFF < 22:  # drafts of TLS 1.3 left out what it no longer needs
        at = 34
        rest = at + 2
    else:
        at = 35 + body[34]
        session_id = body[35:at]
        rest = at + 3
    if at + 2 > len(body):
        return None
    fields: dict[int, bytes] = {}
    order = []
    for kind, value in _extensions(body, rest):
        order.append(kind)
        fields.setdefault(kind, value)
    chosen = fields.get(_VERSIONS, b"")
    share = fields.get(_KEY_SHARE) or fields.get(_KEY_SHARE_OLD, b"")
    protocols = _protocols(fields.get(_ALPN, b""))
    return ServerHello(
        version=version,
        retry=body[2:34] == _RETRY,
        session_id=session_id,
        cipher=body[at] << 8 | body[at + 1],
        extensions=tuple(order),
        selected_version=int.from_bytes(chosen, "big") if len(chosen) == 2 else None,
        group=share[0] << 8 | share[1] if len(share) >= 2 else None,
        alpn=protocols[0] if protocols else None,
        psk=_PRE_SHARED_KEY in fields,
    )


def parse_retry(body: bytes) -> ServerHello | None:
    """Read the message of its own by which servers of TLS 1.3's drafts asked for another client hello."""
    if len(body) < 4:
        return None
    fields = dict(_extensions(body, 4))
    share = fields.get(_KEY_SHARE) or fields.get(_KEY_SHARE_OLD, b"")
    return ServerHello(
        version=body[0] << 8 | body[1],
        retry=True,
        cipher=body[2] << 8 | body[3],
        extensions=tuple(fields),
        group=share[0] << 8 | share[1] if len(share) == 2 else None,
    )


def parse_certificates(body: bytes) -> list[bytes]:
    """The certificates of a chain in DER, the sender's first; up to the first that is cut."""
    found: list[bytes] = []
    end = min(len(body), 3 + int.from_bytes(body[:3], "big"))
    at = 3
    while at + 3 <= end and len(found) < MAX_CERTIFICATES:
        size = int.from_bytes(body[at : at + 3], "big")
        at += 3
        if not size or at + size > end:
            break
        found.append(body[at : at + size])
        at += size
    return found


def parse_curve(body: bytes, with_hint: bool) -> int | None:
    """The curve in a server's key exchange (RFC 8422, 5.4); None where it is not named.

    with_hint : whether the suite has a pre-shared key, whose hint comes first (RFC 5489, 2)
    """
    at = 2 + int.from_bytes(body[:2], "big") if with_hint else 0
    return body[at + 1] << 8 | body[at + 2] if len(body) > at + 2 and body[at] == _NAMED_CURVE else None


def parse_v2_client_hello(body: bytes) -> ClientHello | None:
    """Read SSLv2's client hello, from its message type on; three-byte suites that are TLS's become two-byte ones."""
    if len(body) < 9:
        return None
    suites = body[9 : 9 + int.from_bytes(body[3:5], "big")]
    ciphers = tuple(int.from_bytes(suites[at : at + 3], "big") for at in range(0, len(suites) - 2, 3))
    return ClientHello(version=body[1] << 8 | body[2], ciphers=ciphers)


def parse_v2_server_hello(body: bytes) -> tuple[int, int | None, bytes] | None:
    """Version, first suite and certificate of SSLv2's server hello, from its message type on."""
    if len(body) < 11:
        return None
    version, certificate, suites = (int.from_bytes(body[at : at + 2], "big") for at in (3, 5, 7))
    at = 11 + certificate
    first = int.from_bytes(body[at : at + 3], "big") if suites >= 3 and at + 3 <= len(body) else None
    return version, first, body[11:at]


def _extensions(body: bytes, at: int) -> Iterator[tuple[int, bytes]]:
    """(type, content) of each extension; up to the first that is cut."""
    end = min(len(body), at + 2 + int.from_bytes(body[at : at + 2], "big"))
    at += 2
    while at + 4 <= end:
        kind = body[at] << 8 | body[at + 1]
        size = body[at + 2] << 8 | body[at + 3]
        at += 4
        if at + size > end:
            return
        yield kind, body[at : at + size]
        at += size


def _block(value: bytes, width: int) -> bytes:
    """The content of a list whose length stands before it, in ``width`` bytes."""
    return value[width : width + int.from_bytes(value[:width], "big")]


def _numbers(block: bytes) -> tuple[int, ...]:
    return struct.unpack_from(f">{len(block) // 2}H", block)


def _protocols(value: bytes) -> tuple[bytes, ...]:
    block = _block(value, 2)
    found: list[bytes] = []
    at = 0
    while at < len(block) and len(found) < MAX_PROTOCOLS:
        end = at + 1 + block[at]
        if end > len(block):
            break
        found.append(block[at + 1 : end])
        at = end
    return tuple(found)


def _host(value: bytes) -> str | None:
    """The first host name of the server name extension (RFC 6066, 3)."""
    block = _block(value, 2)
    at = 0
    while at + 3 <= len(block):
        size = block[at + 1] << 8 | block[at + 2]
        name = block[at + 3 : at + 3 + size]
        if block[at] == 0 and name:
            return name[:MAX_NAME].decode("utf-8", "backslashreplace")
        at += 3 + size
    return None
