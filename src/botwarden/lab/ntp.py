"""SNTP (RFC 4330): a server and a client that leave the machine's clock alone and tell the story's time."""

import socket
import struct
from collections.abc import Callable
from typing import Final

from botwarden.lab.serving import Reply

PORT: Final = 123
LENGTH: Final = 48
PATIENCE: Final = 2.0
EPOCH: Final = 2_208_988_800
"""s from 1900 to 1970."""
REFERENCE: Final = socket.inet_aton("203.0.113.124")  # the clock that the server claims to follow
_HEAD: Final = struct.Struct("!BBbbII4s")
_TIME: Final = struct.Struct("!II")


def stamp(ts: float) -> bytes:
    """A time (s, UTC, since 1970) in NTP's 64 bits."""
    return _TIME.pack(int(ts) + EPOCH & 0xFFFFFFFF, int(ts % 1 * 2**32))


def request(ts: float) -> bytes:
    """Version 4, mode 3 (client)."""
    return bytes([4 << 3 | 3]) + bytes(39) + stamp(ts)


def reply(asked: bytes, ts: float) -> bytes:
    """Version 4, mode 4 (server), stratum 2."""
    head = _HEAD.pack(4 << 3 | 4, 2, asked[2] & 0x7F, -20, 0x0300, 0x0200, REFERENCE)
    return head + stamp(ts - 17.0) + asked[40:48] + stamp(ts) + stamp(ts)


def server(now: Callable[[], float]) -> Reply:
    """Answers clients' requests with the time that ``now`` tells."""

    def answer(asked: bytes, _: tuple[str, int]) -> bytes | None:
        return reply(asked, now()) if len(asked) >= LENGTH and asked[0] & 7 == 3 else None

    return answer


def ask(name: str, ts: float) -> bool:
    """Ask a server by name for the time, from a port of its own; whether it answered. Raises OSError."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
        client.settimeout(PATIENCE)
        client.sendto(request(ts), (name, PORT))
        return len(client.recv(512)) >= LENGTH
