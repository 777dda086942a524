"""A small SNTP server and client (RFC 4330) that leaves the machine's clock alone.

python -m lab.ntp serve ADDRESS
python -m lab.ntp ask NAME SECONDS
"""

import contextlib
import socket
import struct
import sys
import time
from typing import Final

PORT: Final = 123
EPOCH: Final = 2_208_988_800  # s from 1900 to 1970
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
    head = _HEAD.pack(4 << 3 | 4, 2, asked[2], -20, 0x0300, 0x0200, REFERENCE)
    return head + stamp(ts - 17.0) + asked[40:48] + stamp(ts) + stamp(ts)


def serve(address: str) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
        server.bind((address, PORT))
        while True:
            asked, client = server.recvfrom(512)
            if len(asked) >= 48 and asked[0] & 7 == 3:
                server.sendto(reply(asked, time.time()), client)


def ask(name: str, every: float) -> None:
    while True:
        with contextlib.suppress(OSError), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
            client.settimeout(2.0)
            client.sendto(request(time.time()), (name, PORT))
            client.recv(512)
        time.sleep(every)


if __name__ == "__main__":
    if sys.argv[1] == "serve":
        serve(sys.argv[2])
    else:
        ask(sys.argv[2], float(sys.argv[3]))
