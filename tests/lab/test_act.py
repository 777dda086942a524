"""The command, refusing without a lab, and in the namespaces of one: what arrives is what it says."""

import json
import socket
import struct
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from botwarden.lab import packets, plan
from botwarden.lab.act import SETTLE
from botwarden.lab.network import Network

LISTEN = """
import socket, struct, sys, time
link = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(3))
link.bind((sys.argv[1], 3))
link.setsockopt(socket.SOL_SOCKET, 33, 8_000_000)
link.settimeout(0.2)
print("ready", flush=True)
out = open(sys.argv[2], "wb")
while True:
    try:
        frame = link.recv(2_000)
    except TimeoutError:
        continue
    out.write(struct.pack("!H", len(frame)) + frame)
    out.flush()
"""
ANSWER = """
import socket, sys
with socket.create_server((sys.argv[1], int(sys.argv[2]))) as server:
    for _ in range(100):
        link, _ = server.accept()
        with link:
            while link.recv(64):
                link.sendall(bytes(2))
"""


def act(network: Network | None, role: str, name: str, state: Path, *more: str) -> "subprocess.CompletedProcess[str]":
    """Run an act, in its namespace where there is a lab."""
    command = [sys.executable, "-m", "botwarden.lab.act", role, name, *more, "--state", str(state)]
    if network is not None:
        command = [*network.python(role, "botwarden.lab.act"), role, name, *more]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)


def done(network: Network, role: str, name: str, **options: Any) -> dict[str, Any]:
    ran = act(network, role, name, network.state, json.dumps(options), "--seed", "3")
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout.count("\n") == 1
    told: dict[str, Any] = json.loads(ran.stdout)
    assert told["end"] - told["start"] >= SETTLE  # the last answers belong to it
    return told


@contextmanager
def heard(network: Network, role: str, interface: str) -> Iterator[list[bytes]]:
    """The frames that pass an interface; complete when the block has ended."""
    path = network.folder / "heard"
    command = ["ip", "netns", "exec", plan.namespace(role), sys.executable, "-c", LISTEN, interface, str(path)]
    listener = subprocess.Popen(command, stdout=subprocess.PIPE)
    assert listener.stdout is not None
    assert listener.stdout.readline() == b"ready\n"
    frames: list[bytes] = []
    try:
        yield frames
        time.sleep(0.5)
    finally:
        listener.terminate()
        listener.communicate()
        data, at = path.read_bytes(), 0
        while at + 2 <= len(data):
            (size,) = struct.unpack_from("!H", data, at)
            frames.append(data[at + 2 : at + 2 + size])
            at += 2 + size


def ipv4(frames: list[bytes], protocol: int, target: str | None = None) -> list[bytes]:
    """The IPv4 packets of a protocol among frames, to one target."""
    found = [frame[14:] for frame in frames if frame[12:14] == b"\x08\x00" and frame[23] == protocol]
    return [packet for packet in found if target in (None, packets.ends(packet)[1])]


def connect(network: Network, *devices: plan.Device) -> None:
    """Give devices their addresses, as DHCP does in a whole house."""
    for device in devices:
        network.ip(device.role, f"address add {device.ip}/24 dev eth0", f"route add default via {plan.GATEWAY_IP}")


@pytest.mark.parametrize("name", ["scan", "flood-udp", "call", "checker"])
def test_without_a_lab_every_act_is_refused_in_one_line(tmp_path: Path, name: str) -> None:
    ran = act(None, "camera", name, tmp_path / "state.json")
    assert (ran.returncode, ran.stdout) == (1, "")
    assert ran.stderr.startswith("refused: not inside a lab")
    assert ran.stderr.count("\n") == 1


@pytest.mark.parametrize(
    ("name", "options", "reason"),
    [
        ("dance", "{}", "there is no act 'dance'"),
        ("scan", '{"colour": 1}', "scan has no option 'colour'"),
        ("scan", "[1]", "options are a JSON object"),
        ("scan", "{", "scan: "),
        ("scan", '{"rate": NaN}', "rate is nan"),
    ],
)
def test_what_is_wrong_is_said_in_one_line(tmp_path: Path, name: str, options: str, reason: str) -> None:
    ran = act(None, "camera", name, tmp_path / "state.json", options)
    assert (ran.returncode, ran.stdout) == (1, "")
    assert reason in ran.stderr
    assert ran.stderr.count("\n") == 1


def test_a_scan_carries_mirais_mark(network: Network) -> None:
    connect(network, plan.CAMERA)
    with heard(network, "internet", "eth0") as frames:
        told = done(network, "camera", "scan", count=200, rate=400.0)
    assert (told["count"], told["target"]) == (200, str(plan.SCANNED))
    syns = [packet for packet in ipv4(frames, socket.IPPROTO_TCP) if packet[33] == packets.SYN]
    assert len(syns) == 200
    assert all(packet[24:28] == packet[16:20] for packet in syns)
    ports = [int.from_bytes(packet[22:24], "big") for packet in syns]
    assert (ports.count(23), ports.count(2323)) == (180, 20)


def test_floods_send_what_they_say_and_nothing_else(network: Network) -> None:
    connect(network, plan.CAMERA)
    victim = plan.VICTIM_IP
    with heard(network, "gateway", "lan") as frames:
        done(network, "camera", "flood-syn", count=100, rate=1_000.0, forged=True)
        done(network, "camera", "flood-ack", count=100, rate=1_000.0)
        done(network, "camera", "flood-udp", count=100, rate=1_000.0, size=64)
        done(network, "camera", "flood-udpplain", count=100, rate=1_000.0)
        done(network, "camera", "flood-gre", count=100, rate=1_000.0)
        done(network, "camera", "flood-icmp", count=100, rate=1_000.0)
    tcp = ipv4(frames, socket.IPPROTO_TCP, victim)
    syns = [packet for packet in tcp if packet[33] == packets.SYN]
    acks = [packet for packet in tcp if packet[33] == packets.ACK]
    assert (len(syns), len(acks)) == (100, 100)
    sources = {packets.ends(packet)[0] for packet in syns}
    assert len(sources) > 50
    assert all(source.startswith("198.18.") for source in sources)
    udp = ipv4(frames, socket.IPPROTO_UDP, victim)
    assert sorted({len(packet) - 28 for packet in udp}) == [64, 512]
    assert len(udp) == 200
    plain = [packet[20:24] for packet in udp if len(packet) == 540]
    assert (len(plain), len(set(plain))) == (100, 1)
    assert len(ipv4(frames, socket.IPPROTO_GRE, victim)) == 100
    pings = [packet for packet in ipv4(frames, socket.IPPROTO_ICMP, victim) if packet[20] == 8]
    assert len(pings) == 100


def test_limits_and_targets_hold_inside_the_lab_too(network: Network) -> None:
    connect(network, plan.CAMERA)
    for options, reason in (
        ({"target": "8.8.8.8"}, "outside the lab"),
        ({"count": 20_001}, "is more than 20000"),
        ({"rate": 1_001.0}, "at 1000/s"),
    ):
        with heard(network, "gateway", "lan") as frames:
            ran = act(network, "camera", "flood-udp", network.state, json.dumps(options))
        assert (ran.returncode, ran.stdout) == (1, "")
        assert ran.stderr.startswith("refused: ")
        assert reason in ran.stderr
        assert ipv4(frames, socket.IPPROTO_UDP) == []


def test_a_neighbour_believes_the_forged_gateway_and_then_the_true_one(network: Network) -> None:
    connect(network, plan.PLUG, plan.LAPTOP)
    network.ip("laptop", f"neighbour add {plan.GATEWAY_IP} lladdr {plan.GATEWAY_MAC} dev eth0 nud stale")
    with heard(network, "laptop", "eth0") as frames:
        told = done(network, "plug", "arp-spoof", victim="laptop", seconds=1.0, every=0.25)
    told_laptop = [
        frame[22:28].hex(":") for frame in frames if frame[12:14] == b"\x08\x06" and frame[20:22] == b"\0\x02"
    ]
    assert told_laptop == [plan.PLUG.mac] * 4 + [plan.GATEWAY_MAC] * 3
    assert (told["count"], told["target"]) == (8, plan.LAPTOP.ip)
    forwarding = ["ip", "netns", "exec", plan.namespace("plug"), "cat", "/proc/sys/net/ipv4/ip_forward"]
    assert subprocess.run(forwarding, capture_output=True, text=True, check=True).stdout == "0\n"


def test_calls_and_scans_of_ports_use_ordinary_connections(network: Network) -> None:
    connect(network, plan.CAMERA, plan.DVR)
    network.start("internet", sys.executable, "-c", ANSWER, plan.BEACON_IP, str(plan.BEACON_PORT))
    network.wait_for_port("internet", plan.BEACON_PORT)
    told = done(network, "camera", "beacon", calls=3, every=0.1)
    assert "3 answered" in told["what"]
    with heard(network, "dvr", "eth0") as frames:
        told = done(network, "camera", "scan-vertical", target="dvr", count=40, rate=80.0)
    assert told["target"] == plan.DVR.ip
    tried = {packet[22:24] for packet in ipv4(frames, socket.IPPROTO_TCP, plan.DVR.ip) if packet[33] == packets.SYN}
    assert len(tried) == 40
