import pytest
from hypothesis import given
from hypothesis import strategies as st

from botwarden.core.records.ssl import SslRecord
from botwarden.protocols.analyzers.dtls import MAX_EVENTS, MAX_VAIN, DtlsAnalyzer
from protocols.conversation import Talk, Turn, only, talk
from protocols.tls_messages import (
    CAMERA,
    certificates,
    client_hello,
    dtls_fragment,
    dtls_message,
    dtls_record,
    extension,
    server_hello,
    sni,
)

CHAIN = certificates(CAMERA)
HELLO = dtls_record(dtls_message(1, client_hello(sni(b"cam.example"), version=0xFEFD, cookie=b"")))
AGAIN = dtls_record(dtls_message(1, client_hello(sni(b"cam.example"), version=0xFEFD, cookie=b"c" * 20), 1))
VERIFY = dtls_record(dtls_message(3, b"\xfe\xff\x14" + b"c" * 20))
CCS = dtls_record(b"\1", 20)
ENCRYPTED = dtls_record(b"x" * 40, epoch=1)
DTLS12: list[Turn] = [
    (True, HELLO),
    (False, VERIFY),
    (True, AGAIN),
    (False, dtls_record(dtls_message(2, server_hello(version=0xFEFD), 1))),
    (False, dtls_record(dtls_fragment(11, CHAIN, 2, 200, len(CHAIN)))),
    (False, dtls_record(dtls_fragment(11, CHAIN, 2, 0, 200)) + dtls_record(dtls_message(14, b"", 3))),
    (True, dtls_record(dtls_message(16, b"keys", 2)) + CCS + ENCRYPTED),
    (False, CCS + ENCRYPTED),
]


def dtls(turns: list[Turn]) -> SslRecord:
    (found,) = only(talk(DtlsAnalyzer, turns, proto="udp"), SslRecord)
    return found


def test_a_handshake_of_dtls_12() -> None:
    found = dtls(DTLS12)
    assert (found.version, found.established, found.ssl_history) == ("DTLSv12", True, "CvCsxnGIi")
    assert (found.server_name, found.subject) == ("cam.example", "CN=cam.example,O=Maker")
    assert found.ja4 is not None
    assert found.ja4.startswith("dd2d")


def test_a_handshake_of_dtls_13() -> None:
    answer = server_hello(extension(43, b"\xfe\xfc"), extension(51, b"\0\x17\0\1x"), version=0xFEFD, cipher=0x1301)
    short = b"\x2e\x00\x01\x00\x20" + bytes(32)
    found = dtls([(True, AGAIN), (False, dtls_record(dtls_message(2, answer))), (False, short), (True, short)])
    assert (found.version, found.curve, found.established) == ("DTLSv13", "secp256r1", True)


def test_who_answers_may_be_the_client_as_after_stun() -> None:
    found = dtls([(not is_orig, said) for is_orig, said in DTLS12])
    assert (found.ssl_history, found.established) == ("^CvCsxnGIi", True)


def test_other_datagrams_in_between_change_nothing() -> None:
    stun = b"\x01\x01\x00\x0c\x21\x12\xa4\x42" + bytes(24)
    mixed = [turn for said in DTLS12 for turn in (said, (True, stun), (False, b"\x80\x60rtp" * 9))]
    assert dtls(mixed).ssl_history == "CvCsxnGIi"


def test_what_follows_the_handshake_costs_nothing() -> None:
    talking = Talk(DtlsAnalyzer, proto="udp")
    for is_orig, said in DTLS12:
        talking.say(is_orig, said)
    assert talking.flow.done
    assert talking.flow.services == ["dtls"]
    assert len(talking.finish()) == 1


def test_a_session_under_way_is_named_and_left_alone_in_time() -> None:
    talking = Talk(DtlsAnalyzer, proto="udp")
    for _ in range(MAX_VAIN):
        talking.say(True, dtls_record(b"x", 23, epoch=1))
    assert talking.flow.done
    assert talking.flow.services == ["dtls"]
    assert talking.finish() == []


def test_a_handshake_that_never_ends_is_written_in_time() -> None:
    talking = Talk(DtlsAnalyzer, proto="udp")
    talking.say(True, HELLO)
    for _ in range(MAX_EVENTS):
        talking.say(True, b"\x80\x60rtp")
    assert talking.flow.done
    assert len(talking.finish()) == 1


def test_what_is_no_dtls_is_left_alone_soon() -> None:
    talking = Talk(DtlsAnalyzer, proto="udp")
    for _ in range(MAX_VAIN + 1):
        talking.say(True, b"\x40quic?")
    assert talking.flow.done
    assert talking.flow.services == []
    assert talking.finish() == []


def test_an_alert_is_told() -> None:
    found = dtls([(True, HELLO), (False, dtls_record(b"\2\x28", 21))])
    assert (found.last_alert, found.ssl_history) == ("handshake_failure", "Cl")


def test_knows_dtls_over_udp_only() -> None:
    assert DtlsAnalyzer.matches(HELLO, True, "udp")
    assert not DtlsAnalyzer.matches(HELLO, True, "tcp")
    assert not DtlsAnalyzer.matches(b"\x01\x01\x00\x00", True, "udp")


@given(st.lists(st.tuples(st.booleans(), st.binary(max_size=80)), max_size=12), st.booleans())
def test_any_datagrams_are_read(turns: list[Turn], hello: bool) -> None:
    talk(DtlsAnalyzer, [(True, HELLO), *turns] if hello else turns, proto="udp")


@given(st.data())
def test_bent_handshakes_are_read(data: st.DataObject) -> None:
    turns = []
    for is_orig, said in data.draw(st.permutations(DTLS12)):
        bent = bytearray(said)
        for _ in range(data.draw(st.integers(0, 2))):
            bent[data.draw(st.integers(0, len(bent) - 1))] = data.draw(st.integers(0, 255))
        turns.append((is_orig, bytes(bent)))
    assert len(talk(DtlsAnalyzer, turns, proto="udp")) <= 1


@pytest.mark.parametrize("size", range(0, len(HELLO), 7))
def test_cut_datagrams_are_read(size: int) -> None:
    talk(DtlsAnalyzer, [(True, HELLO[:size])], proto="udp")
