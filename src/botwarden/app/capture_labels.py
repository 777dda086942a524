"""A labels file at work on the captures that are read."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from numpy.typing import NDArray

from botwarden.core.errors import DataError
from botwarden.core.text import plural, printable
from botwarden.features.labelling import Labelling, protocol_codes
from botwarden.sources.labels import read_labels
from botwarden.sources.paths import STDIN
from botwarden.stores.kinds import RowKinds

_LISTED: Final = 5


class CaptureLabels:
    """Says what the packets of captures belong to, and whether the labels file is theirs."""

    def __init__(self, path: Path, captures: Sequence[str]) -> None:
        """Read the labels file for ``captures``, which are read as one. Raises DataError, OSError."""
        self.path = path
        only = captures[0] if len(captures) == 1 and captures[0] != STDIN else ""
        self._labelling = Labelling(read_labels(path, only))

    def kinds(self, packets: NDArray[Any]) -> RowKinds:
        """What each of the packets PACKET[n] belongs to."""
        groups, group = self._labelling.label(packets)
        return RowKinds(groups, group, protocol_codes(packets))

    def check(self, *, attacks_expected: bool = True) -> list[str]:
        """After the last packet: a line for a user on intervals that held no packet.

        Raises DataError where none of the attacks did and some were expected: the labels are of another capture.
        """
        pairs = zip(self._labelling.attacks, self._labelling.matched.tolist(), strict=True)
        empty = [number for number, (attack, held) in enumerate(pairs, 1) if attack and not held]
        attacks = sum(self._labelling.attacks)
        if attacks and len(empty) == attacks and attacks_expected:
            what = f"no packet belongs to any of its {plural(attacks, 'attack')}: is it of another capture?"
            raise DataError(f"{printable(self.path)}: {what}")
        if not empty:
            return []
        numbers = ", ".join(map(str, empty[:_LISTED]))
        more = f" and {len(empty) - _LISTED:,} more" if len(empty) > _LISTED else ""
        return [f"{printable(self.path)}: no packet belongs to interval {numbers}{more}."]
