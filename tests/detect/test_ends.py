from typing import Any

import numpy as np
import pytest

from botwarden.core.address import ip_halves
from botwarden.core.packet import PACKET
from botwarden.detect.thresholds import FLOOD, SCAN_PORT, SYN_FLOOD
from detect.plain import empty_state, plain

ends = plain("ends")
A, B = ip_halves("192.168.0.10"), ip_halves("198.51.100.7")


@pytest.fixture
def s() -> Any:
    state = empty_state()
    for slot, serial in ((0, 1), (1, 2)):
        state["actors"][slot]["serial"] = serial
        state["actors"][slot]["mac"] = 0x0200 + serial
        state["actors"][slot]["first_ts"] = 1000.0
    return state


def packet() -> Any:
    p = np.zeros(1, PACKET)[0]
    p["src_ip_hi"], p["src_ip_lo"] = A
    p["dst_ip_hi"], p["dst_ip_lo"] = B
    return p


def of(s: Any, src: int, dst: int) -> Any:
    with np.errstate(over="ignore"):
        return ends.ends_of(s, packet(), src, dst)


def test_a_device_is_named_by_its_serial_and_anyone_else_by_address(s: Any) -> None:
    e = of(s, 0, -1)
    assert (e.src_serial, e.dst_serial, e.who) == (1, 0, 1)
    assert e.whom == of(s, -1, -1).whom  # the same outside host
    assert e.whom != of(s, -1, -1).who
    assert of(s, 0, 1).whom == 2


def test_turned_twice_is_the_same(s: Any) -> None:
    e = of(s, 0, -1)
    back = ends.turned(e)
    assert (back.src, back.dst, back.who, back.whom) == (e.dst, e.src, e.whom, e.who)
    assert (back.src_lo, back.dst_lo) == (e.dst_lo, e.src_lo)
    assert ends.turned(back) == e


def measure(s: Any, kind: int, baseline: int, ts: float, amount: float) -> Any:
    with np.errstate(over="ignore"):
        slot, new = ends.measure(s, kind, SYN_FLOOD, np.int64(9), of(s, 0, -1), np.int64(80), baseline, ts, amount)
    return s["meters"][slot], new


def test_a_new_meter_is_named_by_its_ends(s: Any) -> None:
    m, new = measure(s, FLOOD, ends.OUT, 2000.0, 1.0)
    assert new
    assert (m["kind"], m["sub"], m["port"]) == (FLOOD, SYN_FLOOD, 80)
    assert (m["src"], m["src_mac"], m["dst"], m["dst_mac"]) == (1, 0x0201, 0, 0)
    assert (m["dst_hi"], m["dst_lo"]) == B
    assert not measure(s, FLOOD, ends.OUT, 2000.0, 1.0)[1]


def test_kinds_share_no_meter(s: Any) -> None:
    measure(s, FLOOD, ends.OUT, 2000.0, 5.0)
    m, new = measure(s, SCAN_PORT, ends.NEW, 2000.0, 1.0)
    assert new
    assert m["sum"] == 1.0


@pytest.mark.parametrize(("baseline", "before"), [("NEW", 7), ("OUT", 90), ("NONE", 0)])
def test_when_raised_it_is_told_what_was_usual(s: Any, baseline: str, before: int) -> None:
    s["actors"][0]["new_most"][1] = 7
    s["actors"][0]["out_most"][0] = 90
    s["actors"][0]["window"] = 200
    s["actors"][0]["half_hour"] = 1
    m, _ = measure(s, SCAN_PORT, getattr(ends, baseline), 2000.0, 20.0)
    assert m["raised"]
    assert m["before"] == before
    assert m["known"] == 1000.0
    assert s["actors"][0]["alarm"] == 2000.0


def test_what_is_recanted_is_taken_off_and_counted_beside(s: Any) -> None:
    m, _ = measure(s, FLOOD, ends.OUT, 2000.0, 1.0)
    measure(s, FLOOD, ends.OUT, 2000.0, 1.0)
    with np.errstate(over="ignore"):
        ends.recant(s, FLOOD, SYN_FLOOD, np.int64(9))
        ends.recant(s, SCAN_PORT, SYN_FLOOD, np.int64(9))
    assert (m["sum"], m["total"], m["aux"][1]) == (1.0, 1.0, 1.0)
    assert np.count_nonzero(s["meter_keys"]) == 1  # what is not there is not made
