"""A login prompt that knows one account of the story and no account of the machine it runs on.

    python login.py NAME STATE

Runs on the pseudo-terminal that telnetd makes. Behind a right password waits a prompt that runs nothing; on the camera
it is `lab.shell`.
"""

import sys
import termios
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))
from lab import plan, shell

ATTEMPTS = 3
DELAY = 0.4  # s before "Login incorrect", as login programs do
ACCOUNTS = {plan.DVR.name: plan.DVR_LOGIN, plan.CAMERA.name: plan.CAMERA_TELNET_LOGIN}
ANSWERS = {"status": "recording 4 of 4 channels", "disk": "hdd0 412 GB free", "help": "status disk exit"}


def ask(prompt: str, echo: bool = True) -> str:
    sys.stdout.write(prompt)
    sys.stdout.flush()
    terminal = sys.stdin.fileno()
    before = termios.tcgetattr(terminal)
    quiet = list(before)
    if not echo:
        quiet[3] &= ~termios.ECHO
    termios.tcsetattr(terminal, termios.TCSADRAIN, quiet)
    line = sys.stdin.readline()
    termios.tcsetattr(terminal, termios.TCSADRAIN, before)
    if not echo:
        sys.stdout.write("\n")
    if not line:
        raise SystemExit(0)
    return line.strip()


def session(name: str, state: Path) -> None:
    for _ in range(ATTEMPTS):
        login = ask(f"{name} login: "), ask("Password: ", echo=False)
        if login == ACCOUNTS.get(name):
            if name == plan.CAMERA.name:
                shell.prompt(ask, state)
            else:
                prompt()
            return
        time.sleep(DELAY)
        print("Login incorrect", flush=True)


def prompt() -> None:
    while (command := ask("# ")) != "exit":
        print(ANSWERS.get(command, "unknown command"))


if __name__ == "__main__":
    session(sys.argv[1], Path(sys.argv[2]))
