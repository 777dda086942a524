"""The control connection of FTP (RFC 959, 2228, 2428): commands, replies and the ends of data connections."""

import re
from ipaddress import IPv4Address, ip_address
from typing import Final, NamedTuple

MAX_LINE: Final = 16384
"""Bytes of a line that are kept, its first ones, as in Zeek: certificates in ADAT (RFC 2228) are the longest."""
MAX_COMMAND: Final = 100
"""Characters of a command word; real ones have three or four. What Zeek takes for one at most."""

_COMMAND: Final = re.compile(rb"[ \t]*([!-~]{3,})[ \t]*(.*)", re.DOTALL)
_CODE: Final = re.compile(rb"([1-9][0-9][0-9])([ -]?)(.*)", re.DOTALL)
_STRAY: Final = re.compile(rb"[2-6][0-9][0-9] [ -~]{10}")
_SIX: Final = re.compile(r"(?<!\d)(\d{1,3}),(\d{1,3}),(\d{1,3}),(\d{1,3}),(\d{1,3}),(\d{1,3})(?!\d)")
_EXTENDED: Final = re.compile(r"([!-~])([12]?)\1([0-9A-Fa-f:.]{0,45})(?:%[^|]{0,20})?\1(\d{1,5})\1")
_BYTES: Final = re.compile(r"(?<!\d)(\d{1,18}) ?bytes", re.IGNORECASE)
_NUMBER: Final = re.compile(r"\s*(\d{1,18})(?!\d)")
_QUOTED: Final = re.compile(r'"((?:[^"]|""){0,1024})"')


def text(value: bytes) -> str:
    """Bytes as a record has them: what is not UTF-8 as ``\\xNN``."""
    return value.decode("utf-8", "backslashreplace")


def command(line: bytes) -> tuple[str, bytes] | None:
    """A client's line as (command in capitals, argument); None where it is none."""
    match = _COMMAND.fullmatch(line)
    return (match[1].decode("ascii").upper(), match[2]) if match else None


class Reply(NamedTuple):
    """A reply that is complete, with its last line; `code` 0 says that the server breaks the protocol."""

    code: int
    message: str


class Replies:
    """Puts replies together that have more than one line."""

    __slots__ = ("_pending",)

    def __init__(self) -> None:
        """Between replies."""
        self._pending = 0

    def line(self, line: bytes) -> Reply | None:
        """The reply that a line completes, if it does."""
        match = _CODE.fullmatch(line)
        if self._pending:
            # some servers never close a reply, and go on with the next: then it stands here whole
            if match and match[2] == b" " and (int(match[1]) == self._pending or _STRAY.match(line)):
                self._pending = 0
                return Reply(int(match[1]), text(match[3].strip()))
            return None
        if not line:
            return None
        if match is None or (match[3] and not match[2]):
            return Reply(0, text(line))
        if match[2] == b"-":
            self._pending = int(match[1])
            return None
        return Reply(int(match[1]), text(match[3].strip()))

    def gap(self) -> None:
        """Lines are missing: a reply may have ended in them."""
        self._pending = 0


class End(NamedTuple):
    """Where a data connection will lead; `host` is empty where it is the server itself."""

    host: str
    port: int


def six_numbers(value: str) -> End | None:
    """``10,0,0,1,4,5``, as PORT and the answer to PASV have it."""
    match = _SIX.search(value)
    numbers = [int(number) for number in match.groups()] if match else [256]
    if max(numbers) > 255:
        return None
    host = IPv4Address(bytes(numbers[:4]))
    return End("" if host.is_unspecified else str(host), numbers[4] << 8 | numbers[5])


def extended(value: str) -> End | None:
    """``|1|10.0.0.1|1029|`` or ``|||1029|``, as EPRT and the answer to EPSV have it (RFC 2428)."""
    match = _EXTENDED.search(value)
    if match is None or int(match[4]) > 65535:
        return None
    try:
        return End(str(ip_address(match[3])) if match[3] else "", int(match[4]))
    except ValueError:
        return None


def size(code: int, message: str) -> int | None:
    """The size of a file: the answer to SIZE (213) is it, the beginning of a transfer (150) may mention it."""
    match = _NUMBER.match(message) if code == 213 else _BYTES.search(message)
    return int(match[1]) if match else None


def quoted(message: str) -> str | None:
    """The path that 257 tells."""
    match = _QUOTED.search(message)
    return match[1].replace('""', '"') if match else None


def join(directory: str, path: str) -> str:
    """A path seen from a directory, without steps back; what is relative stays so."""
    whole = path if path.startswith("/") else f"{directory}/{path}"
    parts: list[str] = []
    for part in whole.split("/"):
        if part == ".." and parts and parts[-1] not in {"..", "."}:
            parts.pop()
        elif part and (part != "." or not (parts or whole.startswith("/"))):
            parts.append(part)
    return ("/" if whole.startswith("/") else "") + "/".join(parts)
