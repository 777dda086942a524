"""CoAP (RFC 7252): what the light hub and its accessories say to each other, and a client of it."""

import json
import random
import socket
import struct
from collections.abc import Callable
from typing import Final, NamedTuple

from botwarden.lab.serving import Reply

PORT: Final = 5683
GROUP: Final = "224.0.1.187"  # All CoAP Nodes (RFC 7252, 12.8)
CON, NON, ACK, RST = range(4)
GET, POST, PUT = 1, 2, 3
CONTENT: Final = 0x45  # 2.05
CHANGED: Final = 0x44  # 2.04
NOT_FOUND: Final = 0x84  # 4.04
URI_PATH: Final = 11
CONTENT_FORMAT: Final = 12
JSON: Final = 50
LINKS: Final = 40
PATIENCE: Final = 2.0
_HEAD: Final = struct.Struct("!BBH")


class Message(NamedTuple):
    """One datagram."""

    kind: int
    code: int
    number: int
    """Which a receipt repeats."""
    token: bytes = b""
    """Which an answer repeats."""
    options: tuple[tuple[int, bytes], ...] = ()
    """In the order of their numbers."""
    payload: bytes = b""

    @property
    def path(self) -> str:
        """What is asked for."""
        return "/" + "/".join(value.decode("utf-8", "replace") for option, value in self.options if option == URI_PATH)


def encode(message: Message) -> bytes:
    """The datagram (section 3). Option numbers and lengths up to 268 are enough for the lab."""
    out = bytearray(_HEAD.pack(1 << 6 | message.kind << 4 | len(message.token), message.code, message.number))
    out += message.token
    last = 0
    for option, value in sorted(message.options, key=lambda pair: pair[0]):
        delta, more = _nibble(option - last)
        length, longer = _nibble(len(value))
        out += bytes([delta << 4 | length]) + more + longer + value
        last = option
    return bytes(out + (b"\xff" + message.payload if message.payload else b""))


def _nibble(value: int) -> tuple[int, bytes]:
    if value > 13 + 255:
        raise ValueError(f"{value} is more than this writes")
    return (value, b"") if value < 13 else (13, bytes([value - 13]))


def decode(data: bytes) -> Message | None:
    """A message; None for what is none that this reads."""
    if len(data) < 4 or data[0] >> 6 != 1 or data[0] & 15 > 8:
        return None
    first, code, number = _HEAD.unpack_from(data)
    at = 4 + (first & 15)
    token, options, option = data[4:at], [], 0
    while at < len(data) and data[at] != 0xFF:
        delta, length = data[at] >> 4, data[at] & 15
        at += 1
        for which in (0, 1):
            value = (delta, length)[which]
            if value >= 14 or (value == 13 and at >= len(data)):
                return None
            if value == 13:
                value = 13 + data[at]
                at += 1
            delta, length = (value, length) if which == 0 else (delta, value)
        if at + length > len(data):
            return None
        option += delta
        options.append((option, data[at : at + length]))
        at += length
    return Message(first >> 4 & 3, code, number, token, tuple(options), data[at + 1 :])


def request(code: int, path: str, thrown: random.Random, payload: bytes = b"", kind: int = CON) -> Message:
    """A request for a path, with a number and a token of its own."""
    options = [(URI_PATH, part.encode()) for part in path.strip("/").split("/") if part]
    if payload:
        options.append((CONTENT_FORMAT, bytes([JSON])))
    return Message(kind, code, thrown.getrandbits(16), thrown.randbytes(4), tuple(options), payload)


class Lamps:
    """A server's lamps by path (``/lights/1``), which can be read, set and listed."""

    def __init__(self, paths: tuple[str, ...]) -> None:
        """All are off."""
        self.state: dict[str, dict[str, object]] = {path: {"on": False, "level": 128} for path in paths}

    def answer(self, asked: Message) -> Message | None:
        """The answer to a request: a receipt that carries it, or for an unconfirmed one a message of its own."""
        if asked.code not in (GET, PUT, POST):
            return None
        code, body, shape = NOT_FOUND, b"", JSON
        if asked.path == "/.well-known/core":
            code, shape = CONTENT, LINKS
            body = ",".join(f'<{path}>;rt="light"' for path in self.state).encode()
        elif asked.path in self.state and asked.code == GET:
            code, body = CONTENT, json.dumps(self.state[asked.path]).encode()
        elif asked.path in self.state:
            code = CHANGED
            self.state[asked.path]["on"] = b'"on": true' in asked.payload
        kind = ACK if asked.kind == CON else NON
        options = ((CONTENT_FORMAT, bytes([shape])),) if body else ()
        return Message(kind, code, asked.number, asked.token, options, body)

    def reply(self) -> Reply:
        """For `serving.serve_udp`."""

        def answer(data: bytes, _: tuple[str, int]) -> bytes | None:
            asked = decode(data)
            found = self.answer(asked) if asked else None
            return encode(found) if found else None

        return answer


def ask(host: str, message: Message, heard: Callable[[Message], None] | None = None) -> Message | None:
    """Send a request and wait for one answer, or with ``heard`` for all that come in time. Raises OSError."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as link:
        link.settimeout(PATIENCE)
        link.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_TTL, 1)
        link.sendto(encode(message), (host, PORT))
        while True:
            try:
                answer = decode(link.recv(2048))
            except TimeoutError:
                return None
            if answer is None or answer.token != message.token:
                continue
            if heard is None:
                return answer
            heard(answer)
