"""The condition under which the emulator may send: inside the lab, to the lab, not fast, not much.

Everything that it sends passes through a `Permit`, and only `obtain` makes one.
"""

import ipaddress
import json
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from botwarden.lab import plan

MAX_PACKETS: Final = 20_000
"""Packets per act: enough to be seen in a capture of a few MB, too few to hurt anything."""
MAX_RATE: Final = 1_000.0
"""Packets per second of the machine's clock: what a camera does."""
MAX_CONVERSATIONS: Final = 2_000
"""Connections per act."""
MAX_CONVERSATION_RATE: Final = 100.0
"""Connections per second."""
TARGETS: Final = (plan.LAN, *plan.INTERNET, plan.LAN6, plan.LAN6_GLOBAL, *plan.INTERNET6)
FORGED: Final = (plan.SCANNED, plan.PEERS)
"""What may stand in a packet as its source besides one's own address: from RFC 2544's range, nobody's address."""
STATE: Final = Path("/var/lib/botwarden-lab/state.json")
"""Where the lab that is up notes which namespaces are its own."""


class Refused(SystemExit):
    """Something that the emulator will not do. Left alone it ends the program with its text and status 1."""


class Allowance:
    """So many things, so many a second: the last line, whatever the caller's own pacing is."""

    def __init__(self, limit: int, rate: float, what: str) -> None:
        """``what`` : is counted, in the plural."""
        self._limit, self._rate, self._what = limit, rate, what
        self._lock = threading.Lock()
        self._start = time.monotonic()
        self.spent = 0

    def spend(self) -> None:
        """One more, not before it is due. Raises Refused beyond the limit."""
        with self._lock:
            if self.spent >= self._limit:
                raise Refused(f"refused: more than {self._limit} {self._what}")
            self.spent += 1
            ahead = self._start + (self.spent - 1) / self._rate - time.monotonic()
            if ahead < -1:  # what was not used before the last second is lost
                self._start -= ahead + 1
            if ahead > 0:
                time.sleep(ahead)


class Permit:
    """Leave to send to the lab's addresses from inside the lab.

    source : the IPv4 address to send from
    device : who sends; None for the strangers of the lab's internet
    namespace : the one that it is for; None: for none
    """

    def __init__(
        self, source: str, device: plan.Device | None = None, namespace: tuple[int, int] | None = None
    ) -> None:
        """Only `obtain` makes permits that are worth anything."""
        self.source = source
        self.device = device
        self.namespace = namespace
        self.packets = Allowance(MAX_PACKETS, MAX_RATE, "packets")
        self.connections = Allowance(MAX_CONVERSATIONS, MAX_CONVERSATION_RATE, "connections")

    def confirm(self) -> None:
        """Raise Refused unless this process is in the namespace for which `obtain` gave the permit."""
        own = identity()
        if self.namespace is None or own != list(self.namespace) or own == _machine():
            raise Refused("refused: this permit is not for the network namespace of this process")

    def check(self, target: str) -> str:
        """Return ``target``; raises Refused where it is not one of the lab's addresses."""
        return check_target(target)

    def check_source(self, source: str) -> str:
        """Return ``source``; raises Refused where it is neither one's own address nor one of `FORGED`."""
        if source != self.source and not any(ipaddress.ip_address(source) in network for network in FORGED):
            raise Refused(f"refused: {source} may not be forged, only {', '.join(map(str, FORGED))}")
        return source

    def paced(self, count: int, rate: float) -> Iterator[int]:
        """Yield 0 … count - 1, ``rate`` per second of the machine's clock. Raises Refused beyond the limits above."""
        if count > MAX_PACKETS or not 0 < rate <= MAX_RATE:
            raise Refused(f"refused: {count} packets at {rate:g}/s is more than {MAX_PACKETS} at {MAX_RATE:g}/s")
        return _paced(count, rate)

    def conversations(self, count: int, rate: float) -> Iterator[int]:
        """The same for whole connections, which are dearer."""
        if count > MAX_CONVERSATIONS or not 0 < rate <= MAX_CONVERSATION_RATE:
            limits = f"{MAX_CONVERSATIONS} at {MAX_CONVERSATION_RATE:g}/s"
            raise Refused(f"refused: {count} connections at {rate:g}/s is more than {limits}")
        return _paced(count, rate)


def _paced(count: int, rate: float) -> Iterator[int]:
    start = time.monotonic()
    for i in range(count):
        ahead = start + i / rate - time.monotonic()
        if ahead > 0:
            time.sleep(ahead)
        yield i


def check_target(target: str) -> str:
    """Return ``target``; raises Refused where it is not one of the lab's addresses."""
    try:
        address = ipaddress.ip_address(target)
    except ValueError:
        raise Refused(f"refused: {target!r} is no IP address") from None
    if not any(address in network for network in TARGETS):
        raise Refused(f"refused: {target} is outside the lab ({', '.join(map(str, TARGETS))})")
    return target


def identity(path: str = "/proc/self/ns/net") -> list[int]:
    """Device and inode of a network namespace: together they name it."""
    found = Path(path).stat()
    return [found.st_dev, found.st_ino]


def write_state(path: Path, namespaces: dict[str, list[int]]) -> None:
    """Note which namespaces the lab made, and from which one it was started."""
    path.write_text(json.dumps({"outside": identity(), "namespaces": namespaces}))
    path.chmod(0o600)


def obtain(role: str, state: Path = STATE) -> Permit:
    """A permit to send as a device, or as a stranger with the role ``internet``.

    Raises Refused unless this process runs in the namespace that the lab made for that role, whose only way out is the
    lab's.
    """
    check_namespace(state, role)
    if role == "internet":
        _check_interfaces(None)
        _check_routes({str(plan.WAN): None})
        return Permit(plan.INTRUDER_IP, None, _own())
    device = plan.BY_ROLE.get(role)
    if device is None:
        raise Refused(f"refused: nobody in the lab may act as {role!r}")
    _check_interfaces(device.mac)
    _check_routes({str(plan.LAN): None, "default": plan.GATEWAY_IP})
    return Permit(device.ip, device, _own())


def _own() -> tuple[int, int]:
    device, inode = identity()
    return device, inode


def check_namespace(state: Path, role: str) -> None:
    """Raise Refused unless this process runs in the namespace that the lab made for a role."""
    try:
        noted = json.loads(state.read_text())
        outside, made = noted["outside"], noted["namespaces"][role]
        if state.stat().st_uid != 0:
            raise Refused(f"refused: {state} does not belong to root")
        own = identity()
    except (OSError, ValueError, TypeError, LookupError) as error:
        raise Refused(f"refused: not inside a lab ({error})") from None
    if own != made or own in (outside, _machine()):
        raise Refused(f"refused: this is not the network namespace that the lab made for its {role}")


def _machine() -> list[int] | None:
    """The machine's own namespace; None where even root may not look at process 1, as in some containers."""
    try:
        return identity("/proc/1/ns/net")
    except PermissionError:
        return None


def _check_interfaces(mac: str | None) -> None:
    """Whether the only interface is the lab's; with the MAC that it gave it, where that is certain."""
    names = {name for _, name in socket.if_nameindex()}
    if names != {"lo", "eth0"}:
        raise Refused(f"refused: unexpected interfaces {sorted(names)}")
    (link,) = _ip("-details", "link", "show", "dev", "eth0")
    if link.get("linkinfo", {}).get("info_kind") != "veth" or mac not in (None, link.get("address")):
        raise Refused("refused: eth0 is not the virtual interface of the lab")


def _check_routes(expected: dict[str, str | None]) -> None:
    """Whether all routes lead through the lab's interface to the lab; ``expected`` : gateways by destination."""
    for route in _ip("-4", "route", "show"):
        known = route["dst"] in expected and route.get("gateway") == expected[route["dst"]]
        if not known or route["dev"] != "eth0":
            raise Refused(f"refused: unexpected route to {route['dst']}")


def _ip(*arguments: str) -> list[dict[str, Any]]:
    run = subprocess.run(["ip", "-json", *arguments], capture_output=True, text=True, check=True)
    parsed: list[dict[str, Any]] = json.loads(run.stdout or "[]")
    return parsed
