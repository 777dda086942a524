"""The two ends of a packet as the detector sees them, and the meters that are named by them."""

from typing import Any, Final, NamedTuple

import numpy as np
from numba import njit

from botwarden.detect.actors import roll
from botwarden.detect.meter import meter_at, take_back, tally
from botwarden.protocols.table import Int, locate, mix

NEW: Final = np.int64(0)  # a meter's baseline: new targets per 10 s,
OUT: Final = np.int64(1)  # or packets sent per 10 s
NONE: Final = np.int64(2)
NO_PORT: Final = np.int64(-1)


class Ends(NamedTuple):
    """Slots are -1 and serials 0 where an end is no local device; `who` and `whom` name either end in keys."""

    src: Int
    dst: Int
    src_serial: Int
    dst_serial: Int
    who: Int
    whom: Int
    src_hi: Int
    src_lo: Int
    dst_hi: Int
    dst_lo: Int


@njit(nogil=True)
def ends_of(s: Any, p: Any, src: Int, dst: Int) -> Any:
    """The ends of a packet, given the slots of the devices that are there."""
    src_serial = s["actors"][src]["serial"] if src >= 0 else np.int64(0)
    dst_serial = s["actors"][dst]["serial"] if dst >= 0 else np.int64(0)
    src_hi = p["src_ip_hi"]
    src_lo = p["src_ip_lo"]
    dst_hi = p["dst_ip_hi"]
    dst_lo = p["dst_ip_lo"]
    who = src_serial if src >= 0 else mix(mix(s["seed"][0] + 2, src_hi), src_lo)
    whom = dst_serial if dst >= 0 else mix(mix(s["seed"][0] + 2, dst_hi), dst_lo)
    return Ends(src, dst, src_serial, dst_serial, who, whom, src_hi, src_lo, dst_hi, dst_lo)


@njit(nogil=True)
def turned(e: Any) -> Any:
    """The same two ends, the other way round."""
    return Ends(e.dst, e.src, e.dst_serial, e.src_serial, e.whom, e.who, e.dst_hi, e.dst_lo, e.src_hi, e.src_lo)


@njit(nogil=True)
def meter_key(s: Any, kind: Int, sub: Int, key: Any) -> Any:
    """Key of a meter in its table."""
    return mix(mix(mix(s["seed"][0] + 3, key), kind), sub)


@njit(nogil=True)
def recant(s: Any, kind: Int, sub: Int, key: Any) -> None:
    """Take one off the meter of a key, where there is one, and count that beside it (``aux[1]``)."""
    slot, found = locate(s["meter_keys"], s["meter_seen"], meter_key(s, kind, sub, key))
    if found:
        take_back(s["meters"][slot])
        s["meters"][slot]["aux"][1] += 1.0


@njit(nogil=True)
def measure(s: Any, kind: Int, sub: Int, key: Any, e: Any, port: Int, baseline: Int, ts: float, amount: float) -> Any:
    """``(slot, new)``: add to the meter of a key, naming its ends when it is new."""
    slot, new = meter_at(s, kind, sub, meter_key(s, kind, sub, key), ts)
    m = s["meters"][slot]
    if new:
        m["src"] = e.src_serial
        m["dst"] = e.dst_serial
        m["src_mac"] = s["actors"][e.src]["mac"] if e.src >= 0 else 0
        m["dst_mac"] = s["actors"][e.dst]["mac"] if e.dst >= 0 else 0
        m["src_hi"] = e.src_hi
        m["src_lo"] = e.src_lo
        m["dst_hi"] = e.dst_hi
        m["dst_lo"] = e.dst_lo
        m["port"] = port
    raised = tally(s, slot, ts, amount)
    if m["raised"] and e.src >= 0:
        s["actors"][e.src]["alarm"] = max(s["actors"][e.src]["alarm"], ts)
    if raised and e.src >= 0:
        a = s["actors"][e.src]
        roll(a, ts)
        m["known"] = max(0.0, m["start"] - a["first_ts"])
        if baseline == NEW:
            m["before"] = max(a["new_most"][0], a["new_most"][1])
        elif baseline == OUT:
            m["before"] = max(a["out_most"][0], a["out_most"][1])
    return slot, new
