"""The thermostat: asks its maker for orders over HTTPS, and verifies whom it asks."""

import random
from typing import Final

from botwarden.lab.devices import common
from botwarden.lab.fetching import Asker
from botwarden.lab.life import Life, Living
from botwarden.lab.rhythm import Habit

CLOUD: Final = "https://api.thermostat.example"


def _asker(life: Life) -> Asker:
    return life.asker("hall-thermostat/5.2", newest=False)


def _poll(life: Life, _: random.Random) -> None:
    _asker(life).fetch(f"{CLOUD}/api/target")


LIVING: Final = Living(
    serve=lambda _: None,
    habits=(
        common.tell_time(512.0),
        Habit("poll", _poll, 60.0, 0.1, first=6.0),
        common.post("report", f"{CLOUD}/api/report", _asker, 300.0, (150, 400)),
        common.check_firmware(_asker),
    ),
    vendor_class="",
)
