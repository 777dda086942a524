"""Web sites of the lab's internet: pages and pictures, makers' clouds, firmware, backups, videos, a speed test."""

import json
import random
import re
from typing import Final

from botwarden.lab import plan
from botwarden.lab.serving import Page

PAGE_BYTES: Final = range(2_000, 14_000)
PICTURE_BYTES: Final = range(8_000, 60_000)
SEGMENT_BYTES: Final = range(150_000, 320_000)
FIRMWARE_BYTES: Final = 3_000_000
MAX_SPEED_BYTES: Final = 20_000_000
BLOCK: Final = random.Random(11).randbytes(65_536)
SUFFIXES: Final = {
    "jpg": ("image/jpeg", PICTURE_BYTES),
    "js": ("application/javascript", PICTURE_BYTES),
    "ts": ("video/mp2t", SEGMENT_BYTES),
}
_SPEED: Final = re.compile(r"/down/(\d{1,9})$")
VERSION: Final = {"version": "2.1.7", "url": "https://firmware.example/image/2.1.7.bin"}


def content(path: str) -> tuple[str, bytes]:
    """Type and body of a path: the same bytes for the same path, whoever asks."""
    noise = random.Random(path)
    if path.startswith("/latest/"):
        return "application/json", json.dumps(VERSION).encode()
    if path.startswith("/image/"):
        return "application/octet-stream", noise.randbytes(FIRMWARE_BYTES)
    if path.startswith("/api/"):
        return "application/json", json.dumps(
            {"ok": True, "token": noise.randbytes(noise.randint(40, 200)).hex()}
        ).encode()
    kind, sizes = SUFFIXES.get(path.rpartition(".")[2], ("text/html; charset=utf-8", PAGE_BYTES))
    return kind, noise.randbytes(noise.choice(sizes))


class Site(Page):
    """All the sites: what they have depends on the path alone."""

    server_version = "nginx/1.22.1"

    def do_GET(self) -> None:
        """A page, a picture, a segment of a video, a file, or as many bytes as are asked for."""
        speed = _SPEED.match(self.path)
        if speed:
            self._many(min(int(speed[1]), MAX_SPEED_BYTES))
        else:
            kind, body = content(self.path)
            self.answer(200, body, kind)

    def do_HEAD(self) -> None:
        """The same without the body."""
        self.do_GET()

    def do_PUT(self) -> None:
        """Take a clip, a backup, a reading, and keep nothing of it."""
        size = self.drain()
        self.answer(200, json.dumps({"stored": size}).encode(), "application/json")

    def do_POST(self) -> None:
        """The same."""
        self.do_PUT()

    def _many(self, size: int) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "application/octet-stream")
        self.send_header("Content-Length", str(size))
        self.end_headers()
        while size > 0 and self.command != "HEAD":
            self.wfile.write(BLOCK[:size])
            size -= len(BLOCK)


class Victim(Site):
    """A small shop's web server, which takes the floods."""

    server_version = "Apache/2.4.57"


PLAIN: Final = (plan.UPDATE_IP, plan.NEWS_IP)
"""Sites that answer without TLS as well: old firmware asks that way, and old links do."""
