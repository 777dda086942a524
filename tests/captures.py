"""Small captures for tests, built byte by byte: headers, frames, and the files around them.

Import it as ``from captures import ...``. Typical use::

    frame = ethernet(ipv4(tcp(sport=40000, dport=23, flags=SYN), src="192.168.0.9", dst="198.51.100.7"))
    path.write_bytes(pcap([(1700000000.0, frame), (1700000000.5, frame)]))

Addresses are text, payloads bytes, times seconds. Every header is filled in from what it holds unless a keyword
says otherwise. Checksums are left 0: nothing in botwarden looks at them.
"""

import ipaddress
import struct
from collections.abc import Iterable, Sequence
from fractions import Fraction
from typing import Any

from botwarden.core.packet import PacketBatch
from botwarden.wire.capture import CaptureReader

FIN, SYN, RST, PSH, ACK, URG = 1, 2, 4, 8, 16, 32
ICMP, IPIP, TCP, UDP, IPV6, GRE, ICMPV6 = 1, 4, 6, 17, 41, 47, 58

A_MAC, B_MAC = "02:00:00:00:00:0a", "02:00:00:00:00:0b"
A_IP, B_IP = "192.168.0.10", "192.168.0.11"
A_IP6, B_IP6 = "2001:db8::a", "2001:db8::b"

Timed = tuple[float, bytes] | tuple[float, bytes, int]
"""(ts in s, frame) or (ts in s, captured bytes, length on the wire)."""


def mac_bytes(text: str) -> bytes:
    return bytes.fromhex(text.replace(":", ""))


def ip_bytes(text: str) -> bytes:
    return ipaddress.ip_address(text).packed


# -- frames -------------------------------------------------------------------------------------------------------


def ethernet(
    payload: bytes,
    *,
    src: str = A_MAC,
    dst: str = B_MAC,
    ethertype: int | None = None,
    vlans: Sequence[tuple[int, int]] = (),
) -> bytes:
    """An Ethernet frame; `ethertype` is guessed from the payload's first nibble (IPv4, IPv6) where it is None.

    vlans : (tag protocol, VLAN id), outermost first, such as ``[(0x88A8, 100), (0x8100, 7)]``
    """
    if ethertype is None:
        ethertype = 0x86DD if payload[:1] and payload[0] >> 4 == 6 else 0x0800
    tags = b"".join(struct.pack("!HH", protocol, vlan) for protocol, vlan in vlans)
    return mac_bytes(dst) + mac_bytes(src) + tags + struct.pack("!H", ethertype) + payload


def ipv4(
    payload: bytes,
    *,
    src: str = A_IP,
    dst: str = B_IP,
    proto: int = TCP,
    ttl: int = 64,
    ident: int = 0,
    options: bytes = b"",
    fragment_offset: int = 0,
    more_fragments: bool = False,
    total_length: int | None = None,
) -> bytes:
    """An IPv4 packet. `options` in whole words of 4 bytes, `fragment_offset` in units of 8 bytes."""
    ihl = 5 + len(options) // 4
    length = ihl * 4 + len(payload) if total_length is None else total_length
    fragment = fragment_offset | (0x2000 if more_fragments else 0)
    head = struct.pack("!BBHHHBBH", 0x40 | ihl, 0, length, ident, fragment, ttl, proto, 0)
    return head + ip_bytes(src) + ip_bytes(dst) + options + payload


def ipv6(
    payload: bytes,
    *,
    src: str = A_IP6,
    dst: str = B_IP6,
    next_header: int = TCP,
    hop_limit: int = 64,
    payload_length: int | None = None,
) -> bytes:
    """An IPv6 packet. Extension headers are part of `payload`: see `extension` and `fragment_header`."""
    length = len(payload) if payload_length is None else payload_length
    return struct.pack("!IHBB", 6 << 28, length, next_header, hop_limit) + ip_bytes(src) + ip_bytes(dst) + payload


def extension(next_header: int, *, words: int = 0) -> bytes:
    """A hop-by-hop, routing or destination options header of ``8 * (words + 1)`` bytes."""
    return bytes([next_header, words]) + bytes(6 + 8 * words)


def fragment_header(next_header: int, *, offset: int = 0, more: bool = False, ident: int = 0) -> bytes:
    """An IPv6 fragment header; `offset` in units of 8 bytes."""
    return struct.pack("!BBHI", next_header, 0, offset << 3 | int(more), ident)


def tcp(
    payload: bytes = b"",
    *,
    sport: int = 40000,
    dport: int = 80,
    seq: int = 0,
    ack: int = 0,
    flags: int = SYN,
    window: int = 65535,
    options: bytes = b"",
) -> bytes:
    """A TCP segment. `options` in whole words of 4 bytes."""
    offset = (5 + len(options) // 4) << 4
    return struct.pack("!HHIIBBHHH", sport, dport, seq, ack, offset, flags, window, 0, 0) + options + payload


def udp(payload: bytes = b"", *, sport: int = 40000, dport: int = 53, length: int | None = None) -> bytes:
    return struct.pack("!HHHH", sport, dport, 8 + len(payload) if length is None else length, 0) + payload


def icmp(kind: int = 8, code: int = 0, body: bytes = b"", *, rest: int = 0) -> bytes:
    """An ICMP or ICMPv6 message; `rest` is the second word of its header, `body` what follows."""
    return struct.pack("!BBHI", kind, code, 0, rest) + body


def arp(
    op: int = 1,
    *,
    sender_mac: str = A_MAC,
    sender_ip: str = A_IP,
    target_mac: str = "00:00:00:00:00:00",
    target_ip: str = B_IP,
) -> bytes:
    """An ARP packet (RFC 826); put it into ``ethernet(..., ethertype=0x0806)`` or use `arp_frame`."""
    ends = mac_bytes(sender_mac) + ip_bytes(sender_ip) + mac_bytes(target_mac) + ip_bytes(target_ip)
    return struct.pack("!HHBBH", 1, 0x0800, 6, 4, op) + ends


def gre(
    payload: bytes, *, protocol: int = 0x0800, checksum: bool = False, key: int | None = None, seq: int | None = None
) -> bytes:
    """A GRE packet (RFC 2784, 2890)."""
    flags = (0x8000 if checksum else 0) | (0x2000 if key is not None else 0) | (0x1000 if seq is not None else 0)
    fields = (bytes(4) if checksum else b"") + b"".join(struct.pack("!I", v) for v in (key, seq) if v is not None)
    return struct.pack("!HH", flags, protocol) + fields + payload


def tcp_frame(
    src: str = A_IP,
    sport: int = 40000,
    dst: str = B_IP,
    dport: int = 80,
    flags: int = SYN,
    *,
    payload: bytes = b"",
    src_mac: str = A_MAC,
    dst_mac: str = B_MAC,
    seq: int = 0,
    ack: int = 0,
    window: int = 65535,
) -> bytes:
    """Ethernet, IPv4 or IPv6 (as the addresses are), TCP."""
    segment = tcp(payload, sport=sport, dport=dport, flags=flags, seq=seq, ack=ack, window=window)
    return ip_frame(segment, TCP, src, dst, src_mac=src_mac, dst_mac=dst_mac)


def udp_frame(
    src: str = A_IP,
    sport: int = 40000,
    dst: str = B_IP,
    dport: int = 53,
    *,
    payload: bytes = b"",
    src_mac: str = A_MAC,
    dst_mac: str = B_MAC,
) -> bytes:
    """Ethernet, IPv4 or IPv6 (as the addresses are), UDP."""
    datagram = udp(payload, sport=sport, dport=dport)
    return ip_frame(datagram, UDP, src, dst, src_mac=src_mac, dst_mac=dst_mac)


def icmp_frame(
    src: str = A_IP,
    dst: str = B_IP,
    kind: int = 8,
    code: int = 0,
    body: bytes = b"",
    *,
    src_mac: str = A_MAC,
    dst_mac: str = B_MAC,
) -> bytes:
    """Ethernet, IPv4, ICMP; or IPv6, ICMPv6 where the addresses are IPv6."""
    proto = ICMPV6 if ":" in src else ICMP
    return ip_frame(icmp(kind, code, body), proto, src, dst, src_mac=src_mac, dst_mac=dst_mac)


def ip_frame(
    payload: bytes, proto: int, src: str = A_IP, dst: str = B_IP, *, src_mac: str = A_MAC, dst_mac: str = B_MAC
) -> bytes:
    """Ethernet and IPv4 or IPv6 (as the addresses are) around any transport."""
    v6 = ":" in src
    packet = ipv6(payload, src=src, dst=dst, next_header=proto) if v6 else ipv4(payload, src=src, dst=dst, proto=proto)
    return ethernet(packet, src=src_mac, dst=dst_mac)


def arp_frame(
    op: int = 1,
    *,
    sender_mac: str = A_MAC,
    sender_ip: str = A_IP,
    target_mac: str = "00:00:00:00:00:00",
    target_ip: str = B_IP,
) -> bytes:
    """An Ethernet ARP frame: requests (op 1) go to the broadcast address, replies (op 2) to the target."""
    packet = arp(op, sender_mac=sender_mac, sender_ip=sender_ip, target_mac=target_mac, target_ip=target_ip)
    return ethernet(packet, src=sender_mac, dst="ff:ff:ff:ff:ff:ff" if op == 1 else target_mac, ethertype=0x0806)


# -- reading them back --------------------------------------------------------------------------------------------


def batches_of(data: bytes, *, piece: int = 1 << 20) -> list[PacketBatch]:
    """The packets of a capture's bytes, read in pieces of the given size. Raises CaptureError as reading does."""
    reader = CaptureReader("test")
    pieces = (data[at : at + piece] for at in range(0, len(data), piece))
    batches = [batch for some in pieces for batch in reader.feed(some)]
    reader.finish()
    return batches


def batch_of(frames: Iterable[Timed], *, link_type: int = 1) -> PacketBatch:
    """One batch of (ts, frame) or (ts, captured, wire length), decoded."""
    (batch,) = batches_of(pcap(frames, link_type=link_type))
    return batch


def decoded(frame: bytes, *, link_type: int = 1, wire_len: int | None = None) -> Any:
    """The PACKET row of one frame."""
    return batch_of([(1.0, frame, len(frame) if wire_len is None else wire_len)], link_type=link_type).packets[0]


# -- pcap ---------------------------------------------------------------------------------------------------------


def pcap_header(link_type: int = 1, *, big: bool = False, nano: bool = False, snaplen: int = 262144) -> bytes:
    order = ">" if big else "<"
    magic = 0xA1B23C4D if nano else 0xA1B2C3D4
    return struct.pack(f"{order}IHHiIII", magic, 2, 4, 0, 0, snaplen, link_type)


def pcap_record(sec: int, fraction: int, frame: bytes, wire_len: int | None = None, *, big: bool = False) -> bytes:
    """One record; `fraction` in micro- or nanoseconds, as the file's header says."""
    order = ">" if big else "<"
    return struct.pack(f"{order}IIII", sec, fraction, len(frame), len(frame) if wire_len is None else wire_len) + frame


def pcap(
    frames: Iterable[Timed], *, link_type: int = 1, big: bool = False, nano: bool = False, snaplen: int = 262144
) -> bytes:
    """A pcap file of (ts, frame) or (ts, captured, wire length)."""
    parts = [pcap_header(link_type, big=big, nano=nano, snaplen=snaplen)]
    for ts, frame, *wire in frames:
        sec, fraction = _split(ts, 1_000_000_000 if nano else 1_000_000)
        parts.append(pcap_record(sec, fraction, frame, wire[0] if wire else None, big=big))
    return b"".join(parts)


def _split(ts: float, per_second: int) -> tuple[int, int]:
    return divmod(round(Fraction(ts) * per_second), per_second)


# -- pcapng -------------------------------------------------------------------------------------------------------


def block(kind: int, body: bytes, *, big: bool = False) -> bytes:
    """A pcapng block of any type; the body is padded to whole words."""
    order = ">" if big else "<"
    body += bytes(-len(body) % 4)
    size = 12 + len(body)
    return struct.pack(f"{order}II", kind, size) + body + struct.pack(f"{order}I", size)


def option(code: int, value: bytes, *, big: bool = False) -> bytes:
    order = ">" if big else "<"
    return struct.pack(f"{order}HH", code, len(value)) + value + bytes(-len(value) % 4)


def section_header(*, big: bool = False) -> bytes:
    order = ">" if big else "<"
    return block(0x0A0D0D0A, struct.pack(f"{order}IHHq", 0x1A2B3C4D, 1, 0, -1), big=big)


def interface_description(
    link_type: int = 1,
    *,
    snaplen: int = 0,
    tsresol: int | None = None,
    tsoffset: int | None = None,
    big: bool = False,
) -> bytes:
    """An interface description; `tsresol` is the raw byte of if_tsresol (9: nanoseconds, 0x80 | n: powers of two)."""
    order = ">" if big else "<"
    options = b"" if tsresol is None else option(9, bytes([tsresol]), big=big)
    if tsoffset is not None:
        options += option(14, struct.pack(f"{order}q", tsoffset), big=big)
    if options:
        options += option(0, b"", big=big)
    return block(1, struct.pack(f"{order}HHI", link_type, 0, snaplen) + options, big=big)


def enhanced_packet(
    units: int,
    frame: bytes,
    *,
    interface: int = 0,
    wire_len: int | None = None,
    options: bytes = b"",
    big: bool = False,
) -> bytes:
    """An enhanced packet block; `units` is the time stamp in the interface's resolution."""
    return block(6, _packet_body("I", (interface,), units, frame, wire_len, big=big) + options, big=big)


def obsolete_packet(
    units: int, frame: bytes, *, interface: int = 0, wire_len: int | None = None, big: bool = False
) -> bytes:
    """The packet block that the enhanced packet block replaced."""
    return block(2, _packet_body("HH", (interface, 0), units, frame, wire_len, big=big), big=big)


def simple_packet(frame: bytes, *, wire_len: int | None = None, big: bool = False) -> bytes:
    order = ">" if big else "<"
    return block(3, struct.pack(f"{order}I", len(frame) if wire_len is None else wire_len) + frame, big=big)


def _packet_body(
    kind: str, interface: tuple[Any, ...], units: int, frame: bytes, wire_len: int | None, *, big: bool
) -> bytes:
    order = ">" if big else "<"
    length = len(frame) if wire_len is None else wire_len
    head = struct.pack(f"{order}{kind}IIII", *interface, units >> 32, units & 0xFFFFFFFF, len(frame), length)
    return head + frame + bytes(-len(frame) % 4)


def pcapng(frames: Iterable[Timed], *, link_type: int = 1, big: bool = False) -> bytes:
    """A pcapng file with one section, one interface (microseconds) and enhanced packets."""
    parts = [section_header(big=big), interface_description(link_type, big=big)]
    for ts, frame, *wire in frames:
        parts.append(
            enhanced_packet(round(Fraction(ts) * 1_000_000), frame, wire_len=wire[0] if wire else None, big=big)
        )
    return b"".join(parts)
