"""What the captures were recorded with: scenarios of the lab, and a script that names them."""

import subprocess

import msgspec
import pytest

from botwarden.core.labels import Labels
from botwarden.lab import play, scenario
from examples.recording import BREAK_IN_LABELS, EXAMPLES, HOUSE_LABELS


@pytest.mark.parametrize("name", ["house", "break-in"])
def test_the_labels_are_those_of_the_scenario(name: str) -> None:
    casting = scenario.cast(str(EXAMPLES / f"{name}.toml"))
    play.check([casting])
    meant = {label for step in casting.scenario.step for label in (step.label, step.victim) if label}
    path = HOUSE_LABELS if name == "house" else BREAK_IN_LABELS
    labels = msgspec.json.decode(path.read_bytes(), type=Labels)
    assert {interval.label for interval in labels.intervals} == meant
    assert {interval.botnet for interval in labels.intervals} == {"mirai"}


def test_the_script_refuses_what_it_does_not_know() -> None:
    command = ["sh", str(EXAMPLES / "record.sh"), "garden"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=20, check=False)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "record.sh: house or break-in, not garden\n"
