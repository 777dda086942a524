import pytest
from hypothesis import given
from hypothesis import strategies as st

from botwarden.protocols.dtls import MAX_FRAGMENTS, MAX_MESSAGE, MAX_OPEN, Fragments, parse_records, starts_dtls
from botwarden.protocols.tls import ALERT, APPLICATION_DATA, CERTIFICATE, CHANGE_CIPHER_SPEC, CIPHERTEXT, HANDSHAKE
from protocols.tls_messages import client_hello, dtls_fragment, dtls_message, dtls_record

HELLO = dtls_record(dtls_message(1, client_hello(version=0xFEFD, cookie=b"")))
BODY = bytes(range(200)) * 20


def test_a_datagram_of_several_records() -> None:
    datagram = (
        dtls_record(b"message") + dtls_record(b"\1", 20) + dtls_record(b"\2\x28", 21) + dtls_record(b"secret", epoch=1)
    )
    assert list(parse_records(datagram)) == [
        (HANDSHAKE, b"message"),
        (CHANGE_CIPHER_SPEC, b"\1"),
        (ALERT, b"\2\x28"),
        (CIPHERTEXT, b""),
    ]
    assert list(parse_records(dtls_record(b"data", 23))) == [(APPLICATION_DATA, b"")]


def test_the_short_header_of_version_13_means_encryption() -> None:
    assert list(parse_records(b"\x2e\x00\x01\x00\x20" + bytes(32))) == [(CIPHERTEXT, b"")]


@pytest.mark.parametrize("junk", [b"", b"\x80\x60rtp", HELLO[:12], HELLO[:-1], b"\x16\x03\x03" + HELLO[3:]])
def test_other_datagrams_hold_no_records(junk: bytes) -> None:
    assert list(parse_records(junk)) == []


def test_hellos_and_sessions_under_way_are_dtls() -> None:
    assert starts_dtls(HELLO)
    assert starts_dtls(dtls_record(b"secret", 23, epoch=1))
    assert starts_dtls(dtls_record(b"a", 20) + dtls_record(b"secret", epoch=1))


@pytest.mark.parametrize(
    "junk",
    [
        b"",
        HELLO + b"x",
        HELLO[:-1],
        b"\x40" + HELLO[1:],
        HELLO[:13] + b"\x0b" + HELLO[14:],  # a certificate first
        HELLO[:22] + b"\xff\xff\xff" + HELLO[25:],  # a fragment longer than its message
        dtls_record(b"x"),
        b"\x16\x01\x00" + b"\0" * 20,
    ],
)
def test_other_datagrams_are_no_dtls(junk: bytes) -> None:
    assert not starts_dtls(junk)


def test_whole_messages_come_at_once() -> None:
    fragments = Fragments()
    assert list(fragments.feed(dtls_message(1, b"hello") + dtls_message(14, b""))) == [(1, b"hello"), (14, None)]


@pytest.mark.parametrize("order", [(0, 1, 2, 3), (3, 2, 1, 0), (2, 0, 2, 3, 0, 1)])
def test_fragments_are_put_together_in_any_order(order: tuple[int, ...]) -> None:
    fragments = Fragments()
    found = [
        one
        for part in order
        for one in fragments.feed(dtls_fragment(CERTIFICATE, BODY, 2, part * 1000, part * 1000 + 1000))
    ]
    assert found == [(CERTIFICATE, BODY)]


def test_fragments_may_overlap() -> None:
    fragments = Fragments()
    found = [
        one
        for start, end in ((0, 1500), (1000, 3000), (2500, 4000))
        for one in fragments.feed(dtls_fragment(CERTIFICATE, BODY, 2, start, end))
    ]
    assert found == [(CERTIFICATE, BODY)]


def test_a_message_sent_again_in_fragments_comes_once() -> None:
    fragments = Fragments()
    halves = [dtls_fragment(CERTIFICATE, BODY, 2, start, start + 2000) for start in (0, 2000)]
    assert [one for half in halves * 2 for one in fragments.feed(half)] == [(CERTIFICATE, BODY)]


def test_messages_may_be_mixed_but_not_without_end() -> None:
    fragments = Fragments()
    for number in range(MAX_OPEN):
        assert not list(fragments.feed(dtls_fragment(CERTIFICATE, BODY, number, 0, 2000)))
    for number in reversed(range(MAX_OPEN)):
        assert list(fragments.feed(dtls_fragment(CERTIFICATE, BODY, number, 2000, 4000)))
    for number in range(100, 100 + MAX_OPEN + 1):
        assert not list(fragments.feed(dtls_fragment(CERTIFICATE, BODY, number, 0, 2000)))
    assert not list(fragments.feed(dtls_fragment(CERTIFICATE, BODY, 100, 2000, 4000))), "the oldest made room"


def test_a_message_in_too_many_fragments_is_given_up() -> None:
    fragments = Fragments()
    found = [
        one
        for start in range(MAX_FRAGMENTS + 10)
        for one in fragments.feed(dtls_fragment(CERTIFICATE, BODY[: MAX_FRAGMENTS + 10], 2, start, start + 1))
    ]
    assert found == []


def test_a_message_without_end_is_not_kept() -> None:
    head = b"\x0b" + (MAX_MESSAGE + 1).to_bytes(3, "big") + b"\0\1" + bytes(3) + (100).to_bytes(3, "big")
    assert list(Fragments().feed(head + bytes(100))) == []


def test_a_fragment_past_the_end_is_no_message() -> None:
    assert list(Fragments().feed(b"\1" + (5).to_bytes(3, "big") + b"\0\0" + (4).to_bytes(3, "big") * 2 + b"abcd")) == []
    assert list(Fragments().feed(dtls_message(1, b"hello")[:-1])) == []


@given(st.lists(st.binary(max_size=80), max_size=20))
def test_any_bytes_are_read(datagrams: list[bytes]) -> None:
    fragments = Fragments()
    for datagram in datagrams:
        starts_dtls(datagram)
        for _, content in parse_records(datagram):
            list(fragments.feed(content))
        list(fragments.feed(datagram))


@given(st.data())
def test_bent_fragments_are_read(data: st.DataObject) -> None:
    fragments = Fragments()
    for start in range(0, 4000, 500):
        bent = bytearray(dtls_fragment(CERTIFICATE, BODY, 2, start, start + 500))
        bent[data.draw(st.integers(0, 12))] ^= data.draw(st.integers(0, 255))
        for _, body in fragments.feed(bytes(bent)):
            assert body is None or len(body) <= MAX_MESSAGE
