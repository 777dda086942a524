"""The first story: the camera is a bot, which scans, guesses passwords and floods."""

import json
import time
from typing import Any, Final

from lab import plan
from lab.household import start_devices, start_gateway, start_internet
from lab.labels import Done
from lab.labels import intervals as meaning
from lab.network import Lab, run

PAUSE: Final = 8.0  # s between two misdeeds
PHASES: Final = (
    ("scan", None),
    ("guess", plan.DVR.ip),
    ("guess", plan.TELNET_HOSTS[0]),
    ("synflood", plan.VICTIM_IP),
    ("udpflood", plan.VICTIM_IP),
)


def start(lab: Lab, telnetd: str) -> None:
    """What runs before the recording."""
    start_internet(lab, telnetd)


def start_house(lab: Lab, telnetd: str) -> None:
    """What is recorded from its first packet on."""
    start_gateway(lab)
    start_devices(lab, telnetd)


def play(lab: Lab) -> list[Done]:
    """Let the camera do one thing after the other."""
    return [misbehave(lab, phase, target) for phase, target in PHASES]


def misbehave(lab: Lab, phase: str, target: str | None) -> Done:
    """Let the camera do one thing, then be quiet for a while."""
    lab.check()
    said = run(*lab.python("camera", "lab.bot", "--state", str(lab.state), phase, *([target] if target else [])))
    report = json.loads(said)
    print(f"{phase} {target or plan.SCANNED}: {report['count']}", flush=True)
    time.sleep(PAUSE)
    return Done(phase, target or str(plan.SCANNED), report["start"], report["end"], report["count"])


def intervals(done: list[Done]) -> list[dict[str, Any]]:
    """What the misdeeds mean for the devices of the LAN."""
    return [interval for entry in done for interval in meaning(entry)]
