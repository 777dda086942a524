"""Lines of text without IRC: BASHLITE's controller, and a service to which weather stations report.

python -m lab.cases.lines
"""

import socketserver
import threading
from typing import Final

from lab import plan
from lab.cases import cast

PACE: Final = 20  # as the case's: lines come a minute of the story apart
ORDERS: Final = (
    "!* SCANNER ON",
    "!* UDP 203.0.113.9 80 60 32 0 10",
    "!* KILLATTK",
    "!* TCP 203.0.113.9 443 60 32 all 0 1",
)


class Controller(socketserver.StreamRequestHandler):
    """Greets as BASHLITE's controller does and calls out orders that nothing in the lab would follow."""

    def handle(self) -> None:
        self.rfile.readline(64)
        for order in ORDERS:
            self._ping()
            self._wait()
            self.wfile.write(order.encode() + b"\n")
            self._wait()
        self._ping()

    def _ping(self) -> None:
        self.wfile.write(b"PING\n")
        self.rfile.readline(64)

    def _wait(self) -> None:
        threading.Event().wait(60 / PACE)


class Weather(socketserver.StreamRequestHandler):
    """An APRS-IS server: a greeting, an answer to the login, and comments as signs of life."""

    def handle(self) -> None:
        self.wfile.write(b"# aprsc 2.1.19\r\n")
        user = self.rfile.readline(128).split()
        name = user[1].decode("ascii", "replace") if len(user) > 1 else "?"
        self.wfile.write(f"# logresp {name} verified, server ROTATE\r\n".encode())
        while self.rfile.readline(256):
            self.wfile.write(b"# aprsc 2.1.19 ROTATE\r\n")


class Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True


if __name__ == "__main__":
    servers = [Server((plan.CNC_IP, cast.LINES_PORT), Controller), Server((cast.FRIEND_IP, cast.WEATHER_PORT), Weather)]
    for server in servers:
        threading.Thread(target=server.serve_forever).start()
