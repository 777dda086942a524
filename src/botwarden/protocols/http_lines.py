"""The lines of HTTP/1.x (RFC 9110, 9112): first lines, header fields and their values, read as tolerantly as Zeek does.

Everything here takes bytes of a line without its end, which the caller keeps short, and is linear in its length.
"""

import re
from typing import Final, NamedTuple

Version = tuple[int, int]
Headers = list[tuple[bytes, bytes]]
"""(name in lower case, value), in their order."""

HTTP_0_9: Final = (0, 9)
MAX_LENGTH: Final = (1 << 63) - 1
"""A Content-Length above it is nobody's: taken for absent, as by what overflows on it."""

_TOKEN: Final = re.compile(rb"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_STATUS: Final = re.compile(rb"HTTP/[^ \t]*[ \t]+(.{3})[^ \t]*(?:[ \t]+(.*))?", re.DOTALL)
_VERSION: Final = re.compile(rb"([0-9])\.([0-9])")
_BLANK: Final = b" \t"
_SHORTEST_METHOD: Final = 3
_HEX: Final = re.compile(rb"[0-9A-Fa-f]{1,15}")
_ESCAPE: Final = re.compile(rb"%(?:(?=%)|u([0-9A-Fa-f]{4})|([0-9A-Fa-f]{2}))")
_RANGE: Final = re.compile(rb"bytes[ =]+([0-9]{1,18})-([0-9]{1,18})/([0-9]{1,18}|\*)\Z")
_DISPOSITION: Final = re.compile(rb".*filename[ \t]*\*?=[ \t]*", re.IGNORECASE | re.DOTALL)
_TYPE_NAME: Final = re.compile(rb".*name[ \t]*\*?=[ \t]*", re.IGNORECASE | re.DOTALL)
_LANGUAGE: Final = re.compile(rb"[A-Za-z0-9!#$%&+^_`{}~-]+'[A-Za-z0-9!#$%&+^_`{}~-]*'")


class RequestLine(NamedTuple):
    """``GET /index.html HTTP/1.1``. The version is None where it is damaged, 0.9 where there is none."""

    method: bytes
    uri: bytes
    version: Version | None


class StatusLine(NamedTuple):
    """``HTTP/1.1 200 OK``. The code is 0 where it is no number, the reason None where it is left out."""

    version: Version
    code: int
    reason: bytes | None


def text(value: bytes) -> str:
    """Bytes as a record has them: what is not UTF-8 as ``\\xNN``."""
    return value.decode("utf-8", "backslashreplace")


def request_line(line: bytes) -> RequestLine | None:
    """Read a request's first line; None where it is none."""
    token = _TOKEN.match(line)
    if token is None or line[token.end() : token.end() + 1] not in {b" ", b"\t"}:
        return None
    method = token.group()
    start = token.end()
    end = line.find(b" HTTP/", start)
    if end < 0:
        end = line.find(b"\tHTTP/", start)
    uri = line[start : end if end >= 0 else len(line)].strip(_BLANK)
    if end < 0:
        return RequestLine(method, uri, HTTP_0_9) if len(method) >= _SHORTEST_METHOD and uri else None
    return RequestLine(method, uri, _version(line, end + 6))


def status_line(line: bytes) -> StatusLine | None:
    """Read an answer's first line; None where it is none."""
    found = _STATUS.match(line)
    if found is None:
        return None
    code = int(found[1]) if found[1].isdigit() else 0
    return StatusLine(_version(line, 5) or (0, 0), code, found[2])


def header_field(line: bytes) -> tuple[bytes, bytes] | None:
    """Read a header field, folded lines already joined; None where it is none."""
    name, colon, value = line.partition(b":")
    if b" " in name or b"\t" in name:
        name = name.strip(_BLANK)
        if b" " in name or b"\t" in name:
            return None
    return (name.lower(), value.lstrip()) if colon and name else None


def content_length(value: bytes) -> int | None:
    """Read a Content-Length; None where it is not a number that can be."""
    digits = value.split(b",", 1)[0].strip()
    if not digits.isdigit() or len(digits) > 19:
        return None
    length = int(digits)
    return length if length <= MAX_LENGTH else None


def is_chunked(value: bytes) -> bool:
    """Whether a Transfer-Encoding ends in, or holds, ``chunked``."""
    return any(coding.strip().lower() == b"chunked" for coding in value.split(b","))


def chunk_size(line: bytes) -> int | None:
    """Read the line before a chunk; None where it is none."""
    digits = line.split(b";", 1)[0].strip()
    return int(digits, 16) if _HEX.fullmatch(digits) else None


def content_range(value: bytes) -> tuple[int, int | None] | None:
    """(offset of the first byte, size of the whole or None) of a Content-Range; None where it is none."""
    found = _RANGE.match(value.strip())
    if found is None or int(found[2]) < int(found[1]):
        return None
    return int(found[1]), None if found[3] == b"*" else int(found[3])


def media_type(value: bytes) -> bytes:
    """The ``type/subtype`` of a Content-Type in lower case."""
    return value.split(b";", 1)[0].strip().lower()


def parameter(value: bytes, name: bytes) -> bytes | None:
    """A parameter of a structured value: ``boundary`` of ``multipart/mixed; boundary="x"``."""
    for part in value.split(b";")[1:]:
        key, equals, found = part.partition(b"=")
        if equals and key.strip().lower() == name:
            found = found.strip()
            return found[1:].split(b'"', 1)[0] if found.startswith(b'"') else found.split(b" ", 1)[0]
    return None


def file_name(value: bytes, key: bytes = b"filename") -> bytes | None:
    """The last name in a Content-Disposition, whatever its spelling (RFC 6266, RFC 8187).

    In a Content-Type the ``key`` is ``name``.
    """
    found = (_DISPOSITION if key == b"filename" else _TYPE_NAME).match(value)
    if found is None:
        return None
    name = value[found.end() :]
    name = name[1:].split(b'"', 1)[0] if name.startswith(b'"') else name.split(b";", 1)[0].rstrip(_BLANK)
    language = _LANGUAGE.match(name)
    return unescape(name[language.end() :] if language else name)


def unescape(uri: bytes) -> bytes:
    """Percent-decode once. ``%u00e9`` is one byte, other ``%uNNNN`` two, as IIS had it; ``%%41`` is ``%41``."""
    return _ESCAPE.sub(_unescaped, uri) if b"%" in uri else uri


def _unescaped(found: re.Match[bytes]) -> bytes:
    wide, narrow = found.groups()
    if narrow is not None:
        return bytes((int(narrow, 16),))
    if wide is not None:
        number = bytes.fromhex(wide.decode())
        return number[1:] if number[0] == 0 else number
    return b""


def _version(line: bytes, start: int) -> Version | None:
    found = _VERSION.match(line, start)
    return (int(found[1]), int(found[2])) if found else None
