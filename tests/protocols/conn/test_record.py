import pytest

from botwarden.core.packet import TCP, UDP
from botwarden.protocols.conn.record import conn_state
from botwarden.protocols.conn.state import (
    ACTIVE,
    CLOSED,
    ESTABLISHED,
    INACTIVE,
    PARTIAL,
    RESET,
    SYN_ACK_SENT,
    SYN_SENT,
)
from captures import ethernet, ipv4, udp
from protocols.exchange import TcpTalk, conns_of


@pytest.mark.parametrize(
    ("orig", "resp", "state"),
    [
        (SYN_SENT, INACTIVE, "S0"),
        (ESTABLISHED, ESTABLISHED, "S1"),
        (CLOSED, CLOSED, "SF"),
        (CLOSED, ESTABLISHED, "S2"),
        (ESTABLISHED, CLOSED, "S3"),
        (CLOSED, INACTIVE, "SH"),
        (PARTIAL, CLOSED, "SHR"),
        (SYN_SENT, RESET, "REJ"),
        (SYN_ACK_SENT, RESET, "REJ"),
        (ESTABLISHED, RESET, "RSTR"),
        (INACTIVE, RESET, "RSTRH"),
        (RESET, ESTABLISHED, "RSTO"),
        (RESET, INACTIVE, "RSTOS0"),
        (SYN_SENT, SYN_ACK_SENT, "OTH"),
    ],
)
def test_tcp_states(orig: int, resp: int, state: str) -> None:
    assert conn_state(TCP, orig, resp) == state


def test_two_resets_without_a_word_are_a_refusal() -> None:
    assert conn_state(TCP, RESET, RESET, empty=True) == "REJ"
    assert conn_state(TCP, RESET, RESET, empty=False) == "RSTR"


def test_udp_states() -> None:
    assert [conn_state(UDP, a, b) for a in (ACTIVE, 0) for b in (ACTIVE, 0)] == ["SF", "S0", "SHR", "OTH"]


def test_macs_and_vlan_are_those_of_the_frames() -> None:
    frame = ethernet(ipv4(udp(b"x"), proto=17), src="02:00:00:00:00:aa", dst="02:00:00:00:00:bb", vlans=[(0x8100, 7)])
    (conn,) = conns_of([(1.0, frame)])
    assert (conn.orig_l2_addr, conn.resp_l2_addr, conn.vlan) == ("02:00:00:00:00:aa", "02:00:00:00:00:bb", 7)


def test_a_single_packet_has_no_duration_and_no_sizes() -> None:
    (conn,) = conns_of(TcpTalk().packet(True, 2))
    assert (conn.duration, conn.orig_bytes, conn.resp_bytes, conn.orig_pkts) == (None, None, None, 1)
