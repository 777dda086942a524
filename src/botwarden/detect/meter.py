"""Meters: sums over a sliding window per key, raised and put down with hysteresis; see `detect.thresholds`."""

from typing import Any

import numpy as np
from numba import njit

from botwarden.detect.state import (
    AUX,
    AUX_DST_PORT,
    AUX_SRC_PORT,
    BUCKETS,
    DONE,
    EVICTED_METERS,
    LOST,
    SAMPLES,
    TICK,
)
from botwarden.protocols.table import Int, locate

_MOSTLY = 0.9  # share of a meter's counts that belong to its episode from which its samples do too
_RAISED_BONUS = 1e6  # packets by which a raised meter counts as younger, so that a full set gives up others first


@njit(nogil=True)
def meter_at(s: Any, kind: Int, sub: Int, key: Any, ts: float) -> Any:
    """``(slot, new)``: the meter of a key, made where there is none; the caller names what it counts when new."""
    slot, found = locate(s["meter_keys"], s["meter_seen"], key)
    if not found:
        m = s["meters"][slot]
        if s["meter_keys"][slot] != 0:
            if m["raised"] or ts - m["last"] < s["window"][m["kind"]]:  # it still counted something
                s["counts"][EVICTED_METERS] += 1
            finish(s, slot)
        s["meter_keys"][slot] = key
        m["kind"] = kind
        m["sub"] = sub
        m["src"] = 0
        m["src_mac"] = 0
        m["src_hi"] = 0
        m["src_lo"] = 0
        m["dst"] = 0
        m["dst_mac"] = 0
        m["dst_hi"] = 0
        m["dst_lo"] = 0
        m["port"] = -1
        m["raised"] = 0
        _restart(s, slot, ts)
    s["meter_seen"][slot] = s["clock"][TICK] + _RAISED_BONUS * s["meters"][slot]["raised"]
    return slot, not found


@njit(nogil=True)
def _restart(s: Any, slot: Int, ts: float) -> None:
    m = s["meters"][slot]
    m["bucket"] = np.int64(ts * BUCKETS / s["window"][m["kind"]])
    for i in range(BUCKETS):
        m["buckets"][i] = 0.0
    for i in range(AUX):
        m["aux"][i] = 0.0
    m["sum"] = 0.0
    m["total"] = 0.0
    m["peak"] = 0.0
    m["samples"] = 0
    m["votes"] = 0
    m["run_start"] = ts
    m["start"] = ts
    m["strong"] = ts
    m["last"] = ts
    m["before"] = 0.0
    m["known"] = 0.0


@njit(nogil=True)
def finish(s: Any, slot: Int) -> None:
    """Put a meter down; its episode, if it was raised, goes to ``s["done"]``."""
    m = s["meters"][slot]
    if m["raised"]:
        n = s["counts"][DONE]
        if n < len(s["done"]):
            s["done"][n] = m
            s["counts"][DONE] = n + 1
        else:
            s["counts"][LOST] += 1
        m["raised"] = 0


@njit(nogil=True)
def tally(s: Any, slot: Int, ts: float, amount: float) -> Any:
    """Add to a meter at a time; True when that raises it. Late packets count into the newest bucket."""
    m = s["meters"][slot]
    kind = m["kind"]
    bucket = np.int64(ts * BUCKETS / s["window"][kind])
    step = bucket - m["bucket"]
    if step < -BUCKETS:  # the clock of the capture was set back
        finish(s, slot)
        _restart(s, slot, ts)
    elif step > 0:
        _slide(m, bucket, step)
        if m["raised"] and ts - m["strong"] > s["hold"][kind]:
            finish(s, slot)
            m["sum"] = 0.0
        if m["sum"] <= 0.0 and not m["raised"]:
            _restart(s, slot, ts)
    if amount == 0.0:
        return False
    m["buckets"][m["bucket"] % BUCKETS] += amount
    m["sum"] += amount
    m["peak"] = max(m["peak"], m["sum"])
    strong = m["sum"] * 2.0 >= s["raise_at"][kind]
    if strong:
        m["strong"] = ts
    full = not m["raised"] or m["buckets"][m["bucket"] % BUCKETS] >= _share(s["raise_at"][kind])
    if strong or full:  # what trickles in after an episode is no part of it
        m["total"] += amount
    if full:
        m["last"] = max(m["last"], ts)
    if not m["raised"] and m["sum"] >= s["raise_at"][kind]:
        _raise(m, s["window"][kind], s["raise_at"][kind])
        return True
    return False


@njit(nogil=True)
def take_back(m: Any) -> None:
    """Take one off a meter, from the newest bucket that has any: what was counted turned out to be harmless."""
    m["total"] = max(m["total"] - 1.0, 0.0)
    for back in range(BUCKETS):
        at = (m["bucket"] - back) % BUCKETS
        if m["buckets"][at] >= 1.0:
            m["buckets"][at] -= 1.0
            m["sum"] -= 1.0
            return


@njit(nogil=True)
def _share(raise_at: float) -> float:
    """What a bucket of an episode holds at least, but for its last."""
    return raise_at / (2.0 * BUCKETS)


@njit(nogil=True)
def _raise(m: Any, window: float, raise_at: float) -> None:
    """Start an episode in the first bucket that did its share; what trickled in before is no part of it."""
    first = m["bucket"] - BUCKETS + 1
    sum_ = m["sum"]
    while first < m["bucket"] and m["buckets"][first % BUCKETS] < _share(raise_at):
        sum_ -= m["buckets"][first % BUCKETS]
        first += 1
    part = min(sum_ / m["total"], 1.0)
    for i in range(AUX):
        if i not in (AUX_DST_PORT, AUX_SRC_PORT):
            m["aux"][i] *= part
    if part < _MOSTLY:
        m["samples"] = 0
    m["raised"] = 1
    m["start"] = max(m["run_start"], first * window / BUCKETS)
    m["total"] = sum_
    m["peak"] = sum_


@njit(nogil=True)
def _slide(m: Any, bucket: Int, step: Int) -> None:
    for i in range(1, min(step, BUCKETS) + 1):
        at = (m["bucket"] + i) % BUCKETS
        m["sum"] -= m["buckets"][at]
        m["buckets"][at] = 0.0
    if step >= BUCKETS:
        m["sum"] = 0.0  # no rounding left over
    m["bucket"] = bucket


@njit(nogil=True)
def remember(m: Any, hi: Int, lo: Int, port: Int) -> None:
    """Keep the first few targets of an episode by name."""
    n = m["samples"]
    if n < SAMPLES:
        m["sample_hi"][n] = hi
        m["sample_lo"][n] = lo
        m["sample_port"][n] = port
    m["samples"] = n + 1


@njit(nogil=True)
def vote(m: Any, hi: Int, lo: Int) -> None:
    """Follow the source of most packets, by the majority vote of Boyer and Moore."""
    if m["src_hi"] == hi and m["src_lo"] == lo:
        m["votes"] += 1
    elif m["votes"] > 0:
        m["votes"] -= 1
    else:
        m["votes"] = 1
        m["src_hi"] = hi
        m["src_lo"] = lo
