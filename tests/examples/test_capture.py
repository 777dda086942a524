"""The capture holds what the labels say, when they say it, and nothing of the kind at any other time."""

import hashlib
import ipaddress
from collections import Counter
from itertools import pairwise
from typing import Any

import pytest

from botwarden.core.label import LABELS
from botwarden.lab import plan
from examples.recording import EXAMPLES, Frame, inside

STORY = "house"


def interval(labels: dict[str, Any], label: str, role: str = "attacker", target: str | None = None) -> dict[str, Any]:
    (found,) = (
        entry
        for entry in labels["intervals"]
        if entry["label"] == label and entry["role"] == role and target in (None, entry["target"])
    )
    return found


def test_the_labels_belong_to_this_capture(labels: dict[str, Any]) -> None:
    data = (EXAMPLES / labels["capture"]).read_bytes()
    assert hashlib.sha256(data).hexdigest() == labels["sha256"]
    assert 1_000_000 <= len(data) <= 3_000_000


def test_intervals_name_known_labels_devices_and_times(labels: dict[str, Any], frames: list[Frame]) -> None:
    macs = {device["mac"] for device in labels["devices"]}
    assert {entry["role"] for entry in labels["intervals"]} == {"attacker", "victim"}
    for entry in labels["intervals"]:
        assert {entry["label"], *entry["also"]} <= LABELS.keys()
        assert entry["mac"] in macs
        assert frames[0].ts < entry["start"] < entry["end"] < frames[-1].ts


def test_ordinary_life_comes_before_between_and_after(labels: dict[str, Any], frames: list[Frame]) -> None:
    attacks = sorted((e["start"], e["end"]) for e in labels["intervals"] if e["role"] == "attacker")
    assert attacks[0][0] - frames[0].ts > 170
    assert frames[-1].ts - attacks[-1][1] > 25
    quiet = [(before[1], after[0]) for before, after in pairwise(attacks)]
    everybody = {plan.GATEWAY_MAC, *(device.mac for device in plan.DEVICES)}
    assert everybody <= senders(frames, [(frames[0].ts, attacks[0][0])])
    assert everybody <= senders(frames, [(attacks[0][0], attacks[-1][1])])
    assert {plan.DVR.mac, plan.SENSOR.mac, plan.HUB.mac, plan.GATEWAY_MAC} <= senders(frames, attacks)
    assert {plan.DVR.mac, plan.GATEWAY_MAC} <= senders(frames, quiet)


def senders(frames: list[Frame], times: list[tuple[float, float]]) -> set[str]:
    """The MAC addresses of who sends within any of these times."""
    return {frame.src_mac for frame in frames for start, end in times if start < frame.ts < end}


def test_every_device_tells_its_name_by_dhcp(labels: dict[str, Any], frames: list[Frame]) -> None:
    told = {}
    for frame in frames:
        if frame.proto == 17 and frame.ports == (68, 67):
            told[frame.src_mac] = dhcp_options(frame.payload).get(12, b"").decode()
    assert told == {device["mac"]: device["name"] for device in labels["devices"] if device["name"]}
    assert told == {device.mac: device.name for device in plan.DEVICES}


def dhcp_options(message: bytes) -> dict[int, bytes]:
    options, at = {}, 240
    while message[at] != 255:
        options[message[at]] = message[at + 2 : at + 2 + message[at + 1]]
        at += 2 + message[at + 1]
    return options


def test_camera_and_hub_announce_themselves_by_mdns(frames: list[Frame]) -> None:
    announced = {f.src_mac for f in frames if f.proto == 17 and f.ports == (5353, 5353) and b"\x05_http" in f.payload}
    assert announced >= {plan.CAMERA.mac, plan.HUB.mac}


def test_the_scan_bears_the_mark_of_mirai(labels: dict[str, Any], frames: list[Frame]) -> None:
    marked = [f for f in frames if f.bare_syn and f.sequence == int(ipaddress.IPv4Address(f.dst))]
    assert inside(interval(labels, "scan.mirai"), marked)
    assert {frame.src_mac for frame in marked} == {plan.CAMERA.mac}
    assert len({frame.dst for frame in marked}) == len(marked) == 1320
    assert all(ipaddress.ip_address(frame.dst) in plan.SCANNED for frame in marked)
    assert Counter(frame.ports[1] for frame in marked) == {23: 1188, 2323: 132}


@pytest.mark.parametrize(("host", "tries", "wrong"), [(plan.DVR.ip, 12, 12), (plan.TELNET_HOSTS[0], 12, 11)])
def test_passwords_are_guessed_on_a_real_server(
    labels: dict[str, Any], frames: list[Frame], host: str, tries: int, wrong: int
) -> None:
    entry = interval(labels, "bruteforce.telnet", target=host)
    marked = int(ipaddress.IPv4Address(host))
    opened = [f for f in frames if f.src == plan.CAMERA.ip and f.dst == host and f.bare_syn and f.sequence != marked]
    assert inside(entry, opened)
    assert {frame.ports[1] for frame in opened} == {23}
    assert len({frame.ports[0] for frame in opened}) == tries
    answers = [f.payload for f in frames if f.src == host and f.dst == plan.CAMERA.ip and f.proto == 6]
    assert sum(b"Login incorrect" in answer for answer in answers) == wrong


def test_the_recorder_is_labelled_as_victim(labels: dict[str, Any]) -> None:
    suffered = interval(labels, "bruteforce.telnet", role="victim")
    assert (suffered["mac"], suffered["source"]) == (plan.DVR.mac, plan.CAMERA.ip)


def test_floods_are_where_the_labels_say(labels: dict[str, Any], frames: list[Frame]) -> None:
    syns = [f for f in frames if f.bare_syn and f.dst == plan.VICTIM_IP]
    datagrams = [f for f in frames if f.proto == 17 and f.dst == plan.VICTIM_IP]
    assert (len(syns), len(datagrams)) == (3000, 2100)
    assert inside(interval(labels, "flood.syn"), syns)
    assert inside(interval(labels, "flood.udp"), datagrams)
    assert {f.src_mac for f in [*syns, *datagrams]} == {plan.CAMERA.mac}


def test_the_laptop_logs_in_once(frames: list[Frame]) -> None:
    opened = [f for f in frames if f.bare_syn and f.src == plan.LAPTOP.ip and f.ports[1] == 23]
    assert [frame.dst for frame in opened] == [plan.DVR.ip]


def test_nobody_else_is_in_the_capture(frames: list[Frame]) -> None:
    seen = {ipaddress.ip_address(address) for frame in frames for address in (frame.src, frame.dst)}
    strangers = {
        str(address)
        for address in seen
        if not any(address in network for network in (plan.LAN, *plan.INTERNET)) and not address.is_multicast
    }
    assert strangers == {"0.0.0.0", "255.255.255.255"}


def test_frames_are_those_of_a_real_wire(raw: list[tuple[float, bytes]]) -> None:
    assert max(len(frame) for _, frame in raw) <= 1514
    times = [ts for ts, _ in raw]
    assert all(later - earlier > -0.001 for earlier, later in pairwise(times))
