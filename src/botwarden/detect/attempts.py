"""Attempts: who tried to reach what for the first time, whether it answered, and how regularly it is tried.

Every attempt waits in a ring for `ANSWER_WITHIN` seconds of capture time and is judged then: with an answer it
was a contact, without one a failure. Failures at new targets are what scans are made of; attempts at one
target at regular gaps are what beacons are made of.
"""

from typing import Any, Final

import numpy as np
from numba import njit

from botwarden.core import packet
from botwarden.core.address import V4_PREFIX
from botwarden.detect.actors import is_group, is_local, plot, roll
from botwarden.detect.ends import NEW, Ends, measure
from botwarden.detect.meter import remember
from botwarden.detect.state import (
    ANSWERED,
    EVICTED_ATTEMPTS,
    FAILURES,
    HEAD,
    LOST,
    NEW_TARGETS,
    NOW,
    ONLINE,
    PENDING,
    REFUSED,
    RHYTHMS,
    TAIL,
    TICK,
)
from botwarden.detect.thresholds import (
    ANSWER_WITHIN,
    BEACON_MIN_COUNT,
    FORGED_NEW_SOURCES,
    MIRAI,
    ONLINE_WITHIN,
    SAME_ATTEMPT_WITHIN,
    SCAN_ARP,
    SCAN_HOST,
    SCAN_HOST_SLOW,
    SCAN_ICMP,
    SCAN_PORT,
    SCAN_PORT_SLOW,
    SCAN_UDP_HOST,
    SCAN_UDP_PORT,
)
from botwarden.protocols.table import Int, locate, mix

_NEAR: Final = 0.2  # share by which a gap may differ from the usual one and count as regular
_LEARN: Final = 0.1  # weight of a new gap in the usual one
# conversations that are tried
ARP: Final = np.int64(0)
PING: Final = np.int64(packet.ICMP)
TCP: Final = np.int64(packet.TCP)
UDP: Final = np.int64(packet.UDP)
NO_KEY: Final = np.int64(0)


@njit(nogil=True)
def attempt_key(s: Any, who: Int, hi: Int, lo: Int, port: Int, proto: Int) -> Any:
    """Key of everything that one source tries at one port of one address."""
    return mix(mix(mix(mix(s["seed"][0] + 4, who), hi), lo), port << 8 | proto)


@njit(nogil=True)
def attempt(s: Any, e: Any, port: Int, proto: Int, src_port: Int, mark: Int, ts: float) -> None:
    """A packet that may open a conversation with a target."""
    key = attempt_key(s, e.who, e.dst_hi, e.dst_lo, port, proto)
    slot, found = locate(s["attempt_keys"], s["attempt_seen"], key)
    a = s["attempts"][slot]
    if not found:
        if s["attempt_keys"][slot] != 0:
            s["counts"][EVICTED_ATTEMPTS] += 1
            keep_rhythm(s, a)
        s["attempt_keys"][slot] = key
        _begin(s, a, e, port, proto, ts)
    else:
        gap = ts - a["ts"]
        same = gap < SAME_ATTEMPT_WITHIN or (proto == TCP and src_port == a["src_port"])
        s["attempt_seen"][slot] = s["clock"][TICK]
        if same or a["state"] == PENDING:
            if proto != TCP:
                a["ts"] = max(a["ts"], ts)
            return
        _keep_time(a, gap)
        a["fresh"] = 0
    a["ts"] = ts
    a["src_port"] = src_port
    a["tries"] += 1
    a["mark"] = mark
    a["state"] = PENDING
    s["attempt_seen"][slot] = s["clock"][TICK]
    _wait(s, slot, key, ts)


@njit(nogil=True)
def _begin(s: Any, a: Any, e: Any, port: Int, proto: Int, ts: float) -> None:
    a["src"] = e.src_serial
    a["dst"] = e.dst_serial
    a["src_slot"] = e.src
    a["dst_slot"] = e.dst
    a["who"] = e.who
    a["src_hi"] = e.src_hi
    a["src_lo"] = e.src_lo
    a["dst_hi"] = e.dst_hi
    a["dst_lo"] = e.dst_lo
    a["first_ts"] = ts
    a["interval"] = 0.0
    a["tries"] = 0
    a["fails"] = 0
    a["online_fails"] = 0
    a["gaps"] = 0
    a["regular"] = 0
    a["port"] = port
    a["proto"] = proto
    a["fresh"] = 1
    a["outside"] = e.dst < 0 and not is_local(s, e.dst_hi, e.dst_lo) and not is_group(e.dst_hi, e.dst_lo)
    if e.src >= 0:
        actor = s["actors"][e.src]
        roll(actor, ts)
        actor["new"] += 1
        plot(s, e.src, ts, NEW_TARGETS, 1.0)


@njit(nogil=True)
def _keep_time(a: Any, gap: float) -> None:
    """Follow the usual gap between attempts; the running one is a mean that single outliers hardly move."""
    if gap <= 0.0:
        return
    if a["gaps"] == 0:
        a["interval"] = gap
    usual = a["interval"]
    if abs(gap - usual) <= _NEAR * usual:
        a["regular"] += 1
    a["gaps"] += 1
    a["interval"] = usual + _LEARN * min(max(gap - usual, -usual), usual)


@njit(nogil=True)
def keep_rhythm(s: Any, a: Any) -> None:
    """Save an attempt that makes room for another, if it may be a beacon."""
    if a["src"] == 0 or a["tries"] < BEACON_MIN_COUNT or not a["outside"]:
        return
    n = s["counts"][RHYTHMS]
    if n < len(s["rhythms"]):
        s["rhythms"][n] = a
        s["counts"][RHYTHMS] = n + 1
    else:
        s["counts"][LOST] += 1


@njit(nogil=True)
def _wait(s: Any, slot: Int, key: Any, ts: float) -> None:
    room = len(s["waiting"])
    if s["counts"][HEAD] - s["counts"][TAIL] >= room:  # a scan faster than the ring is long: judge its oldest now
        _judge_one(s)
    w = s["waiting"][s["counts"][HEAD] % room]
    w["slot"] = slot
    w["key"] = key
    w["ts"] = ts
    s["counts"][HEAD] += 1


@njit(nogil=True)
def judge(s: Any, now: float) -> None:
    """Judge every attempt that has waited long enough by ``now``."""
    while s["counts"][TAIL] < s["counts"][HEAD]:
        age = now - s["waiting"][s["counts"][TAIL] % len(s["waiting"])]["ts"]
        if 0.0 <= age < ANSWER_WITHIN:
            return
        _judge_one(s)


@njit(nogil=True)
def _judge_one(s: Any) -> None:
    w = s["waiting"][s["counts"][TAIL] % len(s["waiting"])]
    s["counts"][TAIL] += 1
    slot = w["slot"]
    if s["attempt_keys"][slot] != w["key"]:
        return  # made room for another: too many new targets to follow each
    a = s["attempts"][slot]
    ts = w["ts"]
    failed = a["state"] != ANSWERED
    if failed:
        a["fails"] += 1
        if ts - s["clock"][ONLINE] < ONLINE_WITHIN:
            a["online_fails"] += 1
    refused = a["state"] == REFUSED
    a["state"] = REFUSED if failed else ANSWERED
    if a["fresh"]:
        a["fresh"] = 0
        _count(s, a, ts, failed, refused)


@njit(nogil=True)
def _count(s: Any, a: Any, ts: float, failed: bool, refused: bool) -> None:
    """Add a judged first attempt to the meters of scans."""
    src = a["src_slot"]
    dst = a["dst_slot"]
    if src >= 0 and s["actors"][src]["serial"] != a["src"]:
        return
    if dst >= 0 and s["actors"][dst]["serial"] != a["dst"]:
        dst = -1
    whom = a["dst"] if dst >= 0 else mix(mix(s["seed"][0] + 2, a["dst_hi"]), a["dst_lo"])
    e = Ends(src, dst, a["src"], a["dst"], a["who"], whom, a["src_hi"], a["src_lo"], a["dst_hi"], a["dst_lo"])
    amount = 1.0 if failed else 0.0
    if src >= 0 and failed:
        plot(s, src, ts, FAILURES, 1.0)
    proto = np.int64(a["proto"])
    port = np.int64(a["port"])
    if proto == TCP:
        if src >= 0:
            _scan(s, SCAN_PORT, port, e, a, ts, amount, refused)
            _scan(s, SCAN_PORT_SLOW, port, e, a, ts, amount, refused)
            if a["mark"]:
                _scan(s, MIRAI, NO_KEY, e, a, ts, 1.0, refused)
        if failed and (src >= 0 or _looks_genuine(s, dst)):
            amount = _ports_failed(s, a, ts)
            if amount > 0.0:
                _scan(s, SCAN_HOST, whom, e, a, ts, amount, refused)
                _scan(s, SCAN_HOST_SLOW, whom, e, a, ts, amount, refused)
    elif proto == UDP:
        if src >= 0:
            _scan(s, SCAN_UDP_PORT, port, e, a, ts, 0.0 if _has_answered(s, a) else amount, refused)
        if failed and (src >= 0 or _looks_genuine(s, dst)):
            amount = _ports_failed(s, a, ts)
            if amount > 0.0:
                _scan(s, SCAN_UDP_HOST, whom, e, a, ts, amount, refused)
    elif src >= 0 and not s["actors"][src]["gateway"]:  # a gateway asks on behalf of others
        if proto == ARP:
            _scan(s, SCAN_ARP, NO_KEY, e, a, ts, 1.0, refused)
        elif proto == PING:
            _scan(s, SCAN_ICMP, NO_KEY, e, a, ts, 1.0, refused)


@njit(nogil=True)
def pair_key(s: Any, src_hi: Int, src_lo: Int, dst_hi: Int, dst_lo: Int) -> Any:
    """``(key, side)`` of two addresses; side 0 is the lower one."""
    low = mix(mix(s["seed"][0] + 7, src_hi), src_lo)
    high = mix(mix(s["seed"][0] + 7, dst_hi), dst_lo)
    if (src_hi, src_lo) > (dst_hi, dst_lo):
        return mix(high, low), 1
    return mix(low, high), 0


@njit(nogil=True)
def _ports_failed(s: Any, a: Any, ts: float) -> Any:
    """What a failed new port adds to the meter of its address: 0 for the first, 2 for the second, then 1.

    So a scan of one port over many addresses makes no meter for each.
    """
    key, side = pair_key(s, a["src_hi"], a["src_lo"], a["dst_hi"], a["dst_lo"])
    slot, found = locate(s["pair_keys"], s["pair_seen"], key)
    if not found:
        return 0.0
    failures = s["pairs"][slot]["failures"]
    failures[side] += 1
    return min(failures[side] - 1, 1) + (failures[side] == 2)


@njit(nogil=True)
def _has_answered(s: Any, a: Any) -> Any:
    """Whether the target of an attempt has answered something else, as a site does over TCP where QUIC is blocked."""
    key, side = pair_key(s, a["src_hi"], a["src_lo"], a["dst_hi"], a["dst_lo"])
    slot, found = locate(s["pair_keys"], s["pair_seen"], key)
    return found and s["pairs"][slot]["last"][1 - side] > -np.inf


@njit(nogil=True)
def _looks_genuine(s: Any, dst: Int) -> Any:
    """Whether the sources that reach a device are few enough to be looked at one by one."""
    return dst >= 0 and s["actors"][dst]["arrivals"] < FORGED_NEW_SOURCES


@njit(nogil=True)
def _scan(s: Any, kind: Int, key: Any, e: Any, a: Any, ts: float, amount: float, refused: bool) -> None:
    slot, _ = measure(s, kind, np.int64(a["proto"]), mix(e.who, key), e, np.int64(a["port"]), NEW, ts, amount)
    m = s["meters"][slot]
    if a["state"] == ANSWERED:
        m["aux"][0] += 1.0
    if refused:
        m["aux"][1] += 1.0
    if a["mark"]:
        m["aux"][2] += 1.0
    if m["port"] != a["port"]:
        m["port"] = -1
    if amount > 0.0:
        remember(m, a["dst_hi"], a["dst_lo"], np.int64(a["port"]))


@njit(nogil=True)
def answered(s: Any, e: Any, port: Int, proto: Int, state: Int) -> Any:
    """Note that the target of an attempt (``e.src`` → ``e.dst``) has answered or refused; whether there was one."""
    key = attempt_key(s, e.who, e.dst_hi, e.dst_lo, port, proto)
    slot, found = locate(s["attempt_keys"], s["attempt_seen"], key)
    if found and s["attempts"][slot]["state"] == PENDING:
        s["attempts"][slot]["state"] = state
    return found


@njit(nogil=True)
def expired(s: Any, buf: Any, p: Any, e: Any) -> None:
    """Note that a UDP attempt of ``e.dst`` died on the way, as an ICMP error (RFC 792, 4443) says: a traceroute.

    That tells nothing of its target, so it counts as no failure.
    """
    at = np.int64(p["offset"]) + np.int64(p["payload"])  # of the quoted IP header, which QUOTED_PORTS says is whole
    hi = np.int64(0)
    if p["proto"] == packet.ICMP:
        lo = np.int64(V4_PREFIX) | _word(buf, at + 16, 4)
    else:
        hi = _word(buf, at + 24, 8)
        lo = _word(buf, at + 32, 8)
    key = attempt_key(s, e.whom, hi, lo, np.int64(p["dst_port"]), UDP)
    slot, found = locate(s["attempt_keys"], s["attempt_seen"], key)
    if found and s["attempts"][slot]["state"] == PENDING:
        s["attempts"][slot]["state"] = ANSWERED


@njit(nogil=True)
def _word(buf: Any, at: Int, size: Int) -> Any:
    value = np.int64(0)
    for i in range(at, at + size):
        value = value << 8 | np.int64(buf[i])
    return value


@njit(nogil=True)
def gave_up(s: Any, e: Any, port: Int) -> None:
    """Note that the one who tried broke off before saying anything: a port scanner's half-open connection."""
    key = attempt_key(s, e.who, e.dst_hi, e.dst_lo, port, TCP)
    slot, found = locate(s["attempt_keys"], s["attempt_seen"], key)
    if found and s["attempts"][slot]["state"] == ANSWERED:
        a = s["attempts"][slot]
        if a["ts"] + ANSWER_WITHIN > s["clock"][NOW]:  # not judged yet
            a["state"] = REFUSED
