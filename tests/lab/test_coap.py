import random

from hypothesis import given
from hypothesis import strategies as st

from botwarden.lab import coap

DICE = random.Random(3)
messages = st.builds(
    coap.Message,
    kind=st.integers(0, 3),
    code=st.integers(0, 255),
    number=st.integers(0, 65_535),
    token=st.binary(max_size=8),
    options=st.lists(st.tuples(st.integers(0, 60), st.binary(max_size=40)), max_size=4).map(
        lambda options: tuple(sorted(options, key=lambda pair: pair[0]))
    ),
    payload=st.binary(min_size=1, max_size=40),
)


@given(messages)
def test_what_is_written_is_read(message: coap.Message) -> None:
    assert coap.decode(coap.encode(message)) == message


@given(st.binary(max_size=120))
def test_any_bytes_are_a_message_or_none(data: bytes) -> None:
    found = coap.decode(data)
    assert found is None or found.kind in range(4)


def test_a_request_as_the_standard_writes_it() -> None:
    # RFC 7252, figure 20: GET /temperature
    message = coap.Message(coap.CON, coap.GET, 0x7D34, options=((coap.URI_PATH, b"temperature"),))
    assert coap.encode(message) == b"\x40\x01\x7d\x34\xbbtemperature"


def test_lamps_are_listed_read_and_set() -> None:
    lamps = coap.Lamps(("/lights/1", "/lights/2"))
    listed = lamps.answer(coap.request(coap.GET, "/.well-known/core", DICE))
    assert listed is not None
    assert listed.payload == b'</lights/1>;rt="light",</lights/2>;rt="light"'
    lit = coap.request(coap.PUT, "/lights/2", DICE, b'{"on": true}')
    done = lamps.answer(lit)
    assert done is not None
    assert (done.kind, done.code, done.number, done.token) == (coap.ACK, coap.CHANGED, lit.number, lit.token)
    now = [lamps.answer(coap.request(coap.GET, f"/lights/{n}", DICE)) for n in (1, 2)]
    assert [b'"on": true' in one.payload for one in now if one] == [False, True]


def test_an_unknown_path_and_a_message_that_is_no_request() -> None:
    lamps = coap.Lamps(("/lights/1",))
    missing = lamps.answer(coap.request(coap.GET, "/nothing", DICE))
    assert missing is not None
    assert missing.code == coap.NOT_FOUND
    assert lamps.answer(coap.Message(coap.ACK, coap.CONTENT, 5)) is None
    assert lamps.reply()(b"no coap", ("192.0.2.1", 5)) is None


def test_who_asks_without_wanting_a_receipt_gets_none() -> None:
    said = coap.Lamps(("/lights/1",)).answer(coap.request(coap.GET, "/lights/1", DICE, kind=coap.NON))
    assert said is not None
    assert said.kind == coap.NON
