"""mDNS (RFC 6762) and service discovery (RFC 6763): the names that a device gives itself on the local network."""

from collections.abc import Iterable
from typing import Final

import msgspec

from botwarden.protocols import dns

PORT: Final = 5353
_LOCAL: Final = "local"
_TRANSPORTS: Final = ("_tcp", "_udp")


class ServiceInstance(msgspec.Struct, frozen=True):
    """One service that a device offers."""

    name: str
    """For people: "Living Room TV"."""
    service: str
    """The kind: "_googlecast._tcp"."""


class Announcement(msgspec.Struct, frozen=True, kw_only=True):
    """What an mDNS response says about its sender. Text is as sent, invalid UTF-8 replaced."""

    hosts: tuple[str, ...] = ()
    """Its host names, without ``.local``."""
    instances: tuple[ServiceInstance, ...] = ()
    friendly_name: str | None = None
    """TXT key ``fn``: the name that its owner gave it."""
    model: str | None = None
    """TXT key ``md``."""


def parse_announcement(payload: bytes, sender: dns.Halves) -> Announcement | None:
    """Read what the response in a UDP payload says about its sender, whose IP address is ``sender``.

    None where it is no response (the answers in a query are what its sender knows of others: RFC 6762, 7.1), and
    where it says nothing. Hosts at other addresses than the sender's are left out with their services: reflectors
    and sleep proxies speak for others.
    """
    message = dns.parse_message(payload)
    if message is None or not message.response:
        return None
    records = [record for record in message.answers + message.additionals if record.ttl and record.name]
    own, foreign = _hosts(records, sender)
    instances = _instances(records, foreign)
    texts = _texts(records, instances)
    found = Announcement(
        hosts=tuple(name[0] for name in own if len(name) == 2 and name[1].lower() == _LOCAL),
        instances=tuple(ServiceInstance(name[0], f"{name[1]}.{name[2]}") for name in instances),
        friendly_name=texts.get("fn"),
        model=texts.get("md"),
    )
    return found if found != Announcement() else None


def _hosts(records: Iterable[dns.ResourceRecord], sender: dns.Halves) -> tuple[list[dns.Name], set[dns.Name]]:
    """The names of the sender, and those of others."""
    addresses: dict[dns.Name, set[dns.Halves]] = {}
    for record in records:
        if record.address is not None:
            addresses.setdefault(record.name, set()).add(record.address)
    own = [name for name, known in addresses.items() if sender in known]
    if not own and len(addresses) == 1:
        ((name, known),) = addresses.items()
        if not any(_is_v4(address) == _is_v4(sender) for address in known):
            own = [name]  # over IPv6, say, it may tell its IPv4 address only
    return own, addresses.keys() - set(own)


def _is_v4(address: dns.Halves) -> bool:
    return address[0] == 0 and address[1] >> 32 == 0xFFFF


def _instances(records: Iterable[dns.ResourceRecord], foreign: set[dns.Name]) -> list[dns.Name]:
    """The full names of the service instances that are not known to be another host's, each once."""
    homes: dict[dns.Name, dns.Name | None] = {}
    for record in records:
        if record.rtype == dns.PTR and record.target:
            homes.setdefault(record.target, None)
        elif record.rtype == dns.SRV:
            homes[record.name] = record.target
        elif record.rtype == dns.TXT:
            homes.setdefault(record.name, None)
    return [
        name for name, home in homes.items() if _is_instance(name) and (home not in foreign if home else not foreign)
    ]


def _is_instance(name: dns.Name) -> bool:
    return len(name) == 4 and name[1].startswith("_") and name[2] in _TRANSPORTS and name[3].lower() == _LOCAL


def _texts(records: Iterable[dns.ResourceRecord], instances: list[dns.Name]) -> dict[str, str]:
    """The first value of each key in the TXT records of ``instances`` (RFC 6763, 6.4)."""
    texts: dict[str, str] = {}
    for record in records:
        if record.rtype == dns.TXT and record.name in instances:
            for string in record.strings:
                key, _, value = string.partition(b"=")
                texts.setdefault(key.decode("ascii", "replace").lower(), value.decode("utf-8", "replace"))
    return texts
