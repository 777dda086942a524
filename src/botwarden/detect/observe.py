"""The detector's one pass over a batch of packets: every table and meter is fed from here."""

from typing import Any, Final

import numpy as np
from numba import njit

from botwarden.core.packet import (
    ACK,
    FIN,
    GRE,
    HAS_IP,
    HAS_PORTS,
    ICMP,
    ICMPV6,
    QUOTED_PORTS,
    RST,
    SYN,
    TCP,
    UDP,
)
from botwarden.detect.actors import (
    actor_of,
    is_group,
    is_local,
    learn_roles,
    note_address,
    plot,
    roll,
    settle_roles,
)
from botwarden.detect.attempts import ARP, NO_KEY, PING, answered, attempt, expired, judge, pair_key
from botwarden.detect.connections import follow
from botwarden.detect.ends import NO_PORT, OUT, ends_of, measure, turned
from botwarden.detect.floods import amplified, amplifies, flood
from botwarden.detect.state import (
    ANSWERED,
    BYTES_RECEIVED,
    BYTES_SENT,
    EVICTED_PAIRS,
    NOW,
    ONLINE,
    PACKETS_RECEIVED,
    PACKETS_SENT,
    TICK,
    WARM,
)
from botwarden.detect.thresholds import (
    ACK_FLOOD,
    AMPLIFIER,
    ANSWER_WITHIN,
    ANSWERED_WITHIN,
    DNS_FLOOD,
    GRE_FLOOD,
    ICMP_FLOOD,
    SYN_FLOOD,
    TCP_FLOOD,
    UDP_FLOOD,
)
from botwarden.protocols.table import Int, locate, mix

_MAX_TS: Final = 1e11  # the year 5138: what a hostile clock says is cut to it
_BACK: Final = 60.0  # s by which packets may be late; a clock further back was set back
_ECHO: Final = 8
_ECHO6: Final = 128

_TCP: Final = np.int64(TCP)
_UDP: Final = np.int64(UDP)
NO_MARK: Final = np.int64(0)
_SYN_ACK: Final = np.int64(0)  # `sub` of a meter of reflected SYN-ACKs; services are their port


@njit(cache=True, nogil=True)
def observe(buffer: Any, packets: Any, state: Any, last: Int) -> None:
    """Feed a batch to the detector's state.

    buffer : uint8[m]; packets : PACKET[n] over it; state : STATE[1]
    last : not 0 at the end of the capture: what still waits for an answer has waited long enough
    """
    s = state[0]
    if not s["counts"][WARM] and len(packets):
        s["counts"][WARM] = 1
        _first_look(s, packets)
    settle_roles(s)
    for i in range(len(packets)):
        p = packets[i]
        ts = _time(p["ts"])
        s["clock"][TICK] += 1.0
        if ts > s["clock"][NOW] or ts < s["clock"][NOW] - _BACK:
            s["clock"][NOW] = ts
        judge(s, s["clock"][NOW])
        _packet(s, buffer, p, ts)
    if last:
        judge(s, s["clock"][NOW] + 2.0 * ANSWER_WITHIN)


@njit(nogil=True)
def _first_look(s: Any, packets: Any) -> None:
    """Learn who forwards before the first packet is judged."""
    for i in range(len(packets)):
        p = packets[i]
        s["clock"][TICK] += 1.0
        if p["flags"] & HAS_IP:
            from_local = is_local(s, p["src_ip_hi"], p["src_ip_lo"])
            to_local = is_local(s, p["dst_ip_hi"], p["dst_ip_lo"])
            learn_roles(s, p, from_local, to_local, _time(p["ts"]))


@njit(nogil=True)
def _time(ts: float) -> Any:
    return min(max(ts, 0.0), _MAX_TS)


@njit(nogil=True)
def _packet(s: Any, buffer: Any, p: Any, ts: float) -> None:
    has_ip = (p["flags"] & HAS_IP) != 0
    from_local = has_ip and is_local(s, p["src_ip_hi"], p["src_ip_lo"])
    to_local = has_ip and is_local(s, p["dst_ip_hi"], p["dst_ip_lo"])
    if has_ip:
        learn_roles(s, p, from_local, to_local, ts)
    # "Cooked" captures hold the sender's MAC only: a device would be one thing as sender, another as receiver.
    both = p["src_mac"] != 0 and p["dst_mac"] != 0
    src_mac = p["src_mac"] if both else np.int64(0)
    dst_mac = p["dst_mac"] if both else np.int64(0)
    src = actor_of(s, src_mac, p["src_ip_hi"], p["src_ip_lo"], has_ip, from_local, True, ts)
    dst = actor_of(s, dst_mac, p["dst_ip_hi"], p["dst_ip_lo"], has_ip, to_local, src < 0, ts)
    forged = False
    if src >= 0:
        _sent(s, src, p, ts)
        a = s["actors"][src]
        if has_ip and not a["gateway"] and p["arp_op"] == 0:
            forged = note_address(s, src, p["src_ip_hi"], p["src_ip_lo"], from_local)
    if dst >= 0:
        _received(s, dst, p, ts)
        if to_local and s["actor_ips"][dst, 0, 2] == 0 and not s["actors"][dst]["gateway"]:
            note_address(s, dst, p["dst_ip_hi"], p["dst_ip_lo"], to_local)  # it has not said one itself
    if not has_ip or (src < 0 and dst < 0) or src == dst:
        return
    e = ends_of(s, p, src, dst)
    if p["arp_op"] != 0:
        _arp(s, p, e, ts)
        return
    if (p["dst_mac"] >> 40) & 1 or is_group(e.dst_hi, e.dst_lo) or p["ip_version"] == 0:
        return
    _unicast(s, buffer, p, e, from_local, forged, ts)


@njit(nogil=True)
def _sent(s: Any, slot: Int, p: Any, ts: float) -> None:
    a = s["actors"][slot]
    roll(a, ts)
    a["out"] += 1
    a["sent"] += 1
    a["sent_bytes"] += p["wire_len"]
    a["last_ts"] = max(a["last_ts"], ts)
    plot(s, slot, ts, PACKETS_SENT, 1.0)
    plot(s, slot, ts, BYTES_SENT, float(p["wire_len"]))


@njit(nogil=True)
def _received(s: Any, slot: Int, p: Any, ts: float) -> None:
    a = s["actors"][slot]
    a["received"] += 1
    a["received_bytes"] += p["wire_len"]
    a["last_ts"] = max(a["last_ts"], ts)
    plot(s, slot, ts, PACKETS_RECEIVED, 1.0)
    plot(s, slot, ts, BYTES_RECEIVED, float(p["wire_len"]))


@njit(nogil=True)
def _arp(s: Any, p: Any, e: Any, ts: float) -> None:
    """A request tries an address; a reply answers. Probes and announcements (RFC 5227) try nobody."""
    if p["arp_op"] == 1:
        same = e.src_hi == e.dst_hi and e.src_lo == e.dst_lo
        if e.src >= 0 and not same and not is_group(e.src_hi, e.src_lo):
            attempt(s, e, NO_KEY, ARP, NO_KEY, NO_MARK, ts)
    elif p["arp_op"] == 2 and e.dst >= 0:
        answered(s, turned(e), NO_KEY, ARP, ANSWERED)


@njit(nogil=True)
def _unicast(s: Any, buffer: Any, p: Any, e: Any, from_local: Any, forged: bool, ts: float) -> None:
    proto = np.int64(p["proto"])
    flags = np.int64(p["tcp_flags"])
    ports = (p["flags"] & HAS_PORTS) != 0
    src_port = np.int64(p["src_port"])
    dst_port = np.int64(p["dst_port"])
    icmp = proto in (ICMP, ICMPV6)
    echo = (proto == ICMP and p["icmp_type"] == _ECHO) or (proto == ICMPV6 and p["icmp_type"] == _ECHO6)
    error = icmp and (p["icmp_type"] in (3, 4, 5, 11, 12) if proto == ICMP else p["icmp_type"] < 128)
    meaningful = not error and not (proto == TCP and flags & (RST | SYN))
    unanswered, heard, new = _pair(s, e, meaningful, from_local, ts)
    if proto == TCP and ports:
        if heard and flags & RST:  # a refusal is no flood, whatever it refuses
            unanswered = False
        _tcp(s, buffer, p, e, flags, src_port, dst_port, unanswered, new, forged, ts)
    elif proto == UDP:
        _udp(s, p, e, ports, src_port, dst_port, unanswered, new, forged, ts)
    elif echo:
        attempt(s, e, NO_KEY, PING, NO_KEY, NO_MARK, ts)
        flood(s, p, e, ICMP_FLOOD, NO_PORT, NO_KEY, new, forged, ts)
    elif error and e.dst >= 0 and p["flags"] & QUOTED_PORTS and p["icmp_type"] == (11 if proto == ICMP else 3):
        expired(s, buffer, p, e)
    elif icmp and unanswered and not error:
        flood(s, p, e, ICMP_FLOOD, NO_PORT, NO_KEY, new, forged, ts)
    elif proto == GRE and unanswered:
        flood(s, p, e, GRE_FLOOD, NO_PORT, NO_KEY, new, forged, ts)


@njit(nogil=True)
def _pair(s: Any, e: Any, meaningful: Any, from_local: Any, ts: float) -> Any:
    """``(unanswered, heard, new)`` of a packet's two ends.

    Whether the other end has lately said nothing that keeps up a conversation; whether it has lately sent anything
    at all; whether these two are new to each other.
    """
    key, side = pair_key(s, e.src_hi, e.src_lo, e.dst_hi, e.dst_lo)
    slot, found = locate(s["pair_keys"], s["pair_seen"], key)
    pair = s["pairs"][slot]
    if not found:
        if s["pair_keys"][slot] != 0 and ts - max(pair["heard"][0], pair["heard"][1]) < ANSWERED_WITHIN:
            s["counts"][EVICTED_PAIRS] += 1
        s["pair_keys"][slot] = key
        pair["last"][0] = -np.inf
        pair["last"][1] = -np.inf
        pair["heard"][0] = -np.inf
        pair["heard"][1] = -np.inf
        pair["failures"][0] = 0
        pair["failures"][1] = 0
        if e.dst >= 0:
            _arrival(s["actors"][e.dst], ts)
    s["pair_seen"][slot] = s["clock"][TICK]
    pair["heard"][side] = ts
    silent = ts - pair["last"][1 - side]
    if meaningful:
        pair["last"][side] = ts
        if e.src < 0 and e.dst >= 0 and silent < ANSWERED_WITHIN and not from_local:
            s["clock"][ONLINE] = ts
    return silent > ANSWERED_WITHIN, ts - pair["heard"][1 - side] < ANSWERED_WITHIN, not found


@njit(nogil=True)
def _arrival(a: Any, ts: float) -> None:
    second = np.int64(ts)
    if a["second"] != second:
        a["second"] = second
        a["arrivals"] = 0
    a["arrivals"] += 1


@njit(nogil=True)
def _tcp(
    s: Any,
    buffer: Any,
    p: Any,
    e: Any,
    flags: Int,
    src_port: Int,
    dst_port: Int,
    unanswered: bool,
    new: bool,
    forged: bool,
    ts: float,
) -> None:
    kind = flags & (SYN | ACK)
    odd = flags & SYN and flags & (FIN | RST)  # a connection cannot begin and end at once
    if kind == SYN:
        mark = e.dst_hi == 0 and np.int64(p["tcp_seq"]) == e.dst_lo & 0xFFFFFFFF
        attempt(s, e, dst_port, _TCP, src_port, np.int64(mark), ts)
    if odd:
        flood(s, p, e, TCP_FLOOD, dst_port, src_port, new, forged, ts)
        return
    solicited, continues, stray = follow(s, buffer, p, e, ts)
    if kind == SYN:
        flood(s, p, e, SYN_FLOOD, dst_port, src_port, new, forged, ts)
    elif kind == SYN | ACK:
        if not solicited and unanswered and e.dst >= 0:
            amplified(s, p, e, _SYN_ACK, new, ts)
        elif not solicited and unanswered:
            flood(s, p, e, TCP_FLOOD, dst_port, src_port, new, forged, ts)
    elif stray or (unanswered and not continues):
        ack = flags & ACK and not flags & (RST | FIN)
        flood(s, p, e, ACK_FLOOD if ack else TCP_FLOOD, dst_port, src_port, new, forged, ts)


@njit(nogil=True)
def _udp(
    s: Any,
    p: Any,
    e: Any,
    ports: bool,
    src_port: Int,
    dst_port: Int,
    unanswered: bool,
    new: bool,
    forged: bool,
    ts: float,
) -> None:
    if not ports:  # a later fragment
        if unanswered:
            flood(s, p, e, UDP_FLOOD, NO_KEY, NO_KEY, new, forged, ts)
        return
    if answered(s, turned(e), src_port, _UDP, ANSWERED):
        if e.src >= 0 and e.dst < 0 and amplifies(src_port):
            slot, _ = measure(s, AMPLIFIER, src_port, mix(e.src_serial, e.whom), e, src_port, OUT, ts, 1.0)
            s["meters"][slot]["aux"][0] += p["wire_len"]
        return
    if unanswered and e.dst >= 0 and amplifies(src_port):
        amplified(s, p, e, src_port, new, ts)
        return
    attempt(s, e, dst_port, _UDP, src_port, NO_MARK, ts)
    if e.src < 0 and e.dst >= 0 and amplifies(dst_port):
        back = turned(e)
        slot, _ = measure(s, AMPLIFIER, dst_port, mix(back.src_serial, back.whom), back, dst_port, OUT, ts, 0.0)
        s["meters"][slot]["aux"][1] += p["wire_len"]
    if dst_port == 53:
        flood(s, p, e, DNS_FLOOD, dst_port, src_port, new, forged, ts)
    elif unanswered:
        flood(s, p, e, UDP_FLOOD, dst_port, src_port, new, forged, ts)
