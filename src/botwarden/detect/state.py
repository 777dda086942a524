"""The detector's memory: bounded tables, allocated once, in one record that kernels read and write in place."""

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

BUCKETS: Final = 10  # a meter's window slides in tenths
AUX: Final = 8  # side counts of a meter
AUX_DST_PORT: Final = 5  # two of them hold the last ports of a flood
AUX_SRC_PORT: Final = 6
SAMPLES: Final = 6  # targets a meter remembers by name
DEVICE_IPS: Final = 8  # addresses remembered per device
SERIES_BINS: Final = 256  # time resolution of a device's plots
SERIES: Final = 6
# columns of a series
PACKETS_SENT: Final = np.int64(0)
PACKETS_RECEIVED: Final = np.int64(1)
BYTES_SENT: Final = np.int64(2)
BYTES_RECEIVED: Final = np.int64(3)
NEW_TARGETS: Final = np.int64(4)
FAILURES: Final = np.int64(5)


# Entries per table: 27 MB in all, enough for some hundred devices. Each is a power of two and whole sets.
DEVICES: Final = 1024
PAIRS: Final = 32768
ATTEMPTS: Final = 32768  # a second of a scan at 32,000 new targets a second
CONNECTIONS: Final = 32768
METERS: Final = 16384
AGENTS: Final = 4096
SKETCH: Final = 65536  # a quarter of a megabyte, which a small processor's cache can hold
MAX_NETWORKS: Final = 64  # each is compared with both addresses of every packet
MAX_KINDS: Final = 32

ACTOR = np.dtype(
    [
        ("serial", "i8"),  # never reused, 0: free
        ("mac", "i8"),  # of a device known by MAC; 0: known by ip
        ("ip_hi", "i8"),
        ("ip_lo", "i8"),
        ("own", "i8"),  # frames sent with a local source address
        ("forwards", "i8"),  # frames sent from an outside address to a local one
        ("via4", "i8"),  # frames that others sent to it for an outside address
        ("via6", "i8"),
        ("forged", "i8"),  # frames sent with a source address that cannot be its own
        ("first_ts", "f8"),
        ("last_ts", "f8"),
        ("sent", "i8"),
        ("sent_bytes", "i8"),
        ("received", "i8"),
        ("received_bytes", "i8"),
        ("window", "i8"),  # number of the running 10 s window
        ("new", "i8"),  # new targets in it
        ("out", "i8"),  # packets sent in it
        ("new_last", "i8"),  # the same of the window before, until it is known that no alarm followed
        ("out_last", "i8"),
        ("new_most", "i8", (2,)),  # most new targets in a window, this half hour and the last
        ("out_most", "i8", (2,)),
        ("half_hour", "i8"),
        ("alarm", "f8"),  # last time that a meter of its own was raised
        ("second", "i8"),  # running second, for `arrivals`
        ("arrivals", "i8"),  # new sources in it
        ("gateway", "u1"),
    ],
    align=True,
)

PAIR = np.dtype(
    [
        ("last", "f8", (2,)),  # time of the last meaningful packet of each side
        ("heard", "f8", (2,)),  # time of the last packet of each side
        ("failures", "i4", (2,)),  # new ports that each side failed to reach at the other
    ],
    align=True,
)

PENDING: Final = np.int64(1)
ANSWERED: Final = np.int64(2)
REFUSED: Final = np.int64(3)

ATTEMPT = np.dtype(
    [
        ("src", "i8"),  # serial of the local device, 0: outside
        ("dst", "i8"),
        ("src_slot", "i8"),
        ("dst_slot", "i8"),
        ("who", "i8"),
        ("src_hi", "i8"),
        ("src_lo", "i8"),
        ("dst_hi", "i8"),
        ("dst_lo", "i8"),
        ("first_ts", "f8"),
        ("ts", "f8"),  # of the last attempt
        ("interval", "f8"),  # usual gap between attempts
        ("tries", "i8"),
        ("fails", "i8"),
        ("online_fails", "i8"),  # while others were being answered
        ("gaps", "i8"),
        ("regular", "i8"),
        ("port", "i4"),
        ("src_port", "i4"),
        ("proto", "i2"),  # 0: ARP
        ("state", "u1"),
        ("fresh", "u1"),  # the running attempt is the first at this target
        ("mark", "u1"),  # Mirai's
        ("outside", "u1"),  # the target is outside
    ],
    align=True,
)

WAITING = np.dtype([("slot", "i8"), ("key", "i8"), ("ts", "f8")], align=True)

CONNECTION = np.dtype(
    [
        ("bytes", "i8", (2,)),  # payload of each side
        ("next_seq", "i8", (2,)),  # sequence number with which each side will go on
        ("prompts", "i4"),
        ("orig", "u1"),  # side that opened it
        ("seen", "u1"),  # SYN-ACK 1, established 2, closed 4
        ("service", "u1"),
        ("looks", "u1"),  # payloads looked at to find the service
        ("unheard", "u1"),  # packets with data of who opened it before the first answer, up to JUNK_AFTER
    ],
    align=True,
)

METER = np.dtype(
    [
        ("kind", "i8"),
        ("sub", "i8"),  # flood kind, service, amplification port
        ("src", "i8"),  # serial of the local device that does it, 0: none
        ("src_mac", "i8"),
        ("src_hi", "i8"),  # address of who does it, where there is one
        ("src_lo", "i8"),
        ("dst", "i8"),  # serial of the local device that suffers it, 0: none
        ("dst_mac", "i8"),
        ("dst_hi", "i8"),
        ("dst_lo", "i8"),
        ("port", "i8"),  # -1: many
        ("bucket", "i8"),
        ("buckets", "f8", (BUCKETS,)),
        ("sum", "f8"),
        ("run_start", "f8"),
        ("start", "f8"),
        ("strong", "f8"),  # last time the sum was above half the threshold
        ("last", "f8"),
        ("peak", "f8"),
        ("total", "f8"),
        ("before", "f8"),  # what the device did per 10 s at most in the hour before
        ("known", "f8"),  # s that the device had been watched
        ("aux", "f8", (AUX,)),
        ("votes", "i8"),  # for `src_hi`, `src_lo` as the source of most packets of a flood at a device
        ("samples", "i8"),
        ("sample_hi", "i8", (SAMPLES,)),
        ("sample_lo", "i8", (SAMPLES,)),
        ("sample_port", "i8", (SAMPLES,)),
        ("raised", "u1"),
    ],
    align=True,
)

# clock
NOW: Final = 0  # latest time of capture seen
ONLINE: Final = 1  # last time an outside host answered
SERIES_START: Final = 2
SERIES_WIDTH: Final = 3
BUSIEST4: Final = 4  # most frames that any device was sent for outside addresses
BUSIEST6: Final = 5
SKETCH_START: Final = 6
TICK: Final = 7  # packets so far: the tables' age, which no clock of a capture can set back
CLOCK: Final = 8

# counts
SERIAL: Final = 0
HEAD: Final = 1  # of the waiting ring
TAIL: Final = 2
DONE: Final = 3  # finished episodes
RHYTHMS: Final = 4  # evicted attempts with a rhythm
LOST: Final = 5  # episodes that found no room
EVICTED: Final = 6  # + table
EVICTED_DEVICES: Final = 6
EVICTED_PAIRS: Final = 7
EVICTED_ATTEMPTS: Final = 8
EVICTED_CONNECTIONS: Final = 9
EVICTED_METERS: Final = 10
SERIES_STARTED: Final = 11
NETWORKS: Final = 12
NETWORKS4: Final = 13  # of them IPv4
WARM: Final = 14  # whether the roles of a first batch have been learned
COUNTS: Final = 15

MAX_DONE: Final = 4096  # episodes per batch: each needs several packets to be raised


STATE = np.dtype(
    [
        ("clock", "f8", (CLOCK,)),
        ("counts", "i8", (COUNTS,)),
        ("seed", "i8", (1,)),
        ("networks", "i8", (MAX_NETWORKS, 4)),  # address hi, lo, mask hi, lo; IPv4 first
        ("window", "f8", (MAX_KINDS,)),  # settings per kind of meter
        ("raise_at", "f8", (MAX_KINDS,)),
        ("hold", "f8", (MAX_KINDS,)),
        ("actor_keys", "i8", (DEVICES,)),
        ("actor_seen", "f8", (DEVICES,)),
        ("actors", ACTOR, (DEVICES,)),
        ("actor_ips", "i8", (DEVICES, DEVICE_IPS, 3)),  # hi, lo, frames
        ("series", "f4", (DEVICES, SERIES_BINS, SERIES)),
        ("pair_keys", "i8", (PAIRS,)),
        ("pair_seen", "f8", (PAIRS,)),
        ("pairs", PAIR, (PAIRS,)),
        ("attempt_keys", "i8", (ATTEMPTS,)),
        ("attempt_seen", "f8", (ATTEMPTS,)),
        ("attempts", ATTEMPT, (ATTEMPTS,)),
        ("waiting", WAITING, (ATTEMPTS,)),
        ("connection_keys", "i8", (CONNECTIONS,)),
        ("connection_seen", "f8", (CONNECTIONS,)),
        ("connections", CONNECTION, (CONNECTIONS,)),
        ("agent_keys", "i8", (AGENTS,)),
        ("agent_seen", "f8", (AGENTS,)),
        ("sketch", "i4", (SKETCH,)),  # packets per key of a flood's meter since SKETCH_START, keys sharing counters
        ("meter_keys", "i8", (METERS,)),
        ("meter_seen", "f8", (METERS,)),
        ("meters", METER, (METERS,)),
        ("done", METER, (MAX_DONE,)),
        ("rhythms", ATTEMPT, (MAX_DONE,)),
    ],
    align=True,
)
"""Everything that kernels read and write. One record, because a kernel's functions hand it on as one pointer."""


def new_state(
    seed: int,
    networks: NDArray[np.int64],
    meters: tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]],
) -> NDArray[Any]:
    """STATE[1] with empty tables.

    seed : folded into every key, so that nobody outside can predict where it lands
    networks : int64[n, 4], the local networks: address and mask as halves, IPv4 (mapped) before IPv6
    meters : window, raise_at and hold per kind of meter
    """
    state = np.zeros(1, STATE)
    s = state[0]
    s["clock"][ONLINE] = -np.inf
    s["seed"][0] = seed & 0x7FFFFFFFFFFFFFFF
    s["networks"][: len(networks)] = networks
    s["counts"][NETWORKS] = len(networks)
    s["counts"][NETWORKS4] = _count_v4(networks)
    for name, values in zip(("window", "raise_at", "hold"), meters, strict=True):
        s[name][: len(values)] = values
    return state


def _count_v4(networks: NDArray[np.int64]) -> int:
    """How many are IPv4: a mask alone does not say, for that of an IPv6 /64 fills its first half too."""
    rows = networks.reshape(-1, 4)
    return int(np.count_nonzero((rows[:, 0] == 0) & (rows[:, 1] >> 32 == 0xFFFF) & (rows[:, 2] == -1)))
