#!/usr/bin/env python3
"""Record `house.pcap` and `labels.json`: a house in network namespaces, one of whose devices becomes a bot.

Linux, root, about six minutes. Nothing that runs here can reach a real network: `lab/guard.py`. How the recording
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
from pathlib import Path
from typing import Final

from lab import plan
from lab.household import start_devices, start_gateway, start_internet
from lab.labels import Done, labels
from lab.network import Lab, LabError, run

HERE: Final = Path(__file__).parent
PEACE: Final = 180.0  # s of ordinary life before the camera misbehaves
PAUSE: Final = 8.0  # s between two of its misdeeds
AFTER: Final = 40.0  # s of ordinary life at the end
PHASES: Final = (
    ("scan", None),
    ("guess", plan.DVR.ip),
    ("guess", plan.TELNET_HOSTS[0]),
    ("synflood", plan.VICTIM_IP),
    ("udpflood", plan.VICTIM_IP),
)
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
    parser = argparse.ArgumentParser(description="Record house.pcap and labels.json.")
    parser.add_argument("--out", type=Path, default=HERE, help="folder for both files (default: beside this script)")
    parser.add_argument("--telnetd", default="telnetd", help="GNU inetutils' telnetd (default: the one in PATH)")
    parser.add_argument("--peace", type=float, default=PEACE, help="seconds before the first misdeed (default: 180)")
    arguments = parser.parse_args()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _interrupt)
    try:
        telnetd, programs = find_programs(arguments.telnetd)
        arguments.out.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix="botwarden-lab-") as work:
            record(Path(work), arguments.out, telnetd, programs, arguments.peace)
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


def record(work: Path, out: Path, telnetd: str, programs: dict[str, str], peace: float) -> None:
    """Play the whole story once and write both files into ``out``."""
    capture = work / "house.pcap"
    with Lab(work) as lab:
        start_internet(lab, telnetd)
        tcpdump = lab.start("switch", "tcpdump", "-i", "br0", "-s", "0", "-Z", "root", "-w", str(capture))
        time.sleep(1)
        begin = time.monotonic()
        start_gateway(lab)
        start_devices(lab, telnetd)
        print(f"every device is up; {peace:g} s of ordinary life", flush=True)
        time.sleep(max(0.0, begin + peace - time.monotonic()))
        done = [misbehave(lab, phase, target) for phase, target in PHASES]
        time.sleep(max(0.0, AFTER - PAUSE))
        lab.check()
        lab.stop(tcpdump, signal.SIGINT)
        check_drops((lab.folder("switch") / "log").read_text())
    shutil.copy(capture, out / capture.name)
    text = json.dumps(labels(out / capture.name, done, programs), indent=2)
    (out / "labels.json").write_text(text + "\n")
    print(f"wrote {out / capture.name} ({capture.stat().st_size} bytes) and {out / 'labels.json'}")


def misbehave(lab: Lab, phase: str, target: str | None) -> Done:
    """Let the camera do one thing, then be quiet for a while."""
    lab.check()
    said = run(*lab.python("camera", "lab.bot", "--state", str(lab.state), phase, *([target] if target else [])))
    report = json.loads(said)
    print(f"{phase} {target or plan.SCANNED}: {report['count']}", flush=True)
    time.sleep(PAUSE)
    return Done(phase, target or str(plan.SCANNED), report["start"], report["end"], report["count"])


def check_drops(log: str) -> None:
    """Raise LabError where tcpdump lost packets."""
    dropped = re.search(r"(\d+) packets? dropped by kernel", log)
    if dropped is None or int(dropped[1]):
        raise LabError(f"tcpdump did not record everything: {log.strip()}")


if __name__ == "__main__":
    main()
