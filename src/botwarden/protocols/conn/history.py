"""The history of a connection: a letter for each thing that happened, as in Zeek's conn.log."""

from typing import Any, Final

import numpy as np
from numba import njit

from botwarden.protocols.conn.state import MAX_HISTORY, RESP
from botwarden.protocols.table import Int

# bits of `seen`
SYN: Final = np.int64(1)
FIN: Final = np.int64(2)
RST: Final = np.int64(4)
DATA: Final = np.int64(8)
PURE_ACK: Final = np.int64(16)
ODD: Final = np.int64(32)

# rows of `times` and `due`
RETRANSMITTED: Final = np.int64(0)
ZERO_WINDOW: Final = np.int64(1)
BAD_CHECKSUM: Final = np.int64(2)
GAP: Final = np.int64(3)


@njit(nogil=True)
def letter(c: Any, side: Int, code: Int) -> None:
    """Add a letter, given in upper case and turned to lower case for the responder."""
    n = c["letters"]
    if n < MAX_HISTORY:
        c["history"][n] = code + 32 if side == RESP else code
        c["letters"] = n + 1


@njit(nogil=True)
def once(c: Any, side: Int, bit: Int, code: Int) -> bool:
    """Add a letter unless this end has it already; whether it had."""
    if np.int64(c["seen"][side]) & bit:
        return True
    c["seen"][side] |= bit
    letter(c, side, code)
    return False


@njit(nogil=True)
def counted(c: Any, side: Int, what: Int, code: Int) -> None:
    """Count something and add a letter the 1st, 10th, 100th … time."""
    c["times"][side, what] += 1
    if c["times"][side, what] == c["due"][side, what]:
        c["due"][side, what] *= 10
        letter(c, side, code)
