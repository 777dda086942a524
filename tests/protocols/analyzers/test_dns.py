import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from botwarden.core.record import Record
from botwarden.core.records.dns import DnsRecord
from botwarden.core.records.weird import WeirdRecord
from botwarden.protocols.analyzers.dns import MAX_FAULTS, MAX_QUERIES, MAX_REPLIES, DnsAnalyzer
from botwarden.protocols.dns_stream import MAX_MESSAGE
from captures import ip_bytes
from protocols.conversation import Talk, Turn, only, talk
from protocols.test_dns import name, record
from protocols.test_dns_summary import ANSWER, QUERY, UPDATE, dns, question

SERVER = ("198.51.100.7", 53)
MDNS = ("224.0.0.251", 5353)


def said(turns: list[Turn], resp: tuple[str, int] = SERVER, orig: tuple[str, int] = ("192.168.0.10", 40000)) -> list[
    DnsRecord
]:  # fmt: skip
    return only(talk(DnsAnalyzer, turns, proto="udp", orig=orig, resp=resp), DnsRecord)


def query(trans_id: int, host: str = "cam.example") -> bytes:
    return dns(question(host), trans_id=trans_id)


def reply(trans_id: int, host: str = "cam.example", address: str = "192.0.2.7") -> bytes:
    answer = record(b"\xc0\x0c", 1, ip_bytes(address))
    return dns(question(host), answer, flags=0x8180, counts=(1, 1, 0, 0), trans_id=trans_id)


def tcp(*messages: bytes) -> bytes:
    return b"".join(struct.pack(">H", len(message)) + message for message in messages)


def test_a_query_and_its_answer_are_one_record() -> None:
    (found,) = said([(True, QUERY), (False, ANSWER)])
    assert (found.ts, found.rtt, found.proto, found.trans_id) == (1000.0, 0.5, "udp", 7)
    assert (found.query, found.qtype_name, found.qclass_name, found.rcode_name) == (
        "cam.example", "A", "C_INTERNET", "NOERROR",
    )  # fmt: skip
    assert (found.AA, found.TC, found.RD, found.RA, found.Z) == (False, False, True, True, 0)
    assert (found.answers, found.TTLs) == (("host.example", "192.0.2.7"), (60.0, 30.0))
    assert (found.rejected, found.opcode_name) == (False, "query")


def test_a_query_that_nobody_answers() -> None:
    (found,) = said([(True, QUERY)])
    assert (found.query, found.rtt, found.rcode, found.answers) == ("cam.example", None, None, None)


def test_an_answer_to_nothing_is_named_by_its_first_record() -> None:
    (found,) = said([(False, ANSWER)])
    assert (found.query, found.qtype, found.rtt, found.RD, found.rcode) == ("cam.example", None, None, False, 0)


def test_a_second_answer_is_a_record_of_its_own() -> None:
    """As in Zeek's test of duplicate responses."""
    first, second = said([(True, QUERY), (False, ANSWER), (False, ANSWER)])
    assert (first.qtype_name, first.rtt) == ("A", 0.5)
    assert (second.qtype_name, second.rtt, second.answers) == (None, None, first.answers)


def test_answers_find_their_queries_by_identifier_and_in_order() -> None:
    turns = [(True, query(1, "a.b")), (True, query(2, "c.d")), (True, query(1, "e.f"))]
    turns += [(False, reply(2, "c.d")), (False, reply(1, "a.b")), (False, reply(1, "e.f"))]
    found = said(turns)
    assert [(r.query, r.rtt) for r in found] == [("c.d", 1.0), ("a.b", 2.0), ("e.f", 1.5)]


def test_what_is_remembered_of_a_message_is_neither_its_time_nor_its_ends() -> None:
    turns = [(True, query(1)), (False, reply(1)), (True, query(2)), (False, reply(2))]
    first, second = said(turns)
    (other,) = said([(True, query(3)), (False, reply(3))], orig=("192.168.0.11", 40001))
    assert [(r.trans_id, r.ts, r.orig_h, r.orig_p) for r in (first, second, other)] == [
        (1, 1000.0, "192.168.0.10", 40000), (2, 1001.0, "192.168.0.10", 40000), (3, 1000.0, "192.168.0.11", 40001),
    ]  # fmt: skip
    assert {(r.query, r.answers, r.rtt) for r in (first, second, other)} == {("cam.example", ("192.0.2.7",), 0.5)}


def test_a_query_after_its_answer_still_joins_it() -> None:
    (found,) = said([(False, ANSWER), (True, QUERY)])
    assert (found.ts, found.qtype_name, found.rtt) == (1000.0, "A", None)


def test_a_name_error_and_a_refusal() -> None:
    soa = record(b"\xc0\x0c", 6, bytes(22))
    missing = dns(question("cam.example"), soa, flags=0x8183, counts=(1, 0, 1, 0))
    (found,) = said([(True, QUERY), (False, missing)])
    assert (found.rcode_name, found.rejected, found.RA, found.rtt) == ("NXDOMAIN", False, False, None)
    refused = dns(question("cam.example"), flags=0x8185)
    assert said([(True, QUERY), (False, refused)])[0].rejected
    assert said([(True, QUERY), (False, dns(flags=0x8185, counts=(0, 0, 0, 0)))])[0].rejected


def test_multicast_messages_stand_alone() -> None:
    announced = dns(record(name("tv.local"), 1, ip_bytes("192.168.0.9")), flags=0x8400, counts=(0, 1, 0, 0))
    asked = dns(question("tv.local"), flags=0)
    announced, asked = (b"\0\7" + message[2:] for message in (announced, asked))
    for group in (MDNS, ("ff02::fb", 5353), ("224.0.0.252", 5355)):
        first, second = said([(True, asked), (True, announced)], resp=group)
        assert (first.query, first.qtype_name, first.rcode) == ("tv.local", "A", None)
        assert (second.query, second.qtype_name, second.rcode, second.AA) == ("tv.local", None, 0, True)
        assert (second.orig_h, second.answers) == ("192.168.0.10", ("192.168.0.9",))


def test_who_begins_with_an_answer_is_the_server() -> None:
    (found,) = said([(True, ANSWER)], orig=("203.0.113.1", 53), resp=("192.168.0.10", 53))
    assert (found.orig_h, found.resp_h, found.query) == ("192.168.0.10", "203.0.113.1", "cam.example")


def test_an_update() -> None:
    zone, host = question("example", 6), name("cam.example")
    gone = host + struct.pack(">HHIH", 1, 255, 0, 0)
    here = record(host, 1, ip_bytes("192.0.2.7"), ttl=1200)
    asked = dns(zone, gone, here, flags=UPDATE, counts=(1, 0, 2, 0))
    for answered in (dns(zone, gone, here, flags=0xA805, counts=(1, 0, 2, 0)), dns(flags=0xA805, counts=(0, 0, 0, 0))):
        (found,) = said([(True, asked), (False, answered)])
        assert (found.query, found.qtype, found.opcode_name) == ("cam.example", None, "dynamic-update")
        assert (found.answers, found.TTLs) == (("del: RRSet A", "add: A cam.example 192.0.2.7"), (0.0, 1200.0))
        assert found.rcode_name == "REFUSED"
    assert said([(True, asked), (False, answered)])[0].rejected, "and not so much as repeated"


def test_netbios() -> None:
    asked = dns(question("ckaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", 33), flags=0x10)
    names = record(name("ckaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"), 33, bytes(65))
    answered = dns(names, flags=0x8400, counts=(0, 1, 0, 0))
    (found,) = said([(True, asked), (False, answered)], resp=("192.168.0.255", 137))
    assert (found.query, found.qtype_name, found.opcode_name) == ("*" + "\0" * 14, "NBSTAT", "netbios-query")
    assert (found.Z, found.answers, found.rcode_name) == (1, None, "NOERROR")


@pytest.mark.parametrize("split", [0, 1, 3, 100])
def test_tcp_carries_many_messages_split_anywhere(split: int) -> None:
    turns = [(True, tcp(query(1, "a.b"), query(2, "c.d"))), (False, tcp(reply(2, "c.d"), reply(1, "a.b")))]
    found = only(talk(DnsAnalyzer, turns, split=split, resp=SERVER), DnsRecord)
    assert [(r.query, r.proto, r.answers) for r in found] == [
        ("c.d", "tcp", ("192.0.2.7",)), ("a.b", "tcp", ("192.0.2.7",)),
    ]  # fmt: skip


def test_a_gap_within_a_message_loses_that_message() -> None:
    stream = tcp(query(1, "a.b"), query(2, "c.d"), query(3, "e.f"))
    start, size = len(tcp(query(1, "a.b"))), 10
    for cut in (start + 2, start + 5, start + len(tcp(query(2, "c.d"))) - size):
        talking = Talk(DnsAnalyzer, resp=SERVER)
        talking.say(True, stream[:cut])
        talking.analyzer.gap(1000.0, True, size)
        talking.say(True, stream[cut + size :])
        assert sorted(r.query or "" for r in only(talking.finish(), DnsRecord)) == ["a.b", "e.f"]


def test_a_longer_gap_loses_the_direction() -> None:
    talking = Talk(DnsAnalyzer, resp=SERVER)
    talking.say(True, tcp(query(1, "a.b")))
    talking.analyzer.gap(1000.0, True, 5)
    talking.say(True, tcp(query(2, "c.d")))
    talking.say(False, tcp(reply(1, "a.b")))
    (found,) = only(talking.finish(), DnsRecord)
    assert (found.query, found.answers) == ("a.b", ("192.0.2.7",))


def test_what_there_is_of_a_last_message_is_read() -> None:
    (found,) = only(talk(DnsAnalyzer, [(True, tcp(QUERY)), (False, tcp(ANSWER)[:-5])], resp=SERVER), DnsRecord)
    assert (found.query, found.answers) == ("cam.example", ("host.example",))


def test_the_service_is_confirmed_by_a_good_message_only() -> None:
    good, bad = Talk(DnsAnalyzer, proto="udp", resp=SERVER), Talk(DnsAnalyzer, proto="udp", resp=SERVER)
    good.say(True, QUERY)
    bad.say(True, QUERY[:-1])
    assert (good.flow.services, bad.flow.services) == (["dns"], [])


def test_what_is_no_dns_is_given_up() -> None:
    talking = Talk(DnsAnalyzer, proto="udp", resp=SERVER)
    talking.say(True, dns(counts=(999, 0, 0, 0)))
    assert talking.flow.done
    (weird,) = only(talking.finish(), WeirdRecord)
    assert (weird.name, weird.source) == ("DNS_Conn_count_too_large", "DNS")


def test_a_stream_of_empty_messages_is_given_up_at_the_first() -> None:
    records = talk(DnsAnalyzer, [(True, bytes(1000))], resp=SERVER)
    assert [record.name for record in only(records, WeirdRecord)] == ["DNS_truncated_len_lt_hdr_len"]


def test_garbage_does_not_blind_to_what_follows() -> None:
    turns = [(True, QUERY), (True, b"?"), (True, dns(question("x"), flags=2 << 11)), (False, ANSWER)]
    records = talk(DnsAnalyzer, turns, proto="udp", resp=SERVER)
    assert [r.answers is not None for r in only(records, DnsRecord)] == [True]
    assert [r.name for r in only(records, WeirdRecord)] == ["DNS_truncated_len_lt_hdr_len", "DNS_unknown_opcode"]


def test_an_oddity_is_told_once_a_connection() -> None:
    records = talk(DnsAnalyzer, [(True, QUERY[:-1])] * 20, proto="udp", resp=SERVER)
    assert len(only(records, WeirdRecord)) == 1
    assert MAX_FAULTS >= 1


def test_what_waits_is_bounded() -> None:
    """What is given up is written: nothing is lost."""
    for turns, most in (
        ([(True, query(i)) for i in range(500)], MAX_QUERIES + 1),
        ([(True, query(3))] * 500, MAX_QUERIES + 1),
        ([(False, reply(3))] * 500, MAX_REPLIES),
        ([(False, reply(i)) for i in range(500)], MAX_REPLIES),
    ):
        talking = Talk(DnsAnalyzer, proto="udp", resp=SERVER)
        for is_orig, message in turns:
            talking.say(is_orig, message)
        assert len(talking.records) >= 500 - most
        assert len(only(talking.finish(), DnsRecord)) == 500


def test_fifty_queries_may_wait_for_their_answers() -> None:
    turns = [(True, query(i)) for i in range(MAX_QUERIES)] + [(False, reply(i)) for i in range(MAX_QUERIES)]
    found = said(turns)
    assert len(found) == MAX_QUERIES
    assert all(record.rtt == MAX_QUERIES / 2 for record in found)


def test_a_long_answer_does_not_wait_for_a_late_query() -> None:
    texts = record(b"\xc0\x0c", 16, (b"\xff" + bytes(255)) * 5)
    long = dns(question("cam.example", 16), texts, flags=0x8180, counts=(1, 1, 0, 0))
    talking = Talk(DnsAnalyzer, proto="udp", resp=SERVER)
    talking.say(False, long)
    assert len(talking.records) == 1


def test_the_rest_of_a_very_long_message_is_passed_over() -> None:
    answers = [record(b"\xc0\x0c", 16, b"\xff" + b"x" * 255)] * 120
    long = dns(question("cam.example", 252), *answers, flags=0x8180, counts=(1, 120, 0, 0))
    assert len(long) > MAX_MESSAGE
    for split in (0, 7, 1000):
        records = talk(DnsAnalyzer, [(False, tcp(long, reply(1, "a.b")))], split=split, resp=SERVER)
        first, second = only(records, DnsRecord)
        assert (len(first.answers or ()), second.query) == (MAX_MESSAGE // len(answers[0]), "a.b")
        assert only(records, WeirdRecord) == []


@pytest.mark.parametrize("proto", ["udp", "tcp"])
def test_dns_is_known_on_any_port(proto: str) -> None:
    wrap = tcp if proto == "tcp" else bytes
    for message in (QUERY, ANSWER):
        assert DnsAnalyzer.matches(wrap(message), True, proto) is True
    for other in (
        b"GET / HTTP/1.1\r\n\r\n",
        b"\xff\xfd\x01\xff\xfd\x1f" + bytes(20),
        b"\x16\x03\x01\x01\0" + bytes(60),
    ):
        assert DnsAnalyzer.matches(other, True, proto) is False


def test_over_tcp_the_first_bytes_decide_nothing_too_early() -> None:
    stream = tcp(QUERY)
    assert False not in [DnsAnalyzer.matches(stream[:cut], True, "tcp") for cut in range(len(stream) + 1)]
    assert DnsAnalyzer.matches(b"\0\3abc", True, "tcp") is False


def rows(records: list[Record]) -> list[dict[str, object]]:
    """Without the times, which depend on the pieces that a test makes."""
    return [{f: getattr(r, f) for f in r.__struct_fields__ if f not in ("ts", "rtt")} for r in only(records, DnsRecord)]


@given(
    st.lists(
        st.tuples(st.booleans(), st.sampled_from([QUERY, ANSWER, query(3), reply(3), b"", b"?" * 30])), max_size=8
    ),
    st.integers(1, 40),
)
def test_the_same_records_however_the_bytes_are_split(turns: list[Turn], split: int) -> None:
    stream = [(is_orig, tcp(message)) for is_orig, message in turns]
    whole = talk(DnsAnalyzer, stream, resp=SERVER)
    assert rows(talk(DnsAnalyzer, stream, split=split, resp=SERVER)) == rows(whole)


@given(
    st.lists(st.tuples(st.booleans(), st.binary(max_size=80)), max_size=10),
    st.sampled_from(["udp", "tcp"]),
    st.sampled_from([53, 137, 5353]),
)
def test_any_bytes_are_survived(turns: list[Turn], proto: str, port: int) -> None:
    talking = Talk(DnsAnalyzer, proto=proto, resp=("198.51.100.7", port))
    for is_orig, data in turns:
        talking.say(is_orig, data)
        if not talking.flow.done:
            talking.analyzer.gap(talking.now, is_orig, len(data) * 3)
        DnsAnalyzer.matches(data, is_orig, proto)
    talking.finish()
