"""Logins over telnet (RFC 854), refusing every option that the server proposes."""

import socket
import time
from collections.abc import Iterable
from typing import Final

IAC, DONT, DO, WONT, WILL, SB, SE = 255, 254, 253, 252, 251, 250, 240
_LIMIT: Final = 16_384  # bytes: a login dialogue is a few hundred
_TIMEOUT: Final = 8.0  # s


def attempt(host: str, user: str, password: str, port: int = 23, source: str = "") -> bool:
    """Whether ``user`` with ``password`` gets a shell prompt. ``source`` : the address to come from."""
    with socket.create_connection((host, port), timeout=_TIMEOUT, source_address=(source, 0)) as link:
        heard = _Listener(link)
        try:
            heard.until(b"login: ")
            link.sendall(user.encode() + b"\r\n")
            heard.until(b"Password: ")
            link.sendall(password.encode() + b"\r\n")
            return heard.until(b"incorrect", b"# ") == b"# "
        except (TimeoutError, ConnectionError):
            return False


def session(host: str, login: tuple[str, str], lines: Iterable[str], source: str, pause: float = 0.0) -> int:
    """Log in from an address of this machine and type lines, each when the prompt is back; how many were answered."""
    answered = 0
    with socket.create_connection((host, 23), timeout=_TIMEOUT, source_address=(source, 0)) as link:
        heard = _Listener(link)
        heard.until(b"login: ")
        link.sendall(login[0].encode() + b"\r\n")
        heard.until(b"Password: ")
        link.sendall(login[1].encode() + b"\r\n")
        heard.until(b"# ")
        for line in lines:
            time.sleep(pause)
            link.sendall(line.encode() + b"\r\n")
            heard.until(b"# ")
            answered += 1
    return answered


class _Listener:
    def __init__(self, link: socket.socket) -> None:
        self.link = link
        self.text = b""

    def until(self, *marks: bytes) -> bytes:
        """Read until one of ``marks`` appears and return it."""
        while len(self.text) < _LIMIT:
            for mark in marks:
                if mark in self.text:
                    self.text = self.text.partition(mark)[2]
                    return mark
            data = self.link.recv(1024)
            if not data:
                break
            text, answer = negotiate(data)
            self.text += text
            if answer:
                self.link.sendall(answer)
        raise ConnectionError("the dialogue ended early")


def negotiate(data: bytes) -> tuple[bytes, bytes]:
    """Split what a server sent into text and the refusals that its options ask for.

    Commands are taken to arrive whole, as they do from a server that writes them at once.
    """
    text, answer, at = bytearray(), bytearray(), 0
    while at < len(data):
        if data[at] != IAC or at + 1 >= len(data):
            text.append(data[at])
            at += 1
        elif data[at + 1] in (DO, DONT, WILL, WONT) and at + 2 < len(data):
            if data[at + 1] in (DO, WILL):
                answer += bytes([IAC, WONT if data[at + 1] == DO else DONT, data[at + 2]])
            at += 3
        elif data[at + 1] == SB:
            end = data.find(bytes([IAC, SE]), at)
            at = len(data) if end < 0 else end + 2
        else:
            at += 2
    return bytes(text), bytes(answer)
