import struct

import pytest

from botwarden.core.address import ip_text, mac_text
from botwarden.core.packet import FRAGMENT, HAS_IP, HAS_PORTS, LATER_FRAGMENT, MALFORMED, TRUNCATED
from captures import (
    A_IP,
    A_IP6,
    A_MAC,
    B_IP,
    B_IP6,
    UDP,
    arp,
    arp_frame,
    decoded,
    ethernet,
    ipv4,
    ipv6,
    tcp,
    udp,
)

BROKEN = TRUNCATED | MALFORMED


def ends(row: object) -> tuple[str, str]:
    return ip_text(row["src_ip_hi"], row["src_ip_lo"]), ip_text(row["dst_ip_hi"], row["dst_ip_lo"])


def test_ipv4() -> None:
    row = decoded(ethernet(ipv4(tcp(b"abc"), ttl=55, ident=0xBEEF)))
    assert ends(row) == (A_IP, B_IP)
    assert (row["ip_version"], row["ip_len"], row["ttl"], row["ip_id"], row["proto"]) == (4, 43, 55, 0xBEEF, 6)
    assert row["flags"] == HAS_IP | HAS_PORTS


def test_ipv4_options() -> None:
    row = decoded(ethernet(ipv4(tcp(b"abc", dport=8080), options=b"\1" * 40)))
    assert (row["dst_port"], row["payload"], row["payload_len"]) == (8080, 14 + 60 + 20, 3)


def test_ipv4_first_fragment() -> None:
    row = decoded(ethernet(ipv4(udp(b"x" * 8, dport=53, length=3000), proto=UDP, more_fragments=True)))
    assert row["flags"] == HAS_IP | HAS_PORTS | FRAGMENT
    assert (row["dst_port"], row["payload_len"]) == (53, 8)


@pytest.mark.parametrize("more", [False, True])
def test_ipv4_later_fragment_has_no_ports(more: bool) -> None:
    row = decoded(ethernet(ipv4(b"x" * 24, proto=UDP, fragment_offset=185, more_fragments=more)))
    assert row["flags"] == HAS_IP | FRAGMENT | LATER_FRAGMENT
    assert (row["src_port"], row["proto"], row["payload"], row["payload_len"]) == (0, UDP, 34, 24)


def test_ipv4_do_not_fragment_is_no_fragment() -> None:
    packet = bytearray(ipv4(tcp()))
    packet[6] = 0x40
    assert decoded(ethernet(bytes(packet)))["flags"] & FRAGMENT == 0


def test_ipv4_without_a_length_reaches_to_the_end_of_the_frame() -> None:
    row = decoded(ethernet(ipv4(tcp(b"x" * 100), total_length=0)))
    assert (row["ip_len"], row["payload_len"], row["flags"] & BROKEN) == (140, 100, 0)


def test_ipv4_length_is_that_of_the_header_whatever_was_captured() -> None:
    frame = ethernet(ipv4(tcp(b"x" * 1000)))
    row = decoded(frame[:60], wire_len=len(frame))
    assert (row["ip_len"], row["payload_len"], row["cap_len"], row["wire_len"]) == (1040, 1000, 60, 1054)
    assert row["flags"] & BROKEN == 0


@pytest.mark.parametrize(
    ("at", "value"), [(0, 0x65), (0, 0x44), (3, 19)], ids=["version", "header too short", "shorter than its header"]
)
def test_an_ipv4_header_that_contradicts_itself(at: int, value: int) -> None:
    packet = bytearray(ipv4(tcp()))
    packet[at] = value
    row = decoded(ethernet(bytes(packet), ethertype=0x0800))
    assert (row["flags"], row["ip_version"], row["src_ip_lo"], row["dst_port"]) == (MALFORMED, 0, 0, 0)


def test_a_snap_length_within_the_ipv4_header() -> None:
    frame = ethernet(ipv4(tcp()))
    row = decoded(frame[:30], wire_len=len(frame))
    assert (row["flags"], row["ip_version"], row["ethertype"]) == (TRUNCATED, 0, 0x0800)


def test_a_snap_length_within_the_ipv4_options() -> None:
    frame = ethernet(ipv4(tcp(), options=bytes(8)))
    row = decoded(frame[:36], wire_len=len(frame))
    assert (row["flags"], ends(row), row["dst_port"]) == (TRUNCATED | HAS_IP, (A_IP, B_IP), 0)


def test_ipv6() -> None:
    row = decoded(ethernet(ipv6(udp(b"abc", dport=5353), next_header=UDP, hop_limit=3)))
    assert ends(row) == (A_IP6, B_IP6)
    assert (row["ip_version"], row["ip_len"], row["ttl"], row["proto"], row["ip_id"]) == (6, 51, 3, UDP, 0)
    assert (row["dst_port"], row["payload"], row["payload_len"]) == (5353, 62, 3)


def test_ipv6_without_a_length_reaches_to_the_end_of_the_frame() -> None:
    row = decoded(ethernet(ipv6(tcp(b"x" * 100), payload_length=0)))
    assert (row["ip_len"], row["payload_len"]) == (160, 100)


def test_ipv6_no_next_header_is_empty() -> None:
    row = decoded(ethernet(ipv6(b"", next_header=59) + b"padding"))
    assert (row["proto"], row["ip_len"], row["payload_len"]) == (59, 40, 0)


def test_ipv6_of_another_version() -> None:
    row = decoded(ethernet(ipv4(bytes(60)), ethertype=0x86DD))
    assert (row["flags"], row["ip_version"]) == (MALFORMED, 0)


@pytest.mark.parametrize("op", [1, 2])
def test_arp(op: int) -> None:
    row = decoded(arp_frame(op) + bytes(18))
    assert (row["arp_op"], row["ip_version"], row["proto"], row["flags"]) == (op, 0, 0, HAS_IP)
    assert ends(row) == (A_IP, B_IP)
    assert mac_text(int(row["src_mac"])) == A_MAC


def test_arp_of_other_hardware() -> None:
    packet = struct.pack("!HHBBH", 32, 0x0800, 20, 4, 1) + bytes(20) + b"\x0a\0\0\1" + bytes(20) + b"\x0a\0\0\2"
    assert ends(decoded(ethernet(packet, ethertype=0x0806))) == ("10.0.0.1", "10.0.0.2")


def test_arp_for_another_protocol_has_no_addresses() -> None:
    packet = struct.pack("!HHBBH", 1, 0x809B, 6, 4, 1) + bytes(20)
    row = decoded(ethernet(packet, ethertype=0x0806))
    assert (row["arp_op"], row["flags"], row["src_ip_lo"]) == (1, 0, 0)


def test_arp_with_ipv4_addresses_of_another_size_is_malformed() -> None:
    row = decoded(ethernet(struct.pack("!HHBBH", 1, 0x0800, 6, 16, 1) + bytes(44), ethertype=0x0806))
    assert (row["flags"], row["src_ip_lo"]) == (MALFORMED, 0)


def test_an_arp_operation_beyond_a_byte_is_not_taken_for_a_request() -> None:
    assert decoded(ethernet(arp(257), ethertype=0x0806))["arp_op"] == 255


def test_a_snap_length_within_arp() -> None:
    frame = arp_frame(1)
    row = decoded(frame[:30], wire_len=len(frame))
    assert (row["flags"], row["arp_op"]) == (TRUNCATED, 1)
