"""The labels file: who is who in the recording, and who did what to whom from when to when."""

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from lab import plan


@dataclass(frozen=True, slots=True)
class Done:
    """One thing that the bot did: what it reported of itself. Times in s, UTC."""

    phase: str
    target: str
    start: float
    end: float
    count: int


def labels(capture: Path, programs: dict[str, str], intervals: list[dict[str, Any]]) -> dict[str, Any]:
    """The content of a labels file."""
    return {
        "version": 1,
        "capture": capture.name,
        "sha256": hashlib.sha256(capture.read_bytes()).hexdigest(),
        "recorded": datetime.now(UTC).date().isoformat(),
        "programs": programs,
        "lan": [str(plan.LAN), str(plan.LAN6)],
        "devices": devices(),
        "intervals": intervals,
        "benign": benign(),
    }


def devices() -> list[dict[str, Any]]:
    """Every device on the LAN; the gateway first."""
    gateway = {
        "mac": plan.GATEWAY_MAC,
        "ips": [plan.GATEWAY_IP, plan.GATEWAY_IP6, plan.link_local(plan.GATEWAY_MAC)],
        "name": None,
        "vendor": plan.GATEWAY_VENDOR,
        "role": "gateway",
        "what": "router with NAT, DHCP and DNS",
    }
    others = [
        {
            "mac": device.mac,
            "ips": [device.ip, plan.lan6(device.mac), plan.link_local(device.mac)],
            "name": device.name,
            "vendor": device.vendor,
            "role": device.role,
            "what": device.what,
        }
        for device in plan.DEVICES
    ]
    return [gateway, *others]


def intervals(done: Done) -> list[dict[str, Any]]:
    """What one phase of the bot means for the devices of the LAN."""
    label, also, what = _meaning(done)
    attack = {
        "label": label,
        "also": also,
        "mac": plan.CAMERA.mac,
        "role": "attacker",
        "target": done.target,
        "start": round(done.start, 3),
        "end": round(done.end, 3),
        "what": what,
    }
    if done.target != plan.DVR.ip:
        return [attack]
    suffered = {**attack, "mac": plan.DVR.mac, "role": "victim", "target": plan.DVR.ip, "source": plan.CAMERA.ip}
    suffered["also"] = ["infection"]  # the last password is right
    return [attack, suffered]


def benign() -> list[dict[str, str]]:
    """Ordinary things that could be mistaken for something else."""
    told = [
        (plan.LAPTOP, plan.DVR.ip, "one telnet login, with the right password at the first attempt"),
        (plan.LAPTOP, plan.CAMERA.ip, "opens the camera's page once a minute: first refused (401), then with password"),
        (plan.SENSOR, plan.MQTT_IP, "publishes a reading every five seconds over one MQTT connection"),
        (plan.CAMERA, plan.CLOUD_IP, "uploads a picture over HTTPS about every thirty seconds, to the end"),
        (plan.DVR, plan.CAMERA.ip, "fetches a snapshot over HTTP about every eight seconds, to the end"),
    ]
    return [{"mac": device.mac, "target": target, "what": what} for device, target, what in told]


def _meaning(done: Done) -> tuple[str, list[str], str]:
    """Label, further labels that are as right, and a sentence."""
    if done.phase == "scan":
        what = f"{done.count} SYNs to as many addresses, nine in ten on port 23, the others on 2323, with Mirai's mark"
        return "scan.mirai", ["scan.horizontal"], what
    if done.phase == "guess":
        ending = "the last is right" if done.target == plan.DVR.ip else "none is right"
        return "bruteforce.telnet", [], f"{done.count} telnet connections, one user name and password each; {ending}"
    if done.phase == "synflood":
        return "flood.syn", [], f"{done.count} SYNs from random ports to port 80"
    return "flood.udp", ["flood.udpplain"], f"{done.count} UDP packets of random bytes between random ports"
