#!/usr/bin/env python3
"""Record the small labelled captures of `examples/cases/`: one behaviour each, and its benign counterpart.

Linux and root; seconds to a minute each. Nothing that runs here can reach a real network: `lab/guard.py`. What the
cases are, and how time in them is stretched: `docs/cases.md`.
"""

import argparse
import hashlib
import json
import os
import shutil
import signal
import sys
import tempfile
from pathlib import Path
from typing import Any, Final

from lab.cases import cast
from lab.cases.scripts import CASES
from lab.cases.stage import Recorder, Stage, Verdict
from lab.cases.stretch import stretch_file
from lab.network import Lab, LabError
from record import check_drops

HERE: Final = Path(__file__).parent / "cases"
LABELS: Final = "labels.json"
MAX_BYTES: Final = 150_000
PROGRAMS: Final = (
    *("busybox", "curl", "dnsmasq", "ip", "mosquitto", "mosquitto_passwd", "mosquitto_pub", "nft", "openssl"),
    *("setpriv", "ss", "sysctl", "tcpdump"),
)
SSH_PROGRAMS: Final = ("ssh", "ssh-keygen")


def main() -> None:
    parser = argparse.ArgumentParser(description="Record small captures, one behaviour each, with their labels.")
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(CASES)}; default: all")
    parser.add_argument("--out", type=Path, default=HERE, help="folder for captures and labels (default: cases/)")
    parser.add_argument("--sshd", default="sshd", help="OpenSSH's server (default: the one in PATH)")
    arguments = parser.parse_args()
    if unknown := sorted(set(arguments.names) - set(CASES)):
        parser.error(f"no such case: {', '.join(unknown)}")
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _interrupt)
    try:
        names = arguments.names or list(CASES)
        sshd = find_programs(arguments.sshd, ssh=any(CASES[name].ssh for name in names))
        arguments.out.mkdir(parents=True, exist_ok=True)
        for name in names:
            record(name, arguments.out, sshd)
    except (LabError, OSError) as error:
        sys.exit(f"cases.py: {error}")
    except KeyboardInterrupt:
        sys.exit("cases.py: interrupted")


def _interrupt(*_: object) -> None:
    raise KeyboardInterrupt


def find_programs(sshd: str, *, ssh: bool) -> str:
    """The path of sshd; raises LabError where something is missing."""
    if not sys.platform.startswith("linux") or os.geteuid() != 0:
        raise LabError("needs Linux and root, to make network namespaces")
    missing = [name for name in (*PROGRAMS, *((*SSH_PROGRAMS, sshd) if ssh else ())) if shutil.which(name) is None]
    if missing:
        raise LabError(f"not found: {', '.join(missing)} (docs/cases.md says where they come from)")
    return str(Path(shutil.which(sshd) or sshd).resolve())


def record(name: str, out: Path, sshd: str) -> None:
    """Play a case once, and write its capture and its labels into ``out``."""
    case = CASES[name]
    with tempfile.TemporaryDirectory(prefix="botwarden-case-") as folder:
        work = Path(folder)
        capture = work / f"{name}.pcap"
        with Lab(work) as lab:
            stage = Stage(lab, case.pace, sshd)
            stage.build(cast.NAMES)
            case.set_up(stage)
            with Recorder(lab, capture):
                found = case.play(stage)
                lab.check()
            check_drops((lab.folder("switch") / "log").read_text())
        first_ts = stretch_file(capture, case.pace)
        size = capture.stat().st_size
        if size > MAX_BYTES:
            raise LabError(f"{name} has {size} bytes, more than {MAX_BYTES}")
        shutil.copy(capture, out / capture.name)
    note(name, out, first_ts, found)
    print(f"{name}: {size} bytes, {len(found)} to be found", flush=True)


def note(name: str, out: Path, first_ts: float, found: list[Verdict]) -> None:
    """Write what is in a capture into the labels of all of them."""
    path = out / LABELS
    labels: dict[str, Any] = json.loads(path.read_text()) if path.exists() else {"version": 1, "cases": {}}
    case = CASES[name]

    def stretched(ts: float) -> float:
        return round(first_ts + case.pace * max(ts - first_ts, 0.0), 3)

    capture = out / f"{name}.pcap"
    labels["cases"][name] = {
        "capture": capture.name,
        "sha256": hashlib.sha256(capture.read_bytes()).hexdigest(),
        "what": case.what,
        "stretched_by": case.pace,
        "verdicts": [
            {
                "device": verdict.device.mac,
                "ip": verdict.device.ip,
                "label": verdict.label,
                "role": verdict.role,
                "from": stretched(verdict.start),
                "to": stretched(verdict.end),
                "what": verdict.what,
            }
            for verdict in found
        ],
    }
    labels["cases"] = {key: labels["cases"][key] for key in CASES if key in labels["cases"]}
    path.write_text(json.dumps(labels, indent=2) + "\n")


if __name__ == "__main__":
    main()
