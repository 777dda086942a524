"""The router's own servers, besides dnsmasq: its web page, and UPnP that opens nothing.

python -m botwarden.lab.gateway FOLDER
"""

import sys
import threading
from pathlib import Path
from typing import Final

from botwarden.lab import guard, igd, plan, ssdp
from botwarden.lab.clock import Clock
from botwarden.lab.internet import fail
from botwarden.lab.serving import Page, serve_http

HOME: Final = b"<html><head><title>Archer lab router</title></head><body>Please log in.</body></html>\n"
NOTIFY_EVERY: Final = 900.0


class Home(Page):
    """The page on which the owner would set things, with a login that nobody uses."""

    server_version = "Router Webserver"

    def do_GET(self) -> None:
        """The page; what is behind it wants a password."""
        if self.path in ("/", "/index.html"):
            self.answer(200, HOME)
        else:
            self.answer(401, b"login required\n", "text/plain", {"WWW-Authenticate": 'Basic realm="router"'})

    def do_POST(self) -> None:
        """No login is right."""
        self.drain()
        self.answer(403, b"wrong password\n", "text/plain")


def start(folder: Path) -> None:
    """Serve. Raises Refused outside the lab, OSError."""
    guard.check_namespace(folder / "state.json", "gateway")
    serve_http(plan.GATEWAY_IP, 80, Home)
    serve_http(plan.GATEWAY_IP, igd.PORT, igd.Router)
    announcer = ssdp.Announcer(igd.ANNOUNCED, plan.GATEWAY_IP)
    threading.Thread(target=_announce, args=(announcer, Clock(folder / "clock")), daemon=True).start()


def _announce(announcer: ssdp.Announcer, clock: Clock) -> None:
    while True:
        announcer.announce()
        clock.sleep(NOTIFY_EVERY)


if __name__ == "__main__":
    threading.excepthook = fail
    start(Path(sys.argv[1]))
    threading.Event().wait()
