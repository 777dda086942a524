"""Which addresses count as local where nobody says otherwise, and a quick answer for one as text."""

import ipaddress
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Final

from botwarden.core.address import IPNetwork

PRIVATE_ADDRESS_SPACE: Final[tuple[IPNetwork, ...]] = tuple(
    ipaddress.ip_network(text)
    for text in (
        "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24",
        "192.0.2.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "240.0.0.0/4",
        "::/128", "::1/128", "64:ff9b:1::/48", "100::/64", "2001:2::/48", "2001:db8::/32", "fc00::/7", "fe80::/10",
    )
)  # fmt: skip
"""Addresses that no internet host has (Zeek's ``Site::private_address_space``, after IANA's registries)."""
CACHE: Final = 8192
"""Addresses whose answer is remembered: those of a house; forged ones pass through."""


def locality(networks: Sequence[IPNetwork]) -> Callable[[str], bool]:
    """A function that says whether an address, as text, lies in one of ``networks``; False for what is no address."""
    by_version = {version: [net for net in networks if net.version == version] for version in (4, 6)}
    elsewhere = _elsewhere(by_version[4])

    @lru_cache(CACHE)
    def is_local(text: str) -> bool:
        if text.partition(".")[0] in elsewhere:  # most addresses of a flood, which are never the same
            return False
        try:
            address = ipaddress.ip_address(text)
        except ValueError:
            return False
        return any(address in net for net in by_version[address.version])

    return is_local


def _elsewhere(networks: Sequence[IPNetwork]) -> frozenset[str]:
    """The first numbers of IPv4 addresses of which none is in one of the networks."""
    ends = ((int(net.network_address) >> 24, int(net.broadcast_address) >> 24) for net in networks)
    near = {number for first, last in ends for number in range(first, last + 1)}
    return frozenset(str(number) for number in range(256) if number not in near)
