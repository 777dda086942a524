"""Which finished connections are worth a record where nobody asked for all of them."""

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from botwarden.core.packet import UDP

PERIOD: Final = 60.0
"""s of capture time for which the numbers below hold."""
FAILED: Final = 32
"""Unanswered or wordless connections of one originator that are kept: a scan's are alike."""
SPOKEN: Final = 256
"""Connections on which both said something."""
TOLD: Final = 8
"""Connections of services whose messages have records of their own, and about which a connection tells nothing more."""
CROWD: Final = 1024
"""Of each of these kinds from all originators behind one MAC address: a flood from forged ones is alike as well."""

_TELLING_PORTS: Final = np.zeros(1 << 16, np.bool_)
_TELLING_PORTS[[53, 67, 68, 123, 137, 1900, 5353, 5355]] = True
_LIMITS: Final = np.array([FAILED, SPOKEN, TOLD])
_PLACES: Final = 4096  # originators that are told apart; those who share a place share its numbers
_MACS: Final = 512


class Chooser:
    """Keeps the first connections of every originator in each minute; memory per connection is fixed."""

    def __init__(self) -> None:
        """Nobody has connected yet."""
        self._counts = np.zeros(_PLACES * len(_LIMITS), np.int64)
        self._crowds = np.zeros(_MACS * len(_LIMITS), np.int64)
        self._since = -np.inf

    def __call__(self, rows: NDArray[Any]) -> NDArray[np.bool_]:
        """bool[n]: which of CONN[n] to keep."""
        now = float(rows["last_ts"].max())
        if not 0 <= now - self._since < PERIOD:
            self._counts[:] = 0
            self._crowds[:] = 0
            self._since = now
        said = (rows["size"] > 0) | (rows["last"] > 1)
        kind = (said[:, 0] & said[:, 1]).astype(np.int64)
        kind[(rows["proto"] == UDP) & _TELLING_PORTS[rows["port"][:, 1]]] = 2
        who = (rows["ip_lo"][:, 0] ^ rows["ip_hi"][:, 0] ^ (rows["ip_hi"][:, 0] >> 24)) % _PLACES
        key = who * len(_LIMITS) + kind
        order = np.argsort(rows["first_ts"], kind="stable")  # a table's own order is drawn anew in every run
        kept = order[_within(self._counts, key[order], _LIMITS[kind[order]])]
        mac = rows["mac"][kept, 0]
        crowd = (mac ^ (mac >> 24)) % _MACS * len(_LIMITS) + kind[kept]
        chosen = np.zeros(len(rows), np.bool_)
        chosen[kept[_within(self._crowds, crowd, CROWD)]] = True
        return chosen


def _within(counts: NDArray[np.int64], key: NDArray[np.int64], limit: NDArray[np.int64] | int) -> NDArray[np.bool_]:
    """Which of these come before the limit of their key, counted on from ``counts``."""
    found: NDArray[np.bool_] = counts[key] + _turns(key) < limit
    np.add.at(counts, key, 1)
    return found


def _turns(key: NDArray[np.int64]) -> NDArray[np.int64]:
    """For each key, how many of the same stand before it."""
    order = np.argsort(key, kind="stable")
    position = np.arange(len(key))
    ordered = key[order]
    first = np.ones(len(key), np.bool_)
    first[1:] = ordered[1:] != ordered[:-1]
    turns = np.empty(len(key), np.int64)
    turns[order] = position - np.maximum.accumulate(np.where(first, position, 0))
    return turns
