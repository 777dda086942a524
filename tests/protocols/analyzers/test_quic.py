from hypothesis import given
from hypothesis import strategies as st

from botwarden.protocols.analyzers.quic import QuicAnalyzer
from protocols.conversation import Talk

INITIAL = b"\xc3\0\0\0\1\x08" + b"d" * 8 + b"\0\0\x44\x9e" + bytes(1200)


def test_names_the_service_and_wants_no_more() -> None:
    talking = Talk(QuicAnalyzer, proto="udp")
    talking.say(True, INITIAL)
    assert talking.flow.services == ["quic"]
    assert talking.flow.done
    assert talking.finish() == []


def test_the_port_alone_does_not_make_it_quic() -> None:
    talking = Talk(QuicAnalyzer, proto="udp", resp=("198.51.100.7", 443))
    talking.say(True, b"\x40" * 60)
    assert talking.flow.services == []
    assert talking.flow.done


def test_knows_it_over_udp_only() -> None:
    assert QuicAnalyzer.matches(INITIAL, True, "udp")
    assert not QuicAnalyzer.matches(INITIAL, True, "tcp")


@given(st.binary(max_size=60))
def test_any_datagram_is_read(data: bytes) -> None:
    talking = Talk(QuicAnalyzer, proto="udp")
    talking.say(True, data)
    assert talking.finish() == []
