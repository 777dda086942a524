"""The other end of the bots: where their file lies, who gives them orders, whom they call. All of it is harmless."""

import random
import socket
import struct
import threading
import time
from pathlib import Path
from typing import Final

from botwarden.lab import irc, orders, plan
from botwarden.lab.serving import Page, serve_http, serve_tcp

NOISE: Final = 24_000
"""Bytes of the file behind its header."""
MAX_WORDS: Final = 100_000
"""Messages of one connection."""
GLANCE: Final = 0.1
"""s of machine time between two looks for orders."""


def payload() -> bytes:
    """A file that begins as an ARM program does (ELF, 32 bits, little-endian) and can never run: it has no program.

    ELF's header says that there are no segments; what follows are random bytes.
    """
    ident = b"\x7fELF\x01\x01\x01".ljust(16, b"\0")
    header = ident + struct.pack("<HHIIIIIHHHHHH", 2, 40, 1, 0, 0, 0, 0x05000000, 52, 0, 0, 0, 0, 0)
    return header + b"\nharmless: nothing in this file can be run\n" + random.Random(7).randbytes(NOISE)


class Loader(Page):
    """The web server that has the file, and nothing else."""

    server_version = "loader/1.0"
    protocol_version = "HTTP/1.0"

    def do_GET(self) -> None:
        """The file, or not."""
        found = self.path == plan.PAYLOAD_PATH
        self.answer(200 if found else 404, payload() if found else b"not here\n", "application/octet-stream")


def after_name(heard: bytes) -> bytes:
    """What a bot said, without the words with which it calls for the first time."""
    if not heard.startswith(orders.REGISTER):
        return heard
    start = len(orders.REGISTER)
    return heard[start + 1 + (heard[start] if len(heard) > start else 0) :]


class Controller:
    """Answers each sign of life in kind, as Mirai's does, and passes on orders to everybody who has called."""

    def __init__(self) -> None:
        """Nobody has."""
        self._lock = threading.Lock()
        self._bots: set[socket.socket] = set()

    def talk(self, link: socket.socket, _: tuple[str, int]) -> None:
        """One bot's connection, for `serving.serve_tcp`. Raises OSError."""
        link.settimeout(3_600.0)
        with self._lock:
            self._bots.add(link)
        try:
            for _word in range(MAX_WORDS):
                heard = link.recv(64)
                if not heard:
                    return
                if after_name(heard):
                    link.sendall(orders.PING)
        finally:
            with self._lock:
                self._bots.discard(link)

    def tell(self, data: bytes) -> int:
        """Send everybody something; to how many."""
        with self._lock:
            bots = list(self._bots)
        for link in bots:
            try:
                link.sendall(data)
            except OSError:
                continue  # gone; its own thread notices
        return len(bots)


def beacon(link: socket.socket, _: tuple[str, int]) -> None:
    """A call home is answered with two bytes, and again for as long as somebody calls. Raises OSError."""
    for _word in range(MAX_WORDS):
        if not link.recv(256):
            return
        link.sendall(orders.PING)


def start(folder: Path) -> None:
    """Serve all of it; ``folder``: the lab's, where orders come in (`orders.give`)."""
    serve_http(plan.LOADER_IP, 80, Loader)
    controller, chat = Controller(), irc.Server((plan.IRC_IP, plan.IRC_PORT))
    serve_tcp(plan.CNC_IP, plan.CNC_PORT, controller.talk)
    serve_tcp(plan.BEACON_IP, plan.BEACON_PORT, beacon)
    threading.Thread(target=chat.serve_forever, daemon=True, name="irc").start()
    threading.Thread(target=_pass_on, args=(orders.Inbox(folder), controller, chat), daemon=True).start()


def _pass_on(inbox: orders.Inbox, controller: Controller, chat: irc.Server) -> None:
    while True:
        for to, data in inbox.new():
            if to == "cnc":
                controller.tell(data)
            else:
                chat.tell(to, irc.OPERATOR, data.decode("utf-8", "replace"))
        time.sleep(GLANCE)
