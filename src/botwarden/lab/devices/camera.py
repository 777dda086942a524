"""The camera: a web page with snapshots, a stream, telnet with a factory password, and a maker's cloud."""

import base64
import random
import threading
from typing import Final

from botwarden.lab import plan, rtsp, telnetd
from botwarden.lab.devices import common
from botwarden.lab.fetching import Asker
from botwarden.lab.internet import KEEP_PORT
from botwarden.lab.life import Life, Living
from botwarden.lab.rhythm import people
from botwarden.lab.serving import Page, serve_http, serve_tcp

PAGE: Final = b"<html><head><title>Porch camera</title></head><body><img src='/snapshot.jpg'></body></html>\n"
STATUS: Final = b'{"model": "porch-camera", "recording": true}\n'
SNAPSHOT_BYTES: Final = range(6_000, 9_000)
PICTURES: Final = 16
CLOUD: Final = "https://cloud.camera.example"


def picture(number: int) -> bytes:
    """Bytes that look like a JPEG from afar: its first and last markers, noise between them."""
    noise = random.Random(number)
    return b"\xff\xd8\xff\xe0" + noise.randbytes(noise.choice(SNAPSHOT_BYTES)) + b"\xff\xd9"


class Camera(Page):
    """The camera's page, its status for everybody, its snapshots behind HTTP Basic authentication (RFC 7617)."""

    server_version = "App-webs/"
    taken = 0
    _lock = threading.Lock()

    def do_GET(self) -> None:
        """Answer."""
        if self.path == "/status":
            self.answer(200, STATUS, "application/json")
        elif not self._authorized():
            self.answer(401, b"login required\n", "text/plain", {"WWW-Authenticate": 'Basic realm="IP camera"'})
        elif self.path == "/snapshot.jpg":
            with Camera._lock:
                Camera.taken += 1
            self.answer(200, picture(Camera.taken % PICTURES), "image/jpeg")
        else:
            self.answer(200, PAGE)

    def _authorized(self) -> bool:
        token = base64.b64encode(":".join(plan.CAMERA_LOGIN).encode()).decode()
        return self.headers.get("Authorization") == f"Basic {token}"


def _serve(life: Life) -> None:
    serve_http("::", 80, Camera)
    serve_tcp("0.0.0.0", rtsp.PORT, rtsp.Stream(life.clock, plan.CAMERA_LOGIN, life.dice("stream")).talk)  # noqa: S104
    print("telnet:", telnetd.serve(["0.0.0.0"], life.device.role, life.state, life.own), flush=True)  # noqa: S104


def _asker(life: Life) -> Asker:
    return life.asker("porch-camera/2.1", verify=False, newest=False)


LIVING: Final = Living(
    serve=_serve,
    habits=(
        common.tell_time(600.0),
        common.post("heartbeat", f"{CLOUD}/api/heartbeat", _asker, 30.0, (60, 90)),
        common.upload("clip", f"{CLOUD}/clips", _asker, 180.0, (60_000, 220_000), people),
        common.keep_open("cloud.camera.example", KEEP_PORT, 25.0),
        common.check_firmware(_asker),
    ),
    tcp=(80, rtsp.PORT, telnetd.PORT),
    services={"_http._tcp": (80, {"path": "/"}), "_rtsp._tcp": (rtsp.PORT, {"path": rtsp.PATH})},
)
