import os
import subprocess
import sys
from pathlib import Path

import pytest

from botwarden.lab import plan
from botwarden.lab.errors import Busy, LabError
from botwarden.lab.network import Network, check_machine, run

CONNECT = "import socket, sys; socket.create_connection((sys.argv[1], 23), 0.7)"


def lab_namespaces() -> list[str]:
    return [line for line in run("ip", "netns", "list").splitlines() if line.startswith(plan.PREFIX)]


def test_a_device_reaches_the_lab_and_nothing_else(network: Network) -> None:
    network.ip("camera", f"address add {plan.CAMERA.ip}/24 dev eth0", f"route add default via {plan.GATEWAY_IP}")

    def connect(host: str) -> str:
        command = ["ip", "netns", "exec", plan.namespace("camera"), sys.executable, "-c", CONNECT, host]
        return subprocess.run(command, capture_output=True, text=True, check=False).stderr

    assert "ConnectionRefusedError" in connect("198.18.1.9")  # a machine of the lab with all ports closed
    for outside in ("198.18.0.1", "192.0.2.2"):
        assert "TimeoutError" in connect(outside)


def test_there_is_one_lab_at_a_time_and_nothing_is_left_of_it(network: Network) -> None:
    with pytest.raises(LabError, match="another process is busy"):
        Network().up()
    assert network.is_up
    assert len(lab_namespaces()) == len(plan.ROLES)
    process = network.start("internet", "sleep", "600")
    network.down()
    assert lab_namespaces() == []
    assert process.poll() is not None
    assert not network.folder.exists()
    assert not network.is_up


def test_a_lab_that_was_given_away_is_left_alone(network: Network) -> None:
    network.release()
    other = Network()
    assert other.is_up
    with pytest.raises(LabError, match="the lab is up already"):
        other.up()
    other.hold()
    with pytest.raises(Busy):
        network.down()
    assert len(lab_namespaces()) == len(plan.ROLES)
    other.down()


def test_a_lab_whose_maker_died_is_not_up_and_the_next_replaces_it(network: Network) -> None:
    assert not Network().is_up  # somebody is at it
    network.release()
    (network.folder / "up").unlink()  # as if this process had been killed
    other = Network()
    other.hold()  # who only looks whether it is free does not offer what is left
    other.release()
    assert not other.is_up
    other.up()
    assert other.is_up
    other.down()


def test_a_lock_that_was_removed_meanwhile_is_no_lock(tmp_path: Path) -> None:
    first, second = Network(tmp_path / "lab"), Network(tmp_path / "lab")
    first.hold()
    Path(f"{first.folder}.lock").unlink()
    second.hold()  # the file that `first` holds is nobody's any more
    with pytest.raises(LabError, match="another process is busy"):
        Network(tmp_path / "lab").hold()
    first.release()
    with pytest.raises(LabError, match="another process is busy"):
        Network(tmp_path / "lab").hold()
    second.release()


def test_what_a_killed_run_left_is_removed_by_the_next(network: Network) -> None:
    stray = network.start("camera", "sleep", "600")
    network.forget(stray)
    network.release()  # as if this process had died
    other = Network()
    other.hold()
    other.down()
    assert stray.wait(10) != 0
    assert lab_namespaces() == []


def test_a_program_that_ends_is_told(network: Network) -> None:
    network.start("internet", "true").wait()
    with pytest.raises(LabError, match=r"^true ended with status 0$"):
        network.check()


def test_programs_have_a_run_and_a_resolver_of_their_own(network: Network) -> None:
    (network.own("dvr") / "resolv.conf").write_text("nameserver 192.0.2.1\n")
    network.start("dvr", "sh", "-c", "cat /etc/resolv.conf; ls -d /run/netns").wait()
    said = (network.own("dvr") / "log").read_text()
    assert said.startswith("nameserver 192.0.2.1\n")
    assert "No such file" in said


def test_waiting_for_a_port_ends(network: Network) -> None:
    network.start("internet", sys.executable, "-m", "http.server", "80", "--bind", plan.NEWS_IP)
    network.wait_for_port("internet", 80)
    with pytest.raises(LabError, match="nobody listens on port 81 of the internet"):
        network.wait_for_port("internet", 81, limit=0.2)


def test_a_missing_program_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    if os.geteuid() != 0:
        with pytest.raises(LabError, match="needs Linux and root"):
            check_machine()
        return
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(LabError, match="not installed: ip, nft"):
        check_machine()


def test_who_is_outside_gets_in_by_a_forwarded_port_only(network: Network) -> None:
    network.ip("camera", f"address add {plan.CAMERA.ip}/24 dev eth0", f"route add default via {plan.GATEWAY_IP}")
    network.start("camera", sys.executable, "-m", "http.server", "23", "--bind", plan.CAMERA.ip)
    network.wait_for_port("camera", 23)
    network.ip("internet", f"route add {plan.LAN} via {plan.WAN_GATEWAY}")

    def connect(host: str) -> str:
        command = ["ip", "netns", "exec", plan.namespace("internet"), sys.executable, "-c", CONNECT, host]
        return subprocess.run(command, capture_output=True, text=True, check=False).stderr

    assert "ConnectionRefusedError" in connect(plan.WAN_GATEWAY)
    assert "TimeoutError" in connect(plan.CAMERA.ip)
    network.forward(23, plan.CAMERA)
    assert connect(plan.WAN_GATEWAY) == ""
    assert "TimeoutError" in connect(plan.CAMERA.ip)
