"""The stage of a case: the lab's house with fixed addresses, a name server, and a recorder at the switch."""

import json
import re
import shlex
import signal
import subprocess
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from lab import plan
from lab.cases import cast
from lab.household import dnsmasq
from lab.network import Lab, LabError, run

SETTLE: Final = 1.0  # s after the last packet
PATIENCE: Final = 180.0  # s that an actor may take
READY: Final = 10.0  # s until a server listens
QUIET: Final = ("net.ipv6.conf.all.disable_ipv6=1", "net.ipv6.conf.default.disable_ipv6=1", "net.ipv4.tcp_timestamps=0")
"""IPv6's own chatter is left out of files of some kB; TCP's clock would belie the stretched time."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What `scan` has to find: about which device, and when it happened (s, UTC, by the machine's clock)."""

    device: plan.Device
    label: str
    role: str
    start: float
    end: float
    what: str


@dataclass(frozen=True, slots=True)
class Act:
    """What an actor told of itself."""

    start: float
    end: float
    count: int


@dataclass(slots=True)
class Stage:
    """A lab with everything on it that a case needs.

    pace : seconds of the story in one of the machine's
    sshd : OpenSSH's server
    """

    lab: Lab
    pace: int
    sshd: str = "sshd"
    _acts: dict["subprocess.Popen[bytes]", Path] = field(default_factory=dict)

    def build(self, names: dict[str, str]) -> None:
        """Give everyone an address, and names that the internet's name server knows."""
        lab = self.lab
        for role in ("gateway", *(device.role for device in plan.DEVICES)):
            run("ip", "netns", "exec", plan.namespace(role), "sysctl", "-q", "-w", *QUIET)
        for device in plan.DEVICES:
            inside = plan.namespace(device.role)
            run("ip", "-netns", inside, "address", "add", f"{device.ip}/{plan.LAN.prefixlen}", "dev", "eth0")
            run("ip", "-netns", inside, "route", "add", "default", "via", plan.GATEWAY_IP)
            (lab.folder(device.role) / "resolv.conf").write_text(f"nameserver {plan.GATEWAY_IP}\n")
        for address in cast.ADDRESSES:
            run("ip", "-netns", plan.namespace("internet"), "address", "add", f"{address}/32", "dev", "lo")
        records = [f"--host-record={name},{address}" for name, address in {**plan.NAMES, **names}.items()]
        alone = ["--bind-interfaces", "--no-resolv", "--no-negcache"]
        lab.start("internet", *dnsmasq(f"--listen-address={plan.DNS_IP}", *alone, "--local=/#/", *records))
        zone = f"--server=/{cast.TUNNEL_ZONE}/{cast.AUTHORITY_IP}"
        lab.start("gateway", *dnsmasq("--interface=lan", *alone, f"--server={plan.DNS_IP}", zone, "--local=/lan/"))
        lab.start_python("internet", "lab.ntp", "serve", plan.NTP_IP)
        self.wait("gateway", 53, udp=True)
        self.wait("internet", 53, udp=True)

    def serve(self, role: str, module: str, *arguments: str, port: int) -> "subprocess.Popen[bytes]":
        """Start a server of ours and wait until it listens."""
        started = self.lab.start_python(role, f"lab.cases.{module}", *arguments)
        self.wait(role, port)
        return started

    def serve_mqtt(self, role: str, address: str, login: tuple[str, str]) -> None:
        """Start mosquitto, which knows one account."""
        folder = self.lab.folder(role)
        accounts = folder / "accounts"
        run("mosquitto_passwd", "-c", "-b", str(accounts), *login)
        (folder / "mosquitto.conf").write_text(
            f"listener 1883 {address}\nallow_anonymous false\npassword_file {accounts}\nuser root\n"
        )
        self.lab.start(role, "mosquitto", "-c", str(folder / "mosquitto.conf"))
        self.wait(role, 1883)

    def serve_ssh(self, role: str, address: str, login: tuple[str, str] | None) -> None:
        """Start OpenSSH's server, which knows one account or none: it sees files of accounts of its own."""
        folder = self.lab.folder(role)
        run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "lab", "-f", str(folder / "hostkey"))
        accounts = ["root:x:0:0::/:/usr/sbin/nologin", "sshd:x:101:65534::/run/sshd:/usr/sbin/nologin"]
        secrets = ["root:*:19000::::::", "sshd:*:19000::::::"]
        if login:
            accounts.append(f"{login[0]}:x:64000:65534::/:/bin/sh")
            secrets.append(f"{login[0]}:{run('openssl', 'passwd', '-6', login[1]).strip()}:19000::::::")
        for name, lines in (("passwd", accounts), ("shadow", secrets)):
            (folder / name).write_text("\n".join([*lines, ""]))
            (folder / name).chmod(0o600 if name == "shadow" else 0o644)
        (folder / "sshd_config").write_text(
            f"ListenAddress {address}\nHostKey {folder / 'hostkey'}\nPidFile none\nUsePAM no\nUseDNS no\n"
            "PermitRootLogin no\nPubkeyAuthentication no\nKbdInteractiveAuthentication no\nPrintLastLog no\n"
            "ForceCommand /bin/true\n"
        )
        binds = [f"mount --bind {shlex.quote(str(folder / name))} /etc/{name}" for name in ("passwd", "shadow")]
        start = f"exec {shlex.quote(self.sshd)} -D -e -f {shlex.quote(str(folder / 'sshd_config'))}"
        self.lab.start(role, "sh", "-c", " && ".join([*binds, "mkdir -m 755 /run/sshd", start]), name="sshd")
        self.wait(role, 22)

    def wait(self, role: str, port: int, *, udp: bool = False) -> None:
        """Wait until someone listens on a port; raises LabError after `READY` seconds."""
        end = time.monotonic() + READY
        while time.monotonic() < end:
            kind = "-Hlun" if udp else "-Hltn"
            shown = run("ip", "netns", "exec", plan.namespace(role), "ss", kind)
            if re.search(rf":{port}\s", shown):
                return
            time.sleep(0.05)
        raise LabError(f"nobody listens on port {port} of the {role}")

    def forward(self, port: int, device: plan.Device) -> None:
        """Lead a port of the router to a device."""
        rule = f'iifname "wan" tcp dport {port} dnat to {device.ip}'
        chain = f"chain prerouting {{\ntype nat hook prerouting priority dstnat;\n{rule}\n}}"
        run(
            "ip",
            "netns",
            "exec",
            plan.namespace("gateway"),
            "nft",
            "-f",
            "-",
            stdin=f"table ip cases {{\n{chain}\n}}\n",
        )

    def ordinary_life(self, *roles: str, every: float = 64.0) -> None:
        """Let devices look the time server up and ask it, again and again."""
        for role in roles:
            self.lab.start_python(role, "lab.ntp", "ask", "ntp.pool.example", str(every / self.pace))

    def begin(self, who: str, module: str, action: str) -> "subprocess.Popen[bytes]":
        """Let an actor begin."""
        role = "internet" if who == "stranger" else who
        told = self.lab.work / f"{len(self._acts)}-{module}-{action}.json"
        options = ["--state", str(self.lab.state), "--who", who, "--pace", str(self.pace), action]
        command = self.lab.python(role, f"lab.cases.{module}", *options)[4:]  # it is in the namespace already
        process = self.lab.start(role, "sh", "-c", f"exec {shlex.join(command)} > {shlex.quote(str(told))}")
        self._acts[process] = told
        return process

    def end(self, process: "subprocess.Popen[bytes]") -> Act:
        """Wait until an actor is done; raises LabError where it fails."""
        try:
            status = process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            status = -1
        self.lab.stop(process)
        told = self._acts[process]
        if status:
            logs = " ".join(path.read_text()[-300:] for path in self.lab.work.glob("*/log"))
            raise LabError(f"{told.stem} ended with status {status}: {' '.join(logs.split())[-600:]}")
        report = json.loads(told.read_text())
        return Act(report["start"], report["end"], report["count"])

    def act(self, who: str, module: str, action: str) -> Act:
        """Let an actor act, to the end."""
        return self.end(self.begin(who, module, action))

    def pause(self, seconds: float) -> None:
        """Let time of the story pass."""
        time.sleep(seconds / self.pace)


class Recorder:
    """tcpdump at the switch, for as long as the ``with`` block lasts."""

    def __init__(self, lab: Lab, capture: Path) -> None:
        self._lab = lab
        self._command: Sequence[str] = (
            "tcpdump",
            "-i",
            "br0",
            "-s",
            "0",
            "--immediate-mode",
            "-Z",
            "root",
            "-w",
            str(capture),
        )

    def __enter__(self) -> "Recorder":
        self._process = self._lab.start("switch", *self._command)
        log = self._lab.folder("switch") / "log"
        end = time.monotonic() + READY
        while "listening on" not in log.read_text():
            if time.monotonic() > end:
                raise LabError("tcpdump does not start")
            time.sleep(0.05)
        return self

    def __exit__(self, *_: object) -> None:
        time.sleep(SETTLE)
        self._lab.stop(self._process, signal.SIGINT)
