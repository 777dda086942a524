"""TCP connections as far as guessing and floods need them: handshake, service, logins, whether an answer came."""

from typing import Any, Final

import numpy as np
from numba import njit

from botwarden.core.packet import ACK, FIN, RST, SYN
from botwarden.detect.attempts import TCP, answered, gave_up
from botwarden.detect.ends import NONE, OUT, measure, recant, turned
from botwarden.detect.floods import flood, no_flood
from botwarden.detect.meter import remember, vote
from botwarden.detect.sniff import (
    FTP,
    HTTP,
    OTHER,
    RTSP,
    SSH,
    TELNET,
    UNKNOWN,
    agent,
    asks_password,
    is_request,
    lets_in,
    objects,
    posts_login,
    refuses,
    sends_password,
    service_of,
    status,
    turns_away,
)
from botwarden.detect.state import ANSWERED, EVICTED_CONNECTIONS, REFUSED, SAMPLES, TICK
from botwarden.detect.thresholds import (
    AGENTS,
    CONNECT_FLOOD,
    FLOOD,
    FLOODED,
    GUESS,
    GUESS_WIDE,
    GUESSED,
    HTTP_FLOOD,
    JUNK,
    JUNK_AFTER,
    JUNKED,
    MAX_LOGIN_BYTES,
    SYN_FLOOD,
)
from botwarden.protocols.table import Int, locate, mix

_SAW_SYN_ACK: Final = 1
_ESTABLISHED: Final = 2
_CLOSED: Final = 4
# side counts of guessing
SAID_NO: Final = np.int64(0)
SAID_YES: Final = np.int64(1)
POSTED: Final = np.int64(4)
_LOOKS: Final = 6  # payloads looked at before a service counts as something else


@njit(nogil=True)
def connection_of(s: Any, e: Any, src_port: Int, dst_port: Int, create: Any, ts: float) -> Any:
    """``(slot, side, new)`` of a packet's connection; slot is -1 where there is none and none is made.

    ``side`` is 0 for packets from the lower of the two ends, 1 for the other.
    """
    side = 0
    if (e.src_hi, e.src_lo, src_port) > (e.dst_hi, e.dst_lo, dst_port):
        side = 1
        key = mix(mix(mix(mix(s["seed"][0] + 5, e.dst_hi), e.dst_lo), e.src_hi), e.src_lo)
        key = mix(key, dst_port << 16 | src_port)
    else:
        key = mix(mix(mix(mix(s["seed"][0] + 5, e.src_hi), e.src_lo), e.dst_hi), e.dst_lo)
        key = mix(key, src_port << 16 | dst_port)
    slot, found = locate(s["connection_keys"], s["connection_seen"], key)
    if not found:
        if not create:
            return -1, side, False
        if s["connection_keys"][slot] != 0:
            s["counts"][EVICTED_CONNECTIONS] += 1
        s["connection_keys"][slot] = key
        c = s["connections"][slot]
        c["bytes"][0] = 0
        c["bytes"][1] = 0
        c["next_seq"][0] = -1
        c["next_seq"][1] = -1
        c["prompts"] = 0
        c["orig"] = side
        c["seen"] = 0
        c["service"] = UNKNOWN
        c["looks"] = 0
        c["unheard"] = 0
    s["connection_seen"][slot] = s["clock"][TICK]
    return slot, side, not found


@njit(nogil=True)
def follow(s: Any, buf: Any, p: Any, e: Any, ts: float) -> Any:
    """``(solicited, continues, stray)`` of a TCP packet, which is followed.

    Whether its SYN-ACK, if it is one, belongs to a request that was seen; whether it goes on where its side of the
    connection left off, as packets of a flood do not; whether it belongs to no connection that was seen before.
    """
    flags = np.int64(p["tcp_flags"])
    src_port = np.int64(p["src_port"])
    dst_port = np.int64(p["dst_port"])
    kind = flags & (SYN | ACK)
    opens = kind == SYN
    length = np.int64(p["payload_len"])
    slot, side, new = connection_of(s, e, src_port, dst_port, kind == SYN | ACK or length > 0, ts)
    if slot < 0:
        if flags & RST:  # refused before it began
            answered(s, turned(e), src_port, TCP, REFUSED)
        return True, False, not flags & RST
    c = s["connections"][slot]
    solicited = True
    continues = length > 0 and np.int64(p["tcp_seq"]) == c["next_seq"][side]
    if opens:
        if c["seen"] & _CLOSED:  # the port is used again
            c["seen"] = 0
            c["bytes"][0] = 0
            c["bytes"][1] = 0
            c["prompts"] = 0
            c["looks"] = 0
            c["unheard"] = 0
            c["service"] = UNKNOWN
        c["orig"] = side
    elif kind == SYN | ACK:
        c["seen"] |= _SAW_SYN_ACK
        if new:
            c["orig"] = 1 - side
        solicited = answered(s, turned(e), src_port, TCP, ANSWERED)
    elif new:  # opened before the capture began: the lower port is the server's
        c["orig"] = side if src_port > dst_port else 1 - side
    from_orig = side == c["orig"]
    if flags & RST:
        _reset(s, c, e, src_port, dst_port, from_orig)
    elif kind == ACK and from_orig and not c["seen"] & _ESTABLISHED and (c["seen"] & _SAW_SYN_ACK or length > 0):
        c["seen"] |= _ESTABLISHED
        answered(s, e, dst_port, TCP, ANSWERED)
        if c["seen"] & _SAW_SYN_ACK:
            continues = True
            no_flood(s, e, SYN_FLOOD)
            flood(s, p, e, CONNECT_FLOOD, dst_port, src_port, False, False, ts)
    if length > 0:
        if from_orig:
            _unheard(s, c, e, dst_port, side, ts)
        elif c["bytes"][side] == 0:
            _first_word(s, buf, p, c, turned(e), src_port)
        c["next_seq"][side] = (np.int64(p["tcp_seq"]) + length) & 0xFFFFFFFF
        c["bytes"][side] += length
        _look(s, buf, p, c, e, from_orig, ts)
    if flags & (FIN | RST) and not c["seen"] & _CLOSED:
        c["seen"] |= _CLOSED
        _closed(s, c, e, src_port, dst_port, from_orig, ts)
    return solicited, continues, new and not flags & RST


@njit(nogil=True)
def _reset(s: Any, c: Any, e: Any, src_port: Int, dst_port: Int, from_orig: bool) -> None:
    if not from_orig:
        if not c["seen"] & _ESTABLISHED:
            answered(s, turned(e), src_port, TCP, REFUSED)
    elif c["bytes"][0] + c["bytes"][1] == 0:
        gave_up(s, e, dst_port)


@njit(nogil=True)
def _unheard(s: Any, c: Any, e: Any, port: Int, side: Int, ts: float) -> None:
    """Count a connection once its opener has sent `JUNK_AFTER` packets of data and heard nothing."""
    if c["bytes"][1 - side] > 0 or not c["seen"] & _SAW_SYN_ACK or c["unheard"] >= JUNK_AFTER:
        return
    c["unheard"] += 1
    if c["unheard"] < JUNK_AFTER:
        return
    if e.src >= 0:
        measure(s, JUNK, TCP, mix(mix(e.src_serial, e.whom), port), e, port, OUT, ts, 1.0)
    if e.dst >= 0:
        slot, _ = measure(s, JUNKED, TCP, mix(e.dst_serial, port), e, port, NONE, ts, 1.0)
        vote(s["meters"][slot], e.src_hi, e.src_lo)
        remember(s["meters"][slot], e.src_hi, e.src_lo, np.int64(0))


@njit(nogil=True)
def _first_word(s: Any, buf: Any, p: Any, c: Any, e: Any, port: Int) -> None:
    """The first that a server (``e.dst``) says: unless it objects, the connection was made for something."""
    at = np.int64(p["offset"]) + np.int64(p["payload"])
    if objects(buf, at, min(np.int64(p["payload_len"]), np.int64(p["cap_len"]) - np.int64(p["payload"]))):
        return
    waited = c["seen"] & _ESTABLISHED and not c["seen"] & _CLOSED  # or nobody is there any more who could hear it
    if waited and c["seen"] & _SAW_SYN_ACK:
        no_flood(s, e, CONNECT_FLOOD)
    if c["unheard"] >= JUNK_AFTER:
        recant(s, JUNK, TCP, mix(mix(e.src_serial, e.whom), port))
        recant(s, JUNKED, TCP, mix(e.dst_serial, port))


@njit(nogil=True)
def _look(s: Any, buf: Any, p: Any, c: Any, e: Any, from_orig: bool, ts: float) -> None:
    """Look at a payload: recognise the service, count what is said about logins."""
    at = np.int64(p["offset"]) + np.int64(p["payload"])
    n = min(np.int64(p["payload_len"]), np.int64(p["cap_len"]) - np.int64(p["payload"]))
    if n <= 0 or c["service"] == OTHER:
        return
    if c["service"] == UNKNOWN:
        c["service"] = service_of(buf, at, n, not from_orig)
        c["looks"] += 1
        if c["service"] == UNKNOWN:
            if c["looks"] >= _LOOKS:
                c["service"] = OTHER
            return
    service = np.int64(c["service"])
    server = turned(e) if not from_orig else e
    port = np.int64(p["dst_port"]) if from_orig else np.int64(p["src_port"])
    if service in (HTTP, RTSP):
        _look_http(s, buf, at, n, service, server, port, from_orig, ts)
    elif service == FTP:
        if from_orig and sends_password(buf, at, n):
            guess(s, server, port, service, 1.0, ts)
        elif not from_orig and (lets_in(buf, at, n) or turns_away(buf, at, n)):
            said(s, server, port, service, SAID_YES if lets_in(buf, at, n) else SAID_NO, ts)
    elif service == TELNET and not from_orig:
        if asks_password(buf, at, n):
            c["prompts"] += 1
            guess(s, server, port, service, 1.0, ts)
        if refuses(buf, at, n):
            said(s, server, port, service, SAID_NO, ts)


@njit(nogil=True)
def _look_http(
    s: Any, buf: Any, at: Int, n: Int, service: Int, server: Any, port: Int, from_orig: bool, ts: float
) -> None:
    if not from_orig:
        code = status(buf, at, n)
        if code in (401, 403):
            guess(s, server, port, service, 1.0, ts)
            said(s, server, port, service, SAID_NO, ts)
        elif 200 <= code < 300:
            said(s, server, port, service, SAID_YES, ts)
        return
    if not is_request(buf, at, n):
        return
    if posts_login(buf, at, n):
        guess(s, server, port, service, 1.0, ts)
        said(s, server, port, service, POSTED, ts)
    if server.src >= 0:
        slot, _ = measure(s, FLOOD, HTTP_FLOOD, mix(server.src_serial, server.whom), server, port, OUT, ts, 1.0)
        s["meters"][slot]["aux"][0] += n
    if server.dst >= 0:
        slot, _ = measure(s, FLOODED, HTTP_FLOOD, server.dst_serial, server, port, NONE, ts, 1.0)
        s["meters"][slot]["aux"][0] += n
    if server.src >= 0 or server.dst >= 0:
        _count_agent(s, agent(buf, at, n), server, port, ts)


@njit(nogil=True)
def _count_agent(s: Any, name: Any, e: Any, port: Int, ts: float) -> None:
    """Count a browser identity that this source has not shown this server before."""
    if name == 0:
        return
    both = mix(e.who, e.whom)
    key = mix(mix(s["seed"][0] + 6, both), name)
    slot, found = locate(s["agent_keys"], s["agent_seen"], key)
    s["agent_keys"][slot] = key
    s["agent_seen"][slot] = s["clock"][TICK]
    meter, _ = measure(s, AGENTS, HTTP, both, e, port, NONE, ts, 0.0 if found else 1.0)
    m = s["meters"][meter]
    m["aux"][0] += 1.0
    m["last"] = max(m["last"], ts)  # requests go on when there are no new names


@njit(nogil=True)
def guess(s: Any, e: Any, port: Int, service: Int, amount: float, ts: float) -> None:
    """Count a login attempt of ``e.src`` at ``e.dst``."""
    if e.src < 0 and e.dst < 0:
        return
    slot, new = measure(s, GUESS, service, mix(mix(e.who, e.whom), port), e, port, NONE, ts, amount)
    first = new or s["meters"][slot]["total"] <= amount
    if e.src >= 0:
        slot, _ = measure(s, GUESS_WIDE, service, e.who, e, port, NONE, ts, amount)
        _note_target(s["meters"][slot], first, e.dst_hi, e.dst_lo, port)
    if e.dst >= 0:
        slot, _ = measure(s, GUESSED, service, e.whom, e, port, NONE, ts, amount)
        _note_target(s["meters"][slot], first, e.src_hi, e.src_lo, port)


@njit(nogil=True)
def _note_target(m: Any, first: bool, hi: Int, lo: Int, port: Int) -> None:
    if not first:
        return
    for i in range(min(m["samples"], SAMPLES)):
        if m["sample_hi"][i] == hi and m["sample_lo"][i] == lo:
            return
    m["aux"][3] += 1.0
    remember(m, hi, lo, port)


@njit(nogil=True)
def said(s: Any, e: Any, port: Int, service: Int, what: Int, ts: float) -> None:
    """Count a refusal, a success or a posted login beside the guesses of the same two ends."""
    if e.src < 0 and e.dst < 0:
        return
    slot, _ = measure(s, GUESS, service, mix(mix(e.who, e.whom), port), e, port, NONE, ts, 0.0)
    s["meters"][slot]["aux"][what] += 1.0
    if e.src >= 0:
        slot, _ = measure(s, GUESS_WIDE, service, e.who, e, port, NONE, ts, 0.0)
        s["meters"][slot]["aux"][what] += 1.0
    if e.dst >= 0:
        slot, _ = measure(s, GUESSED, service, e.whom, e, port, NONE, ts, 0.0)
        s["meters"][slot]["aux"][what] += 1.0


@njit(nogil=True)
def _closed(s: Any, c: Any, e: Any, src_port: Int, dst_port: Int, from_orig: bool, ts: float) -> None:
    """Judge a connection by its shape where its words are encrypted or were not captured."""
    port = dst_port if from_orig else src_port
    client = c["bytes"][c["orig"]]
    answer = c["bytes"][1 - c["orig"]]
    if client == 0 or answer == 0 or answer > MAX_LOGIN_BYTES:
        return
    service = np.int64(c["service"])
    ssh = service == SSH or (service == UNKNOWN and port in (22, 2222))
    telnet = service in (TELNET, UNKNOWN) and port in (23, 2323) and c["prompts"] == 0
    if ssh and client > 600:  # it came as far as the key exchange
        guess(s, e if from_orig else turned(e), port, SSH, 1.0, ts)
    elif telnet:
        guess(s, e if from_orig else turned(e), port, TELNET, 1.0, ts)
