"""`TRAIN`: packets that follow one another at about equal distances. A conversation is made of a few of them.

When in its time a packet was sent, the log does not say. What it tells of one by one, the handshake and the end, goes
to the beginning and the end; all else is spread over the time, at distances that alternate: a train that kept perfect
time would be taken for a beacon, which calls at regular intervals.
"""

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from botwarden.core.packet import (
    ACK,
    ETHERTYPE_IPV4,
    ETHERTYPE_IPV6,
    FIN,
    HAS_IP,
    HAS_PORTS,
    ICMP,
    ICMPV6,
    PACKET,
    RST,
    SYN,
    TCP,
    UDP,
)
from botwarden.sources.flows.rows import taken
from botwarden.sources.flows.shape import ANSWERS, CONFIRMS, OPENS, ORIG_FIN, ORIG_RST, RESP_FIN, RESP_RST

TRAIN: Final = np.dtype(
    [
        ("packet", PACKET),  # what its packets have in common
        ("start", "f8"),  # time of the first one, s
        ("step", "f8"),  # s between two, on average
        ("count", "i8"),  # packets
        ("done", "i8"),  # of them that have been handed out
        ("payload", "f8"),  # bytes each, on average
        ("wire", "f8"),  # bytes each, on average
    ],
    align=True,
)

MAX_PLAIN: Final = 2_000
"""Packets a direction that are made of any conversation. More are made only of what may be a flood; where they are not,
the packets that stand for all have the bytes of all."""
HEAD: Final = 60.0
HEAD_RATE: Final = 1_000.0
TAIL: Final = 86_400.0
TAIL_RATE: Final = 60.0
"""What may be a flood, because it has no handshake, is made packet by packet for HEAD seconds, twice as long as it
takes to be one, at HEAD_RATE a second at most; and, where nobody answers, at TAIL_RATE for TAIL seconds after that,
which is enough to be one still."""
HANDSHAKE: Final = 0.05
"""s: a round trip, where a conversation is long enough for it."""

_PLAIN: Final = 0  # with a handshake, and answered: no flood
_ANSWERED: Final = 1
_ONE_WAY: Final = 2
_HEADER: Final = 54  # bytes before the payload: Ethernet, IPv4, TCP. None is captured, so any number will do.
_TTL: Final = 64
_ON_LINK: Final = 255  # hop limit of neighbour discovery (RFC 4861, 11.2)
_NEIGHBOURS: Final = (133, 137)  # ICMPv6 types of it


def trains_of(flows: NDArray[Any], limit: float = np.inf) -> NDArray[Any]:
    """TRAIN[m] of FLOW[n]; where times are equal, what comes first stands first.

    limit : packets of a kind that are made of each direction at most, whatever it is
    """
    orig, resp = _packets(flows, turned=False), _packets(flows, turned=True)
    start, length, marks = flows["ts"], flows["duration"], flows["marks"]
    trip = np.minimum(length / 8, HANDSHAKE)
    end = start + length
    met = (marks & ANSWERS) != 0
    one_each = (flows["orig_rest"] <= 1) & (flows["resp_rest"] <= 1)
    refused = np.where((marks & RESP_RST != 0) & ~met & (flows["resp_rest"] > 0), start + trip, end)
    return np.concatenate(
        [
            _once(flows, OPENS, "orig", orig, SYN, start),
            _once(flows, ANSWERS, "resp", resp, SYN | ACK, start + trip),
            _once(flows, CONFIRMS, "orig", orig, ACK, start + 2 * trip),
            *_spread(flows, "orig", orig, *_orig_times(flows, start, length, trip, met), limit),
            *_spread(flows, "resp", resp, *_resp_times(flows, start, length, trip, met, one_each), limit),
            *_bad(flows, orig, limit),
            _once(flows, ORIG_FIN, "orig", orig, FIN | ACK, end - trip),
            _once(flows, RESP_FIN, "resp", resp, FIN | ACK, end - trip / 2),
            _once(flows, ORIG_RST, "orig", orig, RST, end),
            _once(flows, RESP_RST, "resp", resp, RST | ACK, refused),
        ]
    )


def _orig_times(flows: Any, start: Any, length: Any, trip: Any, met: Any) -> tuple[Any, Any]:
    """When the originator's other packets begin, and how far apart they are."""
    rest = np.maximum(flows["orig_rest"], 1)
    alone = ~met & (flows["marks"] & OPENS != 0)  # SYNs again and again: the first has its own time
    slots = length / (rest + 1)
    first = start + np.where(met, 2 * trip, np.where(alone, slots, 0))
    return first, np.where(met, (length - 4 * trip) / rest, np.where(alone, slots, length / rest))


def _resp_times(flows: Any, start: Any, length: Any, trip: Any, met: Any, one_each: Any) -> tuple[Any, Any]:
    """The same of the responder. A single answer comes when the conversation ends: that is how long it took."""
    rest = np.maximum(flows["resp_rest"], 1)
    alone = ~met & (flows["marks"] & OPENS != 0)
    slots = length / (rest + 1)
    answer = np.where(one_each & ~met, length, trip)
    first = start + np.where(met, 2 * trip, np.where(alone, slots + trip, answer))
    return first, np.where(met, (length - 4 * trip) / rest, np.where(alone, slots, (length - answer) / rest))


def _packets(flows: NDArray[Any], *, turned: bool) -> NDArray[Any]:
    """PACKET[n]: what the packets of one direction have in common; ``turned`` is that of the responder."""
    packets = np.zeros(len(flows), PACKET)
    src, dst = ("dst", "src") if turned else ("src", "dst")
    for end, side in (("src", src), ("dst", dst)):
        for part in ("hi", "lo"):
            packets[f"{end}_ip_{part}"] = flows[f"{side}_{part}"]
        packets[f"{end}_mac"] = flows[f"{side}_mac"]
    own, other = ("resp_port", "orig_port") if turned else ("orig_port", "resp_port")
    proto = flows["proto"]
    ports = (proto == TCP) | (proto == UDP)
    packets["src_port"] = np.where(ports, flows[own], 0)
    packets["dst_port"] = np.where(ports, flows[other], 0)
    icmp = (proto == ICMP) | (proto == ICMPV6)
    packets["icmp_type"] = np.where(icmp, flows[own] & 0xFF, 0)
    packets["icmp_code"] = np.where(icmp & ~_asks(proto, flows["orig_port"]), flows[other] & 0xFF, 0)
    near = (proto == ICMPV6) & (packets["icmp_type"] >= _NEIGHBOURS[0]) & (packets["icmp_type"] <= _NEIGHBOURS[1])
    packets["ttl"] = np.where(near, _ON_LINK, _TTL)
    packets["proto"] = proto
    packets["vlan"] = flows["vlan"]
    packets["ip_version"] = flows["version"]
    packets["ethertype"] = np.where(flows["version"] == 6, ETHERTYPE_IPV6, ETHERTYPE_IPV4)
    packets["flags"] = HAS_IP | np.where(ports, HAS_PORTS, 0)
    packets["cap_len"] = packets["payload"] = _HEADER
    return packets


def _asks(proto: Any, kind: Any) -> Any:
    """Whether an ICMP type is a question, so that what stands in place of its code is the type of the answer."""
    return np.where(proto == ICMP, np.isin(kind, (8, 10, 13, 15, 17)), np.isin(kind, (128, 133, 135, 139, 144)))


def _once(flows: Any, mark: int, side: str, packets: NDArray[Any], flags: int, when: Any) -> NDArray[Any]:
    """A packet of its own for each conversation with a mark."""
    own = (flows["marks"] & mark) != 0
    trains = np.zeros(np.count_nonzero(own), TRAIN)
    trains["packet"] = taken(packets, own)
    trains["packet"]["tcp_flags"] = flags
    trains["start"] = when[own]
    trains["count"] = 1
    trains["wire"] = flows[f"{side}_wire"][own]
    return trains


def _bad(flows: Any, packets: NDArray[Any], limit: float) -> list[NDArray[Any]]:
    """Packets with a wrong checksum: Zeek says how many there were, roughly, and nothing else of them."""
    own = flows["orig_bad"] > 0
    some = taken(flows, own)
    trains = _prepared(taken(packets, own), some["orig_flags"], some["ts"], 0.0, some["orig_wire"])
    return _thinned(trains, some["orig_bad"], some["duration"], _ONE_WAY, limit)


def _spread(flows: Any, side: str, packets: NDArray[Any], first: Any, step: Any, limit: float) -> list[NDArray[Any]]:
    """The packets of one side besides those of the marks."""
    own = flows[f"{side}_rest"] > 0
    some = taken(flows, own)
    count = some[f"{side}_rest"]
    answered = (some["orig_rest"] > 0) & (some["resp_rest"] > 0)
    kind = np.where(answered, np.where(some["marks"] != 0, _PLAIN, _ANSWERED), _ONE_WAY)
    flags = np.where(some["proto"] == TCP, some[f"{side}_flags"], 0)
    trains = _prepared(taken(packets, own), flags, first[own], some[f"{side}_payload"] / count, some[f"{side}_wire"])
    return _thinned(trains, count, step[own] * count, kind, limit)


def _prepared(packets: NDArray[Any], flags: Any, start: Any, payload: Any, wire: Any) -> NDArray[Any]:
    trains = np.zeros(len(packets), TRAIN)
    trains["packet"] = packets
    trains["packet"]["tcp_flags"] = flags
    trains["start"] = start
    trains["payload"] = payload
    trains["wire"] = wire
    return trains


def _thinned(trains: NDArray[Any], count: Any, span: Any, kind: Any, limit: float) -> list[NDArray[Any]]:
    """Trains of ``count`` packets over ``span`` seconds: whole, or as the constants above say.

    Of a second train, which goes on where the first one ends, there is one for each that needs it.
    """
    whole = (count <= MAX_PLAIN) | (kind == _PLAIN)
    head_time = np.where(whole, span, np.minimum(span, HEAD))
    left = span - head_time
    told = np.where(left > 0, np.ceil(count * head_time / np.maximum(span, 1e-9)), count)  # in the head
    most = np.where(kind == _PLAIN, MAX_PLAIN, HEAD * HEAD_RATE)
    head = _cut(trains.copy(), told, np.minimum(np.minimum(told, most), limit), head_time)
    tail_time = np.minimum(left, TAIL)
    rest = np.floor((count - told) * tail_time / np.maximum(left, 1e-9))
    most = np.where(kind == _ANSWERED, MAX_PLAIN, np.floor(TAIL_RATE * tail_time))
    trains["start"] += head_time
    tail = _cut(trains, rest, np.minimum(np.minimum(rest, most), limit), tail_time)
    return [head, taken(tail, tail["count"] > 0)]


def _cut(trains: NDArray[Any], told: Any, made: Any, span: Any) -> NDArray[Any]:
    """Let ``made`` packets stand for the ``told`` ones of ``span`` seconds."""
    each = told / np.maximum(made, 1)
    trains["count"] = made
    trains["step"] = span / np.maximum(made, 1)
    trains["payload"] *= each
    trains["wire"] *= each
    return trains
