"""`InOrder`: hands things on in the order of time, for watchers to whom it matters what came first.

Records come when things end, or when somebody looks whether they did, and in any order then.
"""

from collections.abc import Callable
from heapq import heappop, heappush
from typing import Final, Generic, TypeVar

T = TypeVar("T")

WAIT: Final = 600.0
"""s of capture time that a thing waits for older ones: connections that fall silent are given up after five minutes."""
MOST: Final = 4096
"""Things that wait at once; beyond it the oldest goes on early."""


class InOrder(Generic[T]):
    """Waits for stragglers. ``take`` : is given each thing in its turn."""

    __slots__ = ("_latest", "_number", "_take", "_waiting")

    def __init__(self, take: Callable[[T], None]) -> None:
        """Hold nothing yet."""
        self._take = take
        self._waiting: list[tuple[float, int, T]] = []
        self._latest = float("-inf")
        self._number = 0  # keeps those of the same time in the order in which they came

    def put(self, ts: float, thing: T) -> None:
        """Take a thing in, and hand on what has waited long enough."""
        self._latest = max(self._latest, ts)
        self._number += 1
        heappush(self._waiting, (ts, self._number, thing))
        while len(self._waiting) > MOST or self._waiting[0][0] < self._latest - WAIT:
            self._take(heappop(self._waiting)[2])

    def flush(self) -> None:
        """Hand on all that waits."""
        while self._waiting:
            self._take(heappop(self._waiting)[2])

    def __len__(self) -> int:
        return len(self._waiting)
