"""TFTP messages (RFC 1350) with their options (RFC 2347 to 2349)."""

from typing import Final

import msgspec

MAX_TEXT: Final = 512  # characters of a file name or an error's words that are kept; a datagram holds 65,507
MAX_OPTIONS: Final = 16  # per message; there are four in use
_MAX_OPTION: Final = 32  # bytes of a name or value; they are short words and numbers

_READ: Final = 1
_WRITE: Final = 2
_DATA: Final = 3
_ACK: Final = 4
_ERROR: Final = 5
_OPTIONS: Final = 6
_MODES: Final = frozenset({b"octet", b"netascii", b"mail"})
_LONGEST_NAME: Final = 512  # bytes, of a request that is known by its content


class Request(msgspec.Struct, frozen=True):
    """Somebody wants to read a file, or to write it."""

    write: bool
    filename: str
    mode: str
    """In lower case: octet, netascii."""
    options: dict[str, str]
    """By their names in lower case."""


class Data(msgspec.Struct, frozen=True):
    """A block, numbered from 1 and modulo 65,536; one that is not full is the last."""

    block: int
    content: bytes


class Ack(msgspec.Struct, frozen=True):
    """A block arrived; 0 agrees to a write request."""

    block: int


class Error(msgspec.Struct, frozen=True):
    """The transfer ends here."""

    code: int
    message: str


class Options(msgspec.Struct, frozen=True):
    """The options that a server agrees to."""

    options: dict[str, str]


Message = Request | Data | Ack | Error | Options


def parse_tftp(payload: bytes) -> Message | None:
    """Read a UDP payload; None where it is none of these messages. Text has invalid UTF-8 as ``\\xNN``."""
    if len(payload) < 4 or payload[0]:
        return None
    kind, number, rest = payload[1], payload[2] << 8 | payload[3], payload[4:]
    if kind in (_READ, _WRITE):
        fields = payload[2:].split(b"\0", 2 + 2 * MAX_OPTIONS)
        if len(fields) < 3 or not fields[1]:
            return None
        return Request(kind == _WRITE, _text(fields[0]), _text(fields[1]).lower(), _pairs(fields[2:]))
    if kind == _DATA:
        return Data(number, rest)
    if kind == _ACK:
        return Ack(number)
    if kind == _ERROR:
        return Error(number, _text(rest.partition(b"\0")[0]))
    if kind == _OPTIONS:
        return Options(_pairs(payload[2:].split(b"\0", 2 * MAX_OPTIONS)))
    return None


def is_request(payload: bytes) -> bool:
    """Whether a UDP payload is a request: the only message that its content tells from others."""
    if payload[:1] != b"\0" or payload[1:2] not in (b"\x01", b"\x02"):
        return False
    name_end = payload.find(b"\0", 2, 3 + _LONGEST_NAME)
    mode_end = payload.find(b"\0", name_end + 1, name_end + 10)
    return 2 < name_end < mode_end and payload[name_end + 1 : mode_end].lower() in _MODES


def _pairs(fields: list[bytes]) -> dict[str, str]:
    """Names and values in turn; what follows the last zero byte is none."""
    names, values = fields[:-1:2], fields[1:-1:2]
    pairs = zip(names, values, strict=False)
    return {_text(name[:_MAX_OPTION]).lower(): _text(value[:_MAX_OPTION]) for name, value in pairs}


def _text(value: bytes) -> str:
    return value[:MAX_TEXT].decode("utf-8", "backslashreplace")[:MAX_TEXT]
