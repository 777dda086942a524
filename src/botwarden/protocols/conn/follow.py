"""The connection table's one pass over a batch of packets.

Connections end as in Zeek: an unanswered attempt after 5 s, a closed one after 5 s, a reset one after 0.1 s, a silent
one after 5 min (TCP), an hour (TCP to login ports) or 1 min (UDP, ICMP). That is judged when the next packet of the
same ends comes, so it does not depend on when the table is swept.
"""

from typing import Any, Final

import numpy as np
from numba import njit

from botwarden.core.packet import ACK, FIN, HAS_IP, ICMP, ICMPV6, LATER_FRAGMENT, RST, SYN, TCP, UDP
from botwarden.protocols.conn import history
from botwarden.protocols.conn.icmp import counterpart
from botwarden.protocols.conn.sniff import known_datagram, says_something
from botwarden.protocols.conn.state import (
    ACTIVE,
    ANALYZED,
    BUCKETS,
    DONE,
    ESTABLISHED,
    EVENTS,
    EVICTED,
    LAST_SWEEP,
    LOOK,
    NOW,
    ORIG,
    READ,
    RESET,
    RESP,
    SERIAL,
    SERVER,
    SKIP,
    TICK,
    UNREAD,
    WINDOW_TICK,
    WINDOW_TS,
)
from botwarden.protocols.conn.tcp import ATTEMPT_TIMEOUT, reopens, tcp_packet
from botwarden.protocols.table import WAYS, Int, locate, mix

TCP_TIMEOUT: Final = 300.0
LOGIN_TIMEOUT: Final = 3600.0
"""s: people and bots sit silent in a session (Zeek's analyzer and port timeouts)."""
UDP_TIMEOUT: Final = 60.0
WINDOW: Final = 1.0
"""s of capture time for which a budget holds."""
WINDOW_PACKETS: Final = 20_480.0
"""Packets after which it is renewed even sooner: who reads a file has no hurry, but an end."""
READ_AGAIN: Final = 8
"""What may be read of connections that an analyzer reads, in budgets: who floods cannot silence these."""
HOLD_ON: Final = float(1 << 22)
"""Packets for which a conversation of two sides outlasts attempts that nobody answered, where room is short."""
SWEEP_EVERY: Final = 30.0
"""s of capture time after which connections that are over are looked for."""
_LOGIN_PORTS: Final = (21, 22, 23, 513, 2323)
_MAX_TS: Final = 1e11
_FOREVER: Final = np.inf


@njit(cache=True, nogil=True)
def follow(buffer: Any, packets: Any, bad: Any, state: Any, start: Int, stop: Int) -> Any:
    """Take packets ``start`` to ``stop`` into the table; returns how far it came: the caller drains, sweeps where it is
    time (`SWEEP_EVERY`), and calls again.

    buffer : uint8[m]; packets : PACKET[n] over it; bad : uint8[n], 1 where the checksum is wrong; state : STATE[1]
    """
    s = state[0]
    room = len(s["done"]) - 2
    for i in range(start, stop):
        if s["counts"][DONE] >= room or s["counts"][EVENTS] >= len(s["events"]):
            return i
        p = packets[i]
        if p["flags"] & HAS_IP == 0 or p["ip_version"] == 0 or p["flags"] & LATER_FRAGMENT:
            continue
        ts = min(max(p["ts"], 0.0), _MAX_TS)
        s["clock"][NOW] = max(s["clock"][NOW], ts)
        if s["budget"][0] > 0:
            _renew(s, ts)
        if i > start and s["clock"][NOW] - s["clock"][LAST_SWEEP] >= SWEEP_EVERY:
            return i
        s["clock"][TICK] += 1.0
        _packet(s, buffer, p, i, bad[i] != 0, ts)
    return stop


@njit(cache=True, nogil=True)
def sweep(state: Any, first: Int, everything: Any) -> Any:
    """End connections whose time is over, or all; returns the slot to go on from, the table's length at the end."""
    s = state[0]
    now = s["clock"][NOW]
    if first == 0:
        s["clock"][LAST_SWEEP] = now
    room = len(s["done"]) - 1
    for slot in range(first, len(s["keys"])):
        if s["keys"][slot] == 0:
            continue
        if s["counts"][DONE] >= room:
            return slot
        c = s["conns"][slot]
        if everything or _over(c, now):
            _finish(s, slot)
            s["keys"][slot] = 0
    _close_ranks(s)
    return len(s["keys"])


@njit(nogil=True)
def _close_ranks(s: Any) -> None:
    """Move entries to the front of their sets: a look-up stops at the first free slot."""
    for base in range(0, len(s["keys"]), WAYS):
        to = base
        for slot in range(base, base + WAYS):
            if s["keys"][slot] == 0:
                continue
            if slot != to:
                s["keys"][to] = s["keys"][slot]
                s["touched"][to] = s["touched"][slot]
                s["conns"][to] = s["conns"][slot]
                s["keys"][slot] = 0
            to += 1


@njit(nogil=True)
def _over(c: Any, now: float) -> Any:
    return now >= c["deadline"] or now - c["last_ts"] >= c["timeout"]


@njit(nogil=True)
def _closed(c: Any) -> Any:
    return (c["did_close"][0] and c["did_close"][1]) or c["state"][0] == RESET or c["state"][1] == RESET


@njit(nogil=True)
def _finish(s: Any, slot: Int) -> None:
    n = s["counts"][DONE]
    s["done"][n] = s["conns"][slot]
    s["counts"][DONE] = n + 1


@njit(nogil=True)
def _packet(s: Any, buf: Any, p: Any, i: Int, bad: bool, ts: float) -> None:
    proto = np.int64(p["proto"])
    src_port, dst_port, one_way = _ports(p, proto)
    low = np.int64(0)  # which end sorts first
    if one_way:
        low = np.int64(0)
    elif (p["src_ip_hi"], p["src_ip_lo"], src_port) > (p["dst_ip_hi"], p["dst_ip_lo"], dst_port):
        low = np.int64(1)
    key = _key(s, p, proto, src_port, dst_port, low, one_way)
    slot, found = locate(s["keys"], s["touched"], key)
    c = s["conns"][slot]
    new = not found
    side = ORIG
    if found:
        side = np.int64(low != np.int64(c["low"]))
        late = ts < c["last_ts"]
        if (not late and _over(c, ts)) or (proto == TCP and not bad and reopens(c, p, side)):
            _finish(s, slot)
            new = True
    elif s["keys"][slot] != 0:
        if not _over(c, ts):
            s["counts"][EVICTED] += 1
        _finish(s, slot)
    if new:
        s["keys"][slot] = key
        side = _begin(s, c, p, proto, src_port, dst_port, low, bad, ts)
    s["touched"][slot] = s["clock"][TICK]
    if not (proto == TCP and _closed(c)):  # the last acknowledgement prolongs nothing
        c["last_ts"] = max(c["last_ts"], ts)
    if bad:  # nobody takes it
        history.counted(c, side, history.BAD_CHECKSUM, np.int64(67))
        return
    c["pkts"][side] += 1
    c["ip_bytes"][side] += p["ip_len"]
    _payload(s, buf, p, i, slot, side, proto, ts)
    if c["state"][ORIG] == c["state"][RESP] and c["state"][ORIG] in (ESTABLISHED, ACTIVE):
        s["touched"][slot] += HOLD_ON


@njit(nogil=True)
def _ports(p: Any, proto: Int) -> Any:
    """``(src, dst, one_way)``: for ICMP type and code stand for ports, and only some types have an answer."""
    if proto in (TCP, UDP):
        return np.int64(p["src_port"]), np.int64(p["dst_port"]), False
    if proto in (ICMP, ICMPV6):
        kind = np.int64(p["icmp_type"])
        other = counterpart(proto, kind)
        if other < 0:
            return kind, np.int64(p["icmp_code"]), True
        return kind, other, False
    return np.int64(0), np.int64(0), False


@njit(nogil=True)
def _key(s: Any, p: Any, proto: Int, src_port: Int, dst_port: Int, low: Int, one_way: bool) -> Any:
    key = s["seed"][0] + 9
    if low:
        key = mix(mix(mix(mix(key, p["dst_ip_hi"]), p["dst_ip_lo"]), p["src_ip_hi"]), p["src_ip_lo"])
        key = mix(key, dst_port << 32 | src_port << 16)
    else:
        key = mix(mix(mix(mix(key, p["src_ip_hi"]), p["src_ip_lo"]), p["dst_ip_hi"]), p["dst_ip_lo"])
        key = mix(key, src_port << 32 | dst_port << 16)
    return mix(key, proto << 1 | np.int64(one_way))


@njit(nogil=True)
def _begin(s: Any, c: Any, p: Any, proto: Int, src_port: Int, dst_port: Int, low: Int, bad: bool, ts: float) -> Any:
    """Fill in a new connection; returns the side of its first packet."""
    side = ORIG
    flags = np.int64(p["tcp_flags"])
    if not bad:
        side = _first_side(s, p, proto, src_port, dst_port, flags)
    s["counts"][SERIAL] += 1
    c["serial"] = s["counts"][SERIAL]
    c["first_ts"] = ts
    c["last_ts"] = ts
    c["deadline"] = _FOREVER
    c["timeout"] = UDP_TIMEOUT
    for k in range(2):
        from_src = k == side
        c["ip_hi"][k] = p["src_ip_hi"] if from_src else p["dst_ip_hi"]
        c["ip_lo"][k] = p["src_ip_lo"] if from_src else p["dst_ip_lo"]
        c["mac"][k] = p["src_mac"] if from_src else p["dst_mac"]
        c["port"][k] = src_port if from_src else dst_port
        c["start"][k] = 0
        c["last"][k] = 0
        c["acked"][k] = 0
        c["edge"][k] = 0
        c["size"][k] = 0
        c["missed"][k] = 0
        c["pkts"][k] = 0
        c["ip_bytes"][k] = 0
        c["holes"][k] = 0
        c["state"][k] = 0
        c["before"][k] = 0
        c["seen"][k] = 0
        c["fins"][k] = 0
        c["did_close"][k] = 0
        c["known"][k] = 0
        for m in range(3):
            c["mark"][k, m] = -1
        for m in range(4):
            c["times"][k, m] = 0
            c["due"][k, m] = 1
    c["vlan"] = p["vlan"]
    c["proto"] = proto
    c["family"] = p["ip_version"]
    c["low"] = low if side == ORIG else 1 - low
    c["letters"] = 0
    c["syn"] = 0
    c["want"] = LOOK
    if side == RESP:
        c["history"][0] = 94  # ^
        c["letters"] = 1
    if proto == TCP:
        c["timeout"] = LOGIN_TIMEOUT if np.int64(c["port"][RESP]) in _LOGIN_PORTS else TCP_TIMEOUT
        c["syn"] = flags & (SYN | ACK) == SYN
        if c["syn"] and not bad:
            c["deadline"] = ts + ATTEMPT_TIMEOUT
    elif proto != UDP:
        c["want"] = SKIP
    return side


@njit(nogil=True)
def _first_side(s: Any, p: Any, proto: Int, src_port: Int, dst_port: Int, flags: Int) -> Any:
    """Which side a connection's first packet comes from: the originator's, unless it looks like an answer."""
    if proto == TCP and flags & (SYN | ACK) != SYN:
        if flags & SYN:
            return RESP
        from_server = s["tcp_server"][src_port] & SERVER != 0
        to_server = s["tcp_server"][dst_port] & SERVER != 0
        if from_server and (not to_server or src_port < dst_port):
            return RESP
    elif proto == UDP:
        from_server = s["udp_server"][src_port] & SERVER != 0
        to_server = s["udp_server"][dst_port] & SERVER != 0
        if from_server and not to_server and not _to_group(p):
            return RESP
    return ORIG


@njit(nogil=True)
def _to_group(p: Any) -> Any:
    if p["ip_version"] == 4:
        return (p["dst_ip_lo"] & 0xFFFFFFFF) >= 0xE0000000 or (p["dst_mac"] >> 40) & 1 != 0
    return (p["dst_ip_hi"] >> 56) & 0xFF == 0xFF


@njit(nogil=True)
def _payload(s: Any, buf: Any, p: Any, i: Int, slot: Int, side: Int, proto: Int, ts: float) -> None:
    c = s["conns"][slot]
    length = np.int64(p["payload_len"])
    rel = np.int64(0)
    peer = 1 - side
    if proto == TCP:
        waits = c["holes"][peer] > 0
        rel = tcp_packet(c, p, side, ts)
        flags = np.int64(p["tcp_flags"])
        if c["want"] == SKIP or not (length > 0 or flags & (FIN | RST) or waits):
            return
        silent = c["last"][ORIG] <= 1 and c["last"][RESP] <= 1  # nothing was said that could end now
        if length == 0 and c["want"] == LOOK and not waits and silent:
            return
    elif proto == UDP:
        c["state"][side] = ACTIVE
        history.once(c, side, history.DATA, np.int64(68))
        c["size"][side] += length
        if c["want"] == SKIP or length == 0:
            return
    else:
        c["state"][side] = ACTIVE
        if proto in (ICMP, ICMPV6):
            c["size"][side] += length
        return
    if c["want"] == LOOK and length > 0 and not _worth(s, buf, c, p, proto):
        if proto == UDP or not c["syn"]:
            c["want"] = SKIP
        return
    _event(s, c, p, i, slot, side, rel)
    if proto == UDP:
        c["want"] = READ  # what follows need not look like anything; Python says when it has had enough


@njit(nogil=True)
def _worth(s: Any, buf: Any, c: Any, p: Any, proto: Int) -> Any:
    """Whether a first payload deserves a look: on a port that an analyzer knows, or by its first bytes."""
    at = np.int64(p["offset"]) + np.int64(p["payload"])
    n = min(np.int64(p["payload_len"]), np.int64(p["cap_len"]) - np.int64(p["payload"]))
    if n <= 0:
        return False
    if proto == UDP:
        known = s["udp_server"][c["port"][ORIG]] | s["udp_server"][c["port"][RESP]]
        return known & ANALYZED != 0 or known_datagram(buf, at, n)
    known = s["tcp_server"][c["port"][RESP]] & ANALYZED != 0
    return c["syn"] != 0 or known or says_something(buf, at, n)


@njit(nogil=True)
def _renew(s: Any, ts: float) -> None:
    """Forget what was spent, where a window is over or the clock was set back."""
    past = ts - s["clock"][WINDOW_TS]
    if past >= WINDOW or past < -WINDOW or s["clock"][TICK] - s["clock"][WINDOW_TICK] >= WINDOW_PACKETS:
        s["clock"][WINDOW_TS] = ts
        s["clock"][WINDOW_TICK] = s["clock"][TICK]
        for k in range(2 * BUCKETS):
            s["spent"][k] = 0


@njit(nogil=True)
def _affordable(s: Any, c: Any) -> Any:
    """Spend a look on a connection; whether that was within the budget of the two devices that it is between.

    Whatever a flood does to one device, by it, or through it, others keep theirs.
    """
    key = mix(mix(s["seed"][0], c["mac"][ORIG]), c["mac"][RESP])
    if c["mac"][ORIG] == 0 and c["mac"][RESP] == 0:
        key = mix(mix(key, c["ip_hi"][ORIG]), c["ip_lo"][ORIG])
    bucket = key & (BUCKETS - 1)
    limit = s["budget"][0]
    if c["want"] == READ:
        bucket += BUCKETS
        limit *= READ_AGAIN
    s["spent"][bucket] += 1
    return s["spent"][bucket] <= limit


@njit(nogil=True)
def _event(s: Any, c: Any, p: Any, i: Int, slot: Int, side: Int, rel: Int) -> None:
    if s["budget"][0] > 0 and not _affordable(s, c):
        s["counts"][UNREAD] += 1
        return
    n = s["counts"][EVENTS]
    e = s["events"][n]
    e["serial"] = c["serial"]
    e["first_ts"] = c["first_ts"]
    e["slot"] = slot
    e["packet"] = i
    e["rel"] = rel
    peer = 1 - side
    e["acked"] = c["acked"][peer] - 1 if np.int64(p["tcp_flags"]) & ACK and c["known"][peer] else -1
    e["side"] = side
    e["flags"] = p["tcp_flags"]
    e["tcp"] = c["proto"] == TCP
    e["letters"] = c["letters"]
    s["counts"][EVENTS] = n + 1
