"""One of every kind of frame that the decoder knows, for tests that cut, bend and compare them."""

import struct

from captures import (
    ACK,
    GRE,
    ICMP,
    ICMPV6,
    IPIP,
    IPV6,
    PSH,
    TCP,
    UDP,
    Timed,
    arp_frame,
    ethernet,
    extension,
    fragment_header,
    gre,
    icmp,
    ipv4,
    ipv6,
    pcap,
    tcp,
    tcp_frame,
    udp,
    udp_frame,
)

IP_FRAME = ipv4(tcp(b"abc", seq=7, flags=PSH | ACK, options=b"\1" * 8), options=b"\1" * 4)
IP6_FRAME = ipv6(udp(b"abcd"), next_header=UDP)
SLL_FRAME = struct.pack("!HHH8sH", 0, 1, 6, bytes(range(2, 10)), 0x0800) + IP_FRAME
SLL2_FRAME = struct.pack("!HHIHBB8s", 0x86DD, 0, 3, 1, 4, 6, bytes(range(2, 10))) + IP6_FRAME

SNAP = b"\xaa\xaa\x03\0\0\0"


def wireless(
    packet: bytes = IP_FRAME,
    *,
    kind: int = 0x08,
    bits: int = 1,
    qos: bytes = b"",
    sequence: int = 0,
    ethertype: int = 0x0800,
    snap: bool = True,
) -> bytes:
    """An 802.11 frame whose addresses are 02:00:00:00:00:01 … 04; ``kind`` and ``bits`` are its first two bytes."""
    one, two, three, four = (bytes([2, 0, 0, 0, 0, n]) for n in range(1, 5))
    head = bytes([kind, bits, 0, 0]) + one + two + three + struct.pack("<H", sequence)
    last = four if bits & 3 == 3 else b""
    return head + last + qos + (SNAP + struct.pack("!H", ethertype) if snap else b"") + packet


def radiotap(frame: bytes, present: int = 0, fields: bytes = b"") -> bytes:
    """A radiotap header with those fields before a frame."""
    return struct.pack("<BBHI", 0, 0, 8 + len(fields), present) + fields + frame


def nflog(packet: bytes, *, order: str = "<", more: bytes = b"") -> bytes:
    """What Linux's NFLOG target writes: a header, attributes in the machine's byte order, the packet."""
    first = struct.pack(f"{order}HHI", 8, 1, 0)
    return struct.pack("!BBH", 2, 0, 5) + first + more + struct.pack(f"{order}HH", 4 + len(packet), 9) + packet


ETHERNET_FRAMES = (
    tcp_frame(payload=b"hello", seq=0xFFFFFFFF, ack=1),
    udp_frame(payload=b"x" * 30),
    tcp_frame("2001:db8::1", 1, "2001:db8::2", 2),
    ethernet(IP_FRAME),
    ethernet(IP_FRAME, vlans=[(0x8100, 5)]),
    ethernet(IP_FRAME, vlans=[(0x88A8, 100), (0x8100, 7)]),
    ethernet(b"\xaa\xaa\x03\0\0\0\x08\0" + IP_FRAME, ethertype=8 + len(IP_FRAME)),
    ethernet(b"\x42\x42\x03" + bytes(35), ethertype=38),
    arp_frame(1),
    arp_frame(2),
    ethernet(ipv4(b"x" * 24, proto=UDP, fragment_offset=185)),
    ethernet(ipv4(udp(b"x" * 24, length=3000), proto=UDP, more_fragments=True)),
    ethernet(ipv4(tcp(b"x" * 24), total_length=0)),
    ethernet(ipv4(icmp(8, 0, b"ping"), proto=ICMP)),
    ethernet(ipv4(icmp(3, 3, ipv4(udp(b"q"), proto=UDP)), proto=ICMP)),
    ethernet(ipv6(icmp(1, 4, ipv6(udp(b"q"), next_header=UDP)), next_header=ICMPV6)),
    ethernet(ipv6(extension(43) + extension(60, words=1) + extension(TCP) + tcp(b"x"), next_header=0)),
    ethernet(ipv6(fragment_header(UDP, offset=2) + b"x" * 16, next_header=44)),
    ethernet(ipv6(bytes([TCP, 4]) + bytes(22) + tcp(), next_header=51)),
    ethernet(ipv4(gre(IP_FRAME, key=1, seq=2, checksum=True), proto=GRE)),
    ethernet(ipv4(gre(ethernet(IP6_FRAME), protocol=0x6558), proto=GRE)),
    ethernet(ipv4(struct.pack("!HHHHII", 0x3081, 0x880B, 4, 1, 2, 3) + b"ppp!", proto=GRE)),
    ethernet(ipv4(IP_FRAME, proto=IPIP)),
    ethernet(ipv4(IP6_FRAME, proto=IPV6)),
    ethernet(ipv6(IP_FRAME, next_header=IPIP)),
    ethernet(ipv4(b"esp?" * 5, proto=50)),
    ethernet(b"whatever", ethertype=0x88CC),
    ethernet(bytes(4) + b"\x08\0" + IP_FRAME, ethertype=0x8926),
    ethernet(b"\0\1\x40\x40\0\2\x41\x40" + IP_FRAME, ethertype=0x8847),
    ethernet(b"\x11\0\0\1\0\x40\0\x21" + IP_FRAME, ethertype=0x8864),
    ethernet(ipv4(gre(b"\x10" + bytes(7) + ethernet(IP_FRAME), protocol=0x88BE, seq=1), proto=GRE)),
    ethernet(ipv4(gre(bytes(11) + b"\1" + bytes(8) + ethernet(IP_FRAME), protocol=0x22EB, seq=1), proto=GRE)),
    ethernet(ipv4(struct.pack("!HHHHI", 0x3001, 0x880B, 4, 1, 2) + b"\xff\x03\0\x21" + IP_FRAME, proto=GRE)),
    udp_frame(dport=4789, payload=b"\x08" + bytes(7) + ethernet(IP_FRAME)),
    udp_frame(dport=6081, payload=b"\1\0\x65\x58" + bytes(8) + ethernet(IP_FRAME)),
    udp_frame(dport=3544, payload=b"\0\1\2\2" + bytes(13) + bytes(8) + IP6_FRAME),
    udp_frame(dport=2152, payload=struct.pack("!BBHIII", 0x34, 255, 8 + len(IP_FRAME), 1, 0x85, 0x1000000) + IP_FRAME),
)

OTHER_FRAMES: tuple[tuple[int, bytes], ...] = (
    (0, struct.pack("<I", 2) + IP_FRAME),
    (0, struct.pack(">I", 30) + IP6_FRAME),
    (108, struct.pack(">I", 24) + IP6_FRAME),
    (12, IP_FRAME),
    (14, IP6_FRAME),
    (101, IP_FRAME),
    (101, IP6_FRAME),
    (228, IP_FRAME),
    (229, IP6_FRAME),
    (113, SLL_FRAME),
    (276, SLL2_FRAME),
    (9, b"\xff\x03\0\x57" + IP6_FRAME),
    (50, b"\x21" + IP_FRAME),
    (51, b"\x11\0\0\1\0\x40\0\x21" + IP_FRAME),
    (105, wireless(kind=0x88, qos=bytes(2))),
    (127, radiotap(wireless(IP6_FRAME, bits=3, ethertype=0x86DD), 0x80000003, bytes(16) + b"\x10")),
    (239, nflog(IP_FRAME, more=struct.pack("<HHHH", 16, 8, 0x0600, 0) + bytes(range(2, 10)))),
)

FRAMES: tuple[tuple[int, bytes], ...] = (*((1, frame) for frame in ETHERNET_FRAMES), *OTHER_FRAMES)
"""(link type, frame)"""


def cut_captures() -> list[bytes]:
    """Per frame a pcap that holds it cut to every length that a snap length can leave of it, and whole."""
    made = []
    for link_type, frame in FRAMES:
        timed: list[Timed] = [(float(length), frame[:length], len(frame)) for length in range(len(frame) + 1)]
        made.append(pcap(timed, link_type=link_type))
    return made
