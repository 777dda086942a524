"""Much traffic that is nobody's harm: a backup, a firmware update, a speed test."""

import http.client
import random
import socket
import threading
from collections.abc import Callable, Iterator
from typing import Final

from botwarden.lab import links
from botwarden.lab.acting import Actor, Outcome
from botwarden.lab.certificates import client_context
from botwarden.lab.guard import Refused

BACKUP: Final = "backup.example"
FIRMWARE: Final = "firmware.example"
SPEED: Final = "speed.example"
IMAGE: Final = "/image/2.1.7.bin"
MEGABYTE: Final = 1_000_000
MAX_FILE: Final = 8 * MEGABYTE
"""Bytes that the lab's sites take at once."""
MAX_TOTAL: Final = 80 * MEGABYTE
"""Bytes of an act."""
MAX_UPDATES: Final = 20
CHUNK: Final = 32_768
BLOCK: Final = 8_192
"""Bytes of flash memory that are written at once."""
MEGABIT: Final = 1_000_000
SLOWEST: Final = 0.5
"""Mbit/s."""

Write = Callable[[int], None]


def backup(actor: Actor, /, *, files: int = 5, megabytes: float = 4.0, pause: float = 2.0) -> Outcome:
    """Upload one large file after another to where backups are kept, over TLS."""
    size = _within(files, megabytes)
    for n in range(files):
        connection = _open(actor, BACKUP)
        headers = {"Content-Length": str(size), "User-Agent": "backup/1.4"}
        connection.request("PUT", f"/laptop/{n}.tar", _noise(actor.random, size), headers)
        _read(connection)
        actor.pause(pause, 0.3)
    return Outcome(count=files, what=f"{files} files of {megabytes:g} MB uploaded to {BACKUP} over TLS")


def update(actor: Actor, /, *, times: int = 1, megabits: float = 1.0) -> Outcome:
    """Ask for the newest firmware and download it over TLS, ``megabits`` a second, as flash memory is written."""
    if megabits < SLOWEST:
        raise Refused(f"refused: a firmware at less than {SLOWEST:g} Mbit/s takes longer than its site waits")
    role = actor.permit.device.role if actor.permit.device else "computer"
    got, times = 0, min(times, MAX_UPDATES)
    for _ in actor.permit.conversations(times, 1.0):
        for path in (f"/latest/{role}.json", IMAGE):
            connection = _open(actor, FIRMWARE)
            connection.request("GET", path, headers={"User-Agent": "updater/2.1"})
            got += _read(connection, _writer(actor, connection, megabits))
    return Outcome(count=times, what=f"a firmware of {got / MEGABYTE:.1f} MB downloaded from {FIRMWARE} over TLS")


def speed_test(actor: Actor, /, *, connections: int = 4, megabytes: float = 8.0) -> Outcome:
    """Download, then upload, as fast as it goes on a few connections at a time, over TLS."""
    connections = max(1, min(connections, 8))
    size = _within(2 * connections, megabytes)
    for one in (_down, _up):
        opened = [_open(actor, SPEED) for _ in range(connections)]
        threads = [threading.Thread(target=one, args=(connection, size, n)) for n, connection in enumerate(opened)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    said = f"{connections} times {megabytes:g} MB down, then up, from {SPEED} over TLS"
    return Outcome(count=2 * connections, what=said)


def _down(connection: http.client.HTTPConnection, size: int, _: int) -> None:
    connection.request("GET", f"/down/{size}", headers={"User-Agent": "speed/3.0"})
    _read(connection)


def _up(connection: http.client.HTTPConnection, size: int, number: int) -> None:
    headers = {"Content-Length": str(size), "User-Agent": "speed/3.0"}
    connection.request("POST", "/up", _noise(random.Random(number), size), headers)
    _read(connection)


def _within(times: int, megabytes: float) -> int:
    """Bytes of one transfer. Raises Refused for more than the lab is made for."""
    size = int(megabytes * MEGABYTE)
    if not (0 < size <= MAX_FILE and times * size <= MAX_TOTAL):
        total = f"{MAX_FILE // MEGABYTE} MB each, {MAX_TOTAL // MEGABYTE} MB in all"
        raise Refused(f"refused: {times} times {megabytes:g} MB is more than {total}")
    return size


def _open(actor: Actor, name: str) -> http.client.HTTPConnection:
    """A connection to a site of the lab over TLS. Raises Refused, OSError."""
    address = links.find(actor.permit, name, actor.random)
    if address is None:
        raise ConnectionError(f"nobody knows the address of {name}")
    context = client_context(actor.folder / "tls")
    connection = http.client.HTTPConnection(name, 443)
    connection.sock = context.wrap_socket(links.connect(actor.permit, address, 443, 30.0), server_hostname=name)
    return connection


def _writer(actor: Actor, connection: http.client.HTTPConnection, megabits: float) -> Write:
    """Waits until so many bytes are in flash memory; meanwhile little more arrives, as there is no room for it."""
    connection.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, BLOCK)
    began = actor.clock.now()

    def write(got: int) -> None:
        actor.clock.sleep(began + got * 8 / (megabits * MEGABIT) - actor.clock.now())

    return write


def _read(connection: http.client.HTTPConnection, write: Write | None = None) -> int:
    """Bytes of the answer, none of which is kept; ``write``: takes how many there are so far. Raises OSError."""
    try:
        answer, got = connection.getresponse(), 0
        while data := answer.read(BLOCK if write is not None else CHUNK):
            got += len(data)
            if write is not None:
                write(got)
    except http.client.HTTPException as error:
        raise ConnectionError(f"no proper answer: {error!r}") from None
    finally:
        connection.close()
    return got


def _noise(dice: random.Random, size: int) -> Iterator[bytes]:
    """So many bytes that mean nothing."""
    block = dice.randbytes(CHUNK)
    while size > 0:
        yield block[:size]
        size -= CHUNK
