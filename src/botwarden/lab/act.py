"""Run one act in the namespace of a role, and print what was done as one line of JSON (`acting.Done`).

    python -m botwarden.lab.act ROLE ACT ['{"option": ...}'] [--seed S] [--state FILE] [--clock FILE]

Where it refuses, it says why in one line on standard error and ends with status 1.
"""

import argparse
import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import msgspec

from botwarden.lab import acts, guard
from botwarden.lab.acting import Actor, Done
from botwarden.lab.clock import Clock
from botwarden.lab.errors import LabError

SETTLE: Final = 1.0
"""s of the machine's time for the last answers to arrive: they belong to the act."""


def run(role: str, act: str, options: dict[str, Any], seed: int, state: Path, clock: Clock) -> Done:
    """Act to the end.

    Raises Refused where there is no permit or the limits of the guard are passed; LabError for unknown acts or options;
    OSError where the lab does not answer as it should.
    """
    chosen = acts.check(act, options)
    permit = guard.obtain(role, state)
    actor = Actor(permit, clock, f"{seed}/{role}/{act}", state.parent)
    start = clock.now()
    outcome = acts.ACTS[act](actor, **chosen)
    clock.sleep(SETTLE * clock.speed)
    began = start if actor.began is None else actor.began
    return Done(start=began, end=clock.now(), count=outcome.count, target=outcome.target, what=outcome.what)


def _parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    listed = "\n".join(f"  {name:15} {acts.what(name)}" for name in acts.ACTS)
    parser = argparse.ArgumentParser(
        prog="python -m botwarden.lab.act",
        description="Act as somebody in the lab, inside the namespace of a role.",
        epilog=f"acts:\n{listed}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("role", help="a device's, or internet")
    parser.add_argument("act")
    parser.add_argument("options", nargs="?", default="{}", help="as JSON")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--state", type=Path, default=guard.STATE, help="where the lab notes its namespaces")
    parser.add_argument("--clock", type=Path, help="the story's; beside the state where not given")
    return parser.parse_args(arguments)


def main(arguments: Sequence[str] | None = None) -> int:
    """The command line; returns the exit status."""
    asked = _parse(arguments)
    clock = Clock(asked.clock or asked.state.with_name("clock"))
    try:
        options = json.loads(asked.options)
        if not isinstance(options, dict):
            raise LabError("options are a JSON object")
        done = run(asked.role, asked.act, options, asked.seed, asked.state, clock)
    except guard.Refused as refusal:
        return _fail(str(refusal))
    except (LabError, OSError, ValueError, RecursionError, subprocess.SubprocessError) as error:
        return _fail(f"{asked.act}: {error}")
    sys.stdout.buffer.write(msgspec.json.encode(done) + b"\n")
    sys.stdout.buffer.flush()
    return 0


def _fail(text: str) -> int:
    print(" ".join(text.split()), file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
