"""A login prompt that knows one account of the story and no account of the machine it runs on.

    python -m botwarden.lab.login ROLE STATE

runs on the pseudo-terminal that telnetd makes. ROLE is a device's, or ``host`` for the strangers' machines.
"""

import contextlib
import sys
import termios
import time
from pathlib import Path
from typing import Final

from botwarden.lab import plan, shell

ATTEMPTS: Final = 3
DELAY: Final = 0.4
"""s before "Login incorrect", as login programs do."""
HOST: Final = "host"
HOST_NAME: Final = "office-router"
HOST_ACCOUNT: Final = ("user", "user")
"""Of the machines on the lab's internet: a weak one, with nothing behind it."""


class Tty:
    """A pseudo-terminal on standard input and output."""

    def ask(self, prompt: str, *, echo: bool = True) -> str:
        """See `shell.Terminal`."""
        terminal = sys.stdin.fileno()
        before = termios.tcgetattr(terminal)
        quiet = list(before)
        if not echo:
            quiet[3] &= ~termios.ECHO
        termios.tcsetattr(terminal, termios.TCSADRAIN, quiet)  # before the prompt: who sees that may type at once
        sys.stdout.write(prompt)
        sys.stdout.flush()
        line = sys.stdin.readline(1_024)
        termios.tcsetattr(terminal, termios.TCSADRAIN, before)
        if not echo:
            sys.stdout.write("\n")
        if not line:
            raise EOFError
        return line.strip()

    def say(self, text: str) -> None:
        """See `shell.Terminal`."""
        print(text, flush=True)


def account(role: str) -> tuple[str, tuple[str, str] | None]:
    """What a role's login prompt calls itself, and whom it lets in."""
    device = plan.BY_ROLE.get(role)
    return (device.name, device.telnet) if device is not None else (HOST_NAME, HOST_ACCOUNT)


def session(terminal: shell.Terminal, role: str, state: Path) -> None:
    """From the prompt to the end of the connection. Raises EOFError where the other end hangs up."""
    name, known = account(role)
    for _ in range(ATTEMPTS):
        login = terminal.ask(f"{name} login: "), terminal.ask("Password: ", echo=False)
        if login == known:
            shell.serve(terminal, plan.BY_ROLE.get(role), state)
            return
        time.sleep(DELAY)
        terminal.say("Login incorrect")


if __name__ == "__main__":
    with contextlib.suppress(EOFError, OSError, KeyboardInterrupt):
        session(Tty(), sys.argv[1], Path(sys.argv[2]))
