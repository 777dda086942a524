"""The programs that take part in the lab, and their versions, as labels files name them."""

import re
import shutil
import subprocess
import sys
from typing import Final

ASKED: Final = {
    "avahi-daemon": "--version",
    "busybox": "--help",
    "curl": "--version",
    "dnsmasq": "--version",
    "dumpcap": "--version",
    "ip": "-V",
    "mosquitto": "-h",
    "nft": "--version",
    "openssl": "version",
}
"""How each is asked for its version."""
PATIENCE: Final = 5.0
_VERSION: Final = re.compile(r"\d+\.\d+[\w.]*")


def versions() -> dict[str, str]:
    """The version of each program that is there, and Python's."""
    found = {name: version(name, option) for name, option in ASKED.items() if shutil.which(name) is not None}
    return {**found, "python": sys.version.split()[0]}


def version(program: str, option: str) -> str:
    """The first thing that looks like a version in what a program says of itself; ``unknown`` where nothing does."""
    try:
        said = subprocess.run([program, option], capture_output=True, check=False, timeout=PATIENCE)
    except (OSError, subprocess.TimeoutExpired):
        return "unknown"
    found = _VERSION.search((said.stdout + said.stderr).decode(errors="replace"))
    return found[0] if found else "unknown"
