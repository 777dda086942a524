"""The prompt behind a telnet login: on weak devices it answers in busybox's words; it runs nothing.

One thing happens for real: the file of the story is fetched from the lab's web server, and thrown away. For that it
takes the lab's permit (`guard`), as everything does that sends what a bot sends.
"""

import contextlib
import re
import subprocess
from pathlib import Path
from typing import Final, Protocol

from botwarden.lab import guard, plan

MAX_LINES: Final = 64
PATH: Final = "/usr/bin:/bin"
PATIENCE: Final = 10.0
"""s of machine time for the file of the story."""
BANNER: Final = "\nBusyBox v1.35.0 built-in shell (ash)\n"
MOUNTS: Final = (
    "rootfs / rootfs rw 0 0\n/dev/root / squashfs ro,relatime 0 0\nproc /proc proc rw,relatime 0 0\n"
    "tmpfs /var tmpfs rw,relatime 0 0"
)
PROCESSES: Final = "  PID USER     COMMAND\n    1 root     init\n  103 root     /usr/bin/app\n  121 root     telnetd"
APPLETS: Final = frozenset({"cat", "chmod", "cp", "echo", "ps", "rm", "sh", "wget"})
UNKNOWN: Final = frozenset({"enable", "system", "shell", "linuxshell"})
OWN: Final = {"status": "recording 4 of 4 channels", "disk": "hdd0 412 GB free", "help": "status disk exit"}
"""What a device with a good password has instead of a shell."""
_PIECE: Final = re.compile(r"\s*(?:;|&&)\s*")


class Terminal(Protocol):
    """Somebody at the other end of a line."""

    def ask(self, prompt: str, *, echo: bool = True) -> str:
        """Show a prompt and return the line that is typed. Raises EOFError where nobody is left."""
        ...

    def say(self, text: str) -> None:
        """Show a line."""
        ...


def serve(terminal: Terminal, device: plan.Device | None, state: Path) -> None:
    """Answer lines until one says exit. Raises EOFError; Refused from `fetch`."""
    shell = device is not None and device.weak
    if shell:
        terminal.say(BANNER)
    for _ in range(MAX_LINES):
        line = terminal.ask("# ")
        if line == "exit":
            return
        if not shell:
            terminal.say(OWN.get(line, "unknown command"))
            continue
        if device is not None and plan.PAYLOAD_URL in line:
            fetch(device, state)
        for text in filter(None, map(answer, _PIECE.split(line))):
            terminal.say(text)


def answer(command: str) -> str:
    """What a device without much of a busybox says to one command; nothing for what it does in silence."""
    words = command.split()
    if words[:1] == ["/bin/busybox"]:
        words = words[1:]
        if words and words[0] not in APPLETS:
            return f"{words[0]}: applet not found"
    if not words:
        return ""
    if words[0] in UNKNOWN:
        return f"sh: {words[0]}: not found"
    if words == ["cat", "/proc/mounts"]:
        return MOUNTS
    if words == ["ps"]:
        return PROCESSES
    if words == ["wget"]:
        return "wget: missing URL"
    return ""


def fetch(device: plan.Device, state: Path) -> None:
    """Fetch the file of the story, and nothing else, and keep nothing of it; on a bad line it does not come.

    Raises Refused outside the lab.
    """
    guard.obtain(device.role, state).check(plan.LOADER_IP)
    command = ["busybox", "wget", "-q", "-O", "/dev/null", plan.PAYLOAD_URL]
    with contextlib.suppress(subprocess.TimeoutExpired):
        subprocess.run(command, check=False, timeout=PATIENCE, capture_output=True, env={"PATH": PATH})
