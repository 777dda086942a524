"""The second story: a stranger breaks into the camera, which fetches a program, calls a controller and opens a port."""

import json
import time
from typing import Any, Final

from lab import plan
from lab.household import start_devices, start_gateway, start_internet
from lab.labels import Done
from lab.network import Lab, run

PAUSE: Final = 2.0  # s between two steps
DNAT: Final = f"""
table ip forwarding {{
    chain prerouting {{
        type nat hook prerouting priority dstnat;
        iifname "wan" tcp dport 23 dnat to {plan.CAMERA.ip}
    }}
}}
"""
"""The owner's mistake: the router lets the internet reach the camera's telnet."""


def start(lab: Lab, telnetd: str) -> None:
    """The house, with the camera's telnet open to the internet, and those who abuse it."""
    start_internet(lab, telnetd)
    lab.start_python("internet", "lab.underworld")


def start_house(lab: Lab, telnetd: str) -> None:
    """What is recorded from its first packet on."""
    start_gateway(lab)
    run("ip", "netns", "exec", plan.namespace("gateway"), "nft", "-f", "-", stdin=DNAT)
    lab.start_python("gateway", "lab.igd")
    start_devices(lab, telnetd)
    lab.start_python("camera", "lab.telnetd", telnetd, plan.CAMERA.name, str(lab.state), plan.CAMERA.ip)


def play(lab: Lab) -> list[Done]:
    """Break in, and let the camera do what it is told."""
    state = ["--state", str(lab.state)]
    said = run(*lab.python("internet", "lab.intruder", *state)).splitlines()
    done = [_done(json.loads(line), plan.CAMERA.ip) for line in said]
    for phase, target in (("call", plan.CNC_IP), ("map", plan.GATEWAY_IP)):
        time.sleep(PAUSE)
        lab.check()
        done.append(_done(json.loads(run(*lab.python("camera", "lab.bot", *state, phase))), target))
    return done


def _done(report: dict[str, Any], target: str) -> Done:
    print(f"{report['phase']} {target}: {report['count']}", flush=True)
    return Done(report["phase"], target, report["start"], report["end"], report["count"])


def intervals(done: list[Done]) -> list[dict[str, Any]]:
    """What the steps mean for the camera."""
    guessed, entered, called, mapped = done
    user, password = plan.CAMERA_TELNET_LOGIN
    return [
        _interval(
            "bruteforce.telnet",
            "victim",
            guessed.start,
            entered.end,
            f"{guessed.count} telnet logins of Mirai's list are refused, the next one ({user}, {password}) is right",
        ),
        _interval(
            "exposure.telnet", "victim", guessed.start, entered.end, "the router lets the internet reach its telnet"
        ),
        _interval("exposure.credentials", "victim", entered.start, entered.end, "its password is one of Mirai's list"),
        _interval(
            "infection",
            "attacker",
            entered.start,
            called.end,
            f"{entered.count} lines of Mirai's loader, a program fetched from {plan.PAYLOAD_URL}, then {called.count} "
            f"signs of life to {plan.CNC_IP}, TCP port {plan.CNC_PORT}",
        ),
        _interval(
            "exposure.port_mapping",
            "victim",
            mapped.start,
            mapped.end,
            f"asks the router over UPnP to open port {plan.MAPPED_PORT} to its telnet",
        ),
    ]


def _interval(label: str, role: str, start: float, end: float, what: str) -> dict[str, Any]:
    return {
        "label": label,
        "also": [],
        "mac": plan.CAMERA.mac,
        "role": role,
        "target": plan.CAMERA.ip,
        "source": plan.INTRUDER_IP,
        "start": round(start, 3),
        "end": round(end, 3),
        "what": what,
    }
