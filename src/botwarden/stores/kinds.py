"""What rows belong to as text, every distinct one made once."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from botwarden.core.classes import MAX_NAME
from botwarden.core.row import PROTOCOLS, Group
from botwarden.core.text import printable
from botwarden.stores.ends import EndTexts

COLUMNS: Final = ("device", "botnet", "attack", "proto")
"""Columns of a table whose rows are labelled, between the addresses and the features."""
LONGEST: Final = 4 * MAX_NAME + 2
"""Bytes of the longest name, with quotes."""


@dataclass(frozen=True, slots=True)
class RowKinds:
    """What each of n rows belongs to.

    groups : those that occur; group : int[n], which of them each row is of
    proto : int8[n], index into PROTOCOLS
    """

    groups: tuple[Group, ...]
    group: NDArray[np.int32]
    proto: NDArray[np.int8]

    def __len__(self) -> int:
        return len(self.group)


def kind_texts(kinds: RowKinds, *, quoted: bool) -> EndTexts:
    """The texts of COLUMNS, in UTF-8, and int64[n, 4]: which of them each row has.

    quoted : as CSV wants it (RFC 4180): a name with a comma or a quote in it stands in quotes
    """
    names = [name for group in kinds.groups for name in (group.device, group.botnet, group.attack)]
    texts = [printable(name, MAX_NAME) for name in (*names, *PROTOCOLS)]
    encoded = [(_quoted(text) if quoted else text).encode() for text in texts]
    ids = np.empty((len(kinds), len(COLUMNS)), np.int64)
    for column in range(3):
        ids[:, column] = kinds.group.astype(np.int64) * 3 + column
    ids[:, 3] = len(names) + kinds.proto.astype(np.int64)
    starts = np.cumsum([0, *map(len, encoded)], dtype=np.int32)
    return EndTexts(np.frombuffer(bytearray(b"".join(encoded)), np.uint8), starts, ids)


def joined(first: EndTexts, second: EndTexts) -> EndTexts:
    """The columns of both, side by side."""
    return EndTexts(
        np.concatenate([first.text, second.text]),
        np.concatenate([first.starts, first.starts[-1] + second.starts[1:]]).astype(np.int32),
        np.ascontiguousarray(np.concatenate([first.ids, second.ids + len(first.starts) - 1], axis=1)),
    )


def _quoted(text: str) -> str:
    return '"' + text.replace('"', '""') + '"' if "," in text or '"' in text else text
