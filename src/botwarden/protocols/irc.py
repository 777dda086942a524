"""Messages of IRC (RFC 1459, 2812, IRCv3 tags): prefix, command and parameters, and what clients offer each other."""

import re
from ipaddress import IPv4Address
from typing import Final, NamedTuple

MAX_LINE: Final = 1024
"""Bytes of a line that are kept: a message has 512, tags come on top."""
MAX_PARAMETERS: Final = 15
"""Parameters of a message (RFC 2812, 2.3)."""

_MESSAGE: Final = re.compile(rb"[ \0]*(?:@\S+ +)?(?::(\S*) +)?([A-Za-z]{3,20}|[0-9]{3})(?: +(.*))?[ \r]*", re.DOTALL)

_NAME: Final = rb"[!-9;-~][!-~]{0,63}"  # no colon in front
# "user NAME pass NUMBER vers PROGRAM" logs a weather station in at APRS-IS
_CLIENT: Final = re.compile(
    rb"[ \r\n]*(?:NICK +:?" + _NAME + rb" *\r?\n|USER +" + _NAME + rb" +(?!pass +-?[0-9])[!-~]+ +[!-~]+ +[^\r\n]+\r?\n"
    rb"|CAP +(?:LS|LIST|REQ|END)[ \r\n]|JOIN +:?[#&][!-~]+[^\r\n]*\r?\n|PRIVMSG +[!-~]+ +:"
    rb"|PASS [^\r\n]+\r?\n(?:NICK|USER|CAP|SERVER) )",
    re.IGNORECASE,
)
_CLIENT_WORDS: Final = (b"NICK", b"USER", b"CAP", b"JOIN", b"PRIVMSG", b"PASS")
_SERVER: Final = re.compile(
    rb"(?:@\S+ )?:[!-~]{1,120} +(?:NOTICE|PRIVMSG|JOIN|MODE|[0-9]{3}) +\S|NOTICE AUTH :|ERROR :Closing Link"
)
_SERVER_BEGINS: Final = re.compile(
    rb"[:@][ -~]*\Z|NOTICE[A-Z :]*\Z|PING[ :!-~]*\r?\n?\Z|ERROR[ -~]*\Z|[NPE][A-Z]{0,5}\Z"
)

_OFFER: Final = re.compile(
    r"\x01?DCC SEND (?:\"([^\"]{1,200})\"|(\S{1,200})) (\d{1,10}) (\d{1,5})(?: (\d{1,18}))?(?: \S{1,12})?\x01?"
)
_LOGIN: Final = re.compile(
    r"\W{0,2}(?:identify|id|login|logon|auth|authenticate|register|ghost|recover|release|regain|pass(?:word)?|oper|setpass|l)\s",
    re.IGNORECASE,
)


class Message(NamedTuple):
    """A message. ``sender`` is who says it: a nickname, or a server; empty where it does not say.

    command : in capitals, or three digits
    user : whether the sender is a user and no server
    """

    sender: str
    command: str
    parameters: list[str]
    user: bool


def text(value: bytes) -> str:
    """Bytes as a record has them: what is not UTF-8 as ``\\xNN``."""
    return value.decode("utf-8", "backslashreplace")


def message(line: bytes) -> Message | None:
    """Read a line without its end; None where it is no message."""
    match = _MESSAGE.fullmatch(line)
    if match is None:
        return None
    prefix = text(match[1] or b"")
    sender, bang, _ = prefix.partition("!")
    return Message(sender, match[2].decode("ascii").upper(), _parameters(match[3] or b""), bool(bang))


def _parameters(rest: bytes) -> list[str]:
    found: list[bytes] = []
    while rest:
        if rest.startswith(b":") or len(found) == MAX_PARAMETERS - 1:
            found.append(rest.removeprefix(b":").rstrip(b"\r"))
            break
        word, _, rest = rest.partition(b" ")
        rest = rest.lstrip(b" ")
        found.append(word.rstrip(b"\r"))
    return [text(word) for word in found]


def begins(head: bytes, is_orig: bool) -> bool | None:
    """Whether a direction begins as a client's or a server's does; None where that takes more bytes."""
    if not head:
        return None
    if is_orig:
        if _CLIENT.match(head):
            return True
        start = head.lstrip(b" \r\n")
        word = start.split(b" ", 1)[0].upper()
        known = word in _CLIENT_WORDS or (
            word == start.upper() and any(name.startswith(word) for name in _CLIENT_WORDS)
        )
        return None if known and len(head) < 200 and start.count(b"\n") < 2 else False
    if _SERVER.match(head):
        return True
    return None if len(head) < 200 and _SERVER_BEGINS.match(head) else False


class Offer(NamedTuple):
    """A file offered over DCC SEND; ``size`` is None where it is not told."""

    filename: str
    host: str
    port: int
    size: int | None


def offer(words: str) -> Offer | None:
    """The file that the text of a PRIVMSG offers; None where it does not, or names no address to connect to."""
    match = _OFFER.fullmatch(words.rstrip())
    if match is None or int(match[3]) >= 1 << 32 or not 0 < int(match[4]) <= 65535:
        return None
    host = str(IPv4Address(int(match[3])))
    return Offer(match[1] or match[2], host, int(match[4]), int(match[5]) if match[5] else None)


def without_password(target: str, words: str) -> str:
    """The text of a message, a login in it hidden: to a network's services, or to a bot that obeys who knows a word."""
    match = _LOGIN.match(words)
    if match:
        return f"{match[0].strip()} <hidden>"
    return "<hidden>" if target.split("@", maxsplit=1)[0].lower().endswith("serv") else words
