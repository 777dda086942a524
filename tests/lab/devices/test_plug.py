import socket
import threading
from pathlib import Path

import pytest

from botwarden.lab import mqtt
from botwarden.lab.devices import plug
from lives import life_of


def test_it_connects_subscribes_reports_and_answers_when_switched(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = socket.create_server(("127.0.0.1", 0))
    heard = bytearray()

    def broker() -> None:
        with server, server.accept()[0] as link:
            link.settimeout(10)
            heard.extend(link.recv(500))
            link.sendall(mqtt.packet(mqtt.CONNACK, b"\0\0"))
            link.sendall(mqtt.publish(plug.SWITCHED, b'{"on": true}'))
            while b"/state" not in heard or b"/load" not in heard or mqtt.packet(mqtt.PINGREQ) not in heard:
                heard.extend(link.recv(500))

    thread = threading.Thread(target=broker)
    thread.start()
    real = mqtt.Client
    monkeypatch.setattr(
        mqtt, "Client", lambda host, port, name, keep: real("127.0.0.1", server.getsockname()[1], name, keep)
    )
    life = life_of("plug", tmp_path, speed=200.0)
    connection = next(habit for habit in plug.LIVING.habits if habit.name == "connection")
    with pytest.raises(OSError, match=r"hung up|reset|Broken pipe"):
        connection.do(life, life.dice("connection"))
    thread.join(10)
    assert mqtt.subscribe(plug.SWITCHED) in heard
    assert mqtt.publish("plugs/washer-plug/state", b'{"on": true}') in heard
    assert b'{"watt": ' in heard
