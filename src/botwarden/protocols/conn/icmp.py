"""ICMP conversations: a message's type and that of its answer take the place of ports (RFC 792, 4443, 4861)."""

from typing import Any

import numpy as np
from numba import njit

from botwarden.core.packet import ICMP
from botwarden.protocols.table import Int


@njit(nogil=True)
def counterpart(proto: Int, kind: Int) -> Any:
    """The type that answers a message of a type, or that it answers; -1 where there is none."""
    if proto == ICMP:
        return _pair4(kind)
    return _pair6(kind)


@njit(nogil=True)
def _pair4(kind: Int) -> Any:
    if kind == 8:  # echo
        return np.int64(0)
    if kind == 0:
        return np.int64(8)
    if kind in (13, 15, 17):  # timestamp, information, address mask
        return np.int64(kind + 1)
    if kind in (14, 16, 18):
        return np.int64(kind - 1)
    if kind == 10:  # router solicitation
        return np.int64(9)
    if kind == 9:
        return np.int64(10)
    return np.int64(-1)


@njit(nogil=True)
def _pair6(kind: Int) -> Any:
    if kind in (128, 133, 135, 139, 144):  # echo, router, neighbour, node information, home agent
        return np.int64(kind + 1)
    if kind in (129, 134, 136, 140, 145):
        return np.int64(kind - 1)
    if kind == 130:  # multicast listener query
        return np.int64(131)
    if kind == 131:
        return np.int64(130)
    return np.int64(-1)
