import struct

import pytest

from botwarden.core.packet import MALFORMED, TRUNCATED
from botwarden.wire.ethertype import MAX_LABELS, MAX_TAGS
from captures import decoded, ethernet
from zoo import IP6_FRAME, IP_FRAME

PPP_IP = b"\x00\x21" + IP_FRAME


def labels(*values: int, bottom: bool = True) -> bytes:
    """An MPLS label stack."""
    return b"".join(
        struct.pack("!I", value << 12 | (0x100 if bottom and i == len(values) - 1 else 0) | 64)
        for i, value in enumerate(values)
    )


def vn_tag(then: int) -> bytes:
    return bytes(4) + struct.pack("!H", then)


@pytest.mark.parametrize("protocol", [0x8100, 0x88A8, 0x9100])
def test_vlan_tag(protocol: int) -> None:
    row = decoded(ethernet(IP_FRAME, vlans=[(protocol, 0xE123)]))
    assert (row["ethertype"], row["vlan"], row["ip_version"]) == (0x0800, 0x123, 4)


def test_the_outermost_of_two_tags_counts() -> None:
    row = decoded(ethernet(IP6_FRAME, vlans=[(0x88A8, 100), (0x8100, 7)]))
    assert (row["ethertype"], row["vlan"], row["ip_version"]) == (0x86DD, 100, 6)


def test_a_tower_of_tags_is_malformed() -> None:
    assert decoded(ethernet(IP_FRAME, vlans=[(0x8100, 1)] * MAX_TAGS))["ip_version"] == 4
    row = decoded(ethernet(IP_FRAME, vlans=[(0x8100, 1)] * (MAX_TAGS + 1)))
    assert (row["ip_version"], row["flags"]) == (0, MALFORMED)


def test_an_8023_length_is_no_ethertype() -> None:
    row = decoded(ethernet(b"\x42\x42\x03" + bytes(35), ethertype=38))
    assert (row["ethertype"], row["ip_version"], row["flags"]) == (0, 0, 0)


def test_snap_carries_ip() -> None:
    row = decoded(ethernet(b"\xaa\xaa\x03\0\0\0\x08\0" + IP_FRAME, ethertype=8 + len(IP_FRAME)))
    assert (row["ethertype"], row["src_port"]) == (0x0800, 40000)


def test_snap_of_a_vendor_does_not() -> None:
    row = decoded(ethernet(b"\xaa\xaa\x03\0\0\x0c\x08\0" + IP_FRAME, ethertype=8 + len(IP_FRAME)))
    assert (row["ethertype"], row["ip_version"]) == (0, 0)


def test_other_ethertypes_are_left_alone() -> None:
    row = decoded(ethernet(b"lldp", ethertype=0x88CC))
    assert (row["ethertype"], row["ip_version"], row["flags"]) == (0x88CC, 0, 0)


def test_a_priority_tag_is_no_vlan() -> None:
    assert decoded(ethernet(IP_FRAME, vlans=[(0x8100, 0xE000), (0x8100, 7)]))["vlan"] == 7


def test_vn_tag() -> None:
    row = decoded(ethernet(vn_tag(0x0800) + IP_FRAME, ethertype=0x8926))
    assert (row["ethertype"], row["vlan"], row["dst_port"]) == (0x0800, 0, 80)


def test_vn_tag_between_vlan_tags() -> None:
    inside = vn_tag(0x8100) + struct.pack("!HH", 33, 0x86DD) + IP6_FRAME
    row = decoded(ethernet(inside, ethertype=0x8926, vlans=[(0x8100, 12)]))
    assert (row["ethertype"], row["vlan"], row["dst_port"]) == (0x86DD, 12, 53)


@pytest.mark.parametrize("ethertype", [0x8847, 0x8848])
@pytest.mark.parametrize(("packet", "carried"), [(IP_FRAME, 0x0800), (IP6_FRAME, 0x86DD)])
def test_mpls(ethertype: int, packet: bytes, carried: int) -> None:
    row = decoded(ethernet(labels(100, 200, 300) + packet, ethertype=ethertype))
    assert (row["ethertype"], row["flags"] & (MALFORMED | TRUNCATED)) == (carried, 0)
    assert row["ip_start"] == 14 + 12


def test_mpls_of_something_else_is_left_alone() -> None:
    row = decoded(ethernet(labels(100) + bytes(40), ethertype=0x8847))
    assert (row["ethertype"], row["ip_version"], row["flags"]) == (0x8847, 0, 0)


def test_an_endless_label_stack_is_malformed() -> None:
    assert decoded(ethernet(labels(*[1] * MAX_LABELS) + IP_FRAME, ethertype=0x8847))["ip_version"] == 4
    row = decoded(ethernet(labels(*[1] * (MAX_LABELS + 1)) + IP_FRAME, ethertype=0x8847))
    assert (row["ip_version"], row["flags"]) == (0, MALFORMED)


def test_pppoe() -> None:
    row = decoded(ethernet(struct.pack("!HHH", 0x1100, 7, len(PPP_IP)) + PPP_IP, ethertype=0x8864, vlans=[(0x8100, 7)]))
    assert (row["ethertype"], row["vlan"], row["dst_port"], row["ip_start"]) == (0x0800, 7, 80, 18 + 8)


def test_pppoe_control_and_discovery_are_left_alone() -> None:
    for ethertype, protocol in ((0x8864, b"\xc0\x21"), (0x8863, b"\x00\x21")):
        row = decoded(ethernet(struct.pack("!HHH", 0x1100, 7, 9) + protocol + IP_FRAME, ethertype=ethertype))
        assert (row["ethertype"], row["ip_version"], row["flags"]) == (ethertype, 0, 0)


def test_pppoe_of_an_unknown_version_is_malformed() -> None:
    row = decoded(ethernet(struct.pack("!HHH", 0x2100, 7, len(PPP_IP)) + PPP_IP, ethertype=0x8864))
    assert (row["ip_version"], row["flags"]) == (0, MALFORMED)


@pytest.mark.parametrize(
    ("ethertype", "head"), [(0x8864, struct.pack("!HHH", 0x1100, 7, 99)), (0x8847, labels(1, 2)), (0x8926, vn_tag(0))]
)
def test_a_snap_length_within_them(ethertype: int, head: bytes) -> None:
    for length in range(len(head)):
        row = decoded(ethernet(head[:length], ethertype=ethertype), wire_len=200)
        assert row["flags"] == TRUNCATED
