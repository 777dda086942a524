"""The second capture holds what its labels say, and a scan of it tells the story that was played."""

import hashlib
import ipaddress
from itertools import pairwise
from typing import Any

import pytest

import botwarden
from botwarden.core.label import LABELS
from botwarden.core.report import DeviceReport
from botwarden.core.verdict import Verdict
from botwarden.lab import plan, underworld
from botwarden.lab.acts.dialogue import TYPED
from examples.recording import BREAK_IN, EXAMPLES, Frame, inside

STORY = "break-in"

TRIES = 11  # the last is right; the bot's loader then logs in once more
OUTSIDE_PORT = 40_823


@pytest.fixture(scope="module")
def devices() -> dict[str | None, DeviceReport]:
    return {device.mac: device for device in botwarden.scan(BREAK_IN).report.devices}


def interval(labels: dict[str, Any], label: str, target: str = plan.CAMERA.ip) -> dict[str, Any]:
    (found,) = (entry for entry in labels["intervals"] if (entry["label"], entry["target"]) == (label, target))
    return found


def opened(frames: list[Frame], src: str, dst: str, port: int) -> list[Frame]:
    return [f for f in frames if f.bare_syn and (f.src, f.dst) == (src, dst) and f.ports[1] == port]


def said(frames: list[Frame], src: str, dst: str, port: int) -> bytes:
    """What one end said to or from a port of the other, one packet after the other."""
    return b"".join(f.payload for f in frames if f.proto == 6 and (f.src, f.dst) == (src, dst) and port in f.ports)


# -- the file -------------------------------------------------------------------------------------------------------


def test_the_labels_belong_to_this_capture(labels: dict[str, Any]) -> None:
    data = (EXAMPLES / labels["capture"]).read_bytes()
    assert hashlib.sha256(data).hexdigest() == labels["sha256"]
    assert 200_000 <= len(data) <= 1_000_000


def test_intervals_name_known_labels_the_camera_and_times(labels: dict[str, Any], frames: list[Frame]) -> None:
    for entry in labels["intervals"]:
        assert {entry["label"], *entry["also"]} <= LABELS.keys()
        assert entry["mac"] == plan.CAMERA.mac
        assert frames[0].ts < entry["start"] < entry["end"] < frames[-1].ts
    assert min(entry["start"] for entry in labels["intervals"]) - frames[0].ts > 60


def test_the_stranger_guesses_and_gets_in(labels: dict[str, Any], frames: list[Frame]) -> None:
    tries = opened(frames, plan.INTRUDER_IP, plan.CAMERA.ip, 23)
    assert len(tries) == TRIES + 1
    assert inside(interval(labels, "bruteforce.telnet"), tries)
    answers = said(frames, plan.CAMERA.ip, plan.INTRUDER_IP, 23)
    assert answers.count(b"Login incorrect") == TRIES - 1
    assert answers.count(b"BusyBox v") == 2


def test_what_is_typed_is_what_the_loader_types(labels: dict[str, Any], frames: list[Frame]) -> None:
    typed = said(frames, plan.INTRUDER_IP, plan.CAMERA.ip, 23)
    places = [typed.find(line.encode() + b"\r\n") for line in TYPED]
    assert -1 not in places
    assert all(first < second for first, second in pairwise(places))
    assert said(frames, plan.CAMERA.ip, plan.INTRUDER_IP, 23).count(b"ECCHI: applet not found") == 8


def test_the_program_is_fetched_and_harmless(labels: dict[str, Any], frames: list[Frame]) -> None:
    fetched = opened(frames, plan.CAMERA.ip, plan.LOADER_IP, 80)
    assert len(fetched) == 1
    assert inside(interval(labels, "infection", plan.LOADER_IP), fetched)
    body = said(frames, plan.LOADER_IP, plan.CAMERA.ip, 80).partition(b"\r\n\r\n")[2]
    assert body == underworld.payload()


def test_the_controller_is_called(labels: dict[str, Any], frames: list[Frame]) -> None:
    calls = opened(frames, plan.CAMERA.ip, plan.CNC_IP, plan.CNC_PORT)
    assert len(calls) == 1
    assert inside(interval(labels, "infection", plan.CNC_IP), calls)
    told = said(frames, plan.CAMERA.ip, plan.CNC_IP, plan.CNC_PORT)
    assert told == b"\0\0\0\x01\x08lab.arm7" + b"\0\0" * 9


def test_the_router_is_asked_for_a_port(labels: dict[str, Any], frames: list[Frame]) -> None:
    asked = [
        f for f in frames if (f.src, f.dst) == (plan.CAMERA.ip, plan.GATEWAY_IP) and b"AddPortMapping" in f.payload
    ]
    assert len(asked) == 1
    assert f"<NewExternalPort>{OUTSIDE_PORT}<".encode() in asked[0].payload
    assert inside(interval(labels, "exposure.port_mapping"), asked)


def test_the_administrator_logs_in_once(frames: list[Frame]) -> None:
    assert len(opened(frames, plan.LAPTOP.ip, plan.DVR.ip, 23)) == 1
    assert b"incorrect" not in said(frames, plan.DVR.ip, plan.LAPTOP.ip, 23)


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


# -- the scan -------------------------------------------------------------------------------------------------------


def test_what_the_labels_name_is_found_in_its_time_and_nothing_else(
    labels: dict[str, Any], devices: dict[str | None, DeviceReport]
) -> None:
    named: dict[str, list[dict[str, Any]]] = {}
    for entry in labels["intervals"]:
        for label in (entry["label"], *entry["also"]):
            named.setdefault(label, []).append(entry)
    found = {verdict.label: verdict for verdict in devices[plan.CAMERA.mac].verdicts}
    assert found.keys() == named.keys() - {"cnc.beacon", "beacon"}
    for label, verdict in found.items():
        assert verdict.role in {entry["role"] for entry in named[label]}
        starts, ends = ([entry[key] for entry in named[label]] for key in ("start", "end"))
        assert min(starts) - 1 <= verdict.first_ts <= verdict.last_ts <= max(ends) + 1


def test_nothing_is_found_on_anyone_else(devices: dict[str | None, DeviceReport]) -> None:
    assert {device.mac for device in devices.values() if device.verdicts} == {plan.CAMERA.mac}


def test_the_story_is_told(devices: dict[str | None, DeviceReport]) -> None:
    story: Verdict = devices[plan.CAMERA.mac].verdicts[0]
    assert (story.label, story.severity, story.confidence) == ("infection", "critical", 0.99)
    way_in, ran, fetched, talks = story.reasons
    assert (
        f"by {plan.INTRUDER_IP}, who logged in as root with a password of Mirai's list after {TRIES - 1} failed"
        in way_in
    )
    assert ran.startswith("ran: enable; system; shell; sh; /bin/busybox ECCHI; ")
    assert ran.endswith("(looks like Mirai)")
    assert "an ARM executable, lab.arm7 (24.1 kB, SHA-256 " in fetched
    assert plan.PAYLOAD_URL in fetched
    assert talks.endswith(f"it talks to {plan.CNC_IP}, TCP port {plan.CNC_PORT}")
    assert story.evidence["iocs"] == {
        "addresses": [plan.INTRUDER_IP, plan.LOADER_IP, plan.CNC_IP],
        "urls": [plan.PAYLOAD_URL],
        "sha256": [hashlib.sha256(underworld.payload()).hexdigest()],
        "tokens": ["ECCHI"],
    }
