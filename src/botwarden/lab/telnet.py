"""Logins over telnet (RFC 854) from the client's side, refusing every option that the server proposes."""

import socket
from collections.abc import Callable, Iterable
from typing import Final

IAC, DONT, DO, WONT, WILL, SB, SE = 255, 254, 253, 252, 251, 250, 240
PROMPT: Final = b"# "
_LIMIT: Final = 65_536  # bytes: a login dialogue is a few hundred
_TIMEOUT: Final = 8.0  # s


class Session:
    """One connection to a telnet server; a ``with`` block closes it."""

    def __init__(self, host: str, port: int = 23, source: str = "", timeout: float = _TIMEOUT) -> None:
        """Connect, from ``source`` where it is given. Raises OSError."""
        self._link = socket.create_connection((host, port), timeout, source_address=(source, 0) if source else None)
        self._text = b""
        self._left = b""

    def __enter__(self) -> "Session":
        return self

    def __exit__(self, *_: object) -> None:
        self._link.close()

    def login(self, user: str, password: str, pause: Callable[[], None] | None = None) -> bool:
        """Whether ``user`` with ``password`` gets a shell prompt; False also where the server hangs up.

        pause : waits before each line, as one who types it
        """
        wait = pause or (lambda: None)
        try:
            self.until(b"login: ")
            wait()
            self.say(user)
            self.until(b"Password: ")
            wait()
            self.say(password)
            return self.until(b"incorrect", PROMPT) == PROMPT
        except OSError:
            return False

    def say(self, line: str) -> None:
        """Type a line. Raises OSError."""
        self._link.sendall(line.encode() + b"\r\n")

    def run(self, lines: Iterable[str], pause: Callable[[], None] | None = None) -> int:
        """Type lines at the prompt, each when the prompt is back; how many were answered. Raises OSError."""
        answered = 0
        for line in lines:
            if pause:
                pause()
            self.say(line)
            self.until(PROMPT)
            answered += 1
        return answered

    def until(self, *marks: bytes) -> bytes:
        """Read until one of ``marks`` appears and return it. Raises OSError."""
        heard = 0
        while heard < _LIMIT:
            for mark in marks:
                if mark in self._text:
                    self._text = self._text.partition(mark)[2]
                    return mark
            data = self._link.recv(1024)
            if not data:
                break
            heard += len(data)
            text, answer, self._left = negotiate(self._left + data)
            self._text += text
            if answer:
                self._link.sendall(answer)
        raise ConnectionError("the dialogue ended early")


def negotiate(data: bytes) -> tuple[bytes, bytes, bytes]:
    """Split what a server sent into text, the refusals that its options ask for, and the start of a cut-off command."""
    text, answer, at = bytearray(), bytearray(), 0
    while at < len(data):
        if data[at] != IAC:
            text.append(data[at])
            at += 1
            continue
        kind = data[at + 1] if at + 1 < len(data) else None
        if kind is None or (kind in (DO, DONT, WILL, WONT) and at + 2 >= len(data)):
            return bytes(text), bytes(answer), data[at:]
        if kind in (DO, DONT, WILL, WONT):
            if kind in (DO, WILL):
                answer += bytes([IAC, WONT if kind == DO else DONT, data[at + 2]])
            at += 3
        elif kind == SB:
            end = data.find(bytes([IAC, SE]), at)
            if end < 0:
                return bytes(text), bytes(answer), data[at:][:1_024]
            at = end + 2
        else:
            at += 2
    return bytes(text), bytes(answer), b""


def attempt(host: str, user: str, password: str, port: int = 23, source: str = "") -> bool:
    """Whether one login of one connection succeeds. Raises OSError where nobody answers."""
    with Session(host, port, source) as session:
        return session.login(user, password)
