#!/usr/bin/env python3
"""Record `house.pcap` or `break-in.pcap`, with labels: a house in network namespaces, one of whose devices is a bot.

Linux, root, two to six minutes. Nothing that runs here can reach a real network: `lab/guard.py`. How the recording
was made and what is in it: `docs/example-capture.md`.
"""

import argparse
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Final

from lab.labels import labels
from lab.network import Lab, LabError

from lab import break_in, house

HERE: Final = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Story:
    """One recording. ``peace``, ``after`` : s of ordinary life before and after what happens."""

    capture: str
    labels: str
    script: ModuleType
    peace: float
    after: float


STORIES: Final = {
    "house": Story("house.pcap", "labels.json", house, 180.0, 32.0),
    "break-in": Story("break-in.pcap", "break-in-labels.json", break_in, 75.0, 15.0),
}
VERSIONS: Final = {
    "avahi-daemon": "--version",
    "busybox": "--help",
    "curl": "--version",
    "dnsmasq": "--version",
    "ip": "-V",
    "mosquitto": "-h",
    "nft": "--version",
    "openssl": "version",
    "setpriv": "--version",
    "tcpdump": "--version",
}


def main() -> None:
    parser = argparse.ArgumentParser(description="Record one of the example captures with its labels.")
    parser.add_argument("story", nargs="?", choices=STORIES, default="house", help="which (default: house)")
    parser.add_argument("--out", type=Path, default=HERE, help="folder for both files (default: beside this script)")
    parser.add_argument("--telnetd", default="telnetd", help="GNU inetutils' telnetd (default: the one in PATH)")
    parser.add_argument("--peace", type=float, help="seconds before it begins (default: 180; 75 for the break-in)")
    arguments = parser.parse_args()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _interrupt)
    try:
        telnetd, programs = find_programs(arguments.telnetd)
        arguments.out.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix="botwarden-lab-") as work:
            story = STORIES[arguments.story]
            peace = story.peace if arguments.peace is None else arguments.peace
            record(story, Path(work), arguments.out, telnetd, programs, peace)
    except (LabError, OSError) as error:
        sys.exit(f"record.py: {error}")
    except KeyboardInterrupt:
        sys.exit("record.py: interrupted, nothing recorded")


def _interrupt(*_: object) -> None:
    raise KeyboardInterrupt


def find_programs(telnetd: str) -> tuple[str, dict[str, str]]:
    """The path of telnetd, and each program's version; raises LabError where something is missing."""
    if not sys.platform.startswith("linux") or os.geteuid() != 0:
        raise LabError("needs Linux and root, to make network namespaces")
    missing = [name for name in [*VERSIONS, telnetd] if shutil.which(name) is None]
    if missing:
        raise LabError(f"not found: {', '.join(missing)} (docs/example-capture.md says where they come from)")
    path = str(Path(shutil.which(telnetd) or telnetd).resolve())
    programs = {name: version(name, option) for name, option in VERSIONS.items()}
    return path, {**programs, "python": sys.version.split()[0], "telnetd": version(path, "--version")}


def version(program: str, option: str) -> str:
    """The first thing that looks like a version in what a program says of itself."""
    said = subprocess.run([program, option], capture_output=True, text=True, check=False)
    found = re.search(r"\d+\.\d+[\w.]*", said.stdout + said.stderr)
    return found[0] if found else "unknown"


def record(story: Story, work: Path, out: Path, telnetd: str, programs: dict[str, str], peace: float) -> None:
    """Play a story once and write its files into ``out``."""
    capture = work / story.capture
    with Lab(work) as lab:
        story.script.start(lab, telnetd)
        tcpdump = lab.start("switch", "tcpdump", "-i", "br0", "-s", "0", "-Z", "root", "-w", str(capture))
        time.sleep(1)
        begin = time.monotonic()
        story.script.start_house(lab, telnetd)
        print(f"every device is up; {peace:g} s of ordinary life", flush=True)
        time.sleep(max(0.0, begin + peace - time.monotonic()))
        done = story.script.play(lab)
        time.sleep(story.after)
        lab.check()
        lab.stop(tcpdump, signal.SIGINT)
        check_drops((lab.folder("switch") / "log").read_text())
    shutil.copy(capture, out / capture.name)
    text = json.dumps(labels(out / capture.name, programs, story.script.intervals(done)), indent=2)
    (out / story.labels).write_text(text + "\n")
    print(f"wrote {out / capture.name} ({capture.stat().st_size} bytes) and {out / story.labels}")


def check_drops(log: str) -> None:
    """Raise LabError where tcpdump lost packets."""
    dropped = re.search(r"(\d+) packets? dropped by kernel", log)
    if dropped is None or int(dropped[1]):
        raise LabError(f"tcpdump did not record everything: {log.strip()}")


if __name__ == "__main__":
    main()
