"""IPv4 packets as bytes, for a raw socket that takes whole packets (``IPPROTO_RAW``)."""

import socket
import struct
from typing import Final

SYN: Final = 2
_TTL: Final = 64


def syn(src: str, dst: str, *, src_port: int, dst_port: int, seq: int, window: int, ip_id: int) -> bytes:
    """A TCP SYN without options. The sequence number is the caller's: Mirai's scanner takes the target's address."""
    head = struct.pack("!HHIIBBHHH", src_port, dst_port, seq, 0, 5 << 4, SYN, window, 0, 0)
    return _packet(src, dst, socket.IPPROTO_TCP, head, payload=b"", at=16, ip_id=ip_id)


def datagram(src: str, dst: str, *, src_port: int, dst_port: int, payload: bytes, ip_id: int) -> bytes:
    """A UDP packet."""
    head = struct.pack("!HHHH", src_port, dst_port, 8 + len(payload), 0)
    return _packet(src, dst, socket.IPPROTO_UDP, head, payload=payload, at=6, ip_id=ip_id)


def address_value(address: str) -> int:
    """The 32 bits of an IPv4 address."""
    return int.from_bytes(socket.inet_aton(address), "big")


def checksum(data: bytes) -> int:
    """The internet checksum (RFC 1071)."""
    if len(data) % 2:
        data += b"\0"
    total: int = sum(struct.unpack(f"!{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def _packet(src: str, dst: str, proto: int, head: bytes, *, payload: bytes, at: int, ip_id: int) -> bytes:
    """``at``: where in the transport header its checksum belongs."""
    ends = socket.inet_aton(src) + socket.inet_aton(dst)
    length = len(head) + len(payload)
    found = checksum(ends + struct.pack("!BBH", 0, proto, length) + head + payload)
    if found == 0 and proto == socket.IPPROTO_UDP:
        found = 0xFFFF  # RFC 768: 0 says that there is no checksum
    head = head[:at] + struct.pack("!H", found) + head[at + 2 :]
    ip = struct.pack("!BBHHHBBH", 0x45, 0, 20 + length, ip_id, 0x4000, _TTL, proto, 0) + ends
    return ip[:10] + struct.pack("!H", checksum(ip)) + ip[12:] + head + payload
