"""`PacketBatch`: decoded packets, one structured row each, over the bytes they were decoded from."""

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

# flags
TRUNCATED: Final = 1  # the capture cut the frame inside a header: fields past the cut are 0
MALFORMED: Final = 2  # a header contradicts itself: fields past it are 0
FRAGMENT: Final = 4  # part of a fragmented IP packet
LATER_FRAGMENT: Final = 8  # a fragment that does not hold the transport header: no ports
QUOTED_PORTS: Final = 16  # an ICMP error: the ports are those of the packet that it quotes
HAS_IP: Final = 32  # src_ip and dst_ip are set (IPv4, IPv6 or ARP)
HAS_PORTS: Final = 64  # src_port and dst_port are set (TCP, UDP, or quoted ones)
INNER_FRAME: Final = 128  # what `inner` points to is an Ethernet frame, not an IP packet

# tcp_flags
FIN: Final = 1
SYN: Final = 2
RST: Final = 4
PSH: Final = 8
ACK: Final = 16
URG: Final = 32

# ethertype
ETHERTYPE_IPV4: Final = 0x0800
ETHERTYPE_ARP: Final = 0x0806
ETHERTYPE_IPV6: Final = 0x86DD

# proto (IANA protocol numbers)
ICMP: Final = 1
IPIP: Final = 4
TCP: Final = 6
UDP: Final = 17
IPV6_IN_IP: Final = 41
GRE: Final = 47
ICMPV6: Final = 58

PACKET: Final = np.dtype(
    [
        ("ts", "f8"),  # time of capture, seconds since 1970, UTC
        ("src_mac", "i8"),  # 48 bits; 0 where the link layer has none
        ("dst_mac", "i8"),
        ("src_ip_hi", "i8"),  # core.address: halves of the 128-bit address, IPv4 mapped
        ("src_ip_lo", "i8"),
        ("dst_ip_hi", "i8"),  # ARP: sender and target protocol address
        ("dst_ip_lo", "i8"),
        ("offset", "i8"),  # of the frame's first byte in the batch's buffer
        ("cap_len", "u4"),  # bytes of the frame that were captured
        ("wire_len", "u4"),  # bytes of the frame on the wire, without FCS
        ("ip_len", "u4"),  # bytes of the IP packet by its own header, headers included
        ("payload", "u4"),  # start of the transport payload, from the frame's first byte
        ("payload_len", "u4"),  # its length on the wire, by the headers; may exceed what was captured
        ("inner", "u4"),  # start of a tunnelled packet (GRE, IPIP, VXLAN …) from the frame's first byte; 0: none
        ("tcp_seq", "u4"),
        ("tcp_ack", "u4"),
        ("tcp_window", "u2"),
        ("ethertype", "u2"),  # after VLAN tags; 0 for 802.3 frames with a length
        ("vlan", "u2"),  # outermost 802.1Q id; 0: untagged
        ("ip_id", "u2"),
        ("src_port", "u2"),
        ("dst_port", "u2"),
        ("interface", "u2"),  # of the capture: its index in a pcapng section, 0 in a pcap
        ("ip_start", "u2"),  # start of the IP header from the frame's first byte, where there is an ip_version
        ("ip_version", "u1"),  # 4, 6, or 0 (ARP and everything else)
        ("proto", "u1"),  # IANA protocol number of the transport header (IPv6: after extension headers)
        ("ttl", "u1"),  # or hop limit
        ("tcp_flags", "u1"),
        ("icmp_type", "u1"),
        ("icmp_code", "u1"),
        ("arp_op", "u1"),  # 1 request, 2 reply; 0: not ARP
        ("flags", "u1"),  # TRUNCATED … INNER_FRAME
    ],
    align=True,
)
"""One decoded packet. Fields that a packet does not have are 0; `flags` tells 0 from absent where it matters."""


@dataclass(frozen=True, slots=True)
class PacketBatch:
    """``n`` packets in capture order.

    buffer : uint8[m], the bytes of a piece of the capture; ``packets["offset"]`` points into it.
        It is reused by no one: a batch may be kept as long as it is needed.
    packets : PACKET[n]
    first : index in the whole capture of the first packet of this batch, from 0
    """

    buffer: NDArray[np.uint8]
    packets: NDArray[Any]
    first: int = 0

    def __len__(self) -> int:
        return len(self.packets)

    @property
    def ts(self) -> NDArray[np.float64]:
        """float64[n]: time of capture, seconds since 1970, UTC."""
        times: NDArray[np.float64] = self.packets["ts"]
        return times

    def frame(self, i: int) -> bytes:
        """The captured bytes of packet ``i``."""
        row = self.packets[i]
        start = int(row["offset"])
        return self.buffer[start : start + int(row["cap_len"])].tobytes()

    def payload(self, i: int) -> bytes:
        """The captured bytes of packet ``i``'s transport payload; empty where it has none."""
        row = self.packets[i]
        if row["payload"] == 0:
            return b""
        start = int(row["offset"]) + int(row["payload"])
        length = min(int(row["payload_len"]), int(row["cap_len"]) - int(row["payload"]))
        return self.buffer[start : start + max(0, length)].tobytes()

    def __getitem__(self, part: slice) -> "PacketBatch":
        """The packets of a contiguous slice, over the same buffer."""
        start, _, step = part.indices(len(self.packets))
        if step != 1:
            raise ValueError("a batch is sliced with step 1 only")
        return PacketBatch(self.buffer, self.packets[part], self.first + start)
