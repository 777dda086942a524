"""Majority windows: a device is anomalous when more than half of its last rows are.

As in the N-BaIoT paper (Meidan et al. 2018), row by row as they come. Rows before a device's first count as normal.
"""

from typing import Any, Final

import numpy as np
from numba import njit
from numpy.typing import NDArray

MAX_STREAMS: Final = 4096
"""Devices whose last rows are kept; beyond it the one that was silent longest starts anew."""


@njit(cache=True, nogil=True, error_model="numpy")
def _follow(anomalous: Any, ring: Any, at: Any, count: Any, out: Any) -> Any:
    size = len(ring)
    for i in range(len(anomalous)):
        new = np.int64(anomalous[i])
        count += new - ring[at]
        ring[at] = new
        at = at + 1 if at + 1 < size else 0
        out[i] = 2 * count > size
    return at, count


class Window:
    """The last rows of one device."""

    def __init__(self, size: int) -> None:
        """``size``: rows, 1 or more; as many bytes are kept."""
        self._ring: NDArray[np.uint8] = np.zeros(size, np.uint8)
        self._at = 0
        self._count = 0

    @property
    def size(self) -> int:
        """Rows that decide together."""
        return len(self._ring)

    @property
    def anomalous(self) -> int:
        """How many of the last rows are."""
        return self._count

    def update(self, anomalous: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """bool[n]: after which of the next rows most of the window is anomalous."""
        out = np.empty(len(anomalous), np.bool_)
        at, count = _follow(anomalous, self._ring, self._at, self._count, out)
        self._at, self._count = int(at), int(count)
        return out


class Windows:
    """A window for each of many devices, by any integer."""

    def __init__(self, max_streams: int = MAX_STREAMS) -> None:
        """Know nobody yet."""
        self._max_streams = max_streams
        self._windows: dict[int, Window] = {}

    def update(self, device: int, anomalous: NDArray[np.bool_], size: int) -> NDArray[np.bool_]:
        """As `Window.update`, of the next rows of a device; ``size``: of its window; if it changes, it starts anew."""
        window = self._windows.pop(device, None)
        if window is None or window.size != size:
            window = Window(size)
        self._windows[device] = window  # the last now
        if len(self._windows) > self._max_streams:
            del self._windows[next(iter(self._windows))]
        return window.update(anomalous)
