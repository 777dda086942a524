"""The memory of the connection table: bounded, allocated once, in one record that kernels read and write in place.

What belongs to one end of a connection is an array of two: 0 is the originator, 1 the responder.
"""

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

ORIG: Final = np.int64(0)
RESP: Final = np.int64(1)

# states of a TCP end; ACTIVE also for UDP
INACTIVE: Final = 0
SYN_SENT: Final = 1
SYN_ACK_SENT: Final = 2
PARTIAL: Final = 3
ESTABLISHED: Final = 4
CLOSED: Final = 5
RESET: Final = 6
ACTIVE: Final = 7

# `want`: what happens to payloads
LOOK: Final = 0  # hand them out: nobody knows yet what is spoken
READ: Final = 1  # hand them out: an analyzer reads them
SKIP: Final = 2  # nobody wants them

MAX_HISTORY: Final = 48  # letters kept; repeated ones come at 1, 10, 100 …
MAX_HOLES: Final = 4  # pieces of a direction that came before what belongs in front of them

CONNECTIONS: Final = 32768
"""Connections followed at once: 20 MB. A home has some hundred; a scan or flood turns the table over."""

CONN = np.dtype(
    [
        ("serial", "i8"),  # never reused; 0: free
        ("ip_hi", "i8", (2,)),
        ("ip_lo", "i8", (2,)),
        ("mac", "i8", (2,)),
        ("first_ts", "f8"),
        ("last_ts", "f8"),
        ("deadline", "f8"),  # when it ends whatever happens: an unanswered attempt, a closed connection
        ("timeout", "f8"),  # s of silence after which it ends
        ("start", "i8", (2,)),  # TCP: sequence number of the SYN, or one before the first byte seen
        ("last", "i8", (2,)),  # TCP: end of what was sent, relative to start
        ("acked", "i8", (2,)),  # TCP: end of what the other side has acknowledged, relative to start
        ("edge", "i8", (2,)),  # TCP: up to where bytes were seen without a hole, relative to start
        ("hole_lo", "i8", (2, MAX_HOLES)),  # TCP: pieces beyond the edge
        ("hole_hi", "i8", (2, MAX_HOLES)),
        ("mark", "i8", (2, 3)),  # TCP: sequence number of the last SYN, FIN, RST in the history
        ("size", "i8", (2,)),  # UDP, ICMP: payload bytes
        ("missed", "i8", (2,)),
        ("pkts", "i8", (2,)),
        ("ip_bytes", "i8", (2,)),
        ("times", "i8", (2, 4)),  # retransmissions, zero windows, bad checksums, gaps
        ("due", "i8", (2, 4)),  # count at which the history gets the next letter for them
        ("holes", "u1", (2,)),
        ("state", "u1", (2,)),
        ("before", "u1", (2,)),  # the state before
        ("seen", "u1", (2,)),  # letters that are in the history once
        ("fins", "u1", (2,)),
        ("did_close", "u1", (2,)),
        ("known", "u1", (2,)),  # TCP: whether start is set
        ("port", "u2", (2,)),
        ("vlan", "u2"),
        ("proto", "u1"),
        ("family", "u1"),  # of the addresses: 4, 6
        ("low", "u1"),  # which of the two ends sorts first
        ("want", "u1"),
        ("letters", "u1"),
        ("syn", "u1"),  # whether its first packet was a SYN
        ("history", "u1", (MAX_HISTORY,)),
    ],
    align=True,
)

EVENT = np.dtype(
    [
        ("serial", "i8"),
        ("first_ts", "f8"),  # of its connection
        ("slot", "i4"),
        ("packet", "i4"),  # its index in the batch
        ("rel", "i8"),  # TCP: where its payload begins, relative to the first byte of the direction
        ("acked", "i8"),  # TCP: up to where it acknowledges the other direction, likewise; -1: it does not
        ("side", "u1"),
        ("flags", "u1"),  # TCP flags
        ("tcp", "u1"),  # 1: TCP, 0: UDP
        ("letters", "u1"),  # length of the connection's history after it
    ],
    align=True,
)
"""A packet that somebody should look at."""

# counts
SERIAL: Final = 0
DONE: Final = 1
EVENTS: Final = 2
EVICTED: Final = 3
UNREAD: Final = 4  # packets with payload that nobody could look at, to keep pace
SWEPT: Final = 5  # slots of the running sweep that were looked at
COUNTS: Final = 6

# clock
NOW: Final = 0
TICK: Final = 1
LAST_SWEEP: Final = 2
WINDOW_TS: Final = 3  # when what was spent was last forgotten, in s and in packets
WINDOW_TICK: Final = 4
CLOCK: Final = 5

MAX_DONE: Final = 8192
MAX_EVENTS: Final = 65536
BUCKETS: Final = 1024  # pairs of devices whose budgets are told apart

STATE = np.dtype(
    [
        ("counts", "i8", (COUNTS,)),
        ("clock", "f8", (CLOCK,)),
        ("seed", "i8", (1,)),
        ("budget", "i8", (1,)),  # packets of a pair of devices per window that may be looked at; 0: all
        ("spent", "i8", (2 * BUCKETS,)),  # for connections nobody knows yet, then for those that are read
        ("tcp_server", "u1", (65536,)),  # 1: usual server port; 2: an analyzer's port
        ("udp_server", "u1", (65536,)),
        ("keys", "i8", (CONNECTIONS,)),
        ("touched", "f8", (CONNECTIONS,)),
        ("conns", CONN, (CONNECTIONS,)),
        ("done", CONN, (MAX_DONE,)),
        ("events", EVENT, (MAX_EVENTS,)),
    ],
    align=True,
)
"""Everything that the kernels read and write. One record, because a kernel's functions hand it on as one pointer."""

SERVER: Final = np.uint8(1)
ANALYZED: Final = np.uint8(2)


def new_state(seed: int, tcp_ports: frozenset[int], udp_ports: frozenset[int], budget: int) -> NDArray[Any]:
    """STATE[1] with an empty table.

    seed : folded into every key, so that nobody outside can predict where it lands
    tcp_ports, udp_ports : ports that analyzers know
    budget : packets of a pair of devices per window that are looked at, 0 for all of them
    """
    state = np.zeros(1, STATE)
    s = state[0]
    s["seed"][0] = seed & 0x7FFFFFFFFFFFFFFF
    s["budget"][0] = budget
    for name, usual, analyzed in (("tcp_server", TCP_SERVERS, tcp_ports), ("udp_server", UDP_SERVERS, udp_ports)):
        for ports, bit in ((usual, SERVER), (analyzed, ANALYZED)):
            for port in ports:
                s[name][port] |= bit
    return state


TCP_SERVERS: Final = frozenset(
    {
        21, 22, 23, 25, 53, 80, 81, 88, 102, 110, 111, 135, 139, 143, 389, 443, 445, 502, 513, 514, 554, 563, 585, 587,
        593, 614, 631, 636, 750, 989, 990, 992, 993, 995, 1080, 1433, 1883, 2323, 2811, 3128, 3268, 3306, 3389, 5060,
        5222, 5223, 5269, 5432, 5900, 6379, 6666, 6667, 6668, 6669, 7547, 8000, 8080, 8443, 8883, 8888, 20000,
    }
)  # fmt: skip
"""Usual server ports, by which the ends of a connection whose beginning was not seen are told apart (after the list
of Zeek's ``likely_server_ports``)."""
UDP_SERVERS: Final = frozenset(
    {
        53, 67, 68, 69, 88, 111, 123, 137, 138, 161, 162, 389, 443, 500, 514, 750, 1812, 1900, 2123, 2152, 3544, 3702,
        4011, 4789, 5060, 5072, 5353, 5355, 5683, 6081, 20000, 47808,
    }
)  # fmt: skip
