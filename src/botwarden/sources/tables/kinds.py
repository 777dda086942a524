"""What rows belong to, from the texts that stand beside their numbers."""

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from botwarden.core.classes import MAX_NAME, botnet_named, class_named
from botwarden.core.row import ATTACK, BENIGN, PROTOCOLS, Group
from botwarden.core.text import plural, printable

MAX_GROUPS: Final = 10_000
"""Devices and classes of one table: a thousand devices with ten classes each. More is a column of something else."""
_MOST_TEXT: Final = 1024  # bytes of a field that are looked at: names are cut long before


class Kinds:
    """Keeps the groups that occur in a table, and the texts that were seen for each."""

    def __init__(self, columns: Sequence[str], default: Group) -> None:
        """``columns`` names the texts of a row; ``default`` is what holds where they say nothing."""
        self._columns = tuple(columns)
        self._default = default
        self._groups: dict[Group, int] = {}
        self._seen: dict[tuple[bytes, ...], tuple[int, int]] = {}

    def codes(self, texts: tuple[bytes, ...]) -> tuple[int, int]:
        """The group and the protocol of a row with these texts. Raises ValueError where they cannot be."""
        known = self._seen.get(texts)
        if known is None:
            known = self._find(texts)
            if len(self._seen) < len(PROTOCOLS) * MAX_GROUPS and sum(map(len, texts)) < _MOST_TEXT:
                self._seen[texts] = known
        return known

    def used(self, codes: NDArray[np.int32]) -> tuple[tuple[Group, ...], NDArray[np.int32]]:
        """The groups that occur among ``codes``, and the codes counted within them."""
        occurring, places = np.unique(codes, return_inverse=True)
        groups = list(self._groups)
        return tuple(groups[code] for code in occurring.tolist()), places.reshape(-1).astype(np.int32)

    def _find(self, texts: tuple[bytes, ...]) -> tuple[int, int]:
        named = {name: _text(text) for name, text in zip(self._columns, texts, strict=True)}
        proto = named.get("proto", "").lower()
        if proto not in PROTOCOLS:
            raise ValueError(f"proto is '{printable(proto, 40)}', not one of {', '.join(PROTOCOLS[1:])}")
        group = self._group(named)
        code = self._groups.setdefault(group, len(self._groups))
        if code >= MAX_GROUPS:
            raise ValueError(f"this makes more than {plural(MAX_GROUPS, 'device')} and classes")
        return code, PROTOCOLS.index(proto)

    def _group(self, named: dict[str, str]) -> Group:
        default = self._default
        device = named.get("device") or default.device
        botnet = botnet_named(named.get("botnet", ""))
        told = named.get("attack") or named.get("label")
        if told:
            family, attack = class_named(told)
            return Group(device, "" if attack == BENIGN else botnet or family or default.botnet, attack)
        if botnet:
            return Group(device, botnet, default.attack if default.attack != BENIGN else ATTACK)
        return Group(device, default.botnet, default.attack)


def _text(field: bytes) -> str:
    """The text of a field, which may be in quotes."""
    if len(field) > _MOST_TEXT:
        field = field[:_MOST_TEXT] + (b'"' if field[:1] == b'"' else b"")
    if len(field) >= 2 and field[:1] == b'"' == field[-1:]:
        field = field[1:-1].replace(b'""', b'"')
    return printable(field.decode("utf-8", "replace"), MAX_NAME)
