"""Orders to bots: how a controller of Mirai's kind writes them, and how an act of the lab has one given.

The format is that of Mirai's published source (2016, bot/attack.c ``attack_parse`` and cnc/attack.go ``Build``). An
order is words on a wire; what an emulated bot makes of one is limited by `guard`.
"""

import ipaddress
import json
import struct
from pathlib import Path
from typing import Final, NamedTuple

from botwarden.lab import guard
from botwarden.lab.errors import LabError

REGISTER: Final = b"\x00\x00\x00\x01"
"""A bot's first words; the length of its name (one byte) and the name follow."""
PING: Final = b"\x00\x00"
"""A sign of life, both ways."""
VECTORS: Final = {
    "udp": 0, "vse": 1, "dns": 2, "syn": 3, "ack": 4, "stomp": 5, "greip": 6, "greeth": 7, "udpplain": 9, "http": 10,
}  # fmt: skip
PORT_OPTION: Final = 7
MAX_ORDER: Final = 1_024
FILE: Final = "orders"
MAX_FILE: Final = 1_000_000


class Order(NamedTuple):
    """An attack."""

    vector: str
    """One of `VECTORS`."""
    seconds: int
    target: str
    port: int = 0
    """0: as the bot likes."""


def encode(order: Order) -> bytes:
    """The bytes of an order for one target. Raises Refused for one that is not in the lab."""
    guard.check_target(order.target)
    options = b""
    if order.port:
        text = str(order.port).encode()
        options = bytes([PORT_OPTION, len(text)]) + text
    body = struct.pack("!IBB", order.seconds, VECTORS[order.vector], 1)
    body += ipaddress.IPv4Address(order.target).packed + b"\x20" + bytes([1 if order.port else 0]) + options
    return struct.pack("!H", len(body) + 2) + body


def decode(data: bytes) -> Order | None:
    """The order of a message; None for what is none, a sign of life among them."""
    if not 14 <= len(data) <= MAX_ORDER or int.from_bytes(data[:2], "big") != len(data):
        return None
    seconds, vector, targets = struct.unpack_from("!IBB", data, 2)
    names = {number: name for name, number in VECTORS.items()}
    end = 8 + 5 * targets
    if targets < 1 or vector not in names or len(data) <= end:
        return None
    return Order(names[vector], seconds, str(ipaddress.IPv4Address(data[8:12])), _port(data[end], data[end + 1 :]))


def _port(count: int, options: bytes) -> int:
    at = 0
    for _ in range(count):
        if at + 2 > len(options):
            return 0
        value = options[at + 2 : at + 2 + options[at + 1]]
        if options[at] == PORT_OPTION and value.isdigit() and len(value) < 6:
            return int(value)
        at += 2 + options[at + 1]
    return 0


def give(folder: Path, to: str, data: bytes) -> None:
    """Have a controller tell its bots something.

    folder : the lab's (`network.HOME`)
    to : ``cnc``; the IRC channel that is to hear it; or ``lines``, for bots of BASHLITE's kind
    data : what `encode` made, or a line of text
    """
    with (folder / FILE).open("a") as file:  # one short line: written at once
        file.write(json.dumps({"to": to, "data": data.hex()}) + "\n")


class Inbox:
    """What controllers are to say, as it is given."""

    def __init__(self, folder: Path) -> None:
        """What was given before counts as said."""
        self._path = folder / FILE
        self._read = self._path.stat().st_size if self._path.exists() else 0

    def new(self) -> list[tuple[str, bytes]]:
        """(to, data) since the last look. Raises LabError where the file is damaged."""
        if not self._path.exists():
            return []
        with self._path.open("rb") as file:
            file.seek(self._read)
            data = file.read(MAX_FILE)
        whole = data[: data.rfind(b"\n") + 1]
        self._read += len(whole)
        try:
            found = [json.loads(line) for line in whole.splitlines()]
            return [(str(one["to"]), bytes.fromhex(one["data"])) for one in found]
        except (ValueError, TypeError, LookupError) as error:
            raise LabError(f"{self._path}: {error}") from None
