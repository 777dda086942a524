"""The house, switched on: the internet, then the router, then one device after the other.

    network = Network()
    network.up(story=start)
    house = House(network, seed=1, pace=30)
    house.start()               # everything answers, or LabError says what does not
    network.set_speed(30)
    house.check()               # now and then: LabError where a program has ended
    network.down()

Who records starts between `House.start_internet` and `House.start_home`.
"""

import json
import subprocess
import time
from typing import Final

from botwarden.lab import certificates, device, mdns, plan
from botwarden.lab.clock import check_speed
from botwarden.lab.devices.table import LIVES
from botwarden.lab.errors import LabError
from botwarden.lab.network import PACKAGES, Network, check_programs, module_command, run

PATIENCE: Final = 45.0
"""s of machine time until everything has to answer."""
LEASE: Final = 7_200.0
"""s of the story."""
SHORTEST_LEASE: Final = 120
"""dnsmasq's."""
TAIL: Final = 300
"""Characters of a log that an error shows."""


class House:
    """Everybody who lives in a `Network`.

    network : is up
    seed : of everybody's dice
    pace : how many times as fast as the machine the story will go for the most part; leases and router
        advertisements, which run by the machine's clock, are made that much shorter
    """

    def __init__(self, network: Network, seed: int = 1, pace: float = 1.0) -> None:
        """Touch nothing yet. Raises LabError for an impossible pace or where a program is missing."""
        check_speed(pace)
        check_programs(PACKAGES)
        self.network = network
        self.seed = seed
        self.pace = max(pace, 1.0)
        self._running: list[tuple[str, str, subprocess.Popen[bytes]]] = []

    def start(self) -> None:
        """Switch everything on and wait until it answers. Raises LabError, which names what does not."""
        self.start_internet()
        self.start_home()

    def check(self) -> None:
        """Raise LabError where a program of the house has ended, with the end of its log."""
        for role, name, process in self._running:
            if process.poll() is not None:
                raise LabError(f"{name} of the {role} ended with status {process.returncode}{self._tail(role)}")

    def restart(self, role: str) -> None:
        """Pull a device's plug for a moment. Raises LabError where it does not run."""
        device.restart(self.network.folder, role)

    # -- the internet ------------------------------------------------------------------------------------------------

    def start_internet(self) -> None:
        """Name server, broker, and everybody else out there."""
        folder = self.network.own("internet")
        names = sorted(plan.NAMES)
        certificates.make(self.network.folder / "tls", names, (time.time(), self.network.clock.now()))
        records = [f"--host-record={name},{','.join([ip, *_six(name)])}" for name, ip in plan.NAMES.items()]
        own = ["--bind-interfaces", "--no-resolv", "--local=/#/", "--local-ttl=60"]
        self._run(
            "internet",
            "dnsmasq",
            *_dnsmasq(f"--listen-address={plan.DNS_IP}", f"--listen-address={plan.VICTIM_IP}", *own, *records),
        )
        broker = folder / "mosquitto.conf"
        broker.write_text(f"listener 1883 {plan.MQTT_IP}\nallow_anonymous true\nuser root\nlog_type error\n")
        self._run("internet", "mosquitto", "mosquitto", "-c", str(broker))
        self._run_python("internet", "botwarden.lab.internet", str(self.network.folder), str(self.seed))
        for port in (53, 1883, 443, 80, 23, plan.CNC_PORT, plan.IRC_PORT, plan.BEACON_PORT):
            self._wait("internet", port)
        self._wait("internet", 123, udp=True)

    # -- the home ----------------------------------------------------------------------------------------------------

    def start_home(self) -> None:
        """The router, then the devices; returns when all of them have their addresses and answer."""
        self._start_gateway()
        for one in plan.DEVICES:
            if LIVES[one.role].services:
                mdns.write_services(self.network.own(one.role) / "services", one.name, LIVES[one.role].services)
            self._run_python(one.role, "botwarden.lab.device", one.role, str(self.network.folder), str(self.seed))
        end = time.monotonic() + PATIENCE
        for one in plan.DEVICES:
            self._wait_for_addresses(one, end)
            for port in LIVES[one.role].tcp:
                self._wait(one.role, port)
            for port in LIVES[one.role].udp:
                self._wait(one.role, port, udp=True)
        self.check()

    def _start_gateway(self) -> None:
        """DHCP, DNS and IPv6 router advertisements for the LAN; the router's page and UPnP."""
        lease = max(SHORTEST_LEASE, round(LEASE / self.pace))
        every = max(4, round(600 / self.pace))
        prefixes = [f"--dhcp-range={network.network_address},ra-names" for network in (plan.LAN6, plan.LAN6_GLOBAL)]
        self._run(
            "gateway",
            "dnsmasq",
            *_dnsmasq("--interface=lan", "--bind-interfaces", "--no-resolv", f"--server={plan.DNS_IP}"),
            *["--domain=lan", "--local=/lan/", "--dhcp-authoritative", "--enable-ra", f"--ra-param=lan,{every},1800"],
            *[f"--dhcp-range={plan.LAN[100]},{plan.LAN[199]},{lease}", *prefixes],
            f"--host-record=router.lan,{plan.GATEWAY_IP}",
            f"--dhcp-leasefile={self.network.own('gateway') / 'leases'}",
            *(f"--dhcp-host={one.mac},{one.ip},{one.name}" for one in plan.DEVICES),
        )
        self._run_python("gateway", "botwarden.lab.gateway", str(self.network.folder))
        for port, udp in ((53, False), (67, True), (80, False), (1900, True)):
            self._wait("gateway", port, udp=udp)

    # -- programs ----------------------------------------------------------------------------------------------------

    def _run(self, role: str, name: str, *command: str) -> None:
        self._running.append((role, name, self.network.start(role, *command, name=f"{name} of the {role}")))

    def _run_python(self, role: str, module: str, *arguments: str) -> None:
        self._run(role, module, *module_command(module), *arguments)

    def _wait(self, role: str, port: int, *, udp: bool = False) -> None:
        try:
            self.network.wait_for_port(role, port, udp=udp, limit=PATIENCE / 2)
        except LabError as error:
            self.check()
            raise LabError(f"{error}{self._tail(role)}") from None

    def _wait_for_addresses(self, one: plan.Device, end: float) -> None:
        wanted = {one.ip, plan.lan6(one.mac), plan.global6(one.mac)}
        while missing := wanted - _addresses(one.role):
            self.check()
            if time.monotonic() > end:
                raise LabError(f"the {one.role} did not get the address {min(missing)}{self._tail(one.role)}")
            time.sleep(0.2)

    def _tail(self, role: str) -> str:
        path = self.network.folder / role / "log"
        text = " ".join(path.read_text(errors="replace")[-4 * TAIL :].split())[-TAIL:] if path.exists() else ""
        return f": … {text}" if text else ""


def _six(name: str) -> list[str]:
    return [plan.NAMES6[name]] if name in plan.NAMES6 else []


def _addresses(role: str) -> set[str]:
    """A role's addresses that can be used."""
    shown = json.loads(run("ip", "-netns", plan.namespace(role), "-json", "address", "show", "dev", "eth0"))
    return {entry["local"] for entry in shown[0]["addr_info"] if not entry.get("tentative")}


def _dnsmasq(*options: str) -> list[str]:
    """dnsmasq in the foreground, reading nothing of the machine's own configuration."""
    alone = ["--keep-in-foreground", "--conf-file=/dev/null", "--no-hosts", "--pid-file=", "--user=root"]
    return ["dnsmasq", *alone, "--log-facility=-", *options]
