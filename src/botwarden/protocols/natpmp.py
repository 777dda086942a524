"""NAT-PMP (RFC 6886) and PCP (RFC 6887): a device asks its router to open a port to the internet."""

import struct
from typing import Final, NamedTuple

from botwarden.core.address import ip_text

PORT: Final = 5351
_NATPMP_REQUEST: Final = struct.Struct(">BBHHHI")  # version, opcode, reserved, internal, external port, lifetime
_NATPMP_ANSWER: Final = struct.Struct(">BBHIHHI")  # version, opcode, result, epoch, internal, external port, lifetime
_PCP_HEAD: Final = struct.Struct(">BBBBI")  # version, R and opcode, reserved, result in an answer, lifetime
_PCP_HEAD_LEN: Final = 24
_PCP_MAP: Final = struct.Struct(">12sB3xHH")  # nonce, protocol, internal, external port; then the external address
_PCP_MAP_LEN: Final = 36
_HALVES: Final = struct.Struct(">qq")
_MAX_PCP: Final = 1100  # RFC 6887, 7: bytes of a message
_THIRD_PARTY: Final = 1
_ANSWER: Final = 0x80
_PROTOCOLS: Final = {0: "all", 6: "TCP", 17: "UDP"}


class Mapping(NamedTuple):
    """A mapping that is asked for, or granted.

    key : the same in a request and its answer
    result : code of an answer, 0 is success; None in a request
    external_port : as wished in a request, as given in an answer; 0: any
    lease : s; 0 takes the mapping away
    client : whom it leads to, where the message says so
    """

    key: bytes
    result: int | None
    protocol: str
    internal_port: int
    external_port: int
    lease: int
    client: str | None


def parse_mapping(data: bytes) -> Mapping | None:
    """Read a datagram; None for what is neither a request for a mapping nor the answer to one."""
    if len(data) < 12 or data[1] & ~_ANSWER not in (1, 2):
        return None
    if data[0] == 0:
        return _natpmp(data)
    return _pcp(data) if data[0] == 2 and len(data) <= _MAX_PCP and len(data) % 4 == 0 else None


def _natpmp(data: bytes) -> Mapping | None:
    if data[1] & _ANSWER:
        if len(data) != _NATPMP_ANSWER.size:
            return None
        _, opcode, result, _, internal, external, lease = _NATPMP_ANSWER.unpack(data)
    else:
        if len(data) != _NATPMP_REQUEST.size:
            return None
        _, opcode, _, internal, external, lease = _NATPMP_REQUEST.unpack(data)
        result = None
    opcode &= ~_ANSWER
    return Mapping(
        b"%d %d" % (opcode, internal), result, "TCP" if opcode == 2 else "UDP", internal, external, lease, None
    )


def _pcp(data: bytes) -> Mapping | None:
    if len(data) < _PCP_HEAD_LEN + _PCP_MAP_LEN or data[1] & ~_ANSWER != 1:
        return None
    _, opcode, _, result, lease = _PCP_HEAD.unpack_from(data)
    nonce, protocol, internal, external = _PCP_MAP.unpack_from(data, _PCP_HEAD_LEN)
    if protocol not in _PROTOCOLS:
        return None
    answer = bool(opcode & _ANSWER)
    client = _third_party(data) or (None if answer else ip_text(*_HALVES.unpack_from(data, 8)))
    return Mapping(
        nonce + data[_PCP_HEAD_LEN + 12 : _PCP_HEAD_LEN + 18],
        result if answer else None,
        _PROTOCOLS[protocol],
        internal,
        external,
        lease,
        client,
    )


def _third_party(data: bytes) -> str | None:
    """The address for which somebody else asks (RFC 6887, 13.1)."""
    at = _PCP_HEAD_LEN + _PCP_MAP_LEN
    while at + 4 <= len(data):
        code, length = data[at], data[at + 2] << 8 | data[at + 3]
        if code == _THIRD_PARTY and length == _HALVES.size and at + 4 + length <= len(data):
            return ip_text(*_HALVES.unpack_from(data, at + 4))
        at += 4 + (length + 3 & ~3)
    return None
