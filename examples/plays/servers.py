"""Small servers that only the cases need, and parts of the lab's own.

    python -m plays.servers ROLE FOLDER KIND ADDRESS [ARGUMENT...]

ROLE is whose namespace this is, FOLDER the lab's.
"""

import socket
import struct
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Final

from botwarden.lab import guard, igd
from botwarden.lab.devices.camera import Camera
from botwarden.lab.serving import Page, serve_http, serve_tcp, serve_udp, udp_socket
from plays import cast

Talk = Callable[[socket.socket, tuple[str, int]], None]

MAX_LINE: Final = 256
STATE: Final = b'{"name": "lab", "on": true, "brightness": 40}\n'
DESCRIPTION: Final = (
    b'<?xml version="1.0"?>\n<root xmlns="urn:schemas-upnp-org:device-1-0"><device><friendlyName>Lab</friendlyName>'
    b"<manufacturer>Lab</manufacturer><modelName>Lab 1</modelName></device></root>\n"
)
ANSWER: Final = (
    b'<?xml version="1.0"?>\n<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body/></s:Envelope>\n'
)
PAGES: Final = {"/": b"<html><title>Lab</title></html>\n", "/rootDesc.xml": DESCRIPTION}
STATES: Final = ("/api/", "/cgi-bin/")
ACTIONS: Final = ("/HNAP1", "/ctrlt/", "/apply.cgi", "/ctl/", "/api/")

LISTING: Final = b"-rw-r--r-- 1 lab lab 81230 Mar 01 10:00 porch-0001.jpg\r\n"
ANSWERS: Final = {"PWD": '257 "/"', "TYPE": "200 Type set", "SYST": "215 UNIX Type: L8", "QUIT": "221 Bye"}

THANKS: Final = b"\x0cok, received"
HEAD: Final = struct.Struct("!HHHHHH")
TXT_RECORD: Final = b"\xc0\x0c" + struct.pack("!HHIH", 16, 1, 0, len(THANKS)) + THANKS


class DevicePage(Page):
    """A web page as small devices have it: a state, a description, two actions; everything else is not there."""

    server_version = "mini_httpd/1.19"

    def do_GET(self) -> None:  # noqa: N802 - the library's names
        """What is known, or not."""
        path = self.path.partition("?")[0]
        body = PAGES.get(path) or (STATE if path.startswith(STATES) else b"")
        self.answer(200 if body else 404, body or b"not found\n")

    def do_POST(self) -> None:  # noqa: N802
        """An action is answered and does nothing."""
        self.drain()
        known = self.path.startswith(ACTIONS)
        self.answer(200 if known else 404, ANSWER if known else b"not found\n")

    do_PUT = do_POST  # noqa: N815


class ClosedRouter(igd.Router):
    """A router that lets nobody open a port."""

    grants = False


class Ftp:
    """One control connection of a small FTP server (RFC 959, RFC 2428): a listing, nothing that could be changed."""

    def __init__(self, link: socket.socket, account: tuple[str, ...]) -> None:
        """``account`` : the one that there is."""
        self._link = link
        self._account = account
        self._user = ""
        self._inside = False
        self._door: socket.socket | None = None

    def talk(self) -> None:
        """Answer line after line. Raises OSError."""
        self._say("220 lab FTP ready")
        for line in self._link.makefile("rb"):
            command, _, argument = line[:MAX_LINE].decode("ascii", "replace").strip().partition(" ")
            self._answer(command, argument)
            if command == "QUIT":
                return

    def _answer(self, command: str, argument: str) -> None:
        if command == "USER":
            self._user = argument
            self._say("331 Password required")
        elif command == "PASS":
            self._inside = (self._user, argument) == self._account
            self._say("230 Logged in" if self._inside else "530 Login incorrect")
        elif not self._inside and command != "QUIT":
            self._say("530 Please log in")
        elif command == "EPSV":
            self._door = socket.create_server((self._link.getsockname()[0], 0))
            self._say(f"229 Extended passive mode (|||{self._door.getsockname()[1]}|)")
        elif command == "LIST" and self._door is not None:
            self._say("150 Here it comes")
            with self._door, self._door.accept()[0] as data:
                data.sendall(LISTING)
            self._say("226 Done")
        else:
            self._say(ANSWERS.get(command, "502 No"))

    def _say(self, text: str) -> None:
        self._link.sendall(text.encode() + b"\r\n")


def weather(link: socket.socket, _: tuple[str, int]) -> None:
    """An APRS-IS server: a greeting, an answer to the login, and comments as signs of life. Raises OSError."""
    link.sendall(b"# aprsc 2.1.19\r\n")
    name = [*link.recv(MAX_LINE).split(), b"?", b"?"][1].decode("ascii", "replace")
    link.sendall(f"# logresp {name} verified, server ROTATE\r\n".encode())
    while link.recv(MAX_LINE):
        link.sendall(b"# aprsc 2.1.19 ROTATE\r\n")


def recordings(link: socket.socket, _: tuple[str, int]) -> None:
    """The recorder's own protocol: whoever asks is told how many there are. Raises OSError."""
    link.recv(MAX_LINE)
    link.sendall(b"4 recordings\n")


def thank(asked: bytes, _: tuple[str, int]) -> bytes | None:
    """The name server of the tunnel's domain: thanks for every question in a TXT record."""
    end = asked.find(b"\0", HEAD.size) + 5
    if not HEAD.size + 5 <= end <= len(asked):
        return None
    number, flags = struct.unpack_from("!HH", asked)
    return HEAD.pack(number, 0x8400 | flags & 0x0100, 1, 1, 0, 0) + asked[HEAD.size : end] + TXT_RECORD


def _ftp(address: str, port: int, *account: str) -> object:
    return serve_tcp(address, port, lambda link, _: Ftp(link, account).talk())


def _page(page: type[Page]) -> Callable[[str, int], object]:
    return lambda address, port: serve_http(address, port, page)


def _tcp(talk: Talk) -> Callable[[str, int], object]:
    return lambda address, port: serve_tcp(address, port, talk)


KINDS: Final[dict[str, tuple[int, Callable[..., object]]]] = {
    "camera": (80, _page(Camera)),
    "page": (80, _page(DevicePage)),
    "router": (igd.PORT, _page(igd.Router)),
    "closed-router": (igd.PORT, _page(ClosedRouter)),
    "ftp": (21, _ftp),
    "weather": (cast.WEATHER_PORT, _tcp(weather)),
    "recordings": (cast.RECORDINGS_PORT, _tcp(recordings)),
    "names": (53, lambda address, port: serve_udp(udp_socket(address, port), thank)),
}
"""Port, and what serves at an address."""


def main(role: str, folder: str, kind: str, address: str, *arguments: str) -> None:
    """Serve until the end of the lab. Raises Refused outside of one."""
    guard.check_namespace(Path(folder) / "state.json", role)
    port, serve = KINDS[kind]
    serve(address, port, *arguments)
    threading.Event().wait()


if __name__ == "__main__":
    main(*sys.argv[1:])
