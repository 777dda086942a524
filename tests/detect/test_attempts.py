"""Attempts: what is new, what failed, how regularly. Through the detector, and plain Python for its tables."""

from typing import Any

import numpy as np
import pytest

from botwarden.core.address import ip_halves
from botwarden.detect.detector import Findings
from botwarden.detect.state import ATTEMPTS, DONE, HEAD, LOST, RHYTHMS, TAIL
from botwarden.detect.thresholds import SCAN_PORT, SCAN_UDP_PORT
from detect.plain import empty_state, plain
from detect.traffic import (
    ACK,
    CAMERA,
    SYN,
    Traffic,
    asked,
    detect,
    household,
    labels,
    observe,
    outside,
    tcp,
    udp,
)

HOUSE = household(60)


def tries(findings: Findings) -> list[tuple[int, int, int]]:
    """(port, tries, failed) of what was tried twenty times or more."""
    return sorted((int(a["port"]), int(a["tries"]), int(a["fails"])) for a in findings.rhythms)


def test_each_connection_is_one_try_however_often_its_syn_is_sent() -> None:
    calls: Traffic = []
    for k in range(25):
        for late in (0, 1, 3, 7):
            calls += tcp(10 * k + late, CAMERA, outside(1), 8000, sport=2000 + k)
    assert tries(observe(HOUSE + calls)) == [(8000, 25, 25)]


def test_packets_of_one_udp_conversation_are_one_try() -> None:
    talk = [p for k in range(25) for n in range(20) for p in udp(10 * k + n * 0.1, CAMERA, outside(1), 8000)]
    assert tries(observe(HOUSE + talk)) == [(8000, 25, 25)]


def test_answers_are_no_tries_of_the_other_side() -> None:
    talk = [p for k in range(25) for p in asked(10 * k, CAMERA, outside(1), 8000)]
    assert tries(observe(HOUSE + talk)) == [(8000, 25, 0)]


@pytest.mark.parametrize(("delay", "failed"), [(0.9, 0), (1.2, 25)])
def test_an_answer_has_a_second(delay: float, failed: int) -> None:
    talk: Traffic = []
    for k in range(25):
        talk += udp(10 * k, CAMERA, outside(1), 8000, sport=9) + udp(10 * k + delay, outside(1), CAMERA, 9, sport=8000)
    assert tries(observe(HOUSE + talk)) == [(8000, 25, failed)]


def test_what_waits_at_the_end_of_the_capture_is_judged() -> None:
    last = [p for k in range(20) for p in tcp(60 + k * 0.02, CAMERA, outside(k), 23)]
    assert labels(detect(HOUSE + last)) == {(CAMERA.mac, "scan.horizontal", "attacker")}


def test_a_connection_that_was_open_before_the_capture_began_is_answered() -> None:
    """Its first packet here is data, so there is nothing to be refused."""
    talk: Traffic = []
    for k in range(40):
        talk += tcp(60 + k * 0.1, CAMERA, outside(k), 443, ACK, payload=b"x")
        talk += tcp(60.02 + k * 0.1, outside(k), CAMERA, 40000, ACK, sport=443, payload=b"y")
    assert not detect(HOUSE + talk)


def test_a_target_counts_once_per_scan() -> None:
    again = [
        p for r in range(4) for k in range(20) for p in tcp(60 + 5 * r + k * 0.1, CAMERA, outside(k), 23, sport=r + 1)
    ]
    (episode,) = [e for e in observe(HOUSE + again).episodes if e["kind"] == SCAN_PORT]
    assert episode["total"] == 20


def test_new_targets_and_failures_are_in_the_series() -> None:
    findings = observe(HOUSE + [p for k in range(20) for p in tcp(61 + k * 0.01, CAMERA, outside(k), 23)])
    series = next(d.series for d in findings.devices if CAMERA.ip in d.ips)
    assert series.new_targets[61] == 20
    assert series.failures[61] == 20
    assert series.failures.sum() == 20


def test_udp_and_tcp_targets_are_counted_apart() -> None:
    mixed = [
        p
        for k in range(30)
        for p in udp(60 + k * 0.1, CAMERA, outside(k), 23) + tcp(60 + k * 0.1, CAMERA, outside(k), 23)
    ]
    kinds = {int(e["kind"]): float(e["total"]) for e in observe(HOUSE + mixed).episodes}
    assert kinds[int(SCAN_PORT)] == 30
    assert kinds[int(SCAN_UDP_PORT)] == 30


def test_a_half_open_connection_that_was_judged_as_answered_stays_so() -> None:
    late: Traffic = []
    for k in range(40):
        late += tcp(60 + k * 0.1, CAMERA, outside(k), 443) + tcp(
            60.1 + k * 0.1, outside(k), CAMERA, 40000, SYN | ACK, sport=443
        )
        late += tcp(62 + k * 0.1, CAMERA, outside(k), 443, 4)
    assert not detect(HOUSE + late)


# -- tables --------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def kernel() -> Any:
    return plain("attempts")


def end_points(s: Any, n: int) -> Any:
    made = plain("ends").Ends
    hi, lo = ip_halves(outside(n).ip)
    return made(0, -1, 1, 0, 1, 10_000 + n, *ip_halves(CAMERA.ip), hi, lo)


@pytest.fixture
def s() -> Any:
    state = empty_state()
    state["actors"][0]["serial"] = 1
    return state


def put(kernel: Any, s: Any, n: int, ts: float) -> None:
    with np.errstate(over="ignore"):
        kernel.attempt(s, end_points(s, n), np.int64(23), kernel.TCP, np.int64(n), np.int64(0), ts)


def test_the_ring_is_judged_early_when_it_is_full(kernel: Any, s: Any) -> None:
    s["counts"][HEAD] = ATTEMPTS + 5
    s["counts"][TAIL] = 5
    put(kernel, s, 1, 1000.0)
    assert s["counts"][HEAD] - s["counts"][TAIL] == ATTEMPTS


def test_a_clock_that_is_set_back_does_not_hold_up_the_judgement(kernel: Any, s: Any) -> None:
    put(kernel, s, 1, 4e9)
    with np.errstate(over="ignore"):
        kernel.judge(s, 1000.0)
    assert s["counts"][HEAD] == s["counts"][TAIL]
    assert (s["attempts"]["fails"] == 1).sum() == 1


def test_a_beacon_that_makes_room_is_kept_and_only_that(kernel: Any, s: Any) -> None:
    a = s["attempts"][0]
    a["src"], a["tries"], a["outside"] = 1, 19, 1
    kernel.keep_rhythm(s, a)
    assert s["counts"][RHYTHMS] == 0
    a["tries"] = 20
    kernel.keep_rhythm(s, a)
    assert s["counts"][RHYTHMS] == 1
    assert s["rhythms"][0]["tries"] == 20
    s["counts"][RHYTHMS] = len(s["rhythms"])
    kernel.keep_rhythm(s, a)
    assert s["counts"][LOST] == 1
    assert s["counts"][DONE] == 0


def test_an_answer_changes_only_what_is_still_open(kernel: Any, s: Any) -> None:
    e = end_points(s, 1)
    put(kernel, s, 1, 1000.0)
    with np.errstate(over="ignore"):
        assert not kernel.answered(s, end_points(s, 2), np.int64(23), kernel.TCP, kernel.ANSWERED)
        assert not kernel.answered(s, e, np.int64(24), kernel.TCP, kernel.ANSWERED)
        assert kernel.answered(s, e, np.int64(23), kernel.TCP, kernel.REFUSED)
        assert kernel.answered(s, e, np.int64(23), kernel.TCP, kernel.ANSWERED)
    states = s["attempts"]["state"]
    assert states[states != 0].tolist() == [int(kernel.REFUSED)]


def test_regularity(kernel: Any, s: Any) -> None:
    a = s["attempts"][0]
    for gap in [60.0] * 18 + [200.0, -5.0, 61.0]:
        kernel._keep_time(a, gap)
    assert (a["gaps"], a["regular"]) == (20, 19)
    assert a["interval"] == pytest.approx(65, abs=2)
