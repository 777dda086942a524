"""`Unwrapper`: packets as the ends of a connection get them: out of tunnels, in one piece, with checksums looked at."""

from typing import Any, Final

import numpy as np
from numba import njit
from numpy.typing import NDArray

from botwarden.core.packet import HAS_IP, TCP, UDP, PacketBatch
from botwarden.protocols.table import Int, mix
from botwarden.wire.checksum import bad_checksum, bad_header_checksum
from botwarden.wire.fragments import Defragmenter
from botwarden.wire.frame import inner_batch

MAX_TUNNELS: Final = 4
"""Tunnels inside tunnels that are opened."""
SENDERS: Final = 4096
"""Senders whose checksums are remembered; two may share a place, which matters little."""
BELIEVED: Final = 4
"""Right checksums of a sender for each wrong one from which on the wrong ones are believed. With fewer they say
nothing: a network card fills them in after a capture on the same machine has seen the packet, and captures whose
addresses were changed have none that is right."""


MERGED: Final = 1500
"""Bytes of an IP packet above which a network card has put it together from several and its checksum says nothing."""


class Unwrapper:
    """Prepares batches for `botwarden.protocols.tracker.Tracker`; memory is bounded."""

    def __init__(self, seed: int = 0, checksums: str = "auto") -> None:
        """Remember nothing yet; ``seed`` decides who shares a place, ``checksums`` is `Settings.checksums`."""
        self._checksums = checksums
        self._levels = [Defragmenter() for _ in range(MAX_TUNNELS + 1)]
        self._senders = np.zeros((SENDERS, 2), np.int64)  # right and wrong ones
        self._seed = seed & 0x7FFFFFFFFFFFFFFF

    def update(self, batch: PacketBatch) -> tuple[PacketBatch, NDArray[np.uint8]]:
        """The packets that a batch carries, and uint8[n], 1 for those that their receiver drops for their checksum."""
        batch = self._levels[0].update(batch)
        for level in self._levels[1:]:
            if not batch.packets["inner"].any():
                break
            batch = _opened(batch, level)
        bad = np.zeros(len(batch), np.uint8)
        if self._checksums != "ignore":
            believed = 0 if self._checksums == "check" else BELIEVED
            with np.errstate(over="ignore"):  # hashes wrap
                _check(batch.buffer, batch.packets, bad, self._senders, self._seed, believed)
        return batch, bad


def _opened(batch: PacketBatch, level: Defragmenter) -> PacketBatch:
    """The batch with each packet that carries another one replaced by it."""
    inner = inner_batch(batch)
    packets = batch.packets.copy()
    packets[batch.packets["inner"] != 0] = inner.packets
    return level.update(PacketBatch(batch.buffer, packets, batch.first))


@njit(cache=True, nogil=True)
def _check(buffer: Any, packets: Any, bad: Any, senders: Any, seed: Int, believed: Int) -> None:
    """Fill ``bad``; a sender's packets in the whole batch say whether its checksums can be believed."""
    for i in range(len(packets)):
        p = packets[i]
        if p["flags"] & HAS_IP == 0 or p["ip_version"] == 0:
            continue
        if bad_header_checksum(buffer, p):
            bad[i] = 2
        elif p["ip_len"] <= MERGED and bad_checksum(buffer, p):
            bad[i] = 1
        if p["proto"] in (TCP, UDP) or bad[i]:
            senders[_place(p, seed), 1 if bad[i] else 0] += 1
    for i in range(len(packets)):
        if bad[i]:
            right, wrong = senders[_place(packets[i], seed)]
            bad[i] = 1 if right >= believed * wrong else 0


@njit(nogil=True)
def _place(p: Any, seed: Int) -> Any:
    key = mix(seed, p["src_mac"])
    if p["src_mac"] == 0:
        key = mix(mix(key, p["src_ip_hi"]), p["src_ip_lo"])
    return key % SENDERS
