"""The one pass over a batch: any bytes, the same result compiled and plain, checked for reads outside the buffer."""

import json
import os
import random
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from botwarden.core.packet import PACKET, PacketBatch
from botwarden.detect.detector import Detector
from captures import batch_of, gre, ip_frame, ipv4
from detect.traffic import (
    ACK,
    CAMERA,
    CLOUD,
    DVR,
    FIN,
    LAPTOP,
    PSH,
    RST,
    START,
    SYN,
    VICTIM,
    Host,
    Traffic,
    arp_request,
    asked,
    detect,
    half_open,
    household,
    icmp,
    judged,
    labels,
    one,
    ordered,
    outside,
    packets_of,
    session,
    tcp,
    udp,
)

TESTS = Path(__file__).parents[1]
LOGIN = [("s", b"login: "), ("c", b"root\r\n"), ("s", b"Password: "), ("c", b"x\r\n"), ("s", b"incorrect")]
WEB = [("c", b"GET /login HTTP/1.1\r\nUser-Agent: a\r\n\r\n"), ("s", b"HTTP/1.1 401 no\r\n\r\n")]


def mixed() -> Traffic:
    """A bit of everything, in some hundred packets."""
    out = household(60)
    for k in range(30):
        out += tcp(20 + k * 0.1, CAMERA, outside(k), 23, sport=3000 + k, seq=0xC6120000 + k)
        out += half_open(24 + k * 0.1, CAMERA, DVR, 1000 + k) + udp(28 + k * 0.1, CAMERA, outside(k), 1900)
        out += arp_request(32 + k * 0.1, CAMERA, f"192.168.0.{100 + k}") + icmp(36 + k * 0.1, CAMERA, outside(k))
        out += asked(40 + k * 0.1, LAPTOP, outside(k), 53) + tcp(44 + k * 0.1, outside(k), DVR, 9, SYN | ACK, sport=80)
    for k in range(8):
        out += session(48 + k, CAMERA, DVR, 23, LOGIN, sport=5000 + k) + session(
            48 + k, LAPTOP, DVR, 80, WEB, sport=6000 + k
        )
    for k in range(40):
        out += session(56 + k * 0.1, DVR, outside(1), 80, [("c", b"R8" * 50)] * 5, sport=7000 + k)
        out += tcp(56 + k * 0.1, DVR, outside(1), 80, SYN | RST | ACK, sport=8000 + k)
    return out


def fuzzed(n: int, seed: int) -> Traffic:
    """Real packets with bytes changed and ends cut off."""
    chance = random.Random(seed)
    whole = [frame for _, frame in mixed()] + [ip_frame(gre(ipv4(bytes(60))), 47)]
    out: Traffic = []
    for k in range(n):
        frame = bytearray(chance.choice(whole))
        for _ in range(chance.randrange(6)):
            frame[chance.randrange(len(frame))] = chance.randrange(256)
        out.append((START + k * 0.01, bytes(frame[: chance.randrange(14, len(frame) + 1)])))
    return out


def summary(traffic: Traffic) -> Any:
    """What was found in a traffic, as text that two processes can compare."""
    detector = Detector(seed=1)
    detector.update(packets_of(traffic))
    findings = detector.findings(final=True)
    names = ("kind", "sub", "src", "dst", "port", "start", "last", "total", "peak", "before", "known")
    rows = sorted([round(float(e[name]), 6) for name in names] for e in findings.episodes)
    devices = sorted([d.serial, *d.ips, d.packets_sent, d.bytes_received, d.forged] for d in findings.devices)
    return json.loads(json.dumps([rows, devices, findings.evictions, sorted(labels(judged(findings)))]))


def elsewhere(code: str, **environment: str) -> str:
    """What a fresh interpreter prints."""
    env = os.environ | {"PYTHONPATH": os.pathsep.join([str(TESTS), str(TESTS.parent / "src")])} | environment
    done = subprocess.run(
        [sys.executable, "-c", code], env=env, capture_output=True, text=True, check=False, timeout=900
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout


def test_compiled_and_plain_find_the_same() -> None:
    code = (
        "import json; from detect.test_observe import *; print(json.dumps([summary(mixed()), summary(fuzzed(400, 2))]))"
    )
    plain = json.loads(elsewhere(code, NUMBA_DISABLE_JIT="1"))
    assert plain == [summary(mixed()), summary(fuzzed(400, 2))]
    assert len(plain[0][0]) >= 8  # episodes of as many kinds
    assert len(plain[0][3]) >= 6  # verdicts


@pytest.mark.slow
def test_nothing_is_read_outside_the_buffer(tmp_path: Path) -> None:
    code = (
        "from detect.test_observe import *; "
        "[summary(fuzzed(2000, seed)) for seed in range(10)]; summary(mixed()); print('checked')"
    )
    assert elsewhere(code, NUMBA_BOUNDSCHECK="1", NUMBA_CACHE_DIR=str(tmp_path)) == "checked\n"


@settings(max_examples=60, deadline=None)
@given(st.lists(st.binary(min_size=1, max_size=200), min_size=1, max_size=30))
def test_any_frames_are_taken(frames: list[bytes]) -> None:
    detector = Detector(seed=1)
    detector.update(batch_of([(START + k * 0.1, frame) for k, frame in enumerate(frames)]))
    judged(detector.findings(final=True))


@settings(max_examples=60, deadline=None)
@given(st.binary(min_size=PACKET.itemsize * 3, max_size=PACKET.itemsize * 3), st.integers(0, 300))
def test_any_header_columns_are_taken(columns: bytes, length: int) -> None:
    """Also such as no decoder makes, as long as they point into the buffer."""
    rows = np.frombuffer(columns, PACKET).copy()
    rows["ts"] = np.nan_to_num(rows["ts"], nan=0.0)
    rows["offset"] = 0
    rows["cap_len"] = np.minimum(rows["cap_len"], length)
    rows["payload"] = np.minimum(rows["payload"], rows["cap_len"])
    rows["flags"] &= ~np.uint8(16)  # quoted ports promise bytes that are not here
    detector = Detector(seed=1)
    detector.update(PacketBatch(np.zeros(length, np.uint8), rows))
    judged(detector.findings(final=True))


@settings(max_examples=30, deadline=None)
@given(st.lists(st.sampled_from([0.0, 1.0, 1e-9, 5e9, 1e11, 1e300, -5.0, 1.7e9, 4.1e9]), min_size=2, max_size=40))
def test_any_clock_is_taken(times: list[float]) -> None:
    batch = packets_of(mixed()[: len(times)])
    batch.packets["ts"] = times
    detector = Detector(seed=1)
    detector.update(batch)
    findings = detector.findings(final=True)
    assert not judged(findings)
    for device in findings.devices:
        assert np.isfinite(device.series.packets_sent).all()


def test_a_batch_more_or_less_makes_no_difference() -> None:
    batch = packets_of(mixed())
    whole, parts = Detector(seed=1), Detector(seed=1)
    whole.update(batch)
    parts.update(batch[:200])
    for at in range(200, len(batch), 37):
        parts.update(batch[at : at + 37])
    assert labels(judged(whole.findings(final=True))) == labels(judged(parts.findings(final=True)))


def test_the_seed_makes_no_difference_to_what_is_found() -> None:
    found = []
    for seed in (0, 1, 2**61 + 7):
        detector = Detector(seed=seed)
        detector.update(packets_of(mixed()))
        found.append(labels(judged(detector.findings(final=True))))
    assert found[0] == found[1] == found[2]


def test_broadcast_multicast_and_fragments_are_no_conversations() -> None:
    out = household(60)
    for k in range(2000):
        group = ("239.255.255.250", "01:00:5e:7f:ff:fa") if k % 2 else ("255.255.255.255", "ff:ff:ff:ff:ff:ff")
        packet = ip_frame(bytes(40), 17, CAMERA.ip, group[0], src_mac=CAMERA.mac, dst_mac=group[1])
        out.append((START + 30 + k * 0.004, packet))
    detector = Detector(seed=1)
    detector.update(packets_of(out))
    assert not judged(detector.findings(final=True))


def test_a_refusal_is_heard_but_keeps_up_no_conversation() -> None:
    """A stream that only resets answer is a flood all the same."""
    out = household(60)
    for k in range(900):
        out += tcp(30 + k * 0.01, CAMERA, outside(1), 80, ACK, payload=bytes(100))
        out += tcp(30.001 + k * 0.01, outside(1), CAMERA, 40000, RST, sport=80)
    detector = Detector(seed=1)
    detector.update(packets_of(out))
    assert labels(judged(detector.findings(final=True))) == {(CAMERA.mac, "flood.ack", "attacker")}


def test_order_of_time_within_a_minute_makes_no_difference() -> None:
    late = ordered(mixed())
    moved = [late.pop(100 + 60 * k) for k in range(5)]
    detector = Detector(seed=1)
    detector.update(batch_of(late + moved))
    assert len(labels(judged(detector.findings(final=True)))) >= 6


# -- flags that no connection has, packets of no connection ----------------------------------------------------------

HOUSE = household(120)
N, PACE = 900, 0.01
ALL = SYN | RST | FIN | ACK | PSH


def many(n: int = N, pace: float = PACE) -> list[tuple[int, float]]:
    return [(k, 60.0 + k * pace) for k in range(n)]


def flags(which: int, b: Host = VICTIM, n: int = N) -> Traffic:
    return [p for k, ts in many(n) for p in tcp(ts, CAMERA, b, 80, which, sport=1024 + k, seq=7919 * k)]


def chat(b: Host = VICTIM) -> Traffic:
    """A conversation between the same two machines that goes on all the time."""
    talk = [("c", b"how are you"), ("s", b"well")] * 400
    return [p for k in range(16) for p in session(40 + 4 * k, CAMERA, b, 7000, talk[:400], sport=60000 + k)]


@pytest.mark.parametrize("which", [ALL, ALL & ~RST, SYN | FIN, SYN | RST, SYN | ACK, FIN, RST, PSH, FIN | RST | ACK, 0])
def test_a_flood_with_whatever_flags_is_told(which: int) -> None:
    found = detect(HOUSE + flags(which))
    assert labels(found) == {(CAMERA.mac, "flood.tcp", "attacker")}
    assert one(found, CAMERA, "flood.tcp").evidence["packets"] == pytest.approx(N, abs=20)
    assert "odd TCP packets" in one(found, CAMERA, "flood.tcp").reasons[0]


@pytest.mark.parametrize(("which", "label"), [(ALL, "flood.tcp"), (ACK, "flood.ack"), (FIN | ACK, "flood.tcp")])
def test_it_is_told_beside_a_conversation_with_the_same_machine(which: int, label: str) -> None:
    assert not detect(HOUSE + chat())
    assert labels(detect(HOUSE + chat() + flags(which))) == {(CAMERA.mac, label, "attacker")}


def test_a_victim_of_odd_flags_is_told() -> None:
    found = detect(HOUSE + [p for k, ts in many(2000, 0.004) for p in tcp(ts, outside(k), DVR, 80, ALL, sport=k + 1)])
    assert labels(found) == {(DVR.mac, "flood.tcp", "victim")}


def test_answers_to_requests_that_one_direction_shows_are_counted_as_such() -> None:
    """A server's SYN-ACKs to whoever asks, forged or not, are no flood of its own."""
    asks = [p for k, ts in many() for p in tcp(ts, VICTIM, DVR, 80, sport=1024 + k)]
    says = [p for k, ts in many() for p in tcp(ts + 0.001, DVR, VICTIM, 1024 + k, SYN | ACK, sport=80)]
    assert not {found for found in labels(detect(HOUSE + asks + says)) if found[2] == "attacker"}


def test_a_gateway_that_forgets_its_connections_is_none() -> None:
    """Everybody goes on talking for a while, and is told RST or nothing."""
    out = [
        p
        for k in range(200)
        for p in session(20 + k * 0.1, LAPTOP, CLOUD, 443, [("c", b"x"), ("s", b"y")], sport=2000 + k)
    ]
    for k in range(200):
        for late in (0.0, 0.3, 1.0, 2.2, 4.6, 9.4):
            out += tcp(60 + late + k * 0.001, LAPTOP, CLOUD, 443, PSH | ACK, sport=4000 + k, payload=bytes(80), seq=9)
            out += tcp(60.01 + late + k * 0.001, CLOUD, LAPTOP, 4000 + k, RST, sport=443) if k % 2 else []
    assert not detect(HOUSE + out)


def test_a_server_that_resets_what_it_accepted_is_none() -> None:
    out: Traffic = []
    for k, ts in many(900, 0.05):
        out += session(ts, LAPTOP, CLOUD, 443, [("c", bytes(300))], sport=2000 + k)[:4]
        out += tcp(ts + 0.04, CLOUD, LAPTOP, 2000 + k, RST | ACK, sport=443)
    assert not detect(household(120) + out)


def test_downloads_that_began_before_the_capture_are_none() -> None:
    out: Traffic = []
    for k, ts in many(6000, 0.002):
        out += tcp(ts, CLOUD, LAPTOP, 2000 + k % 40, ACK, sport=443, payload=bytes(1400), seq=1400 * (k // 40))
        out += tcp(ts + 0.0005, LAPTOP, CLOUD, 443, ACK, sport=2000 + k % 40)
    assert not detect(HOUSE + out)
    assert not detect(
        HOUSE + [(ts, frame) for ts, frame in out if frame[:6] != bytes.fromhex(LAPTOP.mac.replace(":", ""))][:400]
    )
