import subprocess
from pathlib import Path

from botwarden.lab import dhcp, plan
from botwarden.lab.network import Network, run


def test_the_client_says_the_devices_name_and_may_call_itself_something(tmp_path: Path) -> None:
    command = dhcp.command(plan.PLUG, tmp_path, "")
    assert command[command.index("-x") + 1] == "hostname:washer-plug"
    assert command[command.index("-V") + 1] == ""
    assert "-V" not in dhcp.command(plan.CAMERA, tmp_path)


def test_the_script_writes_the_name_server_to_the_devices_own_file(tmp_path: Path) -> None:
    dhcp.command(plan.PLUG, tmp_path)
    bin_ = tmp_path / "bin"
    bin_.mkdir()
    (bin_ / "ip").write_text(f'#!/bin/sh\necho "$@" >>{tmp_path}/said\n')
    (bin_ / "ip").chmod(0o700)
    lease = {"interface": "eth0", "ip": "192.0.2.5", "mask": "24", "router": "192.0.2.1", "dns": "192.0.2.53"}
    environment = {"PATH": f"{bin_}:/usr/bin:/bin", "RESOLV": str(tmp_path / "resolv"), **lease}
    subprocess.run([tmp_path / "dhcp.sh", "bound"], env=environment, check=True)
    assert (tmp_path / "resolv").read_text() == "search lan\nnameserver 192.0.2.53\n"
    said = (tmp_path / "said").read_text().splitlines()
    assert said == ["address replace 192.0.2.5/24 dev eth0", "route replace default via 192.0.2.1 dev eth0"]


def test_an_address_that_is_there_is_seen() -> None:
    assert dhcp.has("127.0.0.1")
    assert not dhcp.has(plan.VICTIM_IP)


def test_a_way_out_is_a_default_route(tmp_path: Path) -> None:
    table = tmp_path / "route"
    head = "Iface\tDestination\tGateway\n"
    table.write_text(head + "eth0\t000AA8C0\t00000000\n")
    assert not dhcp.has_way_out(table)
    table.write_text(head + "eth0\t00000000\t010AA8C0\n")
    assert dhcp.has_way_out(table)


def test_a_device_has_only_the_address_it_was_given(network: Network) -> None:
    network.ip("camera", f"address add {plan.CAMERA.ip}/24 dev eth0")
    probe = "import sys; from botwarden.lab.dhcp import has; print(*map(has, sys.argv[1:]))"
    command = network.python("camera", "x")
    said = run(*command[: command.index("-m")], "-c", probe, plan.CAMERA.ip, plan.DVR.ip)
    assert said == "True False\n"
