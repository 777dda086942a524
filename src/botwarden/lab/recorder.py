"""Records both sides of the gateway at once: what the LAN says on its bridge, and what leaves after NAT."""

import re
import shutil
import signal
import subprocess
import time
from pathlib import Path
from typing import Final

from botwarden.lab import plan
from botwarden.lab.errors import LabError
from botwarden.lab.network import Network

SIDES: Final = ("lan", "wan")
"""Interfaces of the gateway, and names of the files."""
MAX_KILOBYTES: Final = 4_000_000
"""Of a file; a recording that grows beyond has gone wrong."""
BUFFER_MEGABYTES: Final = 64
"""In the kernel, per side: some 80,000 packets may wait until they are written."""
PATIENCE: Final = 10.0
"""s until it has to record, and to end."""
SETTLE: Final = 0.5
"""s between the last packet and the end, in which it still reaches the file."""
_STARTED: Final = re.compile(rb"^File: ", re.MULTILINE)
_COUNTS: Final = re.compile(r"received/dropped on interface '?\w+'?: (\d+)/(\d+)")


class Recorder:
    """dumpcap at `SIDES`, whole packets, times to the nanosecond.

    network : is up
    folder : where ``lan.pcapng`` and ``wan.pcapng`` go, in the machine's time
    """

    def __init__(self, network: Network, folder: Path) -> None:
        """Raise LabError where dumpcap is missing."""
        if shutil.which("dumpcap") is None:
            raise LabError("the lab records with dumpcap, which is not installed: apt install wireshark-common")
        self.network = network
        self.folder = folder
        self.counts: dict[str, int] = {}
        """Packets by side, once it has stopped."""
        self._running: dict[str, subprocess.Popen[bytes]] = {}

    def path(self, side: str) -> Path:
        """The file of one side."""
        return self.folder / f"{side}.pcapng"

    def start(self) -> None:
        """Record from now on; returns once both sides do. Raises LabError."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for side in SIDES:
            self._running[side] = self._dumpcap(side)
        end = time.monotonic() + PATIENCE
        while not all(_STARTED.search(self._said(side).read_bytes()) for side in SIDES):
            self.check()
            if time.monotonic() > end:
                self.abandon()
                raise LabError("dumpcap does not begin to record")
            time.sleep(0.05)

    def check(self) -> None:
        """Raise LabError where one side is no longer recorded."""
        for side, process in self._running.items():
            if process.poll() is not None:
                self.abandon()
                raise LabError(f"the recording of the {side} side ended: {self._last_line(side)}")

    def stop(self) -> None:
        """End both, and count. Raises LabError where a packet was lost."""
        time.sleep(SETTLE)
        self.check()
        for process in self._running.values():
            process.send_signal(signal.SIGINT)
        for side, process in self._running.items():
            try:
                process.wait(PATIENCE)
            except subprocess.TimeoutExpired:
                self.abandon()
                raise LabError(f"dumpcap does not end its recording of the {side} side") from None
        self._running = {}
        self.counts = {side: recorded(self._said(side).read_text(errors="replace")) for side in SIDES}

    def abandon(self) -> None:
        """End both at once, whatever is lost."""
        for process in self._running.values():
            if process.poll() is None:
                process.kill()
            process.wait()
        self._running = {}

    def _dumpcap(self, side: str) -> "subprocess.Popen[bytes]":
        options = ["-n", "-s", "0", "-B", str(BUFFER_MEGABYTES), "-a", f"filesize:{MAX_KILOBYTES}"]
        command = ["dumpcap", "-i", side, *options, "-w", str(self.path(side))]
        with self._said(side).open("wb") as said:
            return subprocess.Popen(
                ["ip", "netns", "exec", plan.namespace("gateway"), *command],
                stdin=subprocess.DEVNULL,
                stdout=said,
                stderr=said,
                start_new_session=True,
            )

    def _said(self, side: str) -> Path:
        return self.folder / f"{side}.log"

    def _last_line(self, side: str) -> str:
        lines = self._said(side).read_text(errors="replace").split("\n")
        return next((line.strip() for line in reversed(lines) if line.strip()), "it says nothing")


def recorded(said: str) -> int:
    """Packets that dumpcap recorded, by what it said when it ended. Raises LabError where it lost some."""
    found = _COUNTS.findall(said)
    if len(found) != 1:
        raise LabError("dumpcap does not say what it recorded")
    received, dropped = map(int, found[0])
    if dropped:
        raise LabError(f"the recording is not whole: {dropped} of {received + dropped} packets were lost")
    return received
