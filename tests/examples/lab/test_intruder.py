import subprocess
import sys
from pathlib import Path

import pytest
from lab.network import Lab

from botwarden.detect.shell import read_commands
from botwarden.protocols.credentials import dictionaries
from lab import guard, intruder, plan


def test_its_passwords_are_of_mirais_list() -> None:
    logins = [*plan.MIRAI_GUESSES, plan.CAMERA_TELNET_LOGIN]
    assert len(set(logins)) == len(logins)
    assert all("mirai" in dictionaries(*login) for login in logins)
    assert plan.CAMERA_TELNET_LOGIN not in plan.MIRAI_GUESSES


def test_it_types_what_a_bot_types() -> None:
    reading = read_commands(intruder.TYPED)
    assert reading.strong
    assert reading.family == "Mirai"


def test_it_stays_within_the_limits() -> None:
    assert 1 / intruder.PAUSE <= guard.MAX_RATE
    assert guard.check_target(intruder.TARGET)


def test_it_refuses_to_run_without_a_lab(examples: Path, tmp_path: Path) -> None:
    command = ["env", f"PYTHONPATH={examples}", sys.executable, "-m", "lab.intruder", "--state", str(tmp_path / "none")]
    done = subprocess.run(command, capture_output=True, text=True, timeout=20, check=False)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("refused: not inside a lab")


@pytest.mark.parametrize("role", ["camera", "gateway"])
def test_inside_a_lab_it_may_only_come_from_outside(lab: Lab, role: str) -> None:
    command = lab.python(role, "lab.intruder", "--state", str(lab.state))
    done = subprocess.run(command, capture_output=True, text=True, timeout=20, check=False)
    assert (done.returncode, done.stdout) == (1, "")
    assert "not the network namespace that the lab made for its internet" in done.stderr


def test_a_way_out_of_the_lab_stops_it(lab: Lab) -> None:
    subprocess.run(
        ["ip", "-netns", plan.namespace("internet"), "route", "add", "default", "via", plan.WAN_GATEWAY], check=True
    )
    command = lab.python("internet", "lab.intruder", "--state", str(lab.state))
    done = subprocess.run(command, capture_output=True, text=True, timeout=20, check=False)
    assert "unexpected route to default" in done.stderr
