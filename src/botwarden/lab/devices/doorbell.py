"""The doorbell: one kept connection to its maker, and clips when somebody comes."""

import random
from typing import Final

from botwarden.lab.devices import common
from botwarden.lab.fetching import Asker
from botwarden.lab.life import Life, Living
from botwarden.lab.rhythm import Habit, people

CLOUD: Final = "https://events.doorbell.example"
_CLIENTS: Final[dict[str, Asker]] = {}


def _serve(life: Life) -> None:
    _CLIENTS["kept"] = _asker(life)


def _asker(life: Life) -> Asker:
    return life.asker("Doorbell/3.41 (fw 8.2)")


def _heartbeat(_: Life, thrown: random.Random) -> None:
    """On the connection that it keeps; a new one where that has ended."""
    body = b'{"battery": %d, "signal": -%d}' % (thrown.randint(70, 99), thrown.randint(48, 66))
    _CLIENTS["kept"].fetch(f"{CLOUD}/api/alive", "POST", body, keep=True)


def _ring(life: Life, thrown: random.Random) -> None:
    """Somebody at the door: an event at once, then a clip in two parts."""
    ask = _asker(life)
    ask.fetch(f"{CLOUD}/api/event", "POST", b'{"event": "ring", "clip": 2}')
    for part in range(2):
        ask.fetch(f"{CLOUD}/clips/{thrown.getrandbits(32):08x}-{part}.mp4", "PUT", _clip(thrown), kind="video/mp4")
        life.pause(thrown, 2.0, 6.0)


def _clip(thrown: random.Random) -> bytes:
    return thrown.randbytes(thrown.randint(90_000, 260_000))


LIVING: Final = Living(
    serve=_serve,
    habits=(
        common.tell_time(1_024.0),
        Habit("heartbeat", _heartbeat, 45.0, 0.05),
        Habit("ring", _ring, 420.0, 0.8, first=100.0, likely=people),
        common.check_firmware(_asker),
    ),
    vendor_class="",
)
