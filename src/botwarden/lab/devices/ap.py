"""The access point in the attic: a page with a login, telnet with a factory password, little else."""

import base64
import random
import socket
from typing import Final

from botwarden.lab import plan, telnetd
from botwarden.lab.devices import common
from botwarden.lab.fetching import Asker
from botwarden.lab.life import Life, Living
from botwarden.lab.rhythm import Habit
from botwarden.lab.serving import Page, serve_http

PAGE: Final = b"<html><head><title>Access point</title></head><body>2 clients, channel 6</body></html>\n"


class Face(Page):
    """The page, behind HTTP Basic authentication."""

    server_version = "mini_httpd/1.24"

    def do_GET(self) -> None:
        """Answer."""
        token = base64.b64encode(":".join(plan.AP_LOGIN).encode()).decode()
        if self.headers.get("Authorization") == f"Basic {token}":
            self.answer(200, PAGE)
        else:
            self.answer(401, b"login required\n", "text/plain", {"WWW-Authenticate": 'Basic realm="NETGEAR WAX"'})


def _serve(life: Life) -> None:
    serve_http("0.0.0.0", 80, Face)  # noqa: S104
    print("telnet:", telnetd.serve(["0.0.0.0"], life.device.role, life.state, life.own), flush=True)  # noqa: S104


def _asker(life: Life) -> Asker:
    return life.asker("attic-ap/1.0", verify=False, newest=False)


def _reach(_: Life, __: random.Random) -> None:
    """Is the internet there? Access points look for a name, and light a lamp."""
    socket.getaddrinfo("news.example", 80, socket.AF_INET)


LIVING: Final = Living(
    serve=_serve,
    habits=(
        common.tell_time(300.0),
        Habit("reach", _reach, 60.0, 0.02),
        common.check_firmware(_asker, "http"),
    ),
    tcp=(80, telnetd.PORT),
)
