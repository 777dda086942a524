"""`Acquaintance`: which outside addresses a house knows by name, who talks to them, and when the internet worked."""

import ipaddress
from functools import lru_cache
from typing import Final

from botwarden.core.records.conn import ConnRecord
from botwarden.core.records.dns import DnsRecord
from botwarden.detect.channel import is_answered
from botwarden.detect.names import looks_generated, registered
from botwarden.detect.recent import Recent

MAX_NAMED: Final = 32768
"""Addresses whose name is kept; a busy house looks up some thousand a day."""
MAX_DEVICES: Final = 1024  # local addresses that are known to ask name servers, or to talk to the outside
MAX_PEERS: Final = 8192  # outside addresses whose local partners are counted
MAX_PARTNERS: Final = 16  # of each
MAX_ANSWERS: Final = 32  # addresses of one DNS answer
ONLINE_STEP: Final = 600.0
"""s: the internet is taken to work while some outside address answered anyone in the same or the next such stretch."""
MAX_STEPS: Final = 8192  # stretches that are remembered, eight weeks
_CACHE: Final = 16384


class Acquaintance:
    """Learns from DNS answers, names in TLS and HTTP, and conversations."""

    def __init__(self) -> None:
        """Know nobody."""
        self._names: Recent[str, str] = Recent(MAX_NAMED, str)
        self._askers: Recent[str, bool] = Recent(MAX_DEVICES, bool)
        self._devices: Recent[str, bool] = Recent(MAX_DEVICES, bool)
        self._partners: Recent[str, set[str]] = Recent(MAX_PEERS, set)
        self._online: Recent[int, bool] = Recent(MAX_STEPS, bool)

    def learn(self, record: DnsRecord) -> None:
        """Take the addresses of an answer."""
        if not record.answers or not record.query:
            return
        found = False
        for answer in record.answers[:MAX_ANSWERS]:
            if _is_address(answer):
                found = True
                self.name(answer, record.query)
        if found:
            self._askers.put(record.orig_h, True)

    def name(self, address: str, name: str) -> None:
        """An address is reached under a name."""
        self._names.put(address, name)

    def meet(self, conn: ConnRecord) -> None:
        """A local device talks to an outside address."""
        self._devices.put(conn.orig_h, True)
        if is_answered(conn):
            self._online.put(int(conn.ts // ONLINE_STEP), True)
            partners = self._partners.at(conn.resp_h)
            if len(partners) < MAX_PARTNERS:
                partners.add(conn.orig_h)

    def name_of(self, address: str) -> str | None:
        """The name under which an address was last looked up, or asked for."""
        return self._names.get(address)

    def asks(self, device: str) -> bool:
        """Whether a device is seen to look names up."""
        return device in self._askers

    def partners(self, address: str) -> int:
        """How many local addresses an outside address has answered."""
        return len(self._partners.get(address) or ())

    @property
    def devices(self) -> int:
        """Local addresses that talk to the outside."""
        return len(self._devices)

    def online(self, ts: float) -> bool:
        """Whether the internet worked about then."""
        step = int(ts // ONLINE_STEP)
        return step in self._online or step - 1 in self._online or step + 1 in self._online


def is_made_up(name: str) -> bool:
    """Whether the registered part of a name looks made up by a program."""
    domain = registered(name)
    return domain is not None and looks_generated(domain.partition(".")[0])


@lru_cache(_CACHE)
def is_outside(address: str) -> bool:
    """Whether an address that is not local can be a host on the internet: no group, no private or own address."""
    parts = address.split(".")
    if len(parts) != 4:
        return ":" in address and _is_outside6(address)
    try:
        first, second, _, _ = map(int, parts)
    except ValueError:
        return False
    if first in (0, 10, 127) or first >= 224:
        return False
    return (first, second) not in ((192, 168), (169, 254)) and not (first == 172 and 16 <= second < 32)


@lru_cache(_CACHE)
def _is_outside6(address: str) -> bool:
    try:
        ip = ipaddress.IPv6Address(address)
    except ValueError:
        return False
    return not (ip.is_multicast or ip.is_loopback or ip.is_link_local or ip.is_unspecified or ip in _UNIQUE_LOCAL)


@lru_cache(_CACHE)
def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True


_UNIQUE_LOCAL: Final = ipaddress.ip_network("fc00::/7")  # RFC 4193
