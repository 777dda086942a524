from typing import Any

import numpy as np
import pytest

from botwarden.core.address import ip_halves
from botwarden.core.packet import (
    ETHERTYPE_ARP,
    ETHERTYPE_IPV4,
    GRE,
    HAS_IP,
    HAS_PORTS,
    ICMP,
    ICMPV6,
    LATER_FRAGMENT,
    PACKET,
    QUOTED_PORTS,
    TCP,
    UDP,
)
from botwarden.features.keys import CHANNEL, HOST, SELF, SOCKET, SOURCE, TABLES, fill_keys
from botwarden.features.table import KEY_WORDS

A, B, A6, B6 = "192.168.0.1", "192.168.0.2", "2001:db8::1", "2001:db8::2"


def packet(src: str | None = A, dst: str | None = B, **fields: Any) -> Any:
    row = np.zeros(1, PACKET)
    row["src_mac"], row["dst_mac"] = 0xA, 0xB
    if src is not None and dst is not None:
        row["src_ip_hi"], row["src_ip_lo"] = ip_halves(src)
        row["dst_ip_hi"], row["dst_ip_lo"] = ip_halves(dst)
        row["flags"] = HAS_IP
        row["ip_version"] = 6 if ":" in src else 4
        row["ethertype"] = ETHERTYPE_IPV4
    for name, value in fields.items():
        row[name] = row[name] | value if name == "flags" else value
    return row


def ports(src_port: int, dst_port: int, **fields: Any) -> dict[str, Any]:
    return {"src_port": src_port, "dst_port": dst_port, "flags": HAS_PORTS, "proto": TCP} | fields


def streams(*packets: Any) -> list[list[tuple[int, ...]]]:
    """Per packet and table, its key with its side at the end."""
    rows = np.concatenate(packets)
    keys = np.zeros((TABLES, len(rows), KEY_WORDS), np.int64)
    sides = np.zeros((TABLES, len(rows)), np.int64)
    fill_keys(rows, 0, len(rows), keys, sides)
    return [[(*keys[t, i].tolist(), int(sides[t, i])) for t in range(TABLES)] for i in range(len(rows))]


def same(table: int, one: Any, two: Any) -> bool:
    """Whether two packets belong to the same stream."""
    first, second = streams(one, two)
    return first[table] == second[table]


def reverse(table: int, one: Any, two: Any) -> bool:
    """Whether two packets belong to streams that are each other's reverse."""
    first, second = streams(one, two)
    return first[table][:-1] == second[table][:-1] and {first[table][-1], second[table][-1]} == {0, 1}


def test_the_source_is_mac_and_address() -> None:
    assert same(SOURCE, packet(), packet(dst="10.0.0.9", dst_mac=0xC))
    assert not same(SOURCE, packet(), packet(src_mac=0xC))
    assert not same(SOURCE, packet(), packet(src="192.168.0.3"))


def test_the_host_is_the_address_alone() -> None:
    assert same(HOST, packet(), packet(src_mac=0xC, dst="10.0.0.9"))
    assert not same(HOST, packet(), packet(src="192.168.0.3"))


@pytest.mark.parametrize(("a", "b"), [(A, B), (A6, B6), ("2001:db8:1::9", "2001:db8:2::1"), ("10.0.0.1", "fe80::1")])
def test_a_channel_has_two_directions(a: str, b: str) -> None:
    assert same(CHANNEL, packet(a, b), packet(a, b, **ports(1, 2)))
    assert reverse(CHANNEL, packet(a, b), packet(b, a))


def test_a_socket_has_two_directions() -> None:
    assert same(SOCKET, packet(**ports(4000, 23)), packet(**ports(4000, 23)))
    assert reverse(SOCKET, packet(**ports(4000, 23)), packet(B, A, **ports(23, 4000)))
    assert not same(SOCKET, packet(**ports(4000, 23)), packet(**ports(23, 4000)))
    assert not same(SOCKET, packet(**ports(4000, 23)), packet(B, A, **ports(23, 4001)))


def test_the_transport_protocol_is_no_part_of_the_key() -> None:
    assert same(SOCKET, packet(**ports(4000, 53)), packet(**ports(4000, 53, proto=UDP)))


def test_one_address_at_both_ends_is_its_own_reverse() -> None:
    [row] = streams(packet(A, A, **ports(80, 80)))
    assert (row[CHANNEL][-1], row[SOCKET][-1]) == (SELF, SELF)
    [row] = streams(packet(A, A, **ports(80, 81)))
    assert (row[CHANNEL][-1], row[SOCKET][-1]) == (SELF, 0)
    assert reverse(SOCKET, packet(A, A, **ports(80, 81)), packet(A, A, **ports(81, 80)))


def test_arp_has_its_protocol_addresses_and_for_sockets_its_macs() -> None:
    arp = packet(ethertype=ETHERTYPE_ARP, ip_version=0, arp_op=1)
    assert same(HOST, arp, packet())
    assert same(CHANNEL, arp, packet())
    assert same(SOCKET, arp, packet("10.0.0.1", "10.0.0.2", ethertype=ETHERTYPE_ARP))
    assert not same(SOCKET, arp, packet(ethertype=ETHERTYPE_ARP, src_mac=0xC))
    assert reverse(SOCKET, arp, packet(ethertype=ETHERTYPE_ARP, src_mac=0xB, dst_mac=0xA))


def test_without_addresses_the_macs_stand_in_for_them() -> None:
    other = packet(None, None, ethertype=0x88CC)
    assert same(CHANNEL, other, packet(None, None))
    assert reverse(CHANNEL, other, packet(None, None, src_mac=0xB, dst_mac=0xA))
    assert same(SOCKET, other, packet(ethertype=ETHERTYPE_ARP))
    for table in (SOURCE, HOST, CHANNEL, SOCKET):
        assert not same(table, other, packet("::a", "::b"))  # an address of the same number


def test_icmpv4_has_a_marker_for_ports() -> None:
    echo = packet(proto=ICMP, icmp_type=8)
    assert same(SOCKET, echo, packet(proto=ICMP, icmp_type=0))
    assert reverse(SOCKET, echo, packet(B, A, proto=ICMP))
    assert not same(SOCKET, echo, packet(**ports(0, 0)))
    assert not same(SOCKET, echo, packet(proto=GRE))


def test_icmpv4_errors_take_the_ports_they_quote() -> None:
    error = packet(**ports(4000, 23, proto=ICMP, flags=HAS_PORTS | QUOTED_PORTS, icmp_type=3))
    assert same(SOCKET, error, packet(**ports(4000, 23)))


def test_other_protocols_have_no_ports() -> None:
    assert same(SOCKET, packet(proto=GRE), packet(proto=50))
    assert reverse(SOCKET, packet(proto=GRE), packet(B, A, proto=GRE))
    assert not same(SOCKET, packet(proto=GRE), packet(**ports(0, 0)))
    assert same(SOCKET, packet(proto=UDP, flags=LATER_FRAGMENT), packet(proto=GRE))


def test_icmpv6_has_no_ports_even_where_it_quotes_some() -> None:
    error = packet(A6, B6, **ports(4000, 23, proto=ICMPV6, flags=HAS_PORTS | QUOTED_PORTS))
    assert same(SOCKET, error, packet(A6, B6, proto=ICMPV6))


def test_packets_are_taken_from_the_start_given() -> None:
    rows = np.concatenate([packet(), packet(B, A)])
    keys, sides = np.zeros((TABLES, 1, KEY_WORDS), np.int64), np.zeros((TABLES, 1), np.int64)
    fill_keys(rows, 1, 1, keys, sides)
    assert keys[SOURCE, 0].tolist()[:3] == [0xA, *ip_halves(B)]
