import json
import subprocess
import sys
from pathlib import Path

import pytest
from lab.network import Lab, run

from lab import guard, plan


def bot(*command: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(command, capture_output=True, text=True, timeout=20, check=False)


def outside(examples: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    """The bot emulator, started where the tests run."""
    return bot("env", f"PYTHONPATH={examples}", sys.executable, "-m", "lab.bot", *arguments)


def assert_refused(done: "subprocess.CompletedProcess[str]", reason: str) -> None:
    assert done.returncode == 1
    assert done.stdout == ""
    assert done.stderr.startswith("refused: ")
    assert reason in done.stderr
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize(
    "target",
    ["8.8.8.8", "127.0.0.1", "192.168.11.1", "192.0.2.2", "198.18.8.0", "255.255.255.255", "::1", "news.example"],
)
def test_targets_outside_the_lab_are_refused(target: str) -> None:
    with pytest.raises(guard.Refused, match="refused"):
        guard.Permit(plan.CAMERA.ip).check(target)


@pytest.mark.parametrize("target", [plan.DVR.ip, plan.VICTIM_IP, *plan.TELNET_HOSTS, "198.18.7.255"])
def test_targets_in_the_lab_are_allowed(target: str) -> None:
    assert guard.Permit(plan.CAMERA.ip).check(target) == target


@pytest.mark.parametrize(("count", "rate"), [(guard.MAX_PACKETS + 1, 100.0), (10, guard.MAX_RATE + 1), (10, 0.0)])
def test_more_or_faster_than_the_limits_is_refused(count: int, rate: float) -> None:
    with pytest.raises(guard.Refused, match="refused"):
        next(guard.Permit(plan.CAMERA.ip).paced(count, rate))


def test_pacing_yields_every_number_once() -> None:
    assert list(guard.Permit(plan.CAMERA.ip).paced(20, guard.MAX_RATE)) == list(range(20))


@pytest.mark.parametrize("phase", ["scan", "guess", "synflood", "udpflood"])
def test_the_bot_refuses_to_run_without_a_lab(examples: Path, tmp_path: Path, phase: str) -> None:
    assert_refused(outside(examples, "--state", str(tmp_path / "none.json"), phase), "not inside a lab")


def test_a_state_file_that_names_this_machine_is_no_lab(examples: Path, tmp_path: Path) -> None:
    state = tmp_path / "state.json"
    state.write_text(json.dumps({"outside": [0, 0], "namespaces": {"camera": guard.identity()}}))
    assert_refused(outside(examples, "--state", str(state), "scan"), "refused")


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"namespaces": []}', "\x00", "1"])
def test_a_damaged_state_file_is_no_lab(examples: Path, tmp_path: Path, text: str) -> None:
    state = tmp_path / "state.json"
    state.write_text(text)
    assert_refused(outside(examples, "--state", str(state), "scan"), "refused")


def test_inside_a_lab_only_the_camera_may_and_only_to_the_lab(lab: Lab) -> None:
    state = str(lab.state)
    assert_refused(bot(*lab.python("gateway", "lab.bot", "--state", state, "scan")), "not the network namespace")
    assert_refused(bot(*lab.python("dvr", "lab.bot", "--state", state, "scan")), "not the network namespace")
    camera = lab.python("camera", "lab.bot", "--state", state)
    assert_refused(bot(*camera, "synflood", "8.8.8.8"), "outside the lab")
    assert_refused(bot(*camera, "guess", "127.0.0.1"), "outside the lab")
    inside = plan.namespace("camera")
    run("ip", "-netns", inside, "link", "add", "way", "type", "veth", "peer", "name", "out")
    assert_refused(bot(*camera, "scan"), "unexpected interfaces")
    run("ip", "-netns", inside, "link", "delete", "way")
    run("ip", "-netns", inside, "route", "add", "default", "dev", "eth0")
    assert_refused(bot(*camera, "scan"), "unexpected route")
    run("ip", "-netns", inside, "route", "delete", "default")
    run("ip", "-netns", inside, "link", "set", "eth0", "address", plan.LAPTOP.mac)
    assert_refused(bot(*camera, "scan"), "not the virtual interface")
