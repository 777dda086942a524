from hypothesis import given
from hypothesis import strategies as st

from botwarden.core.records.ssl import SslRecord
from botwarden.protocols.analyzers.stun import MAX_WAIT, StunAnalyzer
from protocols.conversation import Talk, Turn, only, talk
from protocols.tls_messages import client_hello, dtls_message, dtls_record, server_hello

REQUEST = bytes.fromhex("000100002112a442") + bytes(12)
HELLO = dtls_record(dtls_message(1, client_hello(version=0xFEFD, cookie=b"")))
ANSWER = dtls_record(dtls_message(2, server_hello(version=0xFEFD)))


def test_names_the_service() -> None:
    talking = Talk(StunAnalyzer, proto="udp")
    talking.say(True, REQUEST)
    talking.say(False, REQUEST)
    assert talking.flow.services == ["stun"]
    assert talking.finish() == []


def test_reads_the_dtls_that_follows() -> None:
    talking = Talk(StunAnalyzer, proto="udp")
    for is_orig, said in [(True, REQUEST), (False, REQUEST), (False, HELLO), (True, REQUEST), (True, ANSWER)]:
        talking.say(is_orig, said)
    (found,) = only(talking.finish(), SslRecord)
    assert talking.flow.services == ["stun", "dtls"]
    assert (found.version, found.ssl_history) == ("DTLSv12", "^Cs")


def test_does_not_wait_for_ever() -> None:
    talking = Talk(StunAnalyzer, proto="udp")
    for _ in range(MAX_WAIT):
        talking.say(True, REQUEST)
    assert talking.flow.done


def test_the_port_alone_does_not_make_it_stun() -> None:
    talking = Talk(StunAnalyzer, proto="udp", resp=("198.51.100.7", 3478))
    talking.say(True, b"\x00" * 40)
    assert talking.flow.services == []
    assert talking.flow.done


def test_knows_it_over_udp_only() -> None:
    assert StunAnalyzer.matches(REQUEST, True, "udp")
    assert not StunAnalyzer.matches(REQUEST, True, "tcp")


@given(st.lists(st.tuples(st.booleans(), st.binary(max_size=60)), max_size=10))
def test_any_datagrams_are_read(turns: list[Turn]) -> None:
    talk(StunAnalyzer, [(True, REQUEST), *turns], proto="udp")
