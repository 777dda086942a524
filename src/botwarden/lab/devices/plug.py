"""The smart plug: one long MQTT connection to its maker, a lamp of the hub's over CoAP, a way kept open over UDP."""

import random
import time
from typing import Final

from botwarden.lab import coap, mqtt
from botwarden.lab.devices import common
from botwarden.lab.fetching import Asker
from botwarden.lab.internet import KEEP_PORT, SWITCHED
from botwarden.lab.life import Life, Living
from botwarden.lab.rhythm import Habit
from botwarden.lab.serving import serve_udp, udp_socket

BROKER: Final = "mqtt.plugs.example"
KEEP: Final = 60
REPORT_EVERY: Final = 40.0
LOAD_TOPIC: Final = "plugs/washer-plug/load"
LAMP: Final = "/lights/1"


def _serve(_: Life) -> None:
    serve_udp(udp_socket("0.0.0.0", coap.PORT), coap.Lamps((LAMP,)).reply())  # noqa: S104


def _asker(life: Life) -> Asker:
    return life.asker("TuyaMCU/1.4", verify=False, newest=False)


def _connection(life: Life, thrown: random.Random) -> None:
    """Connect, subscribe, report what the machine draws, and answer when switched; ends when the broker does."""
    client = mqtt.Client(BROKER, 1883, life.device.name, KEEP)
    try:
        client.send(mqtt.subscribe(SWITCHED))
        report = ping = life.clock.now()
        while True:
            now = life.clock.now()
            if now >= report:
                client.send(mqtt.publish(LOAD_TOPIC, b'{"watt": %d}' % thrown.choice((0, 1, 1, 2, 180, 2_050))))
                report = now + REPORT_EVERY * thrown.uniform(0.9, 1.1)
            if now >= ping + KEEP:
                client.send(mqtt.packet(mqtt.PINGREQ))
                ping = now
            heard = client.wait(min((report - now) / life.clock.speed, 0.2))
            if heard and heard[0] == mqtt.PUBLISH and mqtt.said(heard[1])[0] == SWITCHED:
                client.send(mqtt.publish("plugs/washer-plug/state", mqtt.said(heard[1])[1]))
            time.sleep(0.005)
    finally:
        client.close()


LIVING: Final = Living(
    serve=_serve,
    habits=(
        common.tell_time(1_800.0),
        Habit("connection", _connection, 10.0, 0.3, first=3.0),
        common.keep_open("mqtt.plugs.example", KEEP_PORT, 30.0),
        common.check_firmware(_asker),
    ),
    udp=(coap.PORT,),
    vendor_class="",
)
