import contextlib
import socket
import threading
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from botwarden.lab import mqtt


def broker(talk: Callable[[socket.socket], None]) -> int:
    """The port of somebody who talks to one client."""
    server = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        with server, server.accept()[0] as link, contextlib.suppress(ConnectionError):
            talk(link)

    threading.Thread(target=serve, daemon=True).start()
    return int(server.getsockname()[1])


def welcome(link: socket.socket) -> None:
    link.recv(256)
    link.sendall(mqtt.packet(mqtt.CONNACK, b"\0\0"))


def test_packets_as_the_standard_writes_them() -> None:
    assert mqtt.packet(mqtt.PINGREQ) == b"\xc0\0"
    assert mqtt.connect("plug", 60) == b"\x10\x10\0\x04MQTT\x04\x02\0\x3c\0\x04plug"
    assert mqtt.subscribe("a/b") == b"\x82\x08\0\x01\0\x03a/b\0"
    assert mqtt.publish("a", b"on") == b"\x30\x05\0\x01aon"
    assert mqtt.packet(mqtt.PUBLISH, bytes(321))[1:3] == b"\xc1\x02"  # 321: the standard's example, 2.2.3


@given(st.text(max_size=30), st.binary(max_size=60))
def test_what_is_published_is_read(topic: str, payload: bytes) -> None:
    assert mqtt.said(mqtt.publish(topic, payload)[2:]) == (topic, payload)


@given(st.binary(max_size=40))
def test_any_bytes_are_something_said(data: bytes) -> None:
    mqtt.said(data)


def test_a_client_hears_what_is_published_and_waits_no_longer_than_asked() -> None:
    def talk(link: socket.socket) -> None:
        welcome(link)
        assert link.recv(64) == mqtt.subscribe("x")
        link.sendall(mqtt.publish("x", b"1" * 300))
        link.recv(64)

    client = mqtt.Client("127.0.0.1", broker(talk), "me", 60)
    assert client.wait(0.01) is None
    client.send(mqtt.subscribe("x"))
    heard = client.wait(5.0)
    assert heard is not None
    assert (heard[0], mqtt.said(heard[1])) == (mqtt.PUBLISH, ("x", b"1" * 300))
    client.close()


@pytest.mark.parametrize(
    "answer", [b"", b"\x20\x02\0\x05", b"\x30\x02\0\0", b"\x20\xff\xff\xff\xff", b"\x20\xff\xff\x7f"]
)
def test_a_broker_that_does_not_want_us_is_told(answer: bytes) -> None:
    def talk(link: socket.socket) -> None:
        link.recv(256)
        link.sendall(answer)

    with pytest.raises(ConnectionError):
        mqtt.Client("127.0.0.1", broker(talk), "me", 60)


def test_a_huge_packet_is_not_waited_for() -> None:
    def talk(link: socket.socket) -> None:
        link.recv(256)
        link.sendall(b"\x20\xff\xff\x7f")
        link.recv(1)

    with pytest.raises(ConnectionError, match="a packet of 2097151 bytes"):
        mqtt.Client("127.0.0.1", broker(talk), "me", 60)


def test_a_broker_that_hangs_up_is_noticed() -> None:
    client = mqtt.Client("127.0.0.1", broker(welcome), "me", 60)
    with pytest.raises(ConnectionError, match="hung up"):
        client.wait(5.0)
    client.close()
