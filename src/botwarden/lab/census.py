"""Who is in the lab that is up: addresses, open ports, programs."""

import contextlib
import json
from pathlib import Path

import msgspec

from botwarden.lab import plan
from botwarden.lab.network import Network, run

GATEWAY_WHAT = "router: DHCP, DNS, IPv6, UPnP, a web page"
INTERNET_WHAT = "servers, strangers, who gives orders, and the victim"


class Resident(msgspec.Struct, frozen=True, kw_only=True):
    """One namespace and what is in it."""

    role: str
    name: str
    """What it calls itself; empty for the internet."""
    what: str
    addresses: list[str]
    """That can be used, IPv4 first, without those of the loopback interface."""
    ports: list[str]
    """Where somebody listens: ``tcp/23``."""
    programs: list[str]
    """By name, sorted, each once."""


class Census(msgspec.Struct, frozen=True, kw_only=True):
    """The lab at a moment."""

    story: float
    """s, UTC."""
    speed: float
    residents: list[Resident]


def take(network: Network) -> Census | None:
    """Look at everybody; None where no lab is up. Raises LabError."""
    if not network.is_up:
        return None
    residents = [_resident(role) for role in plan.ROLES]
    return Census(story=network.clock.now(), speed=network.clock.speed, residents=residents)


def _resident(role: str) -> Resident:
    device = plan.BY_ROLE.get(role)
    what = device.what if device else GATEWAY_WHAT if role == "gateway" else INTERNET_WHAT
    name = device.name if device else "router" if role == "gateway" else ""
    return Resident(
        role=role, name=name, what=what, addresses=_addresses(role), ports=_ports(role), programs=_programs(role)
    )


def _addresses(role: str) -> list[str]:
    shown = json.loads(run("ip", "-netns", plan.namespace(role), "-json", "address", "show"))
    found = [
        entry["local"]
        for link in shown
        for entry in link.get("addr_info", [])
        if entry["scope"] == "global" and not entry.get("tentative")
    ]
    return sorted(found, key=lambda address: ":" in address)


def _ports(role: str) -> list[str]:
    return parse_ports(run("ip", "netns", "exec", plan.namespace(role), "ss", "-Hlntu"))


def parse_ports(shown: str) -> list[str]:
    """The ports in what ``ss -Hlntu`` prints, each once: TCP first, then by number."""
    found: set[tuple[str, int]] = set()
    for line in shown.splitlines():
        words = line.split()
        port = words[4].rpartition(":")[2] if len(words) > 4 else ""
        if port.isdigit():
            found.add((words[0], int(port)))
    return [f"{kind}/{port}" for kind, port in sorted(found)]


def _programs(role: str) -> list[str]:
    found = set()
    for pid in run("ip", "netns", "pids", plan.namespace(role)).split():
        with contextlib.suppress(OSError):
            found.add(program(Path(f"/proc/{pid}/cmdline").read_bytes()))
    return sorted(found - {""})


def program(command: bytes) -> str:
    """A program's name from its command line: a module's or an applet's, where that is what runs."""
    words = [word.decode("utf-8", "replace") for word in command.split(b"\0") if word]
    if not words:
        return ""
    if "-m" in words[:-1] and Path(words[0]).name.startswith("python"):
        return words[words.index("-m") + 1].rpartition(".")[2]
    name = Path(words[0]).name.rstrip(":")
    return words[1] if name == "busybox" and len(words) > 1 else name
