"""Habits that many devices have."""

import random
import socket
from collections.abc import Callable
from typing import Final

from botwarden.lab import ntp
from botwarden.lab.fetching import Asker
from botwarden.lab.life import Life
from botwarden.lab.rhythm import Habit, Likely, always

Do = Callable[[Life, random.Random], None]
FIRMWARE_EVERY: Final = 6 * 3_600.0


def tell_time(every: float) -> Habit[Life]:
    """Ask for the time."""

    def ask(life: Life, _: random.Random) -> None:
        ntp.ask("ntp.pool.example", life.clock.now())

    return Habit("ntp", ask, every, 0.05, first=2.0)


def check_firmware(ask: Callable[[Life], Asker], scheme: str = "https") -> Habit[Life]:
    """Look whether there is a new version: soon after each boot, then a few times a day."""

    def check(life: Life, _: random.Random) -> None:
        ask(life).fetch(f"{scheme}://firmware.example/latest/{life.device.role}.json")

    return Habit("firmware", check, FIRMWARE_EVERY, 0.2, first=45.0)


def post(name: str, url: str, ask: Callable[[Life], Asker], every: float, sizes: tuple[int, int]) -> Habit[Life]:
    """Tell the maker's cloud how things are, a connection each time."""

    def report(life: Life, thrown: random.Random) -> None:
        ask(life).fetch(url, "POST", thrown.randbytes(thrown.randint(*sizes)).hex().encode())

    return Habit(name, report, every, 0.08, first=6.0)


def upload(
    name: str, url: str, ask: Callable[[Life], Asker], every: float, sizes: tuple[int, int], likely: Likely = always
) -> Habit[Life]:
    """Send a clip to the maker's cloud when something has moved."""

    def send(life: Life, thrown: random.Random) -> None:
        body = thrown.randbytes(thrown.randint(*sizes))
        ask(life).fetch(f"{url}/{thrown.getrandbits(32):08x}.mp4", "PUT", body, kind="video/mp4")

    return Habit(name, send, every, 0.7, first=60.0, likely=likely)


def keep_open(host: str, port: int, every: float) -> Habit[Life]:
    """A sign of life over UDP, so that the router keeps the way back open; answered."""

    def keep(life: Life, thrown: random.Random) -> None:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as link:
            link.settimeout(1.0)
            link.sendto(b"\x0a\x00keep" + thrown.randbytes(2), (host, port))
            link.recv(64)

    return Habit("keep", keep, every, 0.03, first=4.0)
