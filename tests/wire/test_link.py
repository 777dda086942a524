import struct

import pytest

from botwarden.core.address import mac_text
from botwarden.core.packet import MALFORMED, TRUNCATED
from botwarden.wire.linktype import DECODED
from captures import A_MAC, B_MAC, arp, decoded, ethernet, ipv4, tcp
from zoo import IP6_FRAME, IP_FRAME, OTHER_FRAMES, SLL2_FRAME, SLL_FRAME


def test_ethernet_addresses() -> None:
    row = decoded(ethernet(IP_FRAME))
    assert mac_text(int(row["src_mac"])) == A_MAC
    assert mac_text(int(row["dst_mac"])) == B_MAC
    assert (row["ethertype"], row["vlan"], row["ip_version"]) == (0x0800, 0, 4)


@pytest.mark.parametrize("length", [0, 5, 11, 12, 13])
def test_a_snap_length_within_the_ethernet_header(length: int) -> None:
    frame = ethernet(IP_FRAME)
    row = decoded(frame[:length], wire_len=len(frame))
    assert row["flags"] == TRUNCATED
    assert (row["src_mac"] != 0) == (length >= 12)


def test_a_frame_shorter_than_its_header_is_malformed() -> None:
    assert decoded(b"runt")["flags"] == MALFORMED


def test_linux_cooked() -> None:
    row = decoded(SLL_FRAME, link_type=113)
    assert mac_text(int(row["src_mac"])) == "02:03:04:05:06:07"
    assert (row["dst_mac"], row["ethertype"], row["dst_port"]) == (0, 0x0800, 80)


def test_linux_cooked_2() -> None:
    row = decoded(SLL2_FRAME, link_type=276)
    assert mac_text(int(row["src_mac"])) == "02:03:04:05:06:07"
    assert (row["dst_mac"], row["ethertype"], row["dst_port"]) == (0, 0x86DD, 53)


def test_linux_cooked_with_a_vlan_tag_and_arp() -> None:
    frame = struct.pack("!HHH8sHHH", 0, 1, 6, bytes(8), 0x8100, 42, 0x0806) + arp(1)
    row = decoded(frame, link_type=113)
    assert (row["vlan"], row["arp_op"]) == (42, 1)


def test_linux_cooked_netlink_is_not_taken_for_ip() -> None:
    row = decoded(struct.pack("!HHH8sH", 0, 824, 0, bytes(8), 0x0800) + IP_FRAME, link_type=113)
    assert (row["ip_version"], row["flags"]) == (0, 0)


@pytest.mark.parametrize("link_type", [0, 108])
@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize(
    ("family", "packet", "version"), [(2, IP_FRAME, 4)] + [(n, IP6_FRAME, 6) for n in (10, 24, 28, 30)]
)
def test_bsd_loopback(link_type: int, order: str, family: int, packet: bytes, version: int) -> None:
    row = decoded(struct.pack(f"{order}I", family) + packet, link_type=link_type)
    assert (row["ip_version"], row["src_mac"], row["flags"] & (TRUNCATED | MALFORMED)) == (version, 0, 0)


def test_bsd_loopback_of_another_family() -> None:
    row = decoded(struct.pack("<I", 7) + IP_FRAME, link_type=0)
    assert (row["ip_version"], row["ethertype"], row["flags"]) == (0, 0, 0)


@pytest.mark.parametrize(
    ("link_type", "version"), [(12, 4), (12, 6), (14, 4), (14, 6), (101, 4), (101, 6), (228, 4), (229, 6)]
)
def test_raw_ip(link_type: int, version: int) -> None:
    row = decoded(IP_FRAME if version == 4 else IP6_FRAME, link_type=link_type)
    assert row["ip_version"] == version
    assert row["ethertype"] == (0x0800 if version == 4 else 0x86DD)


@pytest.mark.parametrize(("link_type", "packet"), [(228, IP6_FRAME), (229, IP_FRAME), (101, b"\x50" + bytes(40))])
def test_raw_ip_of_the_wrong_version_is_malformed(link_type: int, packet: bytes) -> None:
    row = decoded(packet, link_type=link_type)
    assert (row["ip_version"], row["flags"]) == (0, MALFORMED)


def test_ethernet_padding_is_no_payload() -> None:
    row = decoded(ethernet(ipv4(tcp())) + bytes(6))
    assert (row["payload_len"], row["ip_len"], row["wire_len"]) == (0, 40, 60)


@pytest.mark.parametrize(
    "link_type", sorted({9, 50, 51, 105, 127, 239} & DECODED), ids=lambda link_type: f"link type {link_type}"
)
def test_link_types_with_readers_of_their_own(link_type: int) -> None:
    frame = next(frame for link, frame in OTHER_FRAMES if link == link_type)
    row = decoded(frame, link_type=link_type)
    assert (row["ethertype"], row["ip_version"]) in {(0x0800, 4), (0x86DD, 6)}
    assert row["flags"] & (TRUNCATED | MALFORMED) == 0


@pytest.mark.parametrize("link_type", [9, 50, 51, 105, 127, 239])
def test_link_types_with_readers_of_their_own_cut_at_once(link_type: int) -> None:
    frame = next(frame for link, frame in OTHER_FRAMES if link == link_type)
    assert decoded(frame[:1], link_type=link_type, wire_len=len(frame))["flags"] & TRUNCATED
