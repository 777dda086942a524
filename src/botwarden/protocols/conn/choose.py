"""Which finished connections are worth a record where nobody asked for all of them."""

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

FAILED: Final = 32
"""Unanswered or wordless connections of one originator that are kept, of about a thousand packets: a scan's are
alike."""
SPOKEN: Final = 256
"""Connections of one originator on which both said something, likewise."""


def telling(rows: NDArray[Any]) -> NDArray[np.bool_]:
    """bool[n] of CONN[n]: the first connections of every originator, those with words on both sides before others."""
    said = (rows["size"] > 0) | (rows["last"] > 1)
    spoke = said[:, 0] & said[:, 1]
    who = rows["ip_lo"][:, 0] * 4 + rows["ip_hi"][:, 0] * 2 + spoke
    if len(rows) <= FAILED:
        return np.ones(len(rows), np.bool_)
    order = np.argsort(who, kind="stable")
    position = np.arange(len(rows))
    first = np.r_[True, who[order][1:] != who[order][:-1]]
    turn = position - np.maximum.accumulate(np.where(first, position, 0))
    chosen = np.zeros(len(rows), np.bool_)
    chosen[order] = turn < np.where(spoke[order], SPOKEN, FAILED)
    return chosen
