"""Telnet servers: a real telnetd where the machine has one, as inetd would run it, with `login` as its login program.

Where it has none, `Plain` stands in: real TCP and the usual negotiation of options, without a pseudo-terminal.
"""

import os
import re
import shlex
import shutil
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from botwarden.lab import login
from botwarden.lab.serving import BACKLOG, IDLE, REST
from botwarden.lab.telnet import DO, IAC, WILL, negotiate

PORT: Final = 23
MAX_SESSIONS: Final = 8
"""More at once are turned away, as on a small device."""
MAX_SECONDS: Final = 300.0
"""Of machine time for a session: who calls and says nothing, or is gone, does not keep others out."""
VARIABLE: Final = "BOTWARDEN_TELNETD"
"""Names a telnetd, or a busybox with one (Debian: busybox-static), that is not in the usual places."""
ECHO, GO_AHEAD, TERMINAL, SIZE = 1, 3, 24, 31
OFFER: Final = bytes([IAC, DO, TERMINAL, IAC, DO, SIZE, IAC, WILL, ECHO, IAC, WILL, GO_AHEAD])
MAX_LINE: Final = 256
_LINE: Final = re.compile(rb"([^\r\n]*)(?:\r[\n\0]?|\n)")


def find() -> list[str]:
    """The command of a telnetd that serves one connection on its standard input; empty where there is none."""
    named = os.environ.get(VARIABLE)
    places = os.pathsep.join((os.environ.get("PATH", ""), "/usr/sbin", "/usr/local/sbin"))
    found = named or shutil.which("telnetd", path=places)
    if found and Path(found).is_file() and not _is_busybox(found):
        return [found, "-h"]
    busybox = found if found and _is_busybox(found) else shutil.which("busybox")
    if busybox:
        listed = subprocess.run([busybox, "--list"], capture_output=True, text=True, check=False)
        if "telnetd" in listed.stdout.split():
            return [busybox, "telnetd", "-i", "-f", "/dev/null"]
    return []


def _is_busybox(program: str) -> bool:
    return Path(program).name.startswith("busybox") and Path(program).is_file()


def serve(addresses: Sequence[str], role: str, state: Path, folder: Path) -> str:
    """Serve telnet on addresses, a thread each; says what serves. ``folder``: for a script of the login program."""
    telnetd = find()
    command = [*telnetd, *_login_option(telnetd, role, state, folder)] if telnetd else []
    free = threading.Semaphore(MAX_SESSIONS)
    for address in addresses:
        server = socket.create_server((address, PORT), backlog=BACKLOG)
        one = (server, command, role, state, free)
        threading.Thread(target=_accept, args=one, daemon=True, name=f"telnet {address}").start()
    return (
        " ".join(telnetd[:2])
        if telnetd
        else "a stand-in, for there is no telnetd (Debian: inetutils-telnetd or busybox-static)"
    )


def _login_option(telnetd: list[str], role: str, state: Path, folder: Path) -> list[str]:
    source = str(Path(__file__).parents[2])
    command = ["env", f"PYTHONPATH={source}", "PYTHONDONTWRITEBYTECODE=1", sys.executable, "-S"]
    script = folder / "login"
    script.write_text(f"#!/bin/sh\nexec {shlex.join([*command, '-m', 'botwarden.lab.login', role, str(state)])}\n")
    script.chmod(0o700)
    return ["-l" if _is_busybox(telnetd[0]) else "-E", str(script)]


def _accept(server: socket.socket, command: list[str], role: str, state: Path, free: threading.Semaphore) -> None:
    while True:
        try:
            link, _ = server.accept()
        except OSError:
            time.sleep(REST)
            continue
        if not free.acquire(blocking=False):
            link.close()
            continue
        threading.Thread(target=_serve_one, args=(link, command, role, state, free), daemon=True).start()


def _serve_one(link: socket.socket, command: list[str], role: str, state: Path, free: threading.Semaphore) -> None:
    try:
        with link:
            if command:
                ends = link.fileno()
                subprocess.run(
                    command, stdin=ends, stdout=ends, stderr=ends, check=False, env=_environment(), timeout=MAX_SECONDS
                )
            else:
                link.settimeout(IDLE)
                login.session(Plain(link), role, state)
    except (OSError, EOFError, subprocess.TimeoutExpired):
        return  # whoever called has gone
    finally:
        free.release()


def _environment() -> dict[str, str]:
    return {"PATH": os.environ.get("PATH", "/usr/bin:/bin"), "LANG": "C"}


class Plain:
    """A terminal straight on a connection, whose server echoes what is typed unless it is a password."""

    def __init__(self, link: socket.socket) -> None:
        """Propose the options. Raises OSError."""
        self._link = link
        self._typed = b""
        self._left = b""
        link.sendall(OFFER)

    def ask(self, prompt: str, *, echo: bool = True) -> str:
        """See `shell.Terminal`."""
        self._link.sendall(prompt.encode())
        line = self._line()
        self._link.sendall((line if echo else b"") + b"\r\n")
        return line.decode("utf-8", "replace").strip()

    def say(self, text: str) -> None:
        """See `shell.Terminal`."""
        self._link.sendall(text.replace("\n", "\r\n").encode() + b"\r\n")

    def _line(self) -> bytes:
        heard = 0
        while not (found := _LINE.match(self._typed)):
            more = self._link.recv(1_024)
            heard += len(more)
            if not more or heard > 16 * MAX_LINE:
                raise EOFError
            typed, _, self._left = negotiate(self._left + more)
            self._typed += typed
        self._typed = self._typed[found.end() :]
        return found[1][:MAX_LINE]
