import struct

import pytest

from botwarden.core.address import mac_text
from botwarden.core.packet import HAS_IP, INNER_FRAME, MALFORMED, TRUNCATED
from botwarden.wire.frame import inner_batch
from botwarden.wire.tunnel import MAX_GTP_EXTENSIONS
from captures import A_MAC, B_MAC, GRE, UDP, batch_of, decoded, ethernet, gre, ipv4, ipv6, udp
from zoo import IP6_FRAME, IP_FRAME

BROKEN = TRUNCATED | MALFORMED
FRAME = ethernet(IP_FRAME, vlans=[(0x8100, 9)], src=B_MAC, dst=A_MAC)


def inside(packet: bytes, proto: int = GRE) -> list[tuple[int, int]]:
    """Destination port and VLAN of the packets in a tunnel."""
    inner = inner_batch(batch_of([(1.0, ethernet(ipv4(packet, proto=proto)))]))
    return [(int(row["dst_port"]), int(row["vlan"])) for row in inner.packets]


@pytest.mark.parametrize("checksum", [False, True])
@pytest.mark.parametrize("key", [None, 7])
@pytest.mark.parametrize("seq", [None, 8])
def test_gre(checksum: bool, key: int | None, seq: int | None) -> None:
    row = decoded(ethernet(ipv4(gre(IP_FRAME, checksum=checksum, key=key, seq=seq), proto=GRE)))
    header = 4 + 4 * (checksum + (key is not None) + (seq is not None))
    assert (row["inner"], row["payload"], row["payload_len"]) == (34 + header, 34 + header, len(IP_FRAME))
    assert (row["proto"], row["src_port"]) == (GRE, 0)


def test_gre_with_ethernet_inside() -> None:
    row = decoded(ethernet(ipv4(gre(ethernet(IP6_FRAME), protocol=0x6558), proto=GRE)))
    assert (row["payload"], row["inner"], row["flags"]) == (38, 38, HAS_IP | INNER_FRAME)


def test_gre_of_something_else_has_nothing_inner() -> None:
    row = decoded(ethernet(ipv4(gre(b"x" * 40, protocol=0x9000), proto=GRE)))
    assert (row["inner"], row["payload_len"]) == (0, 40)


@pytest.mark.parametrize(("bits", "header"), [(0x2001, 8), (0x3001, 12), (0x3081, 16)])
def test_gre_of_pptp(bits: int, header: int) -> None:
    row = decoded(ethernet(ipv4(struct.pack("!HH", bits, 0x880B) + bytes(header - 4) + b"ppp", proto=GRE)))
    assert (row["payload"], row["payload_len"], row["inner"]) == (34 + header, 3, 0)


def test_a_snap_length_within_gre() -> None:
    frame = ethernet(ipv4(gre(IP_FRAME, key=1), proto=GRE))
    row = decoded(frame[:40], wire_len=len(frame))
    assert (row["flags"] & BROKEN, row["inner"]) == (TRUNCATED, 0)


def test_erspan() -> None:
    """Type I has neither sequence number nor header of its own, type II both, type III another header."""
    assert inside(gre(FRAME, protocol=0x88BE)) == [(80, 9)]
    assert inside(gre(bytes([0x10]) + bytes(7) + FRAME, protocol=0x88BE, seq=1)) == [(80, 9)]
    assert inside(gre(bytes([0x20]) + bytes(11) + FRAME, protocol=0x22EB, seq=1)) == [(80, 9)]
    assert inside(gre(bytes([0x20]) + bytes(10) + b"\1" + bytes(8) + FRAME, protocol=0x22EB, seq=1)) == [(80, 9)]


def test_erspan_with_ip_or_something_else_in_it() -> None:
    assert inside(gre(bytes(10) + bytes([2 << 2, 0]) + IP6_FRAME, protocol=0x22EB, seq=1)) == [(53, 0)]
    assert inside(gre(bytes(10) + bytes([7 << 2, 0]) + FRAME, protocol=0x22EB, seq=1)) == []
    assert inside(gre(bytes(11), protocol=0x22EB, seq=1)) == []


def test_a_frame_in_a_tunnel_has_its_own_addresses() -> None:
    outer = ethernet(ipv4(gre(FRAME, protocol=0x88BE), proto=GRE), vlans=[(0x8100, 4)])
    (row,) = inner_batch(batch_of([(1.0, outer)])).packets
    assert (mac_text(int(row["src_mac"])), mac_text(int(row["dst_mac"])), row["vlan"]) == (B_MAC, A_MAC, 9)


def test_pptp_carries_ppp() -> None:
    for head in (b"\xff\x03\x00\x21", b"\x21"):
        packet = struct.pack("!HHHHI", 0x3001, 0x880B, len(head + IP_FRAME), 1, 2) + head + IP_FRAME
        assert inside(packet) == [(80, 0)]
    outer = decoded(
        ethernet(ipv6(struct.pack("!HHHHI", 0x3001, 0x880B, 9, 1, 2) + b"\x21" + IP_FRAME, next_header=GRE))
    )
    assert outer["ethertype"] == 0x86DD


def test_vxlan() -> None:
    head = struct.pack("!II", 0x08000000, 77 << 8)
    assert inside(udp(head + FRAME, dport=4789), UDP) == [(80, 9)]
    assert inside(udp(struct.pack("!II", 0x0C000003, 77 << 8) + FRAME, dport=4789), UDP) == [(80, 9)]
    assert inside(udp(b"x" * 8 + FRAME, dport=4789), UDP) == []
    assert inside(udp(head + FRAME, dport=4788), UDP) == []


def test_geneve() -> None:
    head = struct.pack("!BBHI", 2, 0, 0x6558, 77 << 8) + bytes(8)
    assert inside(udp(head + FRAME, dport=6081), UDP) == [(80, 9)]
    assert inside(udp(struct.pack("!BBHI", 0, 0, 0x86DD, 77 << 8) + IP6_FRAME, dport=6081), UDP) == [(53, 0)]
    assert inside(udp(b"\xff" * 8 + FRAME, dport=6081), UDP) == []
    assert inside(udp(struct.pack("!BBHI", 0, 0, 0x0800, 0) + b"x" * 40, dport=6081), UDP) == []


def gtp(packet: bytes, bits: int = 0x30, more: bytes = b"", kind: int = 255) -> bytes:
    return udp(struct.pack("!BBHI", bits, kind, len(more + packet), 5) + more + packet, sport=2152, dport=2152)


def test_gtp() -> None:
    assert inside(gtp(IP_FRAME), UDP) == [(80, 0)]
    assert inside(gtp(IP6_FRAME, 0x32, bytes(4)), UDP) == [(53, 0)]
    extensions = bytes(3) + b"\x85" + b"\1\0\0\x85" + b"\2" + bytes(7)
    assert inside(gtp(IP_FRAME, 0x34, extensions), UDP) == [(80, 0)]
    assert inside(gtp(IP_FRAME, kind=1), UDP) == []
    assert inside(gtp(IP_FRAME + b"x"), UDP) == []


def test_gtp_extensions_without_an_end() -> None:
    head = bytes(3) + b"\x85"
    assert inside(gtp(IP_FRAME, 0x34, head + b"\1\0\0\x85" * MAX_GTP_EXTENSIONS + b"\1\0\0\0"), UDP) == []
    assert inside(gtp(IP_FRAME, 0x34, head + b"\0\0\0\x85"), UDP) == []


@pytest.mark.parametrize("ports", [{"sport": 3544}, {"dport": 3544}])
@pytest.mark.parametrize("head", [b"", bytes(8), b"\0\1\2\2" + bytes(13), b"\0\1\0\0" + bytes(9) + bytes(8)])
def test_teredo(ports: dict[str, int], head: bytes) -> None:
    assert inside(udp(head + IP6_FRAME, **ports), UDP) == [(53, 0)]
    assert inside(udp(head + IP6_FRAME + b"x", **ports), UDP) == []


def test_a_fragment_of_a_tunnel_over_udp_is_not_followed() -> None:
    packet = udp(struct.pack("!II", 0x08000000, 0) + FRAME, dport=4789)
    assert decoded(ethernet(ipv4(packet, proto=UDP, more_fragments=True)))["inner"] == 0
