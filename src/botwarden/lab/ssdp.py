"""SSDP (UPnP Device Architecture 1.1, section 1): who is there, said aloud and answered when asked."""

import random
import socket
import struct
import threading
from collections.abc import Callable
from typing import Final, NamedTuple

from botwarden.lab.serving import udp_socket

GROUP: Final = "239.255.255.250"
PORT: Final = 1900
TTL: Final = 2
MAX_AGE: Final = 1_800
ROOT: Final = "upnp:rootdevice"
ALL: Final = "ssdp:all"
PATIENCE: Final = 2.0


class Announced(NamedTuple):
    """What a device says of itself."""

    uuid: str
    kinds: tuple[str, ...]
    """Device and service types, besides `ROOT`."""
    location: str
    """Where its description is."""
    server: str

    def names(self) -> list[tuple[str, str]]:
        """(type, unique name) of everything that is announced."""
        own = f"uuid:{self.uuid}"
        return [(ROOT, f"{own}::{ROOT}"), (own, own), *((kind, f"{own}::{kind}") for kind in self.kinds)]


def _message(first: str, headers: dict[str, str]) -> bytes:
    return "\r\n".join([first, *(f"{name}: {value}" for name, value in headers.items()), "", ""]).encode()


def notify(said: Announced, kind: str, name: str) -> bytes:
    """I am here."""
    return _message(
        "NOTIFY * HTTP/1.1",
        {
            "HOST": f"{GROUP}:{PORT}",
            "CACHE-CONTROL": f"max-age={MAX_AGE}",
            "LOCATION": said.location,
            "SERVER": said.server,
            "NTS": "ssdp:alive",
            "NT": kind,
            "USN": name,
        },
    )


def search(target: str = ALL, wait: int = 2, agent: str = "") -> bytes:
    """Who is there?"""
    headers = {"HOST": f"{GROUP}:{PORT}", "MAN": '"ssdp:discover"', "MX": str(wait), "ST": target}
    return _message("M-SEARCH * HTTP/1.1", headers | ({"USER-AGENT": agent} if agent else {}))


def response(said: Announced, kind: str, name: str) -> bytes:
    """I am, since you ask."""
    return _message(
        "HTTP/1.1 200 OK",
        {
            "CACHE-CONTROL": f"max-age={MAX_AGE}",
            "EXT": "",
            "LOCATION": said.location,
            "SERVER": said.server,
            "ST": kind,
            "USN": name,
        },
    )


def wanted(asked: bytes) -> str | None:
    """What a search is for; None where it is no search."""
    lines = asked.decode("utf-8", "replace").split("\r\n")
    if not lines[0].startswith("M-SEARCH "):
        return None
    headers = {name.strip().upper(): value.strip() for name, _, value in (line.partition(":") for line in lines[1:])}
    return headers.get("ST")


def location(answer: bytes) -> str | None:
    """Where the description of the one who answered is."""
    for line in answer.decode("utf-8", "replace").split("\r\n"):
        name, _, value = line.partition(":")
        if name.upper() == "LOCATION":
            return value.strip()
    return None


def answers(said: Announced, asked: bytes) -> list[bytes]:
    """What a device answers a search with."""
    target = wanted(asked)
    return [response(said, kind, name) for kind, name in said.names() if target in (ALL, kind)]


class Announcer:
    """Answers searches on one interface, and says `said` when told to."""

    def __init__(self, said: Announced, address: str) -> None:
        """``address`` : the device's own. Raises OSError."""
        self.said = said
        self._socket = udp_socket("", PORT, shared=True)
        member = struct.pack("4s4s", socket.inet_aton(GROUP), socket.inet_aton(address))
        self._socket.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, member)
        self._socket.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, socket.inet_aton(address))
        self._socket.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_TTL, TTL)
        threading.Thread(target=self._listen, daemon=True, name="ssdp").start()

    def announce(self) -> None:
        """Say what is there to everybody. Raises OSError."""
        for kind, name in self.said.names():
            self._socket.sendto(notify(self.said, kind, name), (GROUP, PORT))

    def _listen(self) -> None:
        while True:
            try:
                asked, who = self._socket.recvfrom(2_048)
                for answer in answers(self.said, asked):
                    self._socket.sendto(answer, who)
            except OSError:
                if self._socket.fileno() < 0:
                    return


def look_around(target: str, heard: Callable[[str], None], thrown: random.Random, agent: str = "") -> None:
    """Search once from a port of one's own, and tell each description's address that comes back. Raises OSError."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as link:
        link.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_TTL, TTL)
        link.settimeout(PATIENCE)
        link.sendto(search(target, thrown.choice((1, 2, 3)), agent), (GROUP, PORT))
        found: set[str] = set()
        while len(found) < 32:
            try:
                place = location(link.recv(2_048))
            except TimeoutError:
                return
            if place and place not in found:
                found.add(place)
                heard(place)
