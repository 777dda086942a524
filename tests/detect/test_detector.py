import msgspec
import numpy as np
import pytest

from botwarden.app.api import scan
from botwarden.core.address import mac_value
from botwarden.detect.detector import MAX_EPISODES, Detector
from botwarden.detect.networks import PRIVATE, parse_networks
from botwarden.detect.state import METER
from captures import tcp_frame
from detect.traffic import (
    CAMERA,
    CLOUD,
    DVR,
    EXAMPLE,
    GATEWAY_MAC,
    SHARED,
    START,
    Traffic,
    detect,
    household,
    judged,
    labels,
    observe,
    ordered,
    outside,
    packets_of,
    tcp,
    udp,
)

HOUSE = household(120)
YEAR_2100 = 4_102_444_800.0 - START


def probes(n: int = 40, at: float = 60.0) -> Traffic:
    return [p for k in range(n) for p in tcp(at + k * 0.1, CAMERA, outside(k), 23, sport=30000 + k)]


def test_nothing_in_nothing_out() -> None:
    detector = Detector()
    detector.update(packets_of(HOUSE)[:0])
    findings = detector.findings(final=True)
    assert findings.devices == ()
    assert (len(findings.episodes), len(findings.rhythms)) == (0, 0)
    assert findings.evictions == {}


def test_networks_are_guessed_from_the_first_batch_or_given() -> None:
    assert observe(HOUSE).networks == PRIVATE
    given = parse_networks(["192.168.0.0/24"])
    assert observe(HOUSE, given).networks[0] == given[0]


def test_what_is_going_on_can_be_asked_for_at_any_time() -> None:
    detector = Detector(seed=1)
    detector.update(packets_of(HOUSE))
    assert not judged(detector.findings())
    detector.update(packets_of(probes(at=120)))
    during = judged(detector.findings())
    assert labels(during) == {(CAMERA.mac, "scan.horizontal", "attacker")}
    detector.update(packets_of(udp(400, DVR, CLOUD, 123)))
    after = judged(detector.findings(final=True))
    assert labels(after) == labels(during)
    assert after[CAMERA.mac][0].evidence["targets"] >= during[CAMERA.mac][0].evidence["targets"]


def test_an_episode_is_told_once() -> None:
    detector = Detector(seed=1)
    detector.update(packets_of(HOUSE + probes()))
    first = detector.findings(final=True)
    assert len(first.episodes) == len(detector.findings(final=True).episodes) == 1


def test_verdicts_hold_json_values_only() -> None:
    (verdict,) = detect(HOUSE + probes())[CAMERA.mac]
    assert msgspec.json.decode(msgspec.json.encode(verdict))["evidence"] == verdict.evidence


# -- hostile clocks -------------------------------------------------------------------------------------------------


def test_a_leap_to_the_year_2100_and_back_makes_no_verdict() -> None:
    leap = tcp(YEAR_2100, CAMERA, CLOUD, 443, sport=60000) + udp(YEAR_2100, DVR, outside(3), 123)
    later = [(ts + 120, frame) for ts, frame in HOUSE]
    assert not detect([*ordered(HOUSE), *leap, *later], in_order=False)


def test_after_a_leap_things_are_seen_as_before() -> None:
    leap = tcp(YEAR_2100, CAMERA, CLOUD, 443, sport=60000)
    traffic = [*ordered(HOUSE), *leap, *ordered(household(120)), *probes(at=121)]
    assert labels(detect(traffic, in_order=False)) == {(CAMERA.mac, "scan.horizontal", "attacker")}


def test_a_capture_that_starts_in_1970_and_finds_its_clock() -> None:
    early = [(ts - START, frame) for ts, frame in ordered(HOUSE)]
    assert not detect([*early, *ordered(HOUSE)], in_order=False)
    found = detect([*early, *ordered(HOUSE + probes())], in_order=False)
    assert labels(found) == {(CAMERA.mac, "scan.horizontal", "attacker")}


# -- bounds -----------------------------------------------------------------------------------------------------------


def flood_of_macs(n: int) -> Traffic:
    frames = []
    for k in range(n):
        mac = f"06:00:00:00:{k >> 8:02x}:{k & 255:02x}"
        frames.append(
            (
                START + 130 + k * 0.001,
                tcp_frame("192.168.0.200", 1, "192.168.0.1", 80, src_mac=mac, dst_mac=GATEWAY_MAC),
            )
        )
    return frames


def test_what_was_found_of_a_device_outlives_it_in_the_table() -> None:
    detector = Detector(seed=1)
    detector.update(packets_of(HOUSE + probes()))
    detector.update(packets_of(flood_of_macs(9000)))
    findings = detector.findings(final=True)
    assert findings.evictions["devices"] > 5000
    assert (CAMERA.mac, "scan.horizontal", "attacker") in labels(judged(findings))


def test_a_device_that_made_room_and_came_back_is_one() -> None:
    detector = Detector(seed=1)
    detector.update(packets_of(HOUSE + probes()))
    detector.update(packets_of(flood_of_macs(9000)))
    detector.update(packets_of(udp(150, CAMERA, CLOUD, 123)))
    findings = detector.findings(final=True)
    assert [d.mac for d in findings.devices].count(mac_value(CAMERA.mac)) == 1
    assert (CAMERA.mac, "scan.horizontal", "attacker") in labels(judged(findings))


def test_forged_sources_neither_fill_the_findings_nor_go_unnoticed() -> None:
    """Ten thousand sources, each with its own short conversation attempt at a device."""
    frames = [p for k in range(50_000) for p in tcp(60 + k * 0.0002, outside(k), DVR, k % 65536, sport=9)]
    findings = observe(HOUSE + frames)
    assert len(findings.episodes) < 10
    assert findings.evictions.keys() <= {"pairs", "attempts", "meters"}
    assert findings.evictions["pairs"] > 0
    assert labels(judged(findings)) == {(DVR.mac, "flood.syn", "victim")}


def test_no_more_episodes_are_kept_than_there_is_room_for_and_the_rest_is_counted() -> None:
    detector = Detector(seed=1)
    detector.update(packets_of(HOUSE))
    state = detector._state
    assert state is not None
    for _ in range(6):
        state[0]["counts"][3] = 4096
        detector._drain(state[0])
    findings = detector.findings()
    assert len(findings.episodes) == MAX_EPISODES
    assert findings.evictions["episodes"] == 6 * 4096 - MAX_EPISODES


def test_findings_do_not_change_with_later_packets() -> None:
    detector = Detector(seed=1)
    detector.update(packets_of(HOUSE + probes()))
    early = detector.findings()
    kept = early.episodes.copy()
    detector.update(packets_of(probes(at=200)))
    assert np.array_equal(early.episodes, kept)
    assert early.episodes.dtype == METER


# -- ordinary devices --------------------------------------------------------------------------------------------------


def test_an_ordinary_camera_network_is_silent() -> None:
    path = SHARED / "parity" / "camera_lan.pcap"
    if not path.exists():
        pytest.skip(f"{path} is not here")
    assert not scan(path, seed=1).report.found


def test_devices_that_are_being_set_up_are_silent() -> None:
    paths = sorted((SHARED / "iot_sentinel").rglob("*.pcap"))
    if not paths:
        pytest.skip(f"{SHARED / 'iot_sentinel'} is not here")
    loud = {path.parent.name: report for path in paths if (report := scan(path, seed=1).report).found}
    assert not loud


def test_nobody_else_in_the_example() -> None:
    devices = scan(EXAMPLE, seed=1).report.devices
    assert {device.ips[0] for device in devices if device.verdicts} == {"192.168.10.20", "192.168.10.21"}
    assert len([device for device in devices if device.gateway]) == 1
