"""The camera's web server: a page, a status, and snapshots behind HTTP Basic authentication (RFC 7617)."""

import base64
import random
import socket
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Final

from lab import plan

PAGE: Final = b"<html><title>Porch camera</title><img src='/snapshot.jpg'></html>\n"
STATUS: Final = b'{"model": "porch-camera", "uptime": 81230, "recording": true}\n'
SNAPSHOT_BYTES: Final = range(6_000, 9_000)
PICTURES: Final = 16


def picture(number: int) -> bytes:
    """Bytes that look like a JPEG from afar: its first and last markers, noise between them."""
    noise = random.Random(number)
    return b"\xff\xd8\xff\xe0" + noise.randbytes(noise.choice(SNAPSHOT_BYTES)) + b"\xff\xd9"


class Camera(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version = "porch-camera/2.1"
    sys_version = ""
    taken = 0

    def do_GET(self) -> None:
        if self.path == "/status":
            self._answer(200, "application/json", STATUS)
        elif not self._authorized():
            self._answer(401, "text/plain", b"login required\n")
        elif self.path == "/snapshot.jpg":
            Camera.taken += 1
            self._answer(200, "image/jpeg", picture(Camera.taken % PICTURES))
        else:
            self._answer(200, "text/html", PAGE)

    def _authorized(self) -> bool:
        token = base64.b64encode(":".join(plan.CAMERA_LOGIN).encode()).decode()
        return self.headers.get("Authorization") == f"Basic {token}"

    def _answer(self, status: int, kind: str, body: bytes) -> None:
        self.send_response(status)
        if status == 401:
            self.send_header("WWW-Authenticate", 'Basic realm="porch-camera"')
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Keep quiet: the recording is the log."""


class DualStackServer(ThreadingHTTPServer):
    address_family = socket.AF_INET6
    daemon_threads = True


if __name__ == "__main__":
    DualStackServer(("::", 80), Camera).serve_forever()
