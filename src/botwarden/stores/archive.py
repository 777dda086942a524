"""Archives of named members as ZIP files that any tool opens, in one form only.

Members are stored as they are, without a date, in the order given: equal members always make equal bytes, and
whatever is not exactly what `packed` makes of its members is refused. So there is no place where anything could hide,
nothing is unpacked to more than the file holds, and names lead nowhere. (PKWARE, .ZIP File Format Specification 6.3.9.)
"""

import struct
import zlib
from collections.abc import Mapping
from typing import Final

from botwarden.core.errors import DataError

MAX_MEMBERS: Final = 50_000
MAX_NAME: Final = 200

_LOCAL: Final = struct.Struct("<4s5H3L2H")
_ENTRY: Final = struct.Struct("<4s6H3L5H2L")
_END: Final = struct.Struct("<4s4H2LH")
_VERSION: Final = 20
_MADE_BY: Final = 3 << 8 | _VERSION  # Unix
_UTF8: Final = 1 << 11
_EPOCH: Final = 1 << 5 | 1  # 1 January 1980, the earliest there is
_MODE: Final = 0o100644 << 16
_MAX_SIZE: Final = 0xFFFF_FFFF
_CLASSIC: Final = 0xFFFF  # members that an archive without extensions holds


def packed(members: Mapping[str, bytes]) -> bytes:
    """The archive. Raises ValueError for more or longer members than its format has numbers for."""
    if len(members) >= min(MAX_MEMBERS, _CLASSIC):
        raise ValueError(f"an archive cannot hold {len(members):,} members")
    bodies: list[bytes] = []
    entries: list[bytes] = []
    offset = 0
    for name, content in members.items():
        encoded = name.encode("utf-8")
        if not 0 < len(encoded) <= MAX_NAME or offset + len(content) + 1024 > _MAX_SIZE:
            raise ValueError(f"an archive cannot hold {name[:40]!r} of {len(content):,} B")
        size = len(content)
        # stored, at midnight of the first day that there is
        facts = _VERSION, _flags(name), 0, 0, _EPOCH, zlib.crc32(content), size, size, len(encoded), 0
        bodies += [_LOCAL.pack(b"PK\3\4", *facts), encoded, content]
        entries += [_ENTRY.pack(b"PK\1\2", _MADE_BY, *facts, 0, 0, 0, _MODE, offset), encoded]
        offset += _LOCAL.size + len(encoded) + len(content)
    directory = b"".join(entries)
    number = len(members)
    end = _END.pack(b"PK\5\6", 0, 0, number, number, len(directory), offset, 0)
    return b"".join([*bodies, directory, end])


def unpacked(archive: bytes) -> dict[str, bytes]:
    """The members, in their order. Raises DataError for anything that `packed` did not make, or that was changed."""
    members: dict[str, bytes] = {}
    at = 0
    while archive[at : at + 4] == b"PK\3\4" and len(members) < MAX_MEMBERS:
        if at + _LOCAL.size > len(archive):
            break
        _, _, _, _, _, _, _, size, _, length, _ = _LOCAL.unpack_from(archive, at)
        start = at + _LOCAL.size
        name = archive[start : start + length].decode("utf-8", "replace")
        at = start + length + size
        if at > len(archive) or name in members:
            break
        members[name] = archive[start + length : at]
    try:
        whole = bool(members) and packed(members) == archive
    except ValueError:
        whole = False
    if not whole:
        raise DataError("it is damaged, or was changed after it was written")
    return members


def _flags(name: str) -> int:
    return 0 if name.isascii() else _UTF8
