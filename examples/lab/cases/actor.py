"""What everybody who says something in a case has in common: a permit, a sense of time, limits.

    python -m lab.cases.NAME --state FILE --who ROLE [--pace FACTOR] ACTION

Runs only inside the lab (see `lab.guard`), whether what it does is good or bad. Prints one JSON line: when it began and
ended (s, UTC) and how much it did.
"""

import argparse
import json
import random
import socket
import subprocess
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

from lab import plan
from lab.guard import Permit, Refused, obtain, obtain_outside

STRANGER: Final = "stranger"
ROLES: Final = {device.role: device for device in plan.DEVICES}
MAX_CONVERSATIONS: Final = 400  # per run
MAX_RATE: Final = 50.0  # conversations/s by the machine's clock
TIMEOUT: Final = 5.0  # s


class Actor:
    """Someone with a permit. Pauses are in seconds of the story, which passes ``pace`` times as fast as real time."""

    def __init__(self, permit: Permit, pace: float, seed: int = 1) -> None:
        self.permit = permit
        self.pace = pace
        self.random = random.Random(seed)
        self.began = time.time()
        """When what counts began, s, UTC: an action may set it later."""
        self._spent = 0
        self._last = 0.0
        self._lock = threading.Lock()

    def pause(self, seconds: float, jitter: float = 0.0) -> None:
        """Wait, up to ``jitter`` (a share) more or less."""
        time.sleep(seconds * self.random.uniform(1 - jitter, 1 + jitter) / self.pace)

    def spend(self) -> None:
        """One more conversation. Slows down to the limit of this module; raises Refused beyond their number."""
        with self._lock:
            self._spent += 1
            if self._spent > MAX_CONVERSATIONS:
                raise Refused(f"refused: more than {MAX_CONVERSATIONS} conversations")
            ahead = self._last + 1 / MAX_RATE - time.monotonic()
            if ahead > 0:
                time.sleep(ahead)
            self._last = time.monotonic()

    def find(self, name: str) -> str | None:
        """The address of a name, asked of the house's name server; None where there is none."""
        self.spend()
        try:
            return socket.gethostbyname(name)
        except OSError:
            return None

    def connect(self, host: str, port: int) -> socket.socket:
        """A TCP connection to a machine of the lab, by name or address."""
        self.spend()
        address = host if host[-1].isdigit() else socket.gethostbyname(host)
        return socket.create_connection((self.permit.check(address), port), TIMEOUT, (self.permit.source, 0))

    def datagram(self, host: str, port: int, payload: bytes) -> bytes:
        """A UDP message and its answer; empty where none comes."""
        self.spend()
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as link:
            link.settimeout(TIMEOUT)
            link.bind((self.permit.source, 0))
            link.sendto(payload, (self.permit.check(host), port))
            try:
                return link.recv(2048)
            except TimeoutError:
                return b""

    def program(self, *command: str, stdin: bytes = b"", **environment: str) -> int:
        """Run a client program to its end; what it prints is thrown away. Its targets are the caller's to check."""
        self.spend()
        outcome = subprocess.run(
            ["env", *(f"{name}={value}" for name, value in environment.items()), *command],
            input=stdin,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            timeout=60,
            check=False,
        )
        return outcome.returncode

    def together(self, *habits: Callable[["Actor"], int]) -> int:
        """Do several things at a time; how much they did in all."""
        done: list[int] = []
        threads = [threading.Thread(target=lambda h=habit: done.append(h(self))) for habit in habits]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return sum(done)


def main(**actions: Callable[[Actor], int]) -> None:
    """Parse the command line, get a permit, act, and tell."""
    parser = argparse.ArgumentParser(description="Acts in a case, inside the lab of cases.py only.")
    parser.add_argument("--state", type=Path, required=True, help="the file in which the lab notes its namespaces")
    parser.add_argument("--who", choices=[*ROLES, STRANGER], required=True)
    parser.add_argument("--pace", type=float, default=1.0, help="seconds of the story in one of the machine's")
    parser.add_argument("action", choices=actions)
    arguments = parser.parse_args()
    stranger = arguments.who == STRANGER
    permit = obtain_outside(arguments.state) if stranger else obtain(arguments.state, ROLES[arguments.who])
    actor = Actor(permit, arguments.pace)
    count = actions[arguments.action](actor)
    print(json.dumps({"start": actor.began, "end": time.time(), "count": count}), flush=True)
