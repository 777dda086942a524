"""The bare lines between BASHLITE (Gafgyt, Lizkebab, Qbot) and its controller, as its published code writes them.

The bot says what it was built for, ``BUILD MIPS``, and answers ``PING`` with ``PONG``; the controller calls
``!* SCANNER ON`` or ``!* UDP 203.0.113.5 80 60 32 0 10``: a mask of bots behind the exclamation mark, then the order.
"""

import re
from typing import Final

MAX_LINE: Final = 512
"""Bytes of a line that are kept; orders have a hundred."""

_BUILD: Final = re.compile(rb"BUILD [A-Z0-9_.-]{2,16}[\r\n]")
_BUILDING: Final = re.compile(rb"BUILD [A-Z0-9_.-]{0,16}\Z")
_ORDER: Final = re.compile(rb"!(?:\*|[A-Z0-9_]{2,16}) [A-Z]{2,16}(?: [^\r\n]{0,400})?[\r\n]")
_ORDERING: Final = re.compile(rb"!(?:\*|[A-Z0-9_]{1,16})?(?: [A-Z]{0,16}(?: [^\r\n]{0,400})?)?\Z")
_PING: Final = b"PING\n"
_LIFE: Final = frozenset((b"PING", b"PONG", b"PING!", b"PONG!"))


def begins(head: bytes, is_orig: bool) -> bool | None:
    """Whether a direction begins as the bot's or its controller's does; None where that needs more bytes."""
    if is_orig:
        if head[:6] != b"BUILD "[: len(head)]:
            return False
        whole, part = _BUILD, _BUILDING
    else:
        while head.startswith(_PING):
            head = head[len(_PING) :]
        if not head or _PING.startswith(head):
            return None
        if head[:1] != b"!":
            return False
        whole, part = _ORDER, _ORDERING
    if whole.match(head):
        return True
    return None if len(head) < 6 or part.match(head) else False


def is_sign_of_life(line: bytes) -> bool:
    """Whether a line only says that somebody is there."""
    return not line or line in _LIFE


def is_order(line: bytes) -> bool:
    """Whether a line of the controller, without its end, is an order."""
    return _ORDER.match(line + b"\n") is not None


def is_build(line: bytes) -> bool:
    """Whether a line, without its end, is the bot's first one."""
    return _BUILD.match(line + b"\n") is not None


class Lines:
    """Cuts a direction into lines, whatever pieces it comes in; of a long one the beginning is kept."""

    __slots__ = ("_rest", "_skip")

    def __init__(self) -> None:
        """Stand at the beginning of a line."""
        self._rest = b""
        self._skip = False

    def feed(self, data: bytes) -> list[bytes]:
        """The lines that ``data`` completes, without their ends and surrounding blanks."""
        *whole, rest = data.split(b"\n")
        found: list[bytes] = []
        for line in whole:
            if not self._skip:
                found.append((self._rest + line[:MAX_LINE])[:MAX_LINE].strip())
            self._rest, self._skip = b"", False
        if not self._skip:
            self._rest = (self._rest + rest[:MAX_LINE])[:MAX_LINE]
        return found

    def lose(self) -> None:
        """Bytes are missing: what follows, up to the next end of a line, is not read."""
        self._rest, self._skip = b"", True
