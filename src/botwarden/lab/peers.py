"""Machines of a peer-to-peer network: each has a port of its own and answers what it is asked, with random bytes.

The exchange has the shape of a distributed hash table's (Kademlia; BitTorrent's BEP 5), sizes included, and none of its
content: an asker's four bytes come back in front of noise.
"""

import ipaddress
import random
import selectors
import socket
import threading
from collections.abc import Sequence
from typing import Final

from botwarden.lab.serving import MAX_DATAGRAM, udp_socket

TOKEN: Final = 4
ASK_BYTES: Final = (64, 104)
ANSWER_BYTES: Final = (47, 310)


def port_of(address: str) -> int:
    """A peer's UDP port: any, but always the same."""
    return 10_000 + int(ipaddress.IPv4Address(address)) * 7_919 % 50_000


def question(thrown: random.Random) -> bytes:
    """What a peer asks another."""
    return thrown.randbytes(thrown.randint(*ASK_BYTES))


def answer(asked: bytes, thrown: random.Random) -> bytes | None:
    """What a peer answers; nothing where it was not asked properly."""
    if len(asked) < 16:
        return None
    return asked[:TOKEN] + thrown.randbytes(thrown.randint(*ANSWER_BYTES))


def serve(addresses: Sequence[str], thrown: random.Random) -> None:
    """Be all of the peers, in one thread. Raises OSError where an address cannot be had."""
    selector = selectors.DefaultSelector()
    for address in addresses:
        selector.register(udp_socket(address, port_of(address)), selectors.EVENT_READ)

    def loop() -> None:
        while True:
            for key, _ in selector.select():
                _answer_one(key.fileobj, thrown)

    threading.Thread(target=loop, daemon=True, name="peers").start()


def _answer_one(server: object, thrown: random.Random) -> None:
    assert isinstance(server, socket.socket)
    try:
        asked, who = server.recvfrom(MAX_DATAGRAM)
        said = answer(asked, thrown)
        if said is not None:
            server.sendto(said, who)
    except OSError:
        return  # whoever asked is gone
