"""What tests of the lab share: a real one where one can be made (Linux, root, nobody else's), and who talks to it.

Not in a folder called lab: the scripts of the examples are a package of that name.
"""

import http.client
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator

import pytest

from botwarden.lab.errors import LabError
from botwarden.lab.network import NEEDED, Network

PATIENCE = float(os.environ.get("BOTWARDEN_LAB_PATIENCE", "60"))  # s to wait for a lab that another test run has up


def need_lab(*programs: str) -> None:
    """Skip, saying why, where no lab can be made."""
    if not sys.platform.startswith("linux") or os.geteuid() != 0:
        pytest.skip("the lab needs Linux and root")
    missing = [name for name in (*NEEDED, *programs) if shutil.which(name) is None]
    if missing:
        pytest.skip(f"not installed: {', '.join(missing)}")
    if subprocess.run(["unshare", "-n", "true"], capture_output=True, check=False).returncode:
        pytest.skip("this machine lets nobody make network namespaces")


@pytest.fixture
def network() -> Iterator[Network]:
    """The namespaces of a lab, without any program in them."""
    need_lab()
    made = Network()
    end = time.monotonic() + PATIENCE
    while True:
        try:
            made.up()
            break
        except LabError as error:
            if "another process" not in str(error):
                raise
            if time.monotonic() > end:
                pytest.skip(str(error))
            time.sleep(0.1)
    try:
        yield made
    finally:
        made.down()


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
