"""Who made a device: the IEEE registry of MAC prefixes, as the netaddr package carries it."""

import re
from functools import lru_cache
from typing import Final

from botwarden.core.address import is_multicast_mac, mac_value

CACHE_SIZE: Final = 4096  # prefixes; a capture's devices, not everything that a forged flood claims to be

_LOCAL: Final = 1 << 41
_PREFIX_BITS: Final = 0xFFFFFF << 24
_BLOCK_BITS: Final = 0xFFFFFFFFF << 12
_SHARED: Final = (0x0050C2 << 24, 0x40D855 << 24)  # prefixes handed out in blocks of 4096 addresses (IAB)
_REGISTRY: Final = "IEEE Registration Authority"  # stands for prefixes whose blocks netaddr does not list
_WORD: Final = re.compile(r"[A-Z]+")
_LEGAL: Final = frozenset({"CO", "LTD", "INC", "PTE", "PTY", "AND", "THE"})


def vendor(mac: str) -> str | None:
    """The organisation to which the IEEE registered the prefix of a MAC address, in readable case.

    None where the prefix is not registered, the address is random (`is_random`), zero or a group address, or ``mac`` is
    no MAC address. The first call loads the registry (about 0.2 s).
    """
    try:
        value = mac_value(mac)
    except ValueError:
        return None
    if value == 0 or value & _LOCAL or is_multicast_mac(value):
        return None
    prefix = value & _PREFIX_BITS
    return _organisation(value & _BLOCK_BITS if prefix in _SHARED else prefix)


def is_random(mac: str) -> bool:
    """Whether a MAC address was made up by its device (IEEE 802, U/L bit), as phones do: it tells no vendor.

    False for group addresses and for text that is no MAC address.
    """
    try:
        value = mac_value(mac)
    except ValueError:
        return False
    return bool(value & _LOCAL) and not is_multicast_mac(value)


@lru_cache(CACHE_SIZE)
def _organisation(prefix: int) -> str | None:
    import netaddr  # noqa: PLC0415 — 60 ms and 20 MB that only a report needs

    eui = netaddr.EUI(prefix, version=48)
    try:
        registered = eui.iab if eui.is_iab() else eui.oui
        name = registered.registration().org
    except netaddr.NotRegisteredError:
        return None
    return None if name == _REGISTRY else _tidy(name)


def _tidy(name: str) -> str:
    """Single spaces; words of more than three letters no longer in capitals where the whole name is."""
    name = " ".join(name.split())
    if not name.isupper():
        return name
    return _WORD.sub(lambda word: word[0].capitalize() if len(word[0]) > 3 or word[0] in _LEGAL else word[0], name)
