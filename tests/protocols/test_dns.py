import struct
from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from botwarden.core.address import ip_halves
from botwarden.protocols.dns import (
    AAAA,
    MAX_LABELS,
    MAX_RECORDS,
    MAX_STRINGS,
    PTR,
    SRV,
    TXT,
    A,
    parse_message,
    parse_name,
)
from captures import ip_bytes


def name(text: str) -> bytes:
    return b"".join(bytes([len(part)]) + part.encode() for part in text.split(".") if part) + b"\0"


def record(owner: bytes, rtype: int, rdata: bytes, *, ttl: int = 120) -> bytes:
    return owner + struct.pack(">HHIH", rtype, 1, ttl, len(rdata)) + rdata


def message(
    answers: list[bytes], *, questions: Sequence[bytes] = (), flags: int = 0x8400, count: int | None = None
) -> bytes:
    answer_count = len(answers) if count is None else count
    return struct.pack(">HHHHHH", 7, flags, len(questions), answer_count, 0, 0) + b"".join([*questions, *answers])


def test_reads_every_part_of_a_response() -> None:
    question = name("camera.local") + struct.pack(">HH", A, 1)
    answers = [
        record(b"\xc0\x0c", A, ip_bytes("192.168.0.9")),
        record(b"\xc0\x0c", AAAA, ip_bytes("fe80::9")),
        record(name("_http._tcp.local"), PTR, b"\x08Cam v1.0" + name("_http._tcp.local")),
        record(name("cam._http._tcp.local"), SRV, struct.pack(">HHH", 0, 0, 80) + b"\xc0\x0c"),
        record(name("cam._http._tcp.local"), TXT, b"\x05path=\x04fn=x"),
    ]
    read = parse_message(message(answers, questions=[question]))
    assert read is not None
    assert (read.trans_id, read.response, read.complete) == (7, True, True)
    assert [(q.name, q.qtype, q.qclass) for q in read.questions] == [(("camera", "local"), A, 1)]
    a, aaaa, ptr, srv, txt = read.answers
    assert (a.name, a.ttl, a.address) == (("camera", "local"), 120, ip_halves("192.168.0.9"))
    assert aaaa.address == ip_halves("fe80::9")
    assert ptr.target == ("Cam v1.0", "_http", "_tcp", "local"), "a label keeps its dots"
    assert srv.target == ("camera", "local")
    assert txt.strings == (b"path=", b"fn=x")


def test_sections_are_told_apart() -> None:
    a = record(name("a"), A, bytes(4))
    b = record(name("b"), A, bytes(4))
    c = record(name("c"), A, bytes(4))
    read = parse_message(struct.pack(">HHHHHH", 0, 0, 0, 1, 1, 1) + a + b + c)
    assert read is not None
    assert not read.response
    assert [part[0].name for part in (read.answers, read.authorities, read.additionals)] == [("a",), ("b",), ("c",)]


def test_a_cut_message_gives_what_came_before_the_cut() -> None:
    whole = message([record(name("a.local"), A, bytes(4)), record(name("b.local"), A, bytes(4))])
    read = parse_message(whole[:-1])
    assert read is not None
    assert [answer.name for answer in read.answers] == [("a", "local")]
    assert not read.complete


def test_pointers_cannot_run_in_circles() -> None:
    for pointer in (b"\xc0\x0c", b"\xc0\x0d", b"\xff\xff", b"\x01a\xc0\x0c"):
        read = parse_message(message([record(pointer, A, bytes(4))]))
        assert read is not None
        assert read.answers == ()
        assert not read.complete


def test_the_work_per_message_is_bounded() -> None:
    """Each of many records points to a name of a hundred labels."""
    long_name = record(b"\x01a" * 100 + b"\0", A, bytes(4))
    read = parse_message(message([long_name, *[record(b"\xc0\x0c", A, bytes(4))] * 100]))
    assert read is not None
    assert sum(len(answer.name) + 1 for answer in read.answers) <= MAX_LABELS
    assert not read.complete
    many = parse_message(message([record(b"\0", A, bytes(4))] * (MAX_RECORDS + 1)))
    assert many is not None
    assert len(many.answers) == MAX_RECORDS
    assert not many.complete
    strings = parse_message(message([record(b"\0", TXT, b"\x01x" * (MAX_STRINGS + 1))]))
    assert strings is not None
    assert len(strings.answers[0].strings) == MAX_STRINGS


def test_names_have_the_length_that_rfc_1035_allows() -> None:
    assert parse_name(b"\x3f" + b"a" * 63 + b"\0") == ("a" * 63,)
    assert parse_name((b"\x3f" + b"a" * 63) * 3 + b"\x3d" + b"a" * 61 + b"\0") is not None
    assert parse_name((b"\x3f" + b"a" * 63) * 3 + b"\x3e" + b"a" * 62 + b"\0") is None
    assert parse_name(b"\x40" + b"a" * 64 + b"\0") is None
    assert parse_name(b"\x05abc") is None
    assert parse_name(b"") is None


def test_record_data_of_the_wrong_length_gives_no_address() -> None:
    read = parse_message(message([record(name("a"), A, bytes(5)), record(name("a"), AAAA, bytes(4))]))
    assert read is not None
    assert [answer.address for answer in read.answers] == [None, None]


def test_a_target_may_not_reach_past_its_record() -> None:
    read = parse_message(message([record(name("a"), PTR, b"\x01"), record(name("b"), A, bytes(4))]))
    assert read is not None
    assert read.answers[0].target is None
    assert read.answers[1].name == ("b",)


def test_bytes_that_are_no_text_are_replaced() -> None:
    assert parse_name(b"\x02\xff\xfe\0") == ("\ufffd\ufffd",)


@given(st.binary(max_size=300))
def test_any_bytes_give_a_message_or_none(data: bytes) -> None:
    read = parse_message(data)
    assert (read is None) == (len(data) < 12)
    parse_name(data)


@given(
    st.lists(st.sampled_from([b"\xc0\x0c", b"\x01a", b"\0", b"\xc0", b"\x3f", bytes(4)]), max_size=80),
    st.binary(max_size=40),
)
def test_any_mixture_of_labels_and_pointers_ends(pieces: list[bytes], rest: bytes) -> None:
    read = parse_message(message([b"".join(pieces), rest], count=200))
    assert read is not None
    assert len(read.answers) <= MAX_RECORDS
    assert sum(len(answer.name) for answer in read.answers) <= MAX_LABELS
