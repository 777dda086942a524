import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from botwarden.lab import guard, plan
from botwarden.lab.network import Network
from houses import need_lab

ASK = (
    "import sys; from pathlib import Path; from botwarden.lab.guard import obtain; "
    "print(obtain(sys.argv[1], Path(sys.argv[2])).source)"
)


def ask(prefix: list[str], role: str, state: Path) -> "subprocess.CompletedProcess[str]":
    """Somebody asks for a permit."""
    command = [*prefix, sys.executable, "-c", ASK, role, str(state)]
    return subprocess.run(command, capture_output=True, text=True, timeout=20, check=False)


def inside(role: str) -> list[str]:
    return ["ip", "netns", "exec", plan.namespace(role)]


def assert_refused(done: "subprocess.CompletedProcess[str]", reason: str) -> None:
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("refused: ")
    assert reason in done.stderr
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize(
    "target",
    [
        "8.8.8.8",
        "127.0.0.1",
        "192.168.11.1",
        "192.0.2.2",
        "198.18.16.0",
        "255.255.255.255",
        "::1",
        "2001:db8:1::1",
        "x",
    ],
)
def test_targets_outside_the_lab_are_refused(target: str) -> None:
    with pytest.raises(guard.Refused, match="refused"):
        guard.Permit(plan.CAMERA.ip).check(target)


@pytest.mark.parametrize("target", [plan.DVR.ip, plan.VICTIM_IP, *plan.TELNET_HOSTS, "198.18.15.255", plan.NEWS_IP6])
def test_targets_in_the_lab_are_allowed(target: str) -> None:
    assert guard.Permit(plan.CAMERA.ip).check(target) == target


@pytest.mark.parametrize(
    ("count", "rate"),
    [(guard.MAX_PACKETS + 1, 100.0), (10, guard.MAX_RATE + 1), (10, 0.0), (10, float("nan"))],
)
def test_more_or_faster_than_the_limits_is_refused(count: int, rate: float) -> None:
    with pytest.raises(guard.Refused, match="refused"):
        guard.Permit(plan.CAMERA.ip).paced(count, rate)


def test_connections_have_limits_of_their_own() -> None:
    permit = guard.Permit(plan.CAMERA.ip)
    with pytest.raises(guard.Refused, match="connections"):
        permit.conversations(guard.MAX_CONVERSATIONS + 1, 1.0)
    with pytest.raises(guard.Refused, match="connections"):
        permit.conversations(1, guard.MAX_CONVERSATION_RATE * 2)


def test_a_budget_holds_whatever_the_pacing() -> None:
    budget = guard.Allowance(3, guard.MAX_RATE, "things")
    for _ in range(3):
        budget.spend()
    with pytest.raises(guard.Refused, match="more than 3 things"):
        budget.spend()


def test_a_budget_is_spent_no_faster_than_its_rate() -> None:
    budget = guard.Allowance(1_000, 100.0, "things")
    begun = time.monotonic()
    for _ in range(21):
        budget.spend()
    assert time.monotonic() - begun >= 0.2
    time.sleep(1.5)  # what is not used is lost, but for the last second
    begun = time.monotonic()
    for _ in range(130):
        budget.spend()
    assert time.monotonic() - begun >= 0.25


def test_sources_are_forged_from_nobodys_addresses_only() -> None:
    permit = guard.Permit(plan.CAMERA.ip)
    assert permit.check_source(plan.CAMERA.ip) == plan.CAMERA.ip
    assert permit.check_source("198.18.3.4") == "198.18.3.4"
    for forged in (plan.DVR.ip, plan.VICTIM_IP, "8.8.8.8", "10.0.0.1", "198.18.16.1"):
        with pytest.raises(guard.Refused, match="may not be forged"):
            permit.check_source(forged)


def test_a_permit_that_nobody_gave_is_worth_nothing() -> None:
    with pytest.raises(guard.Refused, match="not for the network namespace"):
        guard.Permit(plan.CAMERA.ip).confirm()
    with pytest.raises(guard.Refused, match="not for the network namespace"):
        guard.Permit(plan.CAMERA.ip, plan.CAMERA, (0, 0)).confirm()


@pytest.mark.parametrize("pace", [guard.Permit.paced, guard.Permit.conversations])
def test_pacing_yields_every_number_once_when_it_is_due(pace: Callable[..., Iterator[int]]) -> None:
    begun = time.monotonic()
    assert list(pace(guard.Permit(plan.CAMERA.ip), 11, 50.0)) == list(range(11))
    assert time.monotonic() - begun >= 0.2


def test_a_permit_for_the_machine_itself_is_worth_nothing() -> None:
    try:
        machine = guard.identity("/proc/1/ns/net")
    except PermissionError:
        pytest.skip("process 1 may not be looked at")
    assert guard.identity() == machine
    with pytest.raises(guard.Refused, match="not for the network namespace"):
        guard.Permit(plan.CAMERA.ip, plan.CAMERA, (machine[0], machine[1])).confirm()


def test_only_root_reads_and_says_which_namespaces_are_the_lab_s(tmp_path: Path) -> None:
    state = tmp_path / "state.json"
    guard.write_state(state, {"camera": [1, 2]})
    assert state.stat().st_mode & 0o777 == 0o600
    if os.geteuid() == 0:
        os.chown(state, 65_534, 65_534)
    with pytest.raises(guard.Refused, match="does not belong to root"):
        guard.check_namespace(state, "camera")


def test_there_is_no_permit_without_a_lab(tmp_path: Path) -> None:
    assert_refused(ask([], "camera", tmp_path / "none.json"), "not inside a lab")


def test_a_state_file_that_names_this_machine_is_no_lab(tmp_path: Path) -> None:
    state = tmp_path / "state.json"
    state.write_text(json.dumps({"outside": [0, 0], "namespaces": {"camera": guard.identity()}}))
    told = os.geteuid() == 0 and os.access("/proc/1/ns/net", os.R_OK)
    reason = "not the network namespace that the lab made for its camera" if told else "refused"
    assert_refused(ask([], "camera", state), reason)


def test_where_the_lab_was_started_is_no_lab_either(tmp_path: Path) -> None:
    need_lab()
    code = (
        "import sys; from pathlib import Path; from botwarden.lab.guard import identity, obtain, write_state\n"
        "state = Path(sys.argv[1]); write_state(state, {'camera': identity()}); obtain('camera', state)"
    )
    command = ["unshare", "-n", sys.executable, "-c", code, str(tmp_path / "state.json")]
    done = subprocess.run(command, capture_output=True, text=True, timeout=20, check=False)
    assert_refused(done, "not the network namespace that the lab made for its camera")


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"namespaces": []}', "\x00", "1"])
def test_a_damaged_state_file_is_no_lab(tmp_path: Path, text: str) -> None:
    state = tmp_path / "state.json"
    state.write_text(text)
    assert_refused(ask([], "camera", state), "refused")


def test_a_permit_is_for_one_namespace_with_one_way_out(network: Network) -> None:
    device = plan.CAMERA
    network.ip("camera", f"address add {device.ip}/24 dev eth0", f"route add default via {plan.GATEWAY_IP}")
    done = ask(inside("camera"), "camera", network.state)
    assert (done.returncode, done.stdout.strip(), done.stderr) == (0, device.ip, "")
    assert ask(inside("internet"), "internet", network.state).stdout.strip() == plan.INTRUDER_IP
    assert_refused(ask([], "camera", network.state), "not the network namespace")
    assert_refused(ask(inside("dvr"), "camera", network.state), "not the network namespace")
    assert_refused(ask(inside("gateway"), "gateway", network.state), "nobody in the lab may act as 'gateway'")

    network.ip("camera", "link add way type veth peer name out")
    assert_refused(ask(inside("camera"), "camera", network.state), "unexpected interfaces")
    network.ip("camera", "link delete way", "route delete default", "route add default dev eth0")
    assert_refused(ask(inside("camera"), "camera", network.state), "unexpected route")
    network.ip("camera", "route delete default", f"link set eth0 address {plan.LAPTOP.mac}")
    assert_refused(ask(inside("camera"), "camera", network.state), "not the virtual interface")
    network.ip("camera", "link delete eth0", f"link add eth0 address {device.mac} type bridge")
    assert_refused(ask(inside("camera"), "camera", network.state), "not the virtual interface")
