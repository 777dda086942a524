"""The life of a device: its servers, its habits, and what it needs for them. One process, a thread per habit."""

import random
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from http.client import HTTPException
from pathlib import Path
from typing import Final

from botwarden.lab import mdns, plan, rhythm
from botwarden.lab.certificates import client_context
from botwarden.lab.clock import Clock
from botwarden.lab.fetching import Asker
from botwarden.lab.rhythm import Habit

REST: Final = 0.02
"""s of machine time at least between two times of a habit, however fast the story goes."""
NOTED: Final = Path("/run/avahi-daemon/pid")
"""Where avahi notes that it runs; each device has a /run of its own."""
TOLD: Final = 5
"""Failures of a habit that are noted in the log."""


class Life:
    """What a device is and has.

    device : who it is
    folder : the lab's; `own` is the device's
    boot : how often it has restarted
    """

    def __init__(self, device: plan.Device, folder: Path, seed: int, boot: int = 0) -> None:
        """Touch nothing yet."""
        self.device = device
        self.folder = folder
        self.own = folder / device.role
        self.state = folder / "state.json"
        self.clock = Clock(folder / "clock")
        self.seed = seed
        self.boot = boot

    def dice(self, what: str) -> random.Random:
        """Dice for something of this device."""
        return rhythm.dice(self.seed, self.device.role, what, self.boot)

    def asker(self, agent: str, *, verify: bool = True, newest: bool = True) -> Asker:
        """A web client; see `certificates.client_context`."""
        return Asker(agent, client_context(self.folder / "tls", verify=verify, newest=newest))

    def pause(self, thrown: random.Random, low: float, high: float) -> None:
        """Wait for some seconds of the story."""
        self.clock.sleep(thrown.uniform(low, high))

    def follow(self, habit: "Habit[Life]") -> None:
        """Do something again and again, for as long as the process lives."""
        threading.Thread(target=self._follow, args=(habit,), daemon=True, name=habit.name).start()

    def _follow(self, habit: "Habit[Life]") -> None:
        thrown = self.dice(habit.name)
        failures = 0
        self.clock.sleep(habit.first * thrown.uniform(0.5, 1.5))
        due = self.clock.now()
        for pause in rhythm.pauses(habit.every, habit.jitter, thrown):
            if thrown.random() < habit.likely(self.clock.now()):
                failures += not attempt(habit, self, thrown, failures < TOLD)
            due = max(due + pause, self.clock.now())  # what is late is not made up for
            self.clock.sleep(due - self.clock.now())
            time.sleep(REST)

    def announce(self) -> None:
        """Have avahi answer for the device's name and its services, which its folder holds."""
        NOTED.unlink(missing_ok=True)  # of a boot that ended with a pulled plug
        command = mdns.avahi(self.own, self.device.name)
        subprocess.Popen(command, stdin=subprocess.DEVNULL)


def attempt(habit: "Habit[Life]", life: Life, thrown: random.Random, tell: bool) -> bool:
    """Do it once; whether it worked. A server that is away or a line that is down is part of life."""
    try:
        habit.do(life, thrown)
    except (OSError, HTTPException) as error:
        if tell:
            print(f"{habit.name}: {type(error).__name__}: {error}", file=sys.stderr, flush=True)
        return False
    return True


Services = dict[str, tuple[int, dict[str, str]]]
"""What a device announces by DNS-SD: port and texts by type."""


@dataclass(frozen=True, slots=True)
class Living:
    """What a kind of device does.

    serve : starts its servers
    habits : what it does of its own accord
    tcp, udp : ports that answer once it is up
    services : what avahi announces; empty: nothing, nobody answers for its name
    vendor_class : what its DHCP client calls itself (RFC 2132, option 60); None: as udhcpc does
    """

    serve: Callable[[Life], None]
    habits: tuple[Habit[Life], ...]
    tcp: tuple[int, ...] = ()
    udp: tuple[int, ...] = ()
    services: Services = field(default_factory=dict)
    vendor_class: str | None = None
