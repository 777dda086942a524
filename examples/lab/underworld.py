"""The other end of the break-in: where the bot's program lies, and who gives it orders. Both are harmless.

python -m lab.underworld
"""

import random
import socketserver
import struct
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Final

from lab import plan

NOISE: Final = 24_000  # bytes
PING: Final = b"\x00\x00"
MAX_PINGS: Final = 1_000


def payload() -> bytes:
    """A file that begins as an ARM program does (ELF, 32 bits, little-endian) and can never run: it has no program.

    ELF's header says that there are no segments; what follows are random bytes.
    """
    ident = b"\x7fELF\x01\x01\x01".ljust(16, b"\0")
    header = ident + struct.pack("<HHIIIIIHHHHHH", 2, 40, 1, 0, 0, 0, 0x05000000, 52, 0, 0, 0, 0, 0)
    return header + b"\nharmless: nothing in this file can be run\n" + random.Random(7).randbytes(NOISE)


class Loader(BaseHTTPRequestHandler):
    server_version = "loader/1.0"
    sys_version = ""

    def do_GET(self) -> None:
        found = self.path == plan.PAYLOAD_PATH
        body = payload() if found else b"not here\n"
        self.send_response(200 if found else 404)
        self.send_header("Content-Type", "application/octet-stream")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Keep quiet: the recording is the log."""


class Controller(socketserver.BaseRequestHandler):
    """Answers each sign of life in kind, as Mirai's does, and gives no orders."""

    def handle(self) -> None:
        for _ in range(MAX_PINGS):
            if not self.request.recv(64):
                return
            self.request.sendall(PING)


class Service(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True


if __name__ == "__main__":
    servers = [
        ThreadingHTTPServer((plan.LOADER_IP, 80), Loader),
        Service((plan.CNC_IP, plan.CNC_PORT), Controller),
    ]
    for server in servers:
        threading.Thread(target=server.serve_forever).start()
