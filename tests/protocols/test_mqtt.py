import pytest
from hypothesis import given
from hypothesis import strategies as st

from botwarden.protocols.mqtt import (
    CONNECT,
    MAX_BODY,
    MAX_TOPICS,
    PUBLISH,
    Framer,
    Packet,
    begins,
    parse_connack,
    parse_connect,
    parse_publish,
    parse_subscribe,
)


def field(value: bytes) -> bytes:
    return len(value).to_bytes(2, "big") + value


def varint(n: int) -> bytes:
    out = b""
    while True:
        n, digit = divmod(n, 128)
        out += bytes([digit | (0x80 if n else 0)])
        if not n:
            return out


def packet(first: int, body: bytes) -> bytes:
    return bytes([first]) + varint(len(body)) + body


def connect_body(
    level: int = 4,
    client: bytes = b"cam-1",
    user: bytes | None = b"admin",
    password: bytes | None = b"secret",
    will: tuple[bytes, bytes] | None = None,
) -> bytes:
    name = b"MQIsdp" if level == 3 else b"MQTT"
    flags = (0x80 if user is not None else 0) | (0x40 if password is not None else 0) | (4 if will else 0) | 2
    properties = b"\x05\x11\x00\x00\x00\x0a" if level == 5 else b""
    body = field(name) + bytes([level, flags]) + b"\x00\x3c" + properties + field(client)
    if will:
        body += (b"\x00" if level == 5 else b"") + field(will[0]) + field(will[1])
    return body + b"".join(field(part) for part in (user, password) if part is not None)


@pytest.mark.parametrize(("level", "version"), [(3, "3.1"), (4, "3.1.1"), (5, "5.0")])
def test_a_connect_of_each_version(level: int, version: str) -> None:
    read = parse_connect(connect_body(level, will=(b"gone", b"bye")))
    assert read is not None
    said, password = read
    assert (said.version, said.client_id, said.username, said.will_topic) == (version, "cam-1", "admin", "gone")
    assert password == "secret"
    assert "secret" not in repr(said)


def test_a_connect_without_a_login_and_one_that_is_cut() -> None:
    body = connect_body(user=None, password=None)
    assert parse_connect(body) is not None
    assert all(parse_connect(body[:size]) is None for size in range(len(body)))
    assert parse_connect(connect_body(level=6)) is None


def test_begins_is_strict_and_patient() -> None:
    message = packet(0x10, connect_body())
    assert [begins(message[:size]) for size in range(10)] == [None] * 9 + [True]
    assert begins(packet(0x10, connect_body(5))) is True
    assert begins(packet(0x10, field(b"MQIsdp") + b"\x83")) is True, "a bridge"
    for other in (b"\x16\x03\x01", b"\x10\x05\x00\x04MQTX", b"\x10\xff\xff\xff\xff\x01", b"\x10\x10\x00\x04MQTT\x09"):
        assert begins(other) is False


def test_answers_are_told_in_words() -> None:
    assert parse_connack(b"\x00\x00", "3.1.1") == "accepted"
    assert parse_connack(b"\x00\x04", "3.1.1") == "bad user name or password"
    assert parse_connack(b"\x00\x86\x00", "5.0") == "bad user name or password"
    assert parse_connack(b"\x00\x63", "3.1") == "code 99"
    assert parse_connack(b"\x00", "3.1") is None


def test_subscriptions() -> None:
    body = b"\x00\x01" + field(b"a/#") + b"\x00" + field(b"b") + b"\x01"
    asked = parse_subscribe(body, "3.1.1")
    assert asked is not None
    assert (asked.topics, asked.qos) == (("a/#", "b"), 1)
    modern = parse_subscribe(b"\x00\x01\x02\x0b\x01" + field(b"$SYS/#") + b"\x2e", "5.0")
    assert modern is not None
    assert (modern.topics, modern.qos) == (("$SYS/#",), 2)
    assert parse_subscribe(b"\x00\x01", "3.1.1") is None
    many = parse_subscribe(b"\x00\x01" + (field(b"t") + b"\x00") * 1000, "3.1.1")
    assert many is not None
    assert len(many.topics) == MAX_TOPICS


def test_publications() -> None:
    body = field(b"cam/state") + b"\x00\x07" + b'{"on": true}'
    said = parse_publish(Packet(PUBLISH, 0b0011, body, len(body)), "3.1.1")
    assert said is not None
    assert (said.topic, said.qos, said.retain, said.payload_len, said.text) == (
        "cam/state", 1, True, 12, '{"on": true}'
    )  # fmt: skip
    binary = parse_publish(Packet(PUBLISH, 0, field(b"t") + b"\xff\xd8\xff\xe0", 7), "3.1.1")
    assert binary is not None
    assert (binary.payload_len, binary.text) == (4, None)
    modern = parse_publish(Packet(PUBLISH, 0, field(b"t") + b"\x03\x23\x00\x01" + b"x", 8), "5.0")
    assert modern is not None
    assert (modern.payload_len, modern.text) == (1, "x")


def test_text_that_is_cut_within_a_character_is_still_text() -> None:
    payload = "€".encode() * 200
    said = parse_publish(Packet(PUBLISH, 0, field(b"t") + payload, 3 + len(payload)), "3.1.1")
    assert said is not None
    assert said.text == "€" * 64


@given(st.lists(st.tuples(st.integers(16, 255), st.binary(max_size=300)), max_size=5), st.integers(1, 50))
def test_packets_are_the_same_however_the_bytes_are_split(packets: list[tuple[int, bytes]], size: int) -> None:
    stream = b"".join(packet(first, body) for first, body in packets)
    framer = Framer()
    found = [got for at in range(0, len(stream), size) for got in framer.feed(stream[at : at + size])]
    assert [(got.kind << 4 | got.flags, got.body) for got in found] == packets
    assert not framer.lost


def test_a_large_body_is_cut_and_its_length_kept() -> None:
    framer = Framer()
    found = framer.feed(packet(0x30, bytes(3 * MAX_BODY)) + packet(0xC0, b""))
    assert [(len(got.body), got.length) for got in found] == [(MAX_BODY, 3 * MAX_BODY), (0, 0)]


def test_it_goes_on_behind_a_gap_inside_a_body_only() -> None:
    message = packet(0x30, bytes(100))
    framer = Framer()
    framer.feed(message[:50])
    framer.skip(20)
    assert [got.length for got in framer.feed(message[70:] + packet(0xC0, b""))] == [100, 0]
    framer.skip(1)
    assert framer.lost
    assert framer.feed(message) == []


@given(st.binary(max_size=400))
def test_any_bytes_are_read_without_complaint(data: bytes) -> None:
    begins(data)
    for got in Framer().feed(data):
        parse_publish(got, "5.0")
    for version in ("3.1.1", "5.0", None):
        parse_connack(data, version)
        parse_subscribe(data, version)
        parse_publish(Packet(PUBLISH, data[0] & 15 if data else 0, data, len(data)), version)
    parse_connect(data)


@given(st.data())
def test_a_damaged_connect_is_read_without_complaint(data: st.DataObject) -> None:
    message = bytearray(packet(CONNECT << 4, connect_body(5, will=(b"w", b"x"))))
    for _ in range(3):
        message[data.draw(st.integers(0, len(message) - 1))] = data.draw(st.integers(0, 255))
    begins(bytes(message))
    for got in Framer().feed(bytes(message)):
        parse_connect(got.body)
