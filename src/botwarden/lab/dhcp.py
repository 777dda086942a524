"""The devices' DHCP client: busybox's, with a script that sets address, route and name server."""

import errno
import socket
import subprocess
import time
from pathlib import Path
from typing import Final

from botwarden.lab import plan

GLANCE: Final = 0.1
SCRIPT: Final = """#!/bin/sh
# Called by udhcpc when a lease comes, changes or goes. RESOLV is this device's own resolv.conf.
case "$1" in
deconfig)
    ip -4 address flush dev "$interface"
    ;;
bound | renew)
    printf 'search lan\\nnameserver %s\\n' "$dns" >"$RESOLV"
    ip address replace "$ip/$mask" dev "$interface"
    ip route replace default via "$router" dev "$interface"
    ;;
esac
"""


def command(device: plan.Device, folder: Path, vendor_class: str | None = None) -> list[str]:
    """The command that keeps a lease; its script is written to ``folder``."""
    script = folder / "dhcp.sh"
    script.write_text(SCRIPT)
    script.chmod(0o700)
    given = [] if vendor_class is None else ["-V", vendor_class]
    return [
        *["busybox", "udhcpc", "-f", "-i", "eth0", "-t", "10", "-T", "2", "-A", "3"],
        *["-x", f"hostname:{device.name}", *given, "-s", str(script)],
    ]


def start(device: plan.Device, folder: Path, vendor_class: str | None = None) -> "subprocess.Popen[bytes]":
    """Ask for an address, and wait until it is there and leads somewhere. Raises OSError where the client ends."""
    client = subprocess.Popen(command(device, folder, vendor_class), stdin=subprocess.DEVNULL)
    while not (has(device.ip) and has_way_out()):
        if client.poll() is not None:
            raise OSError(errno.ENETDOWN, f"udhcpc ended with status {client.returncode}")
        time.sleep(GLANCE)
    return client


def has(address: str) -> bool:
    """Whether an address is one of this namespace's."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.bind((address, 0))
        except OSError:
            return False
    return True


def has_way_out(table: Path = Path("/proc/net/route")) -> bool:
    """Whether this namespace has a default route; ``table`` : as the kernel shows it."""
    return any(line.split()[1:2] == ["00000000"] for line in table.read_text().splitlines())
