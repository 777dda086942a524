import pytest

from botwarden.protocols.conn.icmp import counterpart
from captures import icmp_frame
from protocols.exchange import conns_of


@pytest.mark.parametrize(
    ("proto", "kind", "other"), [(1, 8, 0), (1, 0, 8), (1, 13, 14), (58, 135, 136), (58, 128, 129)]
)
def test_requests_and_answers_belong_together(proto: int, kind: int, other: int) -> None:
    assert counterpart(proto, kind) == other


@pytest.mark.parametrize(("proto", "kind"), [(1, 3), (1, 11), (58, 1), (58, 200)])
def test_others_have_no_answer(proto: int, kind: int) -> None:
    assert counterpart(proto, kind) == -1


def test_a_ping_is_one_conversation() -> None:
    a, b = "192.168.0.10", "192.168.0.11"
    frames = [(float(n), icmp_frame(*((a, b, 8) if n % 2 == 0 else (b, a, 0)), 0, b"x" * 56)) for n in range(6)]
    (conn,) = conns_of(frames)
    assert (conn.proto, conn.orig_h, conn.orig_p, conn.resp_p) == ("icmp", a, 8, 0)
    assert (conn.orig_pkts, conn.resp_pkts, conn.orig_bytes, conn.conn_state) == (3, 3, 168, "OTH")
    assert conn.history is None


def test_an_error_has_its_code_for_a_port() -> None:
    (conn,) = conns_of([(1.0, icmp_frame("192.168.0.1", "192.168.0.11", 3, 1, b"x" * 28))])
    assert (conn.orig_p, conn.resp_p, conn.duration) == (3, 1, None)
