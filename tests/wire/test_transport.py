import pytest

from botwarden.core.packet import HAS_IP, HAS_PORTS, MALFORMED, QUOTED_PORTS, TRUNCATED
from captures import (
    ACK,
    ICMP,
    ICMPV6,
    IPIP,
    IPV6,
    PSH,
    TCP,
    UDP,
    decoded,
    ethernet,
    fragment_header,
    icmp,
    ipv4,
    ipv6,
    tcp,
    tcp_frame,
    udp,
)
from zoo import IP6_FRAME, IP_FRAME

BROKEN = TRUNCATED | MALFORMED


def test_tcp() -> None:
    segment = tcp(b"abc", sport=65535, dport=23, seq=0xFFFFFFFE, ack=0x80000000, flags=PSH | ACK | 0xC0, window=1024)
    row = decoded(ethernet(ipv4(segment)))
    assert (row["src_port"], row["dst_port"], row["tcp_seq"], row["tcp_ack"]) == (65535, 23, 0xFFFFFFFE, 0x80000000)
    assert (row["tcp_flags"], row["tcp_window"], row["payload_len"]) == (PSH | ACK | 0xC0, 1024, 3)


def test_tcp_options_are_no_payload() -> None:
    row = decoded(ethernet(ipv4(tcp(b"abc", options=bytes(40)))))
    assert (row["payload"], row["payload_len"]) == (14 + 20 + 60, 3)


@pytest.mark.parametrize(
    ("captured", "known"),
    [(3, set()), (4, {"src_port"}), (8, {"src_port", "tcp_seq"}), (12, {"src_port", "tcp_seq", "tcp_ack"})],
)
def test_what_the_snap_length_left_of_a_tcp_header_is_used(captured: int, known: set[str]) -> None:
    frame = tcp_frame(seq=5, ack=6, flags=ACK, window=7, payload=b"x" * 50)
    row = decoded(frame[: 34 + captured], wire_len=len(frame))
    fields = ("src_port", "tcp_seq", "tcp_ack", "tcp_flags", "tcp_window", "payload_len")
    assert {name for name in fields if row[name]} == known
    assert row["flags"] & (BROKEN | HAS_PORTS) == TRUNCATED | (HAS_PORTS if known else 0)


def test_payload_length_is_known_though_the_tcp_options_were_cut() -> None:
    frame = ethernet(ipv4(tcp(b"x" * 50, options=bytes(12))))
    row = decoded(frame[:60], wire_len=len(frame))
    assert (row["payload_len"], row["flags"] & BROKEN) == (50, TRUNCATED)


@pytest.mark.parametrize("offset", [0x40, 0xF0], ids=["too short", "past the packet"])
def test_tcp_header_length_that_cannot_be(offset: int) -> None:
    segment = bytearray(tcp(b"abc"))
    segment[12] = offset
    row = decoded(ethernet(ipv4(bytes(segment))))
    assert (row["flags"] & BROKEN, row["payload"], row["payload_len"], row["dst_port"]) == (MALFORMED, 0, 0, 80)


def test_an_ip_packet_too_short_for_its_tcp_header_is_malformed() -> None:
    row = decoded(ethernet(ipv4(tcp()[:10])) + bytes(20))
    assert (row["flags"] & BROKEN, row["tcp_seq"], row["tcp_flags"]) == (MALFORMED, 0, 0)


def test_udp() -> None:
    row = decoded(ethernet(ipv4(udp(b"abcd", sport=5, dport=65535), proto=UDP)) + bytes(10))
    assert (row["src_port"], row["dst_port"], row["payload"], row["payload_len"]) == (5, 65535, 42, 4)


def test_udp_length_counts_where_ip_has_more() -> None:
    assert decoded(ethernet(ipv4(udp(b"abcdefgh", length=10), proto=UDP)))["payload_len"] == 2


def test_udp_without_a_length_reaches_to_the_end_of_the_packet() -> None:
    assert decoded(ethernet(ipv4(udp(b"abcdefgh", length=0), proto=UDP)))["payload_len"] == 8


@pytest.mark.parametrize("length", [7, 17])
def test_udp_length_that_cannot_be(length: int) -> None:
    row = decoded(ethernet(ipv4(udp(b"abcdefgh", length=length), proto=UDP)))
    assert (row["flags"] & BROKEN, row["payload_len"], row["dst_port"]) == (MALFORMED, 0, 53)


def test_icmp() -> None:
    row = decoded(ethernet(ipv4(icmp(8, 1, b"ping"), proto=ICMP)))
    assert (row["icmp_type"], row["icmp_code"], row["payload"], row["payload_len"]) == (8, 1, 42, 4)
    assert row["flags"] == HAS_IP


@pytest.mark.parametrize("kind", [3, 4, 5, 11, 12])
@pytest.mark.parametrize(("proto", "quoted"), [(TCP, tcp(sport=1000, dport=23)), (UDP, udp(sport=1000, dport=23))])
def test_icmp_errors_have_the_quoted_ports(kind: int, proto: int, quoted: bytes) -> None:
    row = decoded(ethernet(ipv4(icmp(kind, 1, ipv4(quoted[:8], proto=proto, options=bytes(4))), proto=ICMP)))
    assert (row["src_port"], row["dst_port"], row["icmp_type"]) == (1000, 23, kind)
    assert row["flags"] & (QUOTED_PORTS | HAS_PORTS) == QUOTED_PORTS | HAS_PORTS


@pytest.mark.parametrize(
    "message",
    [
        icmp(8, 0, ipv4(tcp())),
        icmp(3, 0, ipv4(tcp()[:3])),
        icmp(3, 0, ipv4(icmp(), proto=ICMP)),
        icmp(3, 0, ipv4(tcp(), fragment_offset=9)),
        icmp(3, 0, ipv6(tcp())),
        icmp(3, 0, b"\x41" + ipv4(tcp())[1:]),
        icmp(3, 0),
    ],
    ids=["no error", "too little", "quotes ICMP", "quotes a fragment", "quotes IPv6", "bad header", "empty"],
)
def test_icmp_without_quoted_ports(message: bytes) -> None:
    row = decoded(ethernet(ipv4(message, proto=ICMP)))
    assert row["flags"] & (QUOTED_PORTS | HAS_PORTS | BROKEN) == 0
    assert (row["src_port"], row["dst_port"]) == (0, 0)


@pytest.mark.parametrize("kind", [1, 2, 3, 4])
def test_icmpv6_errors_have_the_quoted_ports(kind: int) -> None:
    quoted = ipv6(fragment_header(UDP, more=True) + udp(sport=1000, dport=23), next_header=44)
    row = decoded(ethernet(ipv6(icmp(kind, 4, quoted), next_header=ICMPV6)))
    assert (row["src_port"], row["dst_port"], row["icmp_type"], row["icmp_code"]) == (1000, 23, kind, 4)
    assert row["flags"] & QUOTED_PORTS


def test_icmpv6_echo_quotes_nothing() -> None:
    row = decoded(ethernet(ipv6(icmp(128, 0, IP6_FRAME), next_header=ICMPV6)))
    assert (row["icmp_type"], row["flags"]) == (128, HAS_IP)


@pytest.mark.parametrize(("proto", "inside"), [(IPIP, IP_FRAME), (IPV6, IP6_FRAME)])
def test_ip_in_ip(proto: int, inside: bytes) -> None:
    row = decoded(ethernet(ipv4(inside, proto=proto)))
    assert (row["inner"], row["payload"], row["payload_len"], row["flags"]) == (34, 34, len(inside), HAS_IP)
    row = decoded(ethernet(ipv6(inside, next_header=proto)))
    assert row["inner"] == 54


def test_a_tunnel_of_which_nothing_was_captured_has_nothing_inner() -> None:
    frame = ethernet(ipv4(IP_FRAME, proto=IPIP))
    row = decoded(frame[:34], wire_len=len(frame))
    assert (row["inner"], row["payload_len"]) == (0, len(IP_FRAME))


def test_a_later_fragment_of_a_tunnel_has_nothing_inner() -> None:
    assert decoded(ethernet(ipv4(IP_FRAME, proto=IPIP, fragment_offset=1)))["inner"] == 0


def test_other_protocols_are_payload() -> None:
    row = decoded(ethernet(ipv4(b"x" * 20, proto=50)))
    assert (row["proto"], row["payload"], row["payload_len"], row["flags"]) == (50, 34, 20, HAS_IP)
