"""Which part of a model judges which row."""

from collections.abc import Sequence
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from botwarden.core.model import Part
from botwarden.core.row import PROTOCOLS, Group

NONE = -1
"""No part fits."""

_AnyPart = TypeVar("_AnyPart", bound=Part)


def device_key(name: str) -> str:
    """A device's name or MAC address as it is compared: upper and lower case are the same."""
    return name.strip().casefold().replace("-", ":") if _is_mac(name) else name.strip().casefold()


def _is_mac(name: str) -> bool:
    parts = name.strip().replace("-", ":").split(":")
    return len(parts) == 6 and all(len(part) == 2 for part in parts)


class Dispatch:
    """Finds the most particular part: for a device and a protocol, for a device, for a protocol, for all rows."""

    def __init__(self, parts: Sequence[Part]) -> None:
        """Of parts that are equally particular the first counts."""
        self._places: dict[tuple[str | None, str | None], int] = {}
        for place, part in enumerate(parts):
            key = None if part.device is None else device_key(part.device), part.protocol
            self._places.setdefault(key, place)

    def place(self, devices: Sequence[str], protocol: str | None) -> int:
        """Index of the part for a device, which may go by several names, and a protocol; `NONE` where none fits."""
        names = [device_key(name) for name in devices if name]
        wanted = [(name, protocol) for name in names if protocol] + [(name, None) for name in names]
        for key in [*wanted, *([(None, protocol)] if protocol else []), (None, None)]:
            if key in self._places:
                return self._places[key]
        return NONE

    @property
    def by_protocol(self) -> bool:
        """Whether it depends on the protocol."""
        return any(protocol is not None for _, protocol in self._places)

    def places(self, groups: Sequence[Group], group: NDArray[np.int32], proto: NDArray[np.int8]) -> NDArray[np.intp]:
        """int[n]: the part of each row, by ``group`` and ``proto`` as in `botwarden.core.row.Rows`."""
        if set(self._places) == {(None, None)}:
            return np.zeros(len(group), np.intp)
        known = PROTOCOLS if self.by_protocol else PROTOCOLS[:1]
        table = np.array(
            [[self.place([one.device], protocol or None) for protocol in known] for one in groups], np.intp
        ).reshape(-1, len(known))
        chosen: NDArray[np.intp] = table[group, proto if self.by_protocol else 0]
        return chosen
