"""Packets that may be part of a flood, counted at the device that sends them and at the one that gets them."""

from typing import Any, Final

import numpy as np
from numba import njit

from botwarden.detect.ends import NONE, OUT, measure, recant
from botwarden.detect.meter import remember, vote
from botwarden.detect.state import NOW, SKETCH, SKETCH_START
from botwarden.detect.thresholds import AMPLIFIED, FEW, FLOOD, FLOODED, SKETCH_PERIOD
from botwarden.protocols.table import Int, mix

# UDP services that answer a small request with a large reply: CISA alert TA14-017A, and Mirai-era additions
AMPLIFIERS: Final = (17, 19, 53, 111, 123, 137, 161, 389, 500, 520, 1434, 1900, 3283, 3702, 4500, 5353, 5683, 11211)


@njit(nogil=True)
def amplifies(port: Int) -> Any:
    """Whether a UDP port is that of a service that can be abused to amplify."""
    return port in AMPLIFIERS


@njit(nogil=True)
def _many(s: Any, key: Int) -> Any:
    """How many packets to add to a flood's meter: 0 until a key has had `FEW` of them lately, then all of those.

    A scan sends a packet or two to each of its targets, and is not to fill the meters with them.
    """
    age = s["clock"][NOW] - s["clock"][SKETCH_START]
    if age > SKETCH_PERIOD or age < 0.0:
        s["clock"][SKETCH_START] = s["clock"][NOW]
        for i in range(SKETCH):
            s["sketch"][i] = 0
    at = key % SKETCH
    n = s["sketch"][at] + 1
    s["sketch"][at] = n
    if n < FEW:
        return 0.0
    return float(n) if n == FEW else 1.0


@njit(nogil=True)
def amplified(s: Any, p: Any, e: Any, service: Int, new: bool, ts: float) -> None:
    """Count an answer that the device it went to never asked for."""
    slot, _ = measure(s, AMPLIFIED, service, e.dst_serial, e, service, NONE, ts, 1.0)
    m = s["meters"][slot]
    m["aux"][0] += p["wire_len"]
    if new:
        m["aux"][7] += 1.0
        remember(m, e.src_hi, e.src_lo, np.int64(p["src_port"]))


@njit(nogil=True)
def flood(s: Any, p: Any, e: Any, kind: Int, dst_port: Int, src_port: Int, new: bool, forged: bool, ts: float) -> None:
    """Count a packet that may be part of a flood, at the device that sends it and at the one that gets it."""
    if e.src >= 0:
        key = mix(e.src_serial, e.whom)
        amount = _many(s, mix(key, kind))
        if amount > 0.0:
            slot, _ = measure(s, FLOOD, kind, key, e, dst_port, OUT, ts, amount)
            _detail(s["meters"][slot], p, dst_port, src_port, new, forged, amount)
    if e.dst >= 0:
        slot, _ = measure(s, FLOODED, kind, e.dst_serial, e, dst_port, NONE, ts, 1.0)
        m = s["meters"][slot]
        vote(m, e.src_hi, e.src_lo)
        _detail(m, p, dst_port, src_port, new, forged, 1.0)
        if new:
            remember(m, e.src_hi, e.src_lo, src_port)


@njit(nogil=True)
def no_flood(s: Any, e: Any, kind: Int) -> None:
    """Take back one that `flood` has counted: it turned out to be part of a conversation."""
    if e.src >= 0:
        key = mix(e.src_serial, e.whom)
        at = mix(key, kind) % SKETCH
        if s["sketch"][at] >= FEW:
            recant(s, FLOOD, kind, key)
        elif s["sketch"][at] > 0:
            s["sketch"][at] -= 1
    if e.dst >= 0:
        recant(s, FLOODED, kind, e.dst_serial)


@njit(nogil=True)
def _detail(m: Any, p: Any, dst_port: Int, src_port: Int, new: Any, forged: Any, amount: float) -> None:
    aux = m["aux"]
    aux[0] += p["wire_len"] * amount
    if aux[5] != dst_port and aux[5] != 0:
        aux[2] += 1.0
    if aux[6] != src_port and aux[6] != 0:
        aux[3] += 1.0
    aux[5] = dst_port
    aux[6] = src_port
    if forged:
        aux[4] += amount
    if new:
        aux[7] += 1.0
