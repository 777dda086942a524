"""The camera's shell, as a bot finds it: answers in busybox's words, and runs nothing.

One thing happens for real: the program of the story is fetched from the lab's web server, and thrown away. For that it
takes the lab's permit (`guard`), as everything does that sends what a bot sends.
"""

import re
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Final

from lab import plan
from lab.guard import obtain

MAX_LINES: Final = 64
MOUNTS: Final = (
    "rootfs / rootfs rw 0 0\n/dev/root / squashfs ro,relatime 0 0\nproc /proc proc rw,relatime 0 0\n"
    "tmpfs /var tmpfs rw,relatime 0 0"
)
APPLETS: Final = frozenset({"cat", "chmod", "cp", "echo", "ps", "rm", "sh", "wget"})
UNKNOWN: Final = frozenset({"enable", "system", "shell", "linuxshell"})
_PIECE: Final = re.compile(r"\s*(?:;|&&)\s*")


def prompt(ask: Callable[[str], str], state: Path) -> None:
    """Answer lines until one says exit. ``ask`` : shows a prompt and returns what is typed."""
    print("\nBusyBox v1.35.0 built-in shell (ash)\n", flush=True)
    for _ in range(MAX_LINES):
        line = ask("# ")
        if line == "exit":
            return
        if plan.PAYLOAD_URL in line:
            fetch(state)
        for text in filter(None, map(answer, _PIECE.split(line))):
            print(text, flush=True)


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
        return "  PID USER     COMMAND\n    1 root     init\n  103 root     /usr/bin/camera\n  121 root     telnetd"
    if words == ["wget"]:
        return "wget: missing URL"
    return ""


def fetch(state: Path) -> None:
    """Fetch the program of the story, and nothing else, and keep nothing of it."""
    obtain(state).check(plan.LOADER_IP)
    subprocess.run(["busybox", "wget", "-q", "-O", "/dev/null", plan.PAYLOAD_URL], check=False, timeout=10)
