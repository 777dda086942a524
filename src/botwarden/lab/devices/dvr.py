"""The recorder: fetches snapshots and streams from the camera, and has telnet with a good password."""

import random
from typing import Final

from botwarden.lab import plan, rtsp, telnetd
from botwarden.lab.devices import common
from botwarden.lab.fetching import Asker
from botwarden.lab.life import Life, Living
from botwarden.lab.rhythm import Habit, people
from botwarden.lab.serving import Page, serve_http

PAGE: Final = b"<html><head><title>WEB SERVICE</title></head><body>Recorder: please log in.</body></html>\n"
RECORD: Final = (15.0, 75.0)


class Recorder(Page):
    """Its page; what is behind it wants a login."""

    server_version = "Webs"

    def do_GET(self) -> None:
        """The page, or a refusal."""
        if self.path == "/":
            self.answer(200, PAGE)
        else:
            self.answer(401, b"login required\n", "text/plain", {"WWW-Authenticate": 'Basic realm="recorder"'})


def _serve(life: Life) -> None:
    serve_http("0.0.0.0", 80, Recorder)  # noqa: S104
    print("telnet:", telnetd.serve(["0.0.0.0"], life.device.role, life.state, life.own), flush=True)  # noqa: S104


def _asker(life: Life) -> Asker:
    return life.asker("garage-dvr/4.0", verify=False, newest=False)


def _snapshot(life: Life, _: random.Random) -> None:
    _asker(life).fetch(f"http://{plan.CAMERA.ip}/snapshot.jpg", login=plan.CAMERA_LOGIN)


def _record(life: Life, thrown: random.Random) -> None:
    """Something moves on the porch: take the stream for a while."""
    rtsp.watch(plan.CAMERA.ip, plan.CAMERA_LOGIN, life.clock, thrown.uniform(*RECORD))


def _movement(story: float) -> float:
    return 0.3 + 0.7 * people(story)


LIVING: Final = Living(
    serve=_serve,
    habits=(
        common.tell_time(900.0),
        Habit("snapshot", _snapshot, 10.0, 0.02, first=3.0),
        Habit("record", _record, 240.0, 0.6, first=20.0, likely=_movement),
        common.check_firmware(_asker),
    ),
    tcp=(80, telnetd.PORT),
)
