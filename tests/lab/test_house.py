"""The whole house, for a quarter of a minute of machine time, and what can be heard of it at the router."""

import os
import signal
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from botwarden.app.api import devices, scan
from botwarden.lab import census, orders, plan
from botwarden.lab.devices.table import LIVES
from botwarden.lab.errors import LabError
from botwarden.lab.house import House
from botwarden.lab.network import PACKAGES, Network, run
from houses import need_lab

SPEED = 20.0
LIFE = 12.0  # s of machine time: four minutes of the story


def wait_until(true: Callable[[], bool], what: str, limit: float = 30.0) -> None:
    end = time.monotonic() + limit
    while not true():
        assert time.monotonic() < end, what
        time.sleep(0.1)


def inside(network: Network, role: str, script: str) -> str:
    command = network.python(role, "x")
    return run(*command[: command.index("-m")], "-c", script).strip()


def login(network: Network, role: str, host: str, user: str, password: str) -> str:
    return inside(
        network, role, f"from botwarden.lab.telnet import attempt; print(attempt({host!r}, {user!r}, {password!r}))"
    )


@pytest.mark.slow
def test_a_house_lives_is_recognised_and_gives_no_reason_for_suspicion(network: Network, tmp_path: Path) -> None:
    need_lab(*PACKAGES, "tcpdump")
    house = House(network, seed=2, pace=SPEED)
    house.start_internet()
    capture = tmp_path / "house.pcap"
    recorder = network.start("gateway", "tcpdump", "-i", "lan", "-s", "0", "-Z", "root", "-w", str(capture))
    wait_until(lambda: "listening" in (network.folder / "gateway" / "log").read_text(), "tcpdump does not start")
    house.start_home()

    found = census.take(network)
    assert found is not None
    for one in found.residents:
        living = LIVES.get(one.role)
        assert living is None or {f"tcp/{port}" for port in living.tcp} <= set(one.ports)

    network.set_speed(SPEED)
    time.sleep(LIFE)
    house.check()
    network.stop(recorder, signal.SIGINT)
    assert login(network, "laptop", plan.CAMERA.ip, *(plan.CAMERA.telnet or ())) == "True"
    assert login(network, "laptop", plan.TELNET_HOSTS[0], "user", "user") == "True"
    assert login(network, "laptop", plan.DVR.ip, "operator", "12345") == "False"
    report = scan([capture], seed=1).report
    assert [verdict.label for device in report.devices for verdict in device.verdicts] == []
    kinds = {device.mac: device.guess.type for device in devices([capture]).devices if device.guess}
    right = [device.role for device in plan.DEVICES if kinds.get(device.mac) == device.kind]
    assert len(right) >= 7, kinds


@pytest.mark.slow
def test_a_device_restarts_as_if_its_plug_were_pulled(network: Network) -> None:
    need_lab(*PACKAGES)
    house = House(network, pace=SPEED)
    house.start()
    network.set_speed(60.0)
    before = (network.folder / "camera" / "pid").read_text()
    house.restart("camera")
    log = network.folder / "camera" / "log"
    wait_until(lambda: "camera: boot 1" in log.read_text(), "the camera does not come back")
    assert (network.folder / "camera" / "pid").read_text() == before
    assert log.read_text().count("lease of 192.168.10.20 obtained") == 2
    house.check()

    bot = (
        "import socket; s = socket.create_connection(('203.0.113.66', 2348), 5); s.sendall(b'\\0\\0\\0\\1\\1x')\n"
        "print('called', flush=True); print(s.recv(64).hex(), flush=True)"
    )
    process = network.start("plug", *network.python("plug", "x")[4:-2], "-c", bot)
    wait_until(lambda: "called" in (network.folder / "plug" / "log").read_text(), "nobody listens")
    order = orders.encode(orders.Order("udp", 5, plan.VICTIM_IP))
    orders.give(network.folder, "cnc", order)
    wait_until(lambda: order.hex() in (network.folder / "plug" / "log").read_text(), "no order came")
    network.stop(process)

    os.kill(int(before), signal.SIGKILL)
    wait_until(lambda: _fails(house), "nobody notices")


def _fails(house: House) -> bool:
    try:
        house.check()
    except LabError as error:
        return "botwarden.lab.device of the camera ended with status -9: … " in str(error)
    return False


def test_what_is_not_installed_is_named_with_its_package(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(
        LabError, match=r"dnsmasq, busybox, .*apt install avahi-daemon busybox curl dnsmasq-base iproute2"
    ):
        House(Network(tmp_path / "lab"))


@pytest.mark.parametrize("pace", [0.0, -1.0, 1e9, float("nan")])
def test_an_impossible_pace_is_refused(tmp_path: Path, pace: float) -> None:
    with pytest.raises(LabError, match="a speed is above 0"):
        House(Network(tmp_path / "lab"), pace=pace)
