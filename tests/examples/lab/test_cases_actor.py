import subprocess
import sys
from pathlib import Path

import pytest
from lab.cases import actor
from lab.cases.actor import Actor
from lab.guard import Permit, Refused

from lab import plan

MODULES = {
    "beacon": "call",
    "chat": "bot",
    "doors": "map",
    "logins": "guess_ftp",
    "names": "carry",
    "reports": "bot",
    "requests": "attack",
}


def anyone() -> Actor:
    return Actor(Permit("127.0.0.1"), pace=1000)


@pytest.mark.parametrize("module", MODULES)
@pytest.mark.parametrize("who", ["camera", actor.STRANGER])
def test_nobody_acts_outside_the_lab(examples: Path, tmp_path: Path, module: str, who: str) -> None:
    command = ["env", f"PYTHONPATH={examples}", sys.executable, "-m", f"lab.cases.{module}"]
    options = ["--state", str(tmp_path / "none.json"), "--who", who, MODULES[module]]
    done = subprocess.run([*command, *options], capture_output=True, text=True, timeout=20, check=False)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("refused: not inside a lab")


@pytest.mark.parametrize("target", ["8.8.8.8", "127.0.0.1", "192.168.11.1", "255.255.255.255"])
def test_targets_outside_the_lab_are_refused(target: str) -> None:
    with pytest.raises(Refused, match="outside the lab"):
        anyone().connect(target, 80)
    with pytest.raises(Refused, match="outside the lab"):
        anyone().datagram(target, 53, b"")


def test_conversations_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(actor, "MAX_RATE", 1e6)
    someone = anyone()
    for _ in range(actor.MAX_CONVERSATIONS):
        someone.spend()
    with pytest.raises(Refused, match="more than"):
        someone.spend()


def test_every_role_is_a_device_of_the_house() -> None:
    assert set(actor.ROLES) == {device.role for device in plan.DEVICES}


def test_several_things_are_done_at_a_time_and_added_up() -> None:
    assert anyone().together(lambda _: 2, lambda _: 3) == 5
