"""Questions to name servers, and the addresses in their answers (RFC 1035, 4.1)."""

import struct
from typing import Final

A, PTR, TXT, AAAA = 1, 12, 16, 28
PORT: Final = 53
NAME_ERROR: Final = 3
_RECURSION: Final = 0x0100
_HEAD: Final = struct.Struct("!HHHHHH")
_RECORD: Final = struct.Struct("!HHIH")


def question(name: str, number: int, kind: int = A) -> bytes:
    """A query for one name, recursion desired. Raises ValueError for what is no name."""
    labels = name.rstrip(".").split(".")
    if not all(0 < len(label) < 64 for label in labels) or len(name) > 250:
        raise ValueError(f"{name!r} is no domain name")
    encoded = b"".join(bytes([len(label)]) + label.encode("ascii") for label in labels)
    return _HEAD.pack(number, _RECURSION, 1, 0, 0, 0) + encoded + b"\0" + struct.pack("!HH", kind, 1)


def addresses(answer: bytes) -> list[str]:
    """The IPv4 addresses in an answer to one question; none where it is damaged or has none."""
    if len(answer) < _HEAD.size:
        return []
    count = min(_HEAD.unpack_from(answer)[3], 64)
    at = _after_name(answer, _HEAD.size) + 4
    found = []
    for _ in range(count):
        at = _after_name(answer, at)
        if at + _RECORD.size > len(answer):
            break
        kind, _, _, length = _RECORD.unpack_from(answer, at)
        at += _RECORD.size
        if kind == A and length == 4 and at + 4 <= len(answer):
            found.append(".".join(map(str, answer[at : at + 4])))
        at += length
    return found


def _after_name(data: bytes, at: int) -> int:
    while at < len(data):
        length = data[at]
        if length >= 0xC0:
            return at + 2
        at += 1 + length
        if length == 0:
            return at
    return len(data)
