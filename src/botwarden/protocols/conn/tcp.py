"""TCP ends as a state machine: what each packet does to the two of them. After Zeek's TCP analyzer.

Sequence numbers are kept relative to an end's SYN, 64 bits wide, so that they neither wrap nor compare wrongly.
"""

from typing import Any, Final

import numpy as np
from numba import njit

from botwarden.core.packet import ACK, FIN, RST, SYN
from botwarden.protocols.conn import history
from botwarden.protocols.conn.state import (
    CLOSED,
    ESTABLISHED,
    INACTIVE,
    MAX_HOLES,
    ORIG,
    PARTIAL,
    RESET,
    RESP,
    SYN_ACK_SENT,
    SYN_SENT,
)
from botwarden.protocols.table import Int

ATTEMPT_TIMEOUT: Final = 5.0
"""s after a SYN without an answer (Zeek's tcp_attempt_delay)."""
CLOSE_DELAY: Final = 5.0
"""s after both ends have closed (tcp_close_delay)."""
RESET_DELAY: Final = 0.1
"""s after a reset (tcp_reset_delay)."""
_FAR: Final = 1 << 20  # a jump in sequence numbers that no window explains
_NO_MARK: Final = -1
_FOREVER: Final = np.inf


@njit(nogil=True)
def distance(a: Int, b: Int) -> Any:
    """How far sequence number ``a`` lies behind ``b``, -2^31 to 2^31 - 1."""
    return ((np.int64(a) - np.int64(b) + 0x80000000) & 0xFFFFFFFF) - 0x80000000


@njit(nogil=True)
def relative(c: Any, side: Int, seq: Int) -> Any:
    """A sequence number of an end as an offset from its start, near the end of what it has sent."""
    last = c["last"][side]
    return last + distance(seq, (c["start"][side] + last) & 0xFFFFFFFF)


@njit(nogil=True)
def begin(c: Any, side: Int, seq: Int) -> None:
    """Set where an end's sequence numbers start."""
    c["start"][side] = seq & 0xFFFFFFFF
    c["last"][side] = 0
    c["acked"][side] = 0
    c["edge"][side] = 1
    c["holes"][side] = 0
    c["known"][side] = 1


@njit(nogil=True)
def tcp_packet(c: Any, p: Any, side: Int, ts: float) -> Any:
    """Take a TCP packet of a connection; returns where its payload begins, relative to the first byte of its side."""
    flags = np.int64(p["tcp_flags"])
    peer = 1 - side
    seq = np.int64(p["tcp_seq"])
    ack = np.int64(p["tcp_ack"])
    length = np.int64(p["payload_len"])
    syn, fin, rst, acks = flags & SYN != 0, flags & FIN != 0, flags & RST != 0, flags & ACK != 0
    _letters(c, side, flags, seq, length)
    if p["tcp_window"] == 0 and not rst and not syn:
        history.counted(c, side, history.ZERO_WINDOW, np.int64(87))
    _init_end(c, side, syn, rst, seq)
    if acks and not c["known"][peer] and not syn:
        begin(c, peer, ack - 1)
    space = (0 if rst else length) + (1 if syn else 0) + (1 if fin else 0)
    rel = relative(c, side, seq)
    if syn and rel < 0:
        rel = np.int64(0)
    _advance(c, side, rel, space, syn, rst, fin, length)
    closes = _machine(c, side, syn, fin, rst, length)
    acked = np.int64(-1)
    if acks and not rst and c["known"][peer]:
        acked = _acknowledge(c, peer, ack)
    if length > 0 and not rst:
        _fill(c, side, rel + (1 if syn else 0), length)
    if acked >= 0:
        _gaps(c, peer, side)
    if closes:
        _close(c, side, ts)
    elif c["deadline"] != _FOREVER and side == RESP and c["state"][RESP] != INACTIVE and not c["did_close"][RESP]:
        c["deadline"] = _FOREVER  # the attempt was answered
    return rel + (1 if syn else 0) - 1


@njit(nogil=True)
def _letters(c: Any, side: Int, flags: Int, seq: Int, length: Int) -> None:
    syn, fin, rst = flags & SYN != 0, flags & FIN != 0, flags & RST != 0
    if np.int64(syn) + np.int64(fin) + np.int64(rst) > 1:
        history.once(c, side, history.ODD, np.int64(81))
    if syn:
        code = np.int64(72 if flags & ACK else 83)
        if history.once(c, side, history.SYN, code) and c["mark"][side, 0] != seq:
            history.letter(c, side, code)
        c["mark"][side, 0] = seq
    if fin:
        end = (seq + length) & 0xFFFFFFFF
        if history.once(c, side, history.FIN, np.int64(70)) and c["mark"][side, 1] != end:
            history.letter(c, side, np.int64(70))
        c["mark"][side, 1] = end
    if rst:
        if history.once(c, side, history.RST, np.int64(82)) and c["mark"][side, 2] != seq:
            history.letter(c, side, np.int64(82))
        c["mark"][side, 2] = seq
    if not (syn or fin or rst):
        if length > 0:
            history.once(c, side, history.DATA, np.int64(68))
        elif flags & ACK:
            history.once(c, side, history.PURE_ACK, np.int64(65))


@njit(nogil=True)
def _init_end(c: Any, side: Int, syn: bool, rst: bool, seq: Int) -> None:
    state = c["state"][side]
    if state == INACTIVE:
        if syn:
            begin(c, side, seq)
        elif not c["known"][side] or not rst:
            begin(c, side, seq - 1)
            if not rst:
                c["last"][side] = 1
    elif syn and seq != c["start"][side]:
        fresh = state in (SYN_SENT, SYN_ACK_SENT)
        empty = state in (ESTABLISHED, PARTIAL) and c["last"][side] <= 1 and c["acked"][side] <= 1
        if fresh or empty or (state == RESET and c["before"][side] == INACTIVE):
            begin(c, side, seq)


@njit(nogil=True)
def _advance(c: Any, side: Int, rel: Int, space: Int, syn: bool, rst: bool, fin: bool, length: Int) -> None:
    """Move the end of what a side has sent; what does not move it is a retransmission."""
    end = rel + space
    delta = end - c["last"][side]
    if (syn or rst) and (delta > _FAR or delta < -_FAR):
        if c["state"][side] == INACTIVE:
            c["last"][side] = max(end, 0)
    elif c["state"][side] == RESET:
        return
    elif delta > 0:
        c["last"][side] = end
    elif length > 0 and not rst:
        history.counted(c, side, history.RETRANSMITTED, np.int64(84))


@njit(nogil=True)
def _set(c: Any, side: Int, state: Int) -> None:
    if c["state"][side] != state:
        c["before"][side] = c["state"][side]
        c["state"][side] = state


@njit(nogil=True)
def _machine(c: Any, side: Int, syn: bool, fin: bool, rst: bool, length: Int) -> bool:
    """The transition of the end that sent a packet; whether it closes."""
    peer = 1 - side
    state = c["state"][side]
    closes = False
    if state == INACTIVE:
        if syn:
            _set(c, side, SYN_SENT if side == ORIG and c["history"][0] != 72 else SYN_ACK_SENT)
        if fin:
            c["fins"][side] = 1
            _set(c, side, CLOSED)
            closes = True
        if rst:
            _set(c, side, RESET)
            closes = True
        if c["state"][side] == INACTIVE:
            if c["state"][peer] in (SYN_SENT, SYN_ACK_SENT):
                _set(c, side, PARTIAL if c["state"][peer] == SYN_SENT else ESTABLISHED)
                if c["state"][peer] == SYN_ACK_SENT:
                    _set(c, peer, ESTABLISHED)
            else:
                _set(c, side, PARTIAL)
    elif state in (SYN_SENT, SYN_ACK_SENT):
        if fin:
            c["fins"][side] = 1
            _set(c, side, CLOSED)
            closes = True
        if rst:
            _set(c, side, RESET)
            closes = True
        elif not (syn or fin) and c["state"][peer] != INACTIVE:
            _set(c, side, ESTABLISHED)
            if c["state"][peer] in (SYN_SENT, SYN_ACK_SENT, PARTIAL):
                _set(c, peer, ESTABLISHED)
    elif state in (ESTABLISHED, PARTIAL):
        if fin and not rst:
            c["fins"][side] = 1
            _set(c, side, CLOSED)
            if c["state"][peer] == RESET and c["before"][peer] == CLOSED:
                _set(c, peer, CLOSED)
            closes = True
        if rst:
            _set(c, side, RESET)
            closes = True
    elif state == CLOSED and rst and c["state"][peer] != CLOSED:
        _set(c, side, RESET)
        closes = True
    return closes


@njit(nogil=True)
def _acknowledge(c: Any, peer: Int, ack: Int) -> Any:
    """Take an acknowledgement of what ``peer`` sent; returns it relative to the peer's start."""
    rel = relative(c, peer, ack)
    if ack == 0 and rel - c["acked"][peer] > _FAR:
        return np.int64(-1)  # a broken one rather than one that lands on 0
    c["acked"][peer] = max(c["acked"][peer], rel)
    return rel


@njit(nogil=True)
def _fill(c: Any, side: Int, rel: Int, length: Int) -> None:
    """Note which bytes of a side were seen."""
    end = rel + length
    if rel > c["edge"][side]:
        n = c["holes"][side]
        if n < MAX_HOLES:
            c["hole_lo"][side, n] = rel
            c["hole_hi"][side, n] = end
            c["holes"][side] = n + 1
        else:  # no room: the last piece grows, what lies between counts as seen
            c["hole_hi"][side, n - 1] = max(c["hole_hi"][side, n - 1], end)
        return
    c["edge"][side] = max(c["edge"][side], end)
    if c["holes"][side]:
        _join(c, side)


@njit(nogil=True)
def _join(c: Any, side: Int) -> None:
    """Join the pieces that the edge has reached."""
    again = True
    while again:
        again = False
        for k in range(c["holes"][side]):
            if c["hole_lo"][side, k] <= c["edge"][side]:
                c["edge"][side] = max(c["edge"][side], c["hole_hi"][side, k])
                last = c["holes"][side] - 1
                c["hole_lo"][side, k] = c["hole_lo"][side, last]
                c["hole_hi"][side, k] = c["hole_hi"][side, last]
                c["holes"][side] = last
                again = True
                break


@njit(nogil=True)
def _gaps(c: Any, peer: Int, side: Int) -> None:
    """Count bytes that were acknowledged and never seen."""
    limit = min(c["acked"][peer], c["last"][peer])
    if c["fins"][peer]:
        limit = min(limit, c["last"][peer] - 1)
    while c["edge"][peer] < limit:
        to = limit
        for k in range(c["holes"][peer]):
            to = min(to, c["hole_lo"][peer, k])
        if c["state"][peer] in (ESTABLISHED, CLOSED) and c["state"][side] in (ESTABLISHED, CLOSED):
            c["missed"][peer] += to - c["edge"][peer]
            history.counted(c, peer, history.GAP, np.int64(71))
        c["edge"][peer] = to
        _join(c, peer)


@njit(nogil=True)
def _close(c: Any, side: Int, ts: float) -> None:
    if c["did_close"][side]:
        return
    c["did_close"][side] = 1
    peer = 1 - side
    if c["state"][side] == RESET or c["state"][peer] == RESET:
        c["deadline"] = ts + RESET_DELAY
    elif c["did_close"][peer] or c["state"][peer] == INACTIVE:
        c["deadline"] = ts + CLOSE_DELAY


@njit(nogil=True)
def reopens(c: Any, p: Any, side: Int) -> bool:
    """Whether a SYN opens a new connection between the same two ends."""
    flags = np.int64(p["tcp_flags"])
    if flags & (SYN | ACK | RST | FIN) != SYN or np.int64(p["tcp_seq"]) == c["start"][side]:
        return False
    over = c["did_close"][0] or c["did_close"][1]
    return over or (c["state"][ORIG] not in (INACTIVE, SYN_SENT) and c["state"][RESP] != INACTIVE and side == ORIG)
