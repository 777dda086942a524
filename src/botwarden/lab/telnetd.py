"""Telnet servers: a real telnetd where the machine has one, as inetd would run it, with `login` as its login program.

Where it has none, `Plain` stands in: real TCP and the usual negotiation of options, without a pseudo-terminal.
"""

import os
import shlex
import shutil
import socket
import subprocess
import sys
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from botwarden.lab import login
from botwarden.lab.serving import BACKLOG, IDLE
from botwarden.lab.telnet import DO, IAC, SB, SE, WILL

PORT: Final = 23
MAX_SESSIONS: Final = 8
"""More at once are turned away, as on a small device."""
VARIABLE: Final = "BOTWARDEN_TELNETD"
"""Names a telnetd, or a busybox with one (Debian: busybox-static), that is not in the usual places."""
ECHO, GO_AHEAD, TERMINAL, SIZE = 1, 3, 24, 31
OFFER: Final = bytes([IAC, DO, TERMINAL, IAC, DO, SIZE, IAC, WILL, ECHO, IAC, WILL, GO_AHEAD])
MAX_LINE: Final = 256


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
                subprocess.run(command, stdin=ends, stdout=ends, stderr=ends, check=False, env=_environment())
            else:
                link.settimeout(IDLE)
                login.session(Plain(link), role, state)
    except (OSError, EOFError):
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
        self._data = b""
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
        while True:
            plain = without_commands(self._data)
            line, found, _ = (
                plain.replace(b"\r\0", b"\n").replace(b"\r\n", b"\n").replace(b"\r", b"\n").partition(b"\n")
            )
            if found:
                self._data = _after_line(self._data)
                return line[:MAX_LINE]
            if len(self._data) > 16 * MAX_LINE:
                raise EOFError
            more = self._link.recv(1_024)
            if not more:
                raise EOFError
            self._data += more


def _after_line(data: bytes) -> bytes:
    """What follows the first line's end."""
    ends = [place for place in (data.find(b"\r"), data.find(b"\n")) if place >= 0]
    end = min(ends)
    return data[end + (2 if data[end : end + 2] in (b"\r\n", b"\r\0") else 1) :]


def without_commands(data: bytes) -> bytes:
    """What was typed: without the telnet commands among it."""
    out, at = bytearray(), 0
    while at < len(data):
        if data[at] != IAC:
            out.append(data[at])
            at += 1
        elif data[at + 1 : at + 2] == bytes([SB]):
            end = data.find(bytes([IAC, SE]), at)
            at = len(data) if end < 0 else end + 2
        else:
            at += 3 if data[at + 1 : at + 2] > b"\xfa" else 2
    return bytes(out)
