"""The sketch that keeps scans out of the floods' meters, as plain Python."""

from typing import Any

import numpy as np
import pytest

from botwarden.detect.ends import Ends
from botwarden.detect.state import NOW
from botwarden.detect.thresholds import FEW, SKETCH_PERIOD, SYN_FLOOD
from detect.plain import empty_state, plain

floods = plain("floods")
KEY, OTHER = np.int64(12_345), np.int64(54_321)


@pytest.fixture
def s() -> Any:
    state = empty_state()
    state["clock"][NOW] = 1_700_000_000.0
    return state


def added(s: Any, key: np.int64, packets: int) -> float:
    """What the meter of a key is given for so many packets."""
    return float(sum(floods._many(s, key) for _ in range(packets)))


def test_a_few_packets_make_no_meter(s: Any) -> None:
    assert added(s, KEY, FEW - 1) == 0.0


def test_from_then_on_every_packet_counts_and_none_is_lost(s: Any) -> None:
    assert [added(s, KEY, n) for n in (FEW - 1, 1, 5)] == [0.0, float(FEW), 5.0]


def test_keys_count_apart(s: Any) -> None:
    added(s, KEY, FEW - 1)
    assert added(s, OTHER, 1) == 0.0


def test_a_slow_trickle_never_makes_a_meter(s: Any) -> None:
    for _ in range(10 * FEW):
        s["clock"][NOW] += SKETCH_PERIOD / (FEW - 2)
        assert added(s, KEY, 1) == 0.0


def test_a_clock_that_is_set_back_starts_anew(s: Any) -> None:
    added(s, KEY, FEW - 1)
    s["clock"][NOW] -= 1_000.0
    assert added(s, KEY, FEW - 1) == 0.0


def test_what_is_taken_back_before_it_was_many_leaves_no_trace(s: Any) -> None:
    """A client whose every connection is completed at once makes no meter, however many it makes."""
    end = Ends(np.int64(0), np.int64(-1), np.int64(1), np.int64(0), KEY, OTHER, *(np.int64(0),) * 4)
    key = floods.mix(floods.mix(end.src_serial, end.whom), SYN_FLOOD)
    for _ in range(10 * FEW):
        assert added(s, key, 1) == 0.0
        with np.errstate(over="ignore"):
            floods.no_flood(s, end, SYN_FLOOD)
    assert not s["sketch"].any()
    with np.errstate(over="ignore"):
        floods.no_flood(s, end, SYN_FLOOD)
    assert not s["sketch"].any()


@pytest.mark.parametrize("port", [53, 123, 1900, 11211])
def test_well_known_amplifiers_are_known(port: int) -> None:
    assert floods.amplifies(port)
    assert not floods.amplifies(port + 1)
