#!/usr/bin/env python3
"""Record the small labelled captures of `examples/cases/`: one behaviour each, and its benign counterpart.

Linux and root; ten seconds to a minute each, in the network of `botwarden lab`, from which nothing leaves. What the
cases are, and how time in them is stretched: `docs/cases.md`.
"""

import argparse
import hashlib
import json
import shutil
import signal
import sys
import tempfile
from pathlib import Path
from typing import Any, Final

from botwarden.lab import plan
from botwarden.lab.acting import Done
from botwarden.lab.errors import LabError
from botwarden.lab.house import PACKAGES
from botwarden.lab.network import NEEDED, Network, check_machine, run
from botwarden.lab.stretch import stretch_file
from plays.scripts import CASES
from plays.stage import Stage

HERE: Final = Path(__file__).parent / "cases"
LABELS: Final = "labels.json"
MAX_BYTES: Final = 150_000
PROGRAMS: Final = (*NEEDED, *PACKAGES, "dumpcap", "editcap", "mosquitto_passwd")
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
    """The path of sshd. Raises LabError where the machine or a program is missing."""
    needed = (*PROGRAMS, *((*SSH_PROGRAMS, sshd) if ssh else ()))
    if missing := [name for name in needed if shutil.which(name) is None]:
        raise LabError(f"not found: {', '.join(missing)} (docs/cases.md says where they come from)")
    check_machine()
    return str(Path(shutil.which(sshd) or sshd).resolve())


def record(name: str, out: Path, sshd: str) -> None:
    """Play a case once, and write its capture and its labels into ``out``. Raises LabError, OSError."""
    case = CASES[name]
    with tempfile.TemporaryDirectory(prefix="botwarden-case-") as folder:
        recorded, story, capture = (Path(folder) / file for file in ("lan.pcapng", "story.pcapng", f"{name}.pcap"))
        network = Network()
        network.up()
        try:
            stage = Stage(network, sshd)
            stage.build(case)
            done = stage.play(case, Path(folder))
            stretches = network.clock.stretches()
        finally:
            network.down()
        stretch_file(recorded, story, stretches)
        run("editcap", "-F", "pcap", str(story), str(capture))
        size = capture.stat().st_size
        if size > MAX_BYTES:
            raise LabError(f"{name} has {size} bytes, more than {MAX_BYTES}")
        shutil.copy(capture, out / capture.name)
    verdicts = note(name, out, done)
    print(f"{name}: {size} bytes, {verdicts} to be found", flush=True)


def note(name: str, out: Path, done: list[Done]) -> int:
    """Write what is in a capture into the labels of all of them; how much is to be found."""
    path, case = out / LABELS, CASES[name]
    labels: dict[str, Any] = json.loads(path.read_text()) if path.exists() else {"version": 1, "cases": {}}
    capture = out / f"{name}.pcap"
    verdicts = [
        {
            "device": plan.BY_ROLE[found.device].mac,
            "ip": plan.BY_ROLE[found.device].ip,
            "label": found.label,
            "role": found.role,
            "from": round(told.start, 3),
            "to": round(told.end, 3),
            "what": told.what,
        }
        for turn, told in zip(case.turns, done, strict=True)
        for found in turn.found
    ]
    labels["cases"][name] = {
        "capture": capture.name,
        "sha256": hashlib.sha256(capture.read_bytes()).hexdigest(),
        "what": case.what,
        "stretched_by": case.pace,
        "verdicts": verdicts,
    }
    labels["cases"] = {key: labels["cases"][key] for key in CASES if key in labels["cases"]}
    path.write_text(json.dumps(labels, indent=2) + "\n")
    return len(verdicts)


if __name__ == "__main__":
    main()
