"""Network namespaces joined by a gateway that switches, routes and does NAT; the programs that run in them.

    camera dvr doorbell plug hub ap thermostat sensor laptop ──── gateway (bridge lan, NAT, wan) ──── internet

The gateway is a home router: its LAN ports are a bridge, so whoever captures on ``lan`` sees what devices say to each
other too, and on ``wan`` what leaves after NAT.
"""

import contextlib
import fcntl
import json
import os
import shlex
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import IO, Any, Final

from botwarden.lab import guard, lines, plan
from botwarden.lab.clock import Clock, check_speed
from botwarden.lab.errors import Busy, LabError

HOME: Final = guard.STATE.parent
"""Everything that the lab that is up keeps: state, clock, logs, configuration."""
GRACE: Final = 3.0  # s between asking a process to end and ending it
PASSES: Final = 50
"""Times that processes are ended in a namespace: some start others while they die."""
NEEDED: Final = ("ip", "nft", "sysctl", "tc", "unshare", "setpriv", "mount")
"""Programs without which there are no namespaces."""
PACKAGES: Final = {
    "ip": "iproute2",
    "ss": "iproute2",
    "tc": "iproute2",
    "nft": "nftables",
    "sysctl": "procps",
    "unshare": "util-linux",
    "setpriv": "util-linux",
    "mount": "mount",
    "dnsmasq": "dnsmasq-base",
    "busybox": "busybox",
    "mosquitto": "mosquitto",
    "mosquitto_pub": "mosquitto-clients",
    "avahi-daemon": "avahi-daemon",
    "curl": "curl",
    "openssl": "openssl",
}
"""Programs that a whole house needs, and the Debian packages they come in. A telnetd (inetutils-telnetd) is welcome."""
NAT: Final = """
table ip nat {
    chain postrouting {
        type nat hook postrouting priority srcnat;
        oifname "wan" masquerade
    }
}
table inet filter {
    chain forward {
        type filter hook forward priority filter; policy accept;
        iifname "wan" ct state new ct status & dnat == 0 drop
    }
}
"""
ALREADY_UP: Final = "the lab is up already; `botwarden lab down` removes it"
QUIET: Final = ("net.ipv4.conf.all.rp_filter=0", "net.ipv4.conf.default.rp_filter=0")
"""Forged sources have to get as far as the capture."""


def run(*command: str, stdin: str | None = None) -> str:
    """Run a command to its end and return what it printed; raises LabError where it fails."""
    try:
        done = subprocess.run(command, input=stdin, capture_output=True, text=True, check=False)
    except FileNotFoundError:
        raise LabError(f"not found: {command[0]}") from None
    if done.returncode:
        raise LabError(f"{shlex.join(command)}: {done.stderr.strip() or done.returncode}")
    return done.stdout


def check_machine(needed: Sequence[str] = NEEDED) -> None:
    """Raise LabError unless a lab can be made here: Linux, root, the programs, and leave to make namespaces."""
    if not sys.platform.startswith("linux") or os.geteuid() != 0:
        raise LabError("the lab needs Linux and root, to make network namespaces")
    check_programs(needed)
    if subprocess.run(["unshare", "-n", "true"], capture_output=True, check=False).returncode:
        raise LabError("this machine lets nobody make network namespaces, so there is no lab")


def check_programs(needed: Iterable[str]) -> None:
    """Raise LabError, which says what to install, unless all programs are there."""
    missing = [name for name in needed if shutil.which(name) is None]
    if missing:
        packages = " ".join(sorted({PACKAGES.get(name, name) for name in missing}))
        raise LabError(f"the lab needs programs that are not installed: {', '.join(missing)} (apt install {packages})")


class Network:
    """The namespaces, and what runs in them.

    ``up`` makes them, ``down`` removes every trace, also of one that was killed; in between any process of root's may
    make a `Network` of the same folder and start or stop programs.

    folder : for state, clock, configuration and logs; root's own
    """

    def __init__(self, folder: Path = HOME) -> None:
        """Touch nothing yet."""
        self.folder = folder
        self.state = folder / "state.json"
        self._offered = folder / "up"
        self.clock = Clock(folder / "clock")
        self._lock: IO[str] | None = None
        self._made = False
        self._started: dict[subprocess.Popen[bytes], str] = {}

    @property
    def is_up(self) -> bool:
        """Whether there is a lab to be used: not one that somebody else is making, or was killed over."""
        return (self._lock is not None or self._offered.exists()) and _is_whole(self.state)

    def up(self, *, story: float | None = None, speed: float = 1.0) -> None:
        """Make the namespaces and the ways between them, in place of what a killed run left.

        Raises LabError, also where a lab is up; then nothing is left of this one.
        """
        check_machine()
        self.hold()
        if self._offered.exists() and _is_whole(self.state):
            self.release()
            raise LabError(ALREADY_UP)
        try:
            remove()
            shutil.rmtree(self.folder, ignore_errors=True)
            self.folder.mkdir(mode=0o700, parents=True)
            self.clock.start(story, speed)
            self._build()
            self._set_lines(speed)
            self._made = True
        except BaseException:
            self.down()
            raise

    def set_speed(self, speed: float) -> None:
        """Let lines and story, in this order, go at another pace: tens of ms apart. Raises LabError."""
        check_speed(speed)
        self._set_lines(speed)
        self.clock.set_speed(speed)

    def hold(self) -> None:
        """Be the one that makes, plays and removes; raises Busy where someone else is."""
        path = Path(f"{self.folder}.lock")
        while self._lock is None:
            lock = path.open("w")
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                lock.close()
                raise Busy("another process is busy with the lab of this machine") from None
            if _is_at(lock, path):
                self._lock = lock
            else:  # removed since it was opened: whoever comes next would lock another
                lock.close()

    def release(self) -> None:
        """Let others have the lab, which stays up."""
        if self._lock is not None:
            if self._made and self.state.exists():
                self._offered.touch()
            self._lock.close()
            self._lock = None

    def down(self) -> None:
        """End every program in the lab and remove it; requests to stop wait. Raises Busy where someone else has it."""
        self.hold()
        held = {signal.SIGINT, signal.SIGTERM, signal.SIGHUP}
        before = signal.pthread_sigmask(signal.SIG_BLOCK, held)
        try:
            for process in reversed(list(self._started)):
                self.stop(process)
        finally:
            remove()
            shutil.rmtree(self.folder, ignore_errors=True)
            Path(f"{self.folder}.lock").unlink(missing_ok=True)  # while it is held, or it could be another's
            self.release()
            signal.pthread_sigmask(signal.SIG_SETMASK, before)

    # -- what it is made of ------------------------------------------------------------------------------------------

    def _build(self) -> None:
        identities = {}
        for role in plan.ROLES:
            run("ip", "netns", "add", plan.namespace(role))
            identities[role] = guard.identity(f"/run/netns/{plan.namespace(role)}")
        guard.write_state(self.state, identities)
        for role in plan.ROLES:
            self.sysctl(role, *QUIET)
            self.ip(role, "link set lo up")
        self.ip("gateway", "link add lan type bridge mcast_snooping 0", f"link set lan address {plan.GATEWAY_MAC} up")
        for device in plan.DEVICES:
            inside = plan.namespace(device.role)
            self.ip("gateway", f"link add {device.role} type veth peer name eth0 address {device.mac} netns {inside}")
            self.ip("gateway", f"link set {device.role} master lan up")
            self.ip(device.role, "link set eth0 up")
        self._route()
        self._switch_off_offloads()

    def _route(self) -> None:
        """Give the gateway its two sides, and the internet its hosts."""
        internet = plan.namespace("internet")
        self.ip("gateway", f"link add wan type veth peer name eth0 netns {internet}")
        self.sysctl("gateway", "net.ipv4.ip_forward=1", "net.ipv6.conf.all.forwarding=1")
        self.ip(
            "gateway",
            f"address add {plan.GATEWAY_IP}/{plan.LAN.prefixlen} dev lan",
            f"address add {plan.GATEWAY_IP6}/64 dev lan nodad",
            f"address add {plan.GATEWAY_GLOBAL6}/64 dev lan nodad",
            f"address add {plan.WAN_GATEWAY}/{plan.WAN.prefixlen} dev wan",
            f"address add {plan.WAN6_GATEWAY}/64 dev wan nodad",
            "link set wan up",
            f"route add default via {plan.WAN_PROVIDER}",
            f"-6 route add default via {plan.WAN6_PROVIDER}",
        )
        self.ip(
            "internet",
            f"address add {plan.WAN_PROVIDER}/{plan.WAN.prefixlen} dev eth0",
            f"address add {plan.WAN6_PROVIDER}/64 dev eth0 nodad",
            "link set eth0 up",
            f"-6 route add {plan.LAN6_GLOBAL} via {plan.WAN6_GATEWAY}",
            *(f"address add {host}/32 dev lo" for host in plan.INTERNET_HOSTS),
            *(f"address add {host}/128 dev lo nodad" for host in plan.WEB_IPS6),
            *(f"route add local {closed} dev lo" for closed in plan.CLOSED_RANGES),
        )
        run("ip", "netns", "exec", plan.namespace("gateway"), "nft", "-f", "-", stdin=NAT)

    def _switch_off_offloads(self) -> None:
        run(*self.python("gateway", "botwarden.lab.offload", "lan", "wan", *plan.BY_ROLE))
        for role in ("internet", *plan.BY_ROLE):
            run(*self.python(role, "botwarden.lab.offload", "eth0"))

    def _set_lines(self, speed: float) -> None:
        for role in plan.ROLES:
            run("tc", "-netns", plan.namespace(role), "-batch", "-", stdin=lines.batch(role, speed))

    def ip(self, role: str, *commands: str) -> None:
        """Run ``ip`` commands in a role's namespace. Raises LabError."""
        for command in commands:
            run("ip", "-netns", plan.namespace(role), *command.split())

    def sysctl(self, role: str, *settings: str) -> None:
        """Set kernel parameters of a role's namespace. Raises LabError."""
        run("ip", "netns", "exec", plan.namespace(role), "sysctl", "-q", "-w", *settings)

    def forward(self, port: int, device: plan.Device, inside: int | None = None) -> None:
        """Lead a TCP port of the gateway's outside to a device."""
        rule = f'iifname "wan" tcp dport {port} dnat to {device.ip}:{inside or port}'
        chain = f"chain prerouting {{\ntype nat hook prerouting priority dstnat;\n{rule}\n}}"
        table = f"table ip forward_{port} {{\n{chain}\n}}\n"
        run("ip", "netns", "exec", plan.namespace("gateway"), "nft", "-f", "-", stdin=table)

    # -- programs ----------------------------------------------------------------------------------------------------

    def python(self, role: str, module: str, *arguments: str) -> list[str]:
        """The command that runs one of our modules in a role's namespace."""
        return ["ip", "netns", "exec", plan.namespace(role), *module_command(module), *arguments]

    def own(self, role: str) -> Path:
        """A role's own files; among them is the resolv.conf that its programs see."""
        made = self.folder / role
        made.mkdir(exist_ok=True)
        (made / "resolv.conf").touch()
        return made

    def start(
        self, role: str, *command: str, name: str | None = None, environment: dict[str, str] | None = None
    ) -> "subprocess.Popen[bytes]":
        """Start a program in a role's namespace, with a /run, /var/log and resolv.conf of its own.

        It stays when this process ends, until `down`. What it prints goes to ``<folder>/<role>/log``.
        """
        folder = self.own(role)
        hide = [
            "mount -t tmpfs tmpfs /run",
            "mount -t tmpfs tmpfs /var/log",
            f"mount --bind {shlex.quote(str(folder / 'resolv.conf'))} /etc/resolv.conf",
        ]
        services = folder / "services"
        if services.is_dir() and Path("/etc/avahi/services").is_dir():
            hide.append(f"mount --bind {shlex.quote(str(services))} /etc/avahi/services")
        script = " && ".join([*hide, f"exec {shlex.join(command)}"])
        with (folder / "log").open("ab") as log:
            process = subprocess.Popen(
                ["ip", "netns", "exec", plan.namespace(role), "sh", "-c", script],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                env={**os.environ, "RESOLV": str(folder / "resolv.conf"), **(environment or {})},
            )
        self._started[process] = name or command[0]
        return process

    def start_python(self, role: str, module: str, *arguments: str) -> "subprocess.Popen[bytes]":
        """Start one of our modules in a role's namespace."""
        return self.start(role, *module_command(module), *arguments, name=module)

    def check(self) -> None:
        """Raise LabError where one of the programs that this process started has ended."""
        for process, name in self._started.items():
            if process.poll() is not None:
                raise LabError(f"{name} ended with status {process.returncode}")

    def forget(self, process: "subprocess.Popen[bytes]") -> None:
        """A program that may end."""
        self._started.pop(process, None)

    def stop(self, process: "subprocess.Popen[bytes]", how: signal.Signals = signal.SIGTERM) -> None:
        """End a program and wait until it is gone."""
        self._started.pop(process, None)
        _signal(process, how)
        try:
            process.wait(GRACE)
        except subprocess.TimeoutExpired:
            _signal(process, signal.SIGKILL)
            process.wait()

    def wait_for_port(self, role: str, port: int, *, udp: bool = False, limit: float = 10.0) -> None:
        """Wait until someone listens on a port; raises LabError after ``limit`` seconds."""
        end = time.monotonic() + limit
        while time.monotonic() < end:
            shown = run("ip", "netns", "exec", plan.namespace(role), "ss", "-Hln", "-u" if udp else "-t")
            if any(line.split()[3].endswith(f":{port}") for line in shown.splitlines() if len(line.split()) > 3):
                return
            time.sleep(0.05)
        raise LabError(f"nobody listens on port {port} of the {role}")

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


def module_command(module: str) -> list[str]:
    """How to run a module of ours, whether installed or not, wherever the command is run."""
    source = str(Path(__file__).parents[2])
    return ["env", f"PYTHONPATH={source}", "PYTHONDONTWRITEBYTECODE=1", sys.executable, "-m", module]


def remove() -> None:
    """End what still runs in the lab's namespaces and delete them."""
    names = _namespaces()
    for name in names:
        for _ in range(PASSES):
            if not _kill(run("ip", "netns", "pids", name).split()):
                break
            time.sleep(0.02)
    for name in names:
        run("ip", "netns", "delete", name)


def _is_whole(state: Path) -> bool:
    return state.exists() and len(_namespaces()) == len(plan.ROLES)


def _is_at(file: IO[str], path: Path) -> bool:
    """Whether an open file is still the one at a path."""
    try:
        return os.path.samestat(os.fstat(file.fileno()), path.stat())
    except FileNotFoundError:
        return False


def _kill(pids: Sequence[str]) -> int:
    """End processes that may be gone already; how many were not."""
    killed = 0
    for pid in pids:
        with contextlib.suppress(ProcessLookupError):
            os.kill(int(pid), signal.SIGKILL)
            killed += 1
    return killed


def _namespaces() -> list[str]:
    if shutil.which("ip") is None:
        return []
    return [line.split()[0] for line in run("ip", "netns", "list").splitlines() if line.startswith(plan.PREFIX)]


def _signal(process: "subprocess.Popen[bytes]", how: signal.Signals) -> None:
    if process.poll() is None:
        os.killpg(process.pid, how)
