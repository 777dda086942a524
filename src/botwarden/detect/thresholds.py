"""When a counter becomes a verdict: every threshold in one place, with its reason.

A *meter* counts something per key over a sliding window of capture time. It is raised when the window's sum
reaches ``raise_at``, stays raised while the sum is at least half of that (hysteresis), and is put down after
``hold`` seconds below. Each raised stretch is an *episode*, the raw material of verdicts.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

# Kinds of meter. The numbers index METERS. They are int64: numba compiles a function anew for each plain int it is
# handed as a constant.
SCAN_PORT: Final = np.int64(0)  # new TCP targets on one port that failed, per device
SCAN_PORT_SLOW: Final = np.int64(1)
SCAN_HOST: Final = np.int64(2)  # new TCP ports of one address that failed, per source
SCAN_HOST_SLOW: Final = np.int64(3)
SCAN_UDP_PORT: Final = np.int64(4)  # new UDP targets on one port that did not answer, per device
SCAN_UDP_HOST: Final = np.int64(5)
SCAN_ARP: Final = np.int64(6)  # new addresses asked for by ARP, per device
SCAN_ICMP: Final = np.int64(7)  # new addresses pinged, per device
MIRAI: Final = np.int64(8)  # new targets of SYNs whose sequence number is the target, per device
GUESS: Final = np.int64(9)  # login attempts of one source at one server port
GUESS_WIDE: Final = np.int64(10)  # login attempts of one device at any server
GUESSED: Final = np.int64(11)  # login attempts of any source at one device
FLOOD: Final = np.int64(12)  # unanswered packets of one kind to one address, per device; + flood kind
FLOODED: Final = np.int64(13)  # the same, from any source, at one device
AMPLIFIED: Final = np.int64(14)  # answers that one device never asked for, by service
AMPLIFIER: Final = np.int64(15)  # answers of a device's service to one outside address
AGENTS: Final = np.int64(16)  # different browser identities of one source at one web server
JUNK: Final = np.int64(17)  # connections to one port of one address that only one side speaks on, per device
JUNKED: Final = np.int64(18)  # the same, from any source, at one port of one device

# Kinds of flood (a meter's `sub`)
SYN_FLOOD: Final = np.int64(0)
ACK_FLOOD: Final = np.int64(1)
TCP_FLOOD: Final = np.int64(2)
UDP_FLOOD: Final = np.int64(3)
ICMP_FLOOD: Final = np.int64(4)
GRE_FLOOD: Final = np.int64(5)
DNS_FLOOD: Final = np.int64(6)
HTTP_FLOOD: Final = np.int64(7)
CONNECT_FLOOD: Final = np.int64(8)  # connections that are made, and nothing comes of it
FLOOD_KINDS: Final = ("syn", "ack", "tcp", "udp", "icmp", "gre", "dns", "http", "connect")


@dataclass(frozen=True, slots=True)
class Meter:
    """Settings of one kind of meter.

    window : s
    raise_at : sum over the window at which it is raised
    hold : s below half of `raise_at` after which an episode is over
    """

    name: str
    window: float
    raise_at: float
    hold: float
    why: str


METERS: Final = (
    Meter("scan_port", 10, 15, 60, "a home device rarely fails to reach two new addresses in ten seconds"),
    Meter("scan_port_slow", 3600, 60, 1800, "one failing new address a minute, for an hour"),
    Meter("scan_host", 60, 15, 60, "a client knows the one or two ports it wants"),
    Meter("scan_host_slow", 3600, 50, 1800, "patient port scanners wait between probes"),
    Meter("scan_udp_port", 60, 25, 60, "peer-to-peer calls try some dead peers, on many ports; a scan uses one"),
    Meter("scan_udp_host", 60, 25, 60, "traceroute uses up to 90 ports but answers come; a scan meets silence"),
    Meter("scan_arp", 60, 30, 60, "a device asks for its gateway and the few neighbours it talks to"),
    Meter("scan_icmp", 10, 10, 60, "monitoring pings a handful of fixed addresses"),
    Meter("mirai", 3600, 3, 600, "by chance it happens once in four billion packets"),
    Meter("guess", 60, 6, 120, "a person gives up, or is locked out, after three to five passwords"),
    Meter("guess_wide", 60, 12, 120, "the same, spread over many servers"),
    Meter("guessed", 600, 20, 600, "the same, from many sources"),
    Meter("flood", 10, 500, 30, "50 packets a second to one address, none answered"),
    Meter("flooded", 10, 1000, 30, "100 packets a second, none of them asked for"),
    Meter("amplified", 10, 300, 30, "30 answers a second that nobody asked for"),
    Meter("amplifier", 10, 300, 30, "30 answers a second to one outside address"),
    Meter("agents", 1800, 12, 600, "a device has one or two browsers, an attack tool a list of them"),
    Meter("junk", 10, 30, 30, "three new connections a second on which the other end is talked at and says nothing"),
    Meter("junked", 10, 60, 30, "the same from anyone: a collector of logs may meet some dozen devices at once"),
)

WINDOW: Final[NDArray[np.float64]] = np.array([m.window for m in METERS])
RAISE_AT: Final[NDArray[np.float64]] = np.array([m.raise_at for m in METERS])
HOLD: Final[NDArray[np.float64]] = np.array([m.hold for m in METERS])

ANSWER_WITHIN: Final = 1.0
"""s: an attempt without an answer by then has failed. Round trips on the internet take less than half of it."""
ANSWERED_WITHIN: Final = 10.0
"""s: a stream of packets counts as answered if the other side has sent something in this time. RTCP receiver
reports, the rarest legitimate answers, come every five seconds (RFC 3550, 6.2)."""
ONLINE_WITHIN: Final = 600.0
"""s: the internet is taken to work if some outside host has answered anyone in this time."""
SAME_ATTEMPT_WITHIN: Final = 2.0
"""s: packets to one target closer than this belong to one attempt; so do retransmissions, however late."""
MAX_LOGIN_BYTES: Final = 6000
"""Payload of the server in an SSH connection that ended before a session began: key exchange and refusals.
Zeek's heuristic draws the line at 5,505 bytes (base/protocols/ssh, SSH::guess)."""
FORGED_NEW_SOURCES: Final = 200
"""New sources a second at one device above which they are taken for forged and not looked at one by one."""

SKETCH_PERIOD: Final = 2.0
FEW: Final = 16
"""Packets of one kind to one address within SKETCH_PERIOD (s) from which on a flood's meter counts them: a sixth of
what a flood at the lowest rate sends in that time."""

JUNK_AFTER: Final = 4
"""Packets with data, not one word in answer, after which a connection counts as one that is only talked at. A first
request fills one or two."""

BEACON_MIN_COUNT: Final = 20
BEACON_MIN_SPAN: Final = 600.0
"""s. A device whose server is down also retries; twenty regular failures over ten minutes is where a
person would want to know."""
BEACON_MIN_REGULAR: Final = 0.7
"""Share of the gaps within 20 % of the usual gap."""
BEACON_MIN_INTERVAL: Final = 2.0
