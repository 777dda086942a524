"""Packets as bytes, for raw sockets: IPv4 with TCP, UDP, GRE and ICMP (RFC 791, 9293, 768, 2784, 792), and ARP (826).

Only `raw` sends them, and it looks at their addresses again.
"""

import ipaddress
import socket
import struct
from typing import Final

FIN, SYN, RST, PSH, ACK, URG = 1, 2, 4, 8, 16, 32
TTL: Final = 64
TCP_CHECKSUM_AT: Final = 16
UDP_CHECKSUM_AT: Final = 6
ARP_TYPE: Final = 0x0806
ARP_REPLY: Final = 2
MIN_FRAME: Final = 60
MAX_BYTES: Final = 1_500
_IPV4: Final = struct.Struct("!BBHHHBBH4s4s")
_ARP: Final = struct.Struct("!HHBBH6s4s6s4s")


def tcp(
    src: str,
    dst: str,
    *,
    src_port: int,
    dst_port: int,
    seq: int,
    flags: int,
    ack: int = 0,
    window: int = 65_535,
    options: bytes = b"",
    payload: bytes = b"",
    ip_id: int = 0,
) -> bytes:
    """A TCP packet. ``options`` : filled up to whole words here (RFC 9293, 3.1)."""
    options += b"\0" * (-len(options) % 4)
    words = 5 + len(options) // 4
    head = struct.pack("!HHIIBBHHH", src_port, dst_port, seq, ack, words << 4, flags, window, 0, 0) + options
    return _with_checksum(src, dst, socket.IPPROTO_TCP, head, payload, TCP_CHECKSUM_AT, ip_id)


def udp(src: str, dst: str, *, src_port: int, dst_port: int, payload: bytes, ip_id: int = 0) -> bytes:
    """A UDP packet."""
    head = struct.pack("!HHHH", src_port, dst_port, 8 + len(payload), 0)
    return _with_checksum(src, dst, socket.IPPROTO_UDP, head, payload, UDP_CHECKSUM_AT, ip_id)


def gre(src: str, dst: str, *, inner: bytes, protocol: int = 0x0800, ip_id: int = 0) -> bytes:
    """A packet in a GRE tunnel (RFC 2784) that ends at ``dst``, whatever the inner packet says."""
    return ipv4(src, dst, socket.IPPROTO_GRE, struct.pack("!HH", 0, protocol) + inner, ip_id)


def ping(src: str, dst: str, *, number: int, payload: bytes, ip_id: int = 0) -> bytes:
    """An ICMP echo request."""
    head = struct.pack("!BBHHH", 8, 0, 0, number & 0xFFFF, number >> 16 & 0xFFFF)
    found = checksum(head + payload)
    return ipv4(src, dst, socket.IPPROTO_ICMP, head[:2] + struct.pack("!H", found) + head[4:] + payload, ip_id)


def ipv4(src: str, dst: str, protocol: int, body: bytes, ip_id: int = 0) -> bytes:
    """A whole IPv4 packet that may not be fragmented. Raises ValueError where it is longer than Ethernet carries."""
    size = _IPV4.size + len(body)
    if size > MAX_BYTES:
        raise ValueError(f"a packet of {size} bytes does not fit into a frame")
    ends = socket.inet_aton(src), socket.inet_aton(dst)
    head = _IPV4.pack(0x45, 0, size, ip_id, 0x4000, TTL, protocol, 0, *ends)
    return head[:10] + struct.pack("!H", checksum(head)) + head[12:] + body


def ends(packet: bytes) -> tuple[str, str]:
    """(source, destination) of an IPv4 packet. Raises ValueError for what is none."""
    if len(packet) < _IPV4.size or packet[0] >> 4 != 4:
        raise ValueError("not an IPv4 packet")
    return str(ipaddress.IPv4Address(packet[12:16])), str(ipaddress.IPv4Address(packet[16:20]))


def arp_reply(src_mac: str, src_ip: str, dst_mac: str, dst_ip: str, via: str | None = None) -> bytes:
    """An Ethernet frame that tells ``dst`` that ``src_ip`` is at ``src_mac``, whether it asked or not.

    via : the MAC that sends it, where that is another: by it the switch learns who is where
    """
    sender, receiver = _mac(src_mac), _mac(dst_mac)
    body = _ARP.pack(1, 0x0800, 6, 4, ARP_REPLY, sender, socket.inet_aton(src_ip), receiver, socket.inet_aton(dst_ip))
    return (receiver + _mac(via or src_mac) + struct.pack("!H", ARP_TYPE) + body).ljust(MIN_FRAME, b"\0")


def arp_ends(frame: bytes) -> tuple[str, str]:
    """(sender's, target's) IPv4 address of an ARP frame. Raises ValueError for what is none."""
    if len(frame) < 14 + _ARP.size or int.from_bytes(frame[12:14], "big") != ARP_TYPE:
        raise ValueError("not an ARP frame")
    fields = _ARP.unpack_from(frame, 14)
    return str(ipaddress.IPv4Address(fields[6])), str(ipaddress.IPv4Address(fields[8]))


def address_value(address: str) -> int:
    """The 32 bits of an IPv4 address."""
    return int(ipaddress.IPv4Address(address))


def checksum(data: bytes) -> int:
    """The internet checksum (RFC 1071)."""
    if len(data) % 2:
        data += b"\0"
    total: int = sum(struct.unpack(f"!{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def _with_checksum(src: str, dst: str, protocol: int, head: bytes, payload: bytes, at: int, ip_id: int) -> bytes:
    """``at``: where in the transport header its checksum belongs."""
    length = len(head) + len(payload)
    pseudo = socket.inet_aton(src) + socket.inet_aton(dst) + struct.pack("!BBH", 0, protocol, length)
    found = checksum(pseudo + head + payload)
    if found == 0 and protocol == socket.IPPROTO_UDP:
        found = 0xFFFF  # RFC 768: 0 says that there is no checksum
    return ipv4(src, dst, protocol, head[:at] + struct.pack("!H", found) + head[at + 2 :] + payload, ip_id)


def _mac(text: str) -> bytes:
    return bytes.fromhex(text.replace(":", ""))
