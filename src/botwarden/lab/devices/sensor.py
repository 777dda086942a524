"""The climate sensor: one MQTT connection on which it publishes what it measures, with mosquitto's own client."""

import random
import subprocess
from typing import Final

from botwarden.lab.devices import common
from botwarden.lab.life import Life, Living
from botwarden.lab.rhythm import Habit

BROKER: Final = "mqtt.sensors.example"
TOPIC: Final = "house/greenhouse/climate"
EVERY: Final = 15.0
KEEP: Final = 60


def reading(thrown: random.Random) -> str:
    """What it says."""
    return f'{{"temperature": {thrown.gauss(18, 1):.1f}, "humidity": {thrown.gauss(60, 4):.0f}}}'


def _publish(life: Life, thrown: random.Random) -> None:
    """As long as the connection lasts."""
    keep = max(5, round(KEEP / life.clock.speed))
    command = ["mosquitto_pub", "-h", BROKER, "-i", life.device.name, "-q", "1", "-k", str(keep), "-l", "-t", TOPIC]
    with subprocess.Popen(command, stdin=subprocess.PIPE, text=True) as client:
        assert client.stdin is not None
        while client.poll() is None:
            client.stdin.write(reading(thrown) + "\n")
            client.stdin.flush()
            life.pause(thrown, EVERY * 0.97, EVERY * 1.03)


LIVING: Final = Living(
    serve=lambda _: None,
    habits=(common.tell_time(1_024.0), Habit("publish", _publish, 10.0, 0.3, first=3.0)),
    vendor_class="",
)
