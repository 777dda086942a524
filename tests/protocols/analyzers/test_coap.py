from hypothesis import given
from hypothesis import strategies as st

from botwarden.core.records.coap import CoapRecord
from botwarden.protocols.analyzers.coap import MAX_PENDING, MAX_STRAYS, CoapAnalyzer
from botwarden.protocols.coap import ACK, BLOCK2, CONTENT_FORMAT, OBSERVE, URI_PATH
from protocols.conversation import Talk, Turn, only, talk
from protocols.test_coap import CONTENT, GET, coap

LAMP = ("192.168.0.9", 5683)
PATH = [(URI_PATH, b"light")]


def said(turns: list[Turn]) -> list[CoapRecord]:
    return only(talk(CoapAnalyzer, turns, proto="udp", resp=LAMP), CoapRecord)


def test_a_request_and_the_answer_on_its_acknowledgement() -> None:
    turns = [(True, coap(GET, PATH)), (False, coap(CONTENT, [(CONTENT_FORMAT, b"")], b"on", kind=ACK))]
    (record,) = said(turns)
    assert (record.ts, record.type, record.method, record.uri, record.token) == (1000.0, "CON", "GET", "/light", "ab")
    assert (record.code, record.response_len, record.content_format, record.rtt) == ("2.05", 2, "text/plain", 0.5)


def test_an_answer_that_comes_apart() -> None:
    turns = [(True, coap(GET, PATH)), (False, b"\x60\x00\x00\x07"), (False, coap(CONTENT, [], b"on", message_id=99))]
    (record,) = said([*turns, (True, b"\x60\x00\x00\x63")])
    assert (record.message_id, record.code, record.rtt) == (7, "2.05", 1.0)


def test_without_a_token_the_message_id_tells() -> None:
    first, second = coap(GET, PATH, token=b""), coap(GET, [(URI_PATH, b"b")], token=b"", message_id=8)
    answers = [(False, coap(CONTENT, [], b"x" * n, token=b"", kind=ACK, message_id=n)) for n in (8, 7)]
    records = said([(True, first), (True, second), *answers])
    assert [(r.uri, r.response_len) for r in records] == [("/b", 8), ("/light", 7)]
    apart = said([(True, first), (False, coap(CONTENT, [], b"x", token=b"", message_id=50))])
    assert [(r.uri, r.code) for r in apart] == [("/light", "2.05")]


def test_the_acknowledgement_of_another_request_is_no_answer() -> None:
    records = said([(True, coap(GET, PATH)), (False, coap(CONTENT, [], b"x", kind=ACK, message_id=8))])
    assert [record.code for record in records] == [None]


def test_repetitions_notifications_and_later_blocks_are_not_told() -> None:
    ask, answer = coap(GET, [(OBSERVE, b""), *PATH]), coap(CONTENT, [(OBSERVE, b"\x01")], b"1", kind=ACK)
    turns = [(True, ask), (True, ask), (False, answer), (True, ask), (False, answer)]
    turns += [(False, coap(CONTENT, [(OBSERVE, bytes([n]))], b"2", message_id=100 + n)) for n in range(20)]
    turns += [(True, coap(GET, [*PATH, (BLOCK2, b"\x16")], token=b"z", message_id=n)) for n in range(20)]
    (record,) = said(turns)
    assert record.observe == 0


def test_a_reset_and_silence() -> None:
    assert [r.code for r in said([(True, coap(GET, PATH)), (False, b"\x70\x00\x00\x07")])] == ["0.00"]
    assert [r.code for r in said([(True, coap(GET, PATH))])] == [None]


def test_answers_to_a_request_of_all_are_expected() -> None:
    talking = Talk(CoapAnalyzer, proto="udp", resp=("224.0.1.187", 5683))
    talking.say(True, coap(GET, PATH))
    assert talking.session.expected("192.168.0.10", 40000, "udp") == ("coap", None)
    (stray,) = said([(True, coap(CONTENT, [], b"x"))])
    assert (stray.method, stray.code, stray.response_len) == (None, "2.05", 1)


def test_what_is_kept_and_told_is_limited() -> None:
    requests = [(True, coap(GET, PATH, token=n.to_bytes(2, "big"), message_id=n)) for n in range(1, 500)]
    assert len(said(requests)) == len(requests)
    talking = Talk(CoapAnalyzer, proto="udp", resp=LAMP)
    for turn in requests:
        talking.say(*turn)
    assert len(talking.records) == len(requests) - MAX_PENDING
    strays = [(False, coap(CONTENT, [], b"x", token=n.to_bytes(2, "big"))) for n in range(1, 500)]
    assert len(said(strays)) == MAX_STRAYS


def test_what_does_not_begin_as_coap_is_not() -> None:
    talking = Talk(CoapAnalyzer, proto="udp", resp=LAMP)
    talking.say(True, b"\x16\xfe\xfd hello")
    assert talking.flow.done
    assert not talking.finish()
    assert not talking.flow.services
    talking = Talk(CoapAnalyzer, proto="udp", resp=LAMP)
    talking.say(True, coap(GET, PATH))
    talking.say(True, b"rubbish")
    assert not talking.flow.done
    assert talking.flow.services == ["coap"]


def test_matches_a_request_in_either_direction() -> None:
    assert CoapAnalyzer.matches(coap(GET, PATH), False, "udp")
    assert not CoapAnalyzer.matches(coap(GET, PATH), True, "tcp")
    assert not CoapAnalyzer.matches(b"\x16\xfe\xfd", True, "udp")


@given(st.lists(st.tuples(st.booleans(), st.one_of(st.binary(max_size=40), st.sampled_from([
    coap(GET, PATH), coap(CONTENT, PATH, b"x", kind=ACK), b"\x70\x00\x00\x07", coap(GET, PATH, token=b""),
])))))  # fmt: skip
def test_hostile_datagrams(turns: list[Turn]) -> None:
    for record in said(turns):
        assert record.method or record.code
