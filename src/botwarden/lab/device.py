"""One device: boots, gets its address, serves, follows its habits, and now and then restarts.

    python -m botwarden.lab.device ROLE FOLDER SEED [BOOT]

FOLDER is the lab's. `restart` makes it restart: the line goes down, what ran is gone, the next boot begins.
"""

import contextlib
import os
import random
import signal
import subprocess
import sys
import threading
from pathlib import Path
from typing import Final

from botwarden.lab import dhcp, guard, plan
from botwarden.lab.devices.table import LIVES
from botwarden.lab.errors import LabError
from botwarden.lab.internet import fail
from botwarden.lab.life import Life
from botwarden.lab.rhythm import Habit

BOOT_SECONDS: Final = (12.0, 40.0)
"""s of the story from the end of one boot to the line of the next."""
RESTART_EVERY: Final = 8 * 3_600.0
ACTS: Final = b"botwarden.lab.act"
LASTING: Final = (plan.LAPTOP.role,)
"""Who does not restart by itself."""


def main(role: str, folder: Path, seed: int, boot: int) -> None:
    """Live, until a restart. Raises Refused outside the lab."""
    threading.excepthook = fail
    guard.obtain(role, folder / "state.json")
    asked = threading.Event()
    signal.signal(signal.SIGUSR1, lambda *_: asked.set())
    life, living = Life(plan.BY_ROLE[role], folder, seed, boot), LIVES[role]
    if boot:
        life.pause(life.dice("boot"), *BOOT_SECONDS)
    subprocess.run(["ip", "link", "set", "eth0", "up"], check=True)
    (life.own / "pid").write_text(str(os.getpid()))
    dhcp.start(life.device, life.own, living.vendor_class)
    if living.services:
        life.announce()
    living.serve(life)
    habits = (
        living.habits
        if role in LASTING
        else (*living.habits, Habit("restart", _restart, RESTART_EVERY, 0.9, 4 * 3_600))
    )
    for habit in habits:
        life.follow(habit)
    print(f"{role}: boot {boot}", flush=True)
    asked.wait()
    _end()
    module = ["-m", "botwarden.lab.device", role, str(folder), str(seed), str(boot + 1)]
    os.execv(sys.executable, [sys.executable, *module])  # noqa: S606 - a boot: what this process had is gone


def restart(folder: Path, role: str) -> None:
    """Make a device restart, as pulling its plug does. Raises LabError where it does not run."""
    try:
        os.kill(int((folder / role / "pid").read_text()), signal.SIGUSR1)
    except (OSError, ValueError) as error:
        raise LabError(f"the {role} does not run ({error})") from None


def _restart(life: Life, _: random.Random) -> None:
    """By itself, unless somebody is just acting on it."""
    if not acting():
        restart(life.folder, life.device.role)


def _end() -> None:
    """Take the line down, then end everything: nobody on the network hears of it, as with a pulled plug."""
    subprocess.run(["ip", "link", "set", "eth0", "down"], check=False)
    subprocess.run(["ss", "-K", "-t"], check=False, capture_output=True)
    for pid in _neighbours():
        if os.getsid(pid) == os.getsid(0):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)


def _neighbours() -> list[int]:
    """The other processes of this network namespace."""
    found = []
    for entry in Path("/proc").iterdir():
        with contextlib.suppress(OSError):
            if not entry.name.isdigit() or int(entry.name) == os.getpid():
                continue
            if guard.identity(f"/proc/{entry.name}/ns/net") == guard.identity():
                found.append(int(entry.name))
    return found


def acting() -> bool:
    """Whether an act of a scenario goes on in this namespace."""
    for pid in _neighbours():
        with contextlib.suppress(OSError):
            if ACTS in Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0"):
                return True
    return False


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4]) if len(sys.argv) > 4 else 0)
