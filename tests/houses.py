"""What tests of the lab share: a real one where one can be made (Linux, root, nobody else's), and who talks to it."""

import fcntl
import http.client
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from botwarden.lab import plan
from botwarden.lab.acting import Actor
from botwarden.lab.clock import Clock
from botwarden.lab.errors import LabError
from botwarden.lab.guard import Permit
from botwarden.lab.house import PACKAGES
from botwarden.lab.network import HOME, NEEDED, Network, run

PATIENCE = float(os.environ.get("BOTWARDEN_LAB_PATIENCE", "180"))  # s to wait for other tests that have the lab


def need_lab(*programs: str) -> None:
    """Skip, saying why, where no lab can be made."""
    if not sys.platform.startswith("linux") or os.geteuid() != 0:
        pytest.skip("the lab needs Linux and root")
    missing = [name for name in (*NEEDED, *programs) if shutil.which(name) is None]
    if missing:
        pytest.skip(f"not installed: {', '.join(missing)}")
    if subprocess.run(["unshare", "-n", "true"], capture_output=True, check=False).returncode:
        pytest.skip("this machine lets nobody make network namespaces")


@contextmanager
def alone(patience: float = PATIENCE) -> Iterator[None]:
    """A machine has one lab: among tests, whoever is in here has it, also while it is given away or down."""
    with (Path(tempfile.gettempdir()) / f"botwarden-tests-lab-{os.geteuid()}").open("w") as lock:
        end = time.monotonic() + patience
        while True:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() > end:
                    pytest.skip("other tests have the lab of this machine")
                time.sleep(0.1)
        yield


@contextmanager
def free_lab() -> Iterator[None]:
    """Nobody has a lab up, and all programs are there for one."""
    need_lab("dumpcap", *PACKAGES)
    with alone():
        if HOME.exists() or plan.PREFIX in run("ip", "netns", "list"):
            pytest.skip("somebody has the lab of this machine up")
        yield


@pytest.fixture
def network() -> Iterator[Network]:
    """The namespaces of a lab, without any program in them. A lab that somebody else has up is left alone."""
    need_lab()
    with alone():
        made = Network()
        try:
            made.up()
        except LabError as error:
            if not str(error).startswith(("another process", "the lab is up already")):
                raise
            pytest.skip(str(error))
        state = made.state.read_bytes()
        try:
            yield made
        finally:
            if made.state.exists() and made.state.read_bytes() == state:  # a test may have removed it
                made.down()


@pytest.fixture
def outsider(tmp_path: Path) -> Actor:
    """Somebody who would like to act but is not in a lab: has a permit that nobody gave, in a story that goes fast."""
    clock = Clock(tmp_path / "clock")
    clock.start(speed=600)
    return Actor(Permit(plan.CAMERA.ip, plan.CAMERA), clock, 1)


def ask(
    port: int, method: str, path: str, body: bytes | None = None, headers: dict[str, str] | None = None
) -> tuple[int, bytes]:
    link = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    link.request(method, path, body, headers or {})
    said = link.getresponse()
    got = said.status, said.read()
    link.close()
    return got


class Typist:
    """Types lines, and keeps what is said to it."""

    def __init__(self, *lines: str) -> None:
        self.lines = list(lines)
        self.heard: list[str] = []

    def ask(self, prompt: str, *, echo: bool = True) -> str:
        if not self.lines:
            raise EOFError
        return self.lines.pop(0)

    def say(self, text: str) -> None:
        self.heard.append(text)
