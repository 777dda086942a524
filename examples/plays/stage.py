"""The stage of a case: the lab's network with fixed addresses, its internet, a name server, and who serves and acts."""

import json
import os
import shlex
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import msgspec

import botwarden
from botwarden.lab import plan
from botwarden.lab.acting import Done
from botwarden.lab.errors import LabError
from botwarden.lab.house import House
from botwarden.lab.network import Network
from botwarden.lab.recorder import Recorder
from plays import cast, daemons
from plays.servers import KINDS

PATIENCE: Final = 180.0
"""s of machine time that an act may take."""
GLANCE: Final = 0.1
TAIL: Final = 600
"""Characters of a log that an error shows."""
NO_IPV6: Final = ("net.ipv6.conf.all.disable_ipv6=1", "net.ipv6.conf.default.disable_ipv6=1")
"""Its own chatter is left out of files of some kB."""
NO_CLOCK: Final = "net.ipv4.tcp_timestamps=0"
"""TCP's clock goes by the machine's time and would belie the story's."""
SOURCES: Final = os.pathsep.join(str(Path(file).parents[1]) for file in (__file__, botwarden.__file__))


@dataclass(frozen=True, slots=True)
class Server:
    """Who serves what. ``kind`` : one of `servers.KINDS`, ``mqtt`` or ``ssh``; ``address``: the role's where empty."""

    role: str
    kind: str
    arguments: tuple[str, ...] = ()
    address: str = ""


@dataclass(frozen=True, slots=True)
class Found:
    """What `scan` has to find about a device."""

    device: str
    label: str
    role: str


@dataclass(frozen=True, slots=True)
class Turn:
    """Somebody does something. ``found`` : what `scan` has to say of it; nothing where it is harmless."""

    who: str
    act: str
    options: dict[str, Any] = field(default_factory=dict)
    found: tuple[Found, ...] = ()


@dataclass(frozen=True, slots=True)
class Case:
    """One capture.

    what : one sentence
    turns : what is done, all at a time
    servers : what runs before the recording
    doors : ports of the router's outside that lead to a device
    calm : who asks for the time meanwhile, every ``calm_every`` seconds of the story
    pace : seconds of the story in one of the machine's
    ssh : whether it takes OpenSSH
    """

    what: str
    turns: tuple[Turn, ...]
    servers: tuple[Server, ...] = ()
    doors: dict[int, str] = field(default_factory=dict)
    calm: tuple[str, ...] = ("sensor",)
    calm_every: float = 60.0
    pace: int = 1
    ssh: bool = False


class Stage:
    """Everything on a network that a case needs.

    network : is up
    sshd : the path of OpenSSH's server
    """

    def __init__(self, network: Network, sshd: str) -> None:
        """Touch nothing yet."""
        self._network = network
        self._house = House(network)
        self._sshd = sshd

    def build(self, case: Case) -> None:
        """Give everyone an address, and start who serves. Raises LabError."""
        network = self._network
        network.sysctl("internet", NO_CLOCK)
        network.sysctl("gateway", NO_CLOCK, *NO_IPV6)
        for device in plan.DEVICES:
            network.sysctl(device.role, NO_CLOCK, *NO_IPV6)
            address = f"address add {device.ip}/{plan.LAN.prefixlen} dev eth0"
            network.ip(device.role, address, f"route add default via {plan.GATEWAY_IP}")
            (network.own(device.role) / "resolv.conf").write_text(f"nameserver {plan.GATEWAY_IP}\n")
        network.ip("internet", *(f"address add {address}/32 dev lo" for address in cast.ADDRESSES))
        self._house.start_internet()
        self._start_name_server()
        for server in case.servers:
            self._serve(server)
        for port, role in case.doors.items():
            network.forward(port, plan.BY_ROLE[role])

    def play(self, case: Case, folder: Path) -> list[Done]:
        """Let everybody act and record it into ``folder``; what each turn did. Raises LabError."""
        self._network.set_speed(case.pace)
        recorder = Recorder(self._network, folder)
        recorder.start()
        try:
            for role in case.calm:
                self._begin(Turn(role, "tell-time", {"times": 1_000, "every": case.calm_every}))
            begun = [self._begin(turn) for turn in case.turns]
            done = [self._end(process, told) for process, told in begun]
            self._network.check()
            self._house.check()
            recorder.stop()
        finally:
            recorder.abandon()
        return done

    def _start_name_server(self) -> None:
        """The router's, for devices whose addresses are fixed; the internet's knows the rest."""
        own = [f"--host-record={name},{address}" for name, address in cast.NAMES.items()]
        ways = [f"--server={plan.DNS_IP}", f"--server=/{cast.TUNNEL_ZONE}/{cast.AUTHORITY_IP}", "--local=/lan/"]
        alone = ["--keep-in-foreground", "--conf-file=/dev/null", "--no-hosts", "--no-resolv", "--pid-file="]
        quiet = ["--user=root", "--log-facility=-", "--interface=lan", "--bind-interfaces", "--no-negcache"]
        self._network.start("gateway", "dnsmasq", *alone, *quiet, *ways, *own)
        self._network.wait_for_port("gateway", 53, udp=True)

    def _serve(self, server: Server) -> None:
        network, role = self._network, server.role
        folder = network.own(role)
        address = server.address or (plan.GATEWAY_IP if role == "gateway" else plan.BY_ROLE[role].ip)
        if server.kind == "mqtt":
            port, command = daemons.MQTT_PORT, daemons.mosquitto(folder, address, *server.arguments)
        elif server.kind == "ssh":
            port, command = daemons.SSH_PORT, daemons.sshd(self._sshd, folder, address, *server.arguments)
        else:
            port = KINDS[server.kind][0]
            command = _module("plays.servers", role, str(network.folder), server.kind, address, *server.arguments)
        network.start(role, *command, name=server.kind)
        network.wait_for_port(role, port, udp=server.kind == "names")

    def _begin(self, turn: Turn) -> tuple["subprocess.Popen[bytes]", Path]:
        """Let somebody act; what is done is told in a file."""
        network = self._network
        told = network.folder / f"{turn.who}-{turn.act}.json"
        command = _module("plays.act", turn.who, turn.act, json.dumps(turn.options), "--state", str(network.state))
        script = f"exec {shlex.join(command)} > {shlex.quote(str(told))}"
        return network.start(turn.who, "sh", "-c", script, name=f"{turn.act} of the {turn.who}"), told

    def _end(self, process: "subprocess.Popen[bytes]", told: Path) -> Done:
        """Wait until somebody is done. Raises LabError where that fails, with the end of the log."""
        end = time.monotonic() + PATIENCE
        while process.poll() is None and time.monotonic() < end:
            time.sleep(GLANCE)
        self._network.stop(process)
        if process.returncode:
            log = (self._network.own(told.stem.partition("-")[0]) / "log").read_text(errors="replace")
            words = " ".join(log.split())[-TAIL:]
            raise LabError(f"{told.stem} ended with status {process.returncode}: {words}")
        return msgspec.json.decode(told.read_bytes(), type=Done)


def _module(name: str, *arguments: str) -> list[str]:
    """The command that runs a module of these, or of the package."""
    return ["env", f"PYTHONPATH={SOURCES}", "PYTHONDONTWRITEBYTECODE=1", sys.executable, "-m", name, *arguments]
