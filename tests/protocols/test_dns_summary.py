import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from botwarden.protocols.dns_summary import (
    MAX_ANSWERS,
    MAX_GROWTH,
    MAX_KEPT,
    MAX_QUESTIONS,
    DnsSummary,
    looks_like_dns,
    looks_like_message,
    summarize,
)
from captures import ip_bytes
from protocols.test_dns import name, record

RESPONSE = 0x8000
UPDATE = 5 << 11


def question(text: str, qtype: int = 1, qclass: int = 1) -> bytes:
    return name(text) + struct.pack(">HH", qtype, qclass)


def dns(
    *parts: bytes, flags: int = 0x0100, counts: tuple[int, int, int, int] = (1, 0, 0, 0), trans_id: int = 7
) -> bytes:
    return struct.pack(">HHHHHH", trans_id, flags, *counts) + b"".join(parts)


QUERY = dns(question("Cam.Example"))
ANSWER = dns(
    question("cam.example"),
    record(b"\xc0\x0c", 5, name("Host.example"), ttl=60),
    record(b"\xc0\x29", 1, ip_bytes("192.0.2.7"), ttl=30),
    flags=0x8180,
    counts=(1, 2, 0, 0),
)


def read(message: bytes, netbios: bool = False) -> DnsSummary:
    said = summarize(message, netbios)
    assert said is not None
    return said


def test_a_query() -> None:
    said = read(QUERY)
    assert (said.response, said.opcode, said.logged) == (False, 0, True)
    assert (said.query, said.qtype, said.qclass, said.told, said.fault) == ("cam.example", 1, 1, False, None)


def test_an_answer() -> None:
    said = read(ANSWER)
    assert (said.response, said.rcode, said.questions, said.records) == (True, 0, 1, 2)
    assert (said.owner, said.answers, said.ttls) == ("cam.example", ["host.example", "192.0.2.7"], [60.0, 30.0])


def test_messages_that_differ_in_their_identifier_mean_the_same() -> None:
    first, second = (summarize(dns(question("cam.example"), trans_id=number)) for number in (1, 2))
    assert first is second


def test_what_a_long_message_means_is_not_remembered() -> None:
    long = dns(*[question("cam.example")] * 20, counts=(20, 0, 0, 0))
    assert len(long) > MAX_KEPT
    assert (read(long).query, read(long).kept, read(QUERY).kept) == ("cam.example", False, True)
    assert summarize(long) is not summarize(long)


def test_of_several_questions_the_last_stands() -> None:
    said = read(dns(question("a.example"), question("b.example", 28), counts=(2, 0, 0, 0)))
    assert (said.query, said.qtype) == ("b.example", 28)


def test_what_a_query_answers_is_left_alone() -> None:
    """mDNS queries tell what is known already (RFC 6762, 7.1)."""
    said = read(dns(question("a.local"), record(b"\xc0\x0c", 1, ip_bytes("192.0.2.7")), counts=(1, 1, 0, 0)))
    assert said.answers == []


def test_a_fault_keeps_what_came_before_it() -> None:
    assert read(ANSWER[:-1]).answers == ["host.example"]
    assert read(ANSWER[:-1]).fault == "DNS_truncated_RR_rdlength_lt_len"
    assert read(ANSWER[:-8]).fault == "DNS_truncated_ans_too_short"
    assert read(QUERY[:-1]).fault == "DNS_truncated_quest_too_short"
    assert read(QUERY[:-7]).fault == "DNS_label_len_gt_pkt"


def test_a_record_without_data_is_passed_over() -> None:
    empty = record(b"\xc0\x0c", 16, b"")
    said = read(dns(question("a.b"), empty, record(b"\xc0\x0c", 16, b"\1x"), flags=RESPONSE, counts=(1, 2, 0, 0)))
    assert (said.answers, said.fault) == (["TXT 1 x"], "DNS_zero_rdlength")


def test_other_kinds_of_messages_are_not_logged() -> None:
    said = read(dns(question("a.b"), flags=2 << 11))
    assert (said.logged, said.query, said.fault) == (False, None, "DNS_unknown_opcode")
    assert read(dns(question("a.b"), flags=6 << 11), netbios=True).fault is None


def test_an_update_in_zeeks_words() -> None:
    none, any_, internet = 254, 255, 1
    owner = name("host.example")

    def change(rtype: int, rclass: int, rdata: bytes = b"", ttl: int = 0) -> bytes:
        return owner + struct.pack(">HHIH", rtype, rclass, ttl, len(rdata)) + rdata

    said = read(
        dns(
            question("example", 6),
            change(255, none), change(255, any_), change(5, none), change(1, any_),
            change(255, any_), change(28, any_), change(1, none, ip_bytes("192.0.2.1")),
            change(1, internet, ip_bytes("192.0.2.2"), 1200), change(16, internet, b"\1x", 60),
            flags=UPDATE,
            counts=(1, 4, 5, 0),
        )
    )  # fmt: skip
    assert said.answers == [
        "pre: NameNotInUse host.example",
        "pre: NameInUse host.example",
        "pre: NoRRSet CNAME host.example",
        "pre: RRSetExists A host.example",
        "del: RRSet * host.example",
        "del: RRSet AAAA",
        "del: RR A host.example",
        "add: A host.example 192.0.2.2",
        "add: TXT 1 x",
    ]
    assert said.ttls[-2:] == [1200.0, 60.0]
    assert (said.query, said.owner) == (None, "host.example"), "the question is the zone"


def test_netbios_names_are_decoded() -> None:
    said = read(dns(question("EJFDEBFEEBFACACACACACACACACACAAA", 32)), netbios=True)
    assert said.query == "ISATAP"


def test_limits() -> None:
    assert summarize(bytes(11)) is None
    assert summarize(dns(counts=(MAX_QUESTIONS + 1, 0, 0, 0))) is None
    many = dns(*[record(b"\0", 1, bytes(4))] * 200, flags=RESPONSE, counts=(0, 200, 0, 0))
    assert (len(read(many).answers), read(many).fault) == (MAX_ANSWERS, "DNS_too_many_answers")


def test_compressed_names_cannot_blow_a_message_up() -> None:
    long = b"".join(b"\x3d" + b"a" * 61 for _ in range(4)) + b"\0"
    pointing = [record(b"\xc0\x0c", 5, b"\x02%c%c\xc0\x0c" % (97 + i // 26, 97 + i % 26)) for i in range(100)]
    message = dns(long + b"\0\1\0\1", *pointing, flags=RESPONSE, counts=(1, 100, 0, 0))
    said = read(message)
    assert said.fault == "DNS_too_many_answers"
    assert said.size == sum(map(len, said.answers)) <= (MAX_GROWTH + 1) * len(message) + 1024


@pytest.mark.parametrize(
    "message",
    [
        QUERY,
        ANSWER,
        dns(record(name("tv.local"), 1, bytes(4)), flags=0x8400, counts=(0, 1, 0, 0)),
        dns(question("tv.local", 255, 0x8001), flags=0),
        dns(question("EJFDEBFEEBFACACACACACACACACACAAA", 32), flags=0x2910),
        dns(question("zone.example", 6), flags=0x2400),
        dns(question(""), flags=0),
    ],
)
def test_dns_is_known_by_its_content(message: bytes) -> None:
    assert looks_like_dns(message, len(message))


@pytest.mark.parametrize(
    "message",
    [
        b"",
        QUERY[:-1],
        b"GET / HTTP/1.1\r\nHost: a.example\r\n\r\n",
        b"SSH-2.0-dropbear_2022.83\r\n",
        b"M-SEARCH * HTTP/1.1\r\nHOST: 239.255.255.250:1900\r\n\r\n",
        bytes(48),
        b"\x23" + bytes(47),
        b"\0\1\0\0\x21\x12\xa4\x42" + bytes(12),  # STUN
        b"\x16\xfe\xfd" + bytes(60),  # DTLS
        b"\0\1pxelinux.0\0octet\0",  # TFTP
        dns(question("a.b"), flags=0x0140),  # a reserved bit
        dns(question("a.b"), flags=0x0103),  # a query with a response code
        dns(question("a.b"), flags=0x7800),  # no such operation
        dns(question("a.b", qclass=9)),
        dns(question("a.b"), counts=(1, 0, 0, 99)),
        dns(question("a.b"), counts=(0, 0, 0, 0)),
        dns(b"\xc0\x0c\0\1\0\1"),
    ],
)
def test_other_content_is_not_dns(message: bytes) -> None:
    assert looks_like_dns(message, len(message)) is False


def test_the_beginning_of_a_message_decides_nothing_too_early() -> None:
    for message in (QUERY, ANSWER):
        answers = [looks_like_dns(message[:cut], len(message)) for cut in range(len(message) + 1)]
        assert False not in answers
        assert answers[-1]


@given(st.binary(max_size=400), st.booleans())
def test_any_bytes_give_a_summary_or_none(data: bytes, netbios: bool) -> None:
    said = summarize(data, netbios)
    assert said is None or len(said.answers) == len(said.ttls) <= MAX_ANSWERS
    assert looks_like_message(data) == bool(looks_like_dns(data, len(data)))


@given(st.integers(0, len(ANSWER) - 1), st.integers(0, 255), st.binary(max_size=20))
def test_a_damaged_answer_gives_a_summary(at: int, byte: int, more: bytes) -> None:
    damaged = ANSWER[:at] + bytes([byte]) + ANSWER[at + 1 :] + more
    summarize(damaged)
    looks_like_dns(damaged, len(damaged))
