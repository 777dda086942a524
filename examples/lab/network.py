"""Network namespaces joined by a switch and a gateway with NAT, and the programs that run in them.

camera dvr sensor laptop ──── switch (bridge br0, recorded here) ──── gateway ──── internet
"""

import fcntl
import json
import os
import shlex
import signal
import subprocess
import sys
import time
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Final

from lab import guard, plan

EXAMPLES: Final = Path(__file__).parents[1]
LOCK: Final = Path("/run/botwarden-lab.lock")
GRACE: Final = 3.0  # s between asking a process to end and ending it
NAT: Final = """
table ip nat {
    chain postrouting {
        type nat hook postrouting priority srcnat;
        oifname "wan" masquerade
    }
}
"""


class LabError(Exception):
    """The lab cannot be made or has fallen over; the text is one line."""


def run(*command: str, stdin: str | None = None) -> str:
    """Run a command to its end and return what it printed; raises LabError where it fails."""
    done = subprocess.run(command, input=stdin, capture_output=True, text=True, check=False)
    if done.returncode:
        raise LabError(f"{shlex.join(command)}: {done.stderr.strip() or done.returncode}")
    return done.stdout


class Lab:
    """The namespaces, for as long as the ``with`` block lasts.

    work : an empty folder of root's, for state, configuration and leases
    """

    def __init__(self, work: Path) -> None:
        self.work = work
        self.state = work / "state.json"
        self._processes: dict[subprocess.Popen[bytes], str] = {}  # with their names
        self._stack = ExitStack()

    def __enter__(self) -> "Lab":
        with ExitStack() as stack:
            lock = stack.enter_context(LOCK.open("w"))
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise LabError("another recording is running on this machine") from None
            remove_namespaces()  # of a recording that was killed
            stack.callback(self._clear)
            self._build()
            self._stack = stack.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def _build(self) -> None:
        roles = ["switch", "gateway", "internet", *(device.role for device in plan.DEVICES)]
        identities = {}
        for role in roles:
            run("ip", "netns", "add", plan.namespace(role))
            identities[role] = guard.identity(f"/run/netns/{plan.namespace(role)}")
        guard.write_state(self.state, identities)
        self._sysctl("switch", "net.ipv6.conf.all.disable_ipv6=1", "net.ipv6.conf.default.disable_ipv6=1")
        self._ip("switch", "link add br0 type bridge mcast_snooping 0", "link set br0 up")
        self._connect("gateway", "lan", plan.GATEWAY_MAC)
        for device in plan.DEVICES:
            self._connect(device.role, "eth0", device.mac)
        self._route()
        self._switch_off_offloads()
        for role in roles:
            self._ip(role, "link set lo up")

    def _connect(self, role: str, interface: str, mac: str) -> None:
        inside = plan.namespace(role)
        self._ip("switch", f"link add {role} type veth peer name {interface} address {mac} netns {inside}")
        self._ip("switch", f"link set {role} master br0 up")
        self._ip(role, f"link set {interface} up")

    def _route(self) -> None:
        """Give the gateway its two sides, and the internet its hosts."""
        internet = plan.namespace("internet")
        self._ip("gateway", f"link add wan type veth peer name eth0 netns {internet}")
        self._sysctl("gateway", "net.ipv4.ip_forward=1", "net.ipv6.conf.all.forwarding=1")
        self._ip(
            "gateway",
            f"address add {plan.GATEWAY_IP}/24 dev lan",
            f"address add {plan.GATEWAY_IP6}/64 dev lan nodad",
            f"address add {plan.WAN_GATEWAY}/30 dev wan",
            "link set wan up",
            f"route add default via {plan.WAN_PROVIDER}",
        )
        hosts = [plan.DNS_IP, plan.NTP_IP, plan.MQTT_IP, *plan.WEB_IPS, plan.VICTIM_IP, *plan.TELNET_HOSTS]
        hosts += [plan.INTRUDER_IP, plan.LOADER_IP, plan.CNC_IP]
        self._ip(
            "internet",
            f"address add {plan.WAN_PROVIDER}/30 dev eth0",
            "link set eth0 up",
            *(f"address add {host}/32 dev lo" for host in hosts),
            *(f"route add local {closed} dev lo" for closed in plan.CLOSED_RANGES),
        )
        run("ip", "netns", "exec", plan.namespace("gateway"), "nft", "-f", "-", stdin=NAT)

    def _ip(self, role: str, *commands: str) -> None:
        for command in commands:
            run("ip", "-netns", plan.namespace(role), *command.split())

    def _sysctl(self, role: str, *settings: str) -> None:
        run("ip", "netns", "exec", plan.namespace(role), "sysctl", "-q", "-w", *settings)

    def _switch_off_offloads(self) -> None:
        devices = [device.role for device in plan.DEVICES]
        run(*self.python("switch", "lab.offload", "gateway", *devices))
        run(*self.python("gateway", "lab.offload", "lan", "wan"))
        for role in ("internet", *devices):
            run(*self.python(role, "lab.offload", "eth0"))

    def python(self, role: str, module: str, *arguments: str) -> list[str]:
        """The command that runs one of this folder's modules in a role's namespace."""
        return ["ip", "netns", "exec", plan.namespace(role), *_module(module), *arguments]

    def folder(self, role: str) -> Path:
        """A role's own files; among them is the resolv.conf that its programs see."""
        made = self.work / role
        made.mkdir(exist_ok=True)
        (made / "resolv.conf").touch()
        return made

    def start(self, role: str, *command: str, name: str | None = None) -> "subprocess.Popen[bytes]":
        """Start a program in a role's namespace. It dies with the lab, and sees a /run and resolv.conf of its own."""
        folder = self.folder(role)
        hide = [
            "mount -t tmpfs tmpfs /run",
            "mount -t tmpfs tmpfs /var/log",
            f"mount --bind {shlex.quote(str(folder / 'resolv.conf'))} /etc/resolv.conf",
        ]
        services = folder / "services"
        if services.is_dir():
            hide.append(f"mount --bind {shlex.quote(str(services))} /etc/avahi/services")
        script = " && ".join([*hide, f"exec setpriv --pdeathsig KILL {shlex.join(command)}"])
        with (folder / "log").open("ab") as log:
            process = subprocess.Popen(
                ["ip", "netns", "exec", plan.namespace(role), "sh", "-c", script],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                env={**os.environ, "RESOLV": str(folder / "resolv.conf")},
            )
        self._processes[process] = name or command[0]
        return process

    def start_python(self, role: str, module: str, *arguments: str) -> "subprocess.Popen[bytes]":
        """Start one of this folder's modules in a role's namespace."""
        return self.start(role, *_module(module), *arguments, name=module)

    def wait_for_address(self, device: plan.Device, limit: float = 20.0) -> None:
        """Wait until a device has got its address; raises LabError after ``limit`` seconds."""
        end = time.monotonic() + limit
        while time.monotonic() < end:
            shown: list[dict[str, Any]] = json.loads(
                run("ip", "-netns", plan.namespace(device.role), "-json", "address", "show", "dev", "eth0")
            )
            if any(entry["local"] == device.ip for entry in shown[0]["addr_info"]):
                return
            time.sleep(0.1)
        raise LabError(f"the {device.role} got no address by DHCP")

    def check(self) -> None:
        """Raise LabError where one of the programs has ended."""
        for process, name in self._processes.items():
            if process.poll() is not None:
                raise LabError(f"{name} ended with status {process.returncode}")

    def stop(self, process: "subprocess.Popen[bytes]", how: signal.Signals = signal.SIGTERM) -> None:
        """End a program and wait until it is gone."""
        del self._processes[process]
        _signal(process, how)
        try:
            process.wait(GRACE)
        except subprocess.TimeoutExpired:
            _signal(process, signal.SIGKILL)
            process.wait()

    def _clear(self) -> None:
        """End and remove everything; requests to stop wait until that is done."""
        held = {signal.SIGINT, signal.SIGTERM, signal.SIGHUP}
        before = signal.pthread_sigmask(signal.SIG_BLOCK, held)
        try:
            for process in reversed(list(self._processes)):
                self.stop(process)
        finally:
            remove_namespaces()
            signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _module(module: str) -> list[str]:
    return ["env", f"PYTHONPATH={EXAMPLES}", "PYTHONDONTWRITEBYTECODE=1", sys.executable, "-m", module]


def _signal(process: "subprocess.Popen[bytes]", how: signal.Signals) -> None:
    if process.poll() is None:
        os.killpg(process.pid, how)


def remove_namespaces() -> None:
    """End what still runs in the lab's namespaces and delete them."""
    names = [line.split()[0] for line in run("ip", "netns", "list").splitlines() if line.startswith(plan.PREFIX)]
    for name in names:
        for pid in run("ip", "netns", "pids", name).split():
            os.kill(int(pid), signal.SIGKILL)
    for name in names:
        run("ip", "netns", "delete", name)
