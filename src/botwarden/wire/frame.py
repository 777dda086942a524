"""Frames to packets: the one compiled entry point that decodes headers, for every link type."""

from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

from botwarden.core.packet import INNER_FRAME, MALFORMED, PACKET, TRUNCATED, PacketBatch
from botwarden.wire.link import link_header
from botwarden.wire.linktype import ETHERNET, RAW
from botwarden.wire.load import Bytes
from botwarden.wire.network import NO_TRANSPORT, network
from botwarden.wire.transport import transport


@njit(cache=True, nogil=True)
def decode(buffer: Bytes, rows: NDArray[Any], links: NDArray[np.uint16]) -> None:
    """Fill in the header columns of ``rows``.

    buffer : uint8[m], writable and contiguous
    rows : PACKET[n] with ``ts``, ``offset``, ``cap_len``, ``wire_len`` and ``interface`` set, everything else 0;
        every frame lies inside the buffer
    links : uint16[n], each frame's link type, one of `botwarden.wire.linktype.DECODED`

    The columns describe the outer packet; a tunnelled one is pointed to by ``inner``: see `inner_batch`.
    """
    for i in range(len(rows)):
        p = rows[i]
        start = np.int64(p["offset"])
        cap_end = start + np.int64(p["cap_len"])
        wire_end = max(cap_end, start + np.int64(p["wire_len"]))
        ethertype, pos = link_header(buffer, p, np.int64(links[i]), start, cap_end)
        proto, end = np.int64(NO_TRANSPORT), wire_end
        if pos >= 0:
            proto, pos, end = network(buffer, p, ethertype, pos, cap_end, wire_end)
        need = -pos
        if pos >= 0 and proto != NO_TRANSPORT:
            need = transport(buffer, p, proto, pos, end, start, cap_end)
        if need > 0:  # the snap length took those bytes, if the enclosing layer has them
            p["flags"] |= TRUNCATED if need <= min(end, wire_end) else MALFORMED


def inner_batch(batch: PacketBatch) -> PacketBatch:
    """The tunnelled packets of a batch (see `botwarden.wire.tunnel`; also IPIP and 6in4), decoded by themselves.

    One row for every packet whose ``inner`` is not 0, in the same order: ``np.flatnonzero(batch.packets["inner"])``
    are their indexes in `batch`. Time, interface and the length on the wire are those of the outer packet, and so are
    MACs and VLAN where the tunnel carries IP and no Ethernet; ``offset``, ``cap_len`` and ``payload`` count from the
    inner IP header or frame. ``first`` is the outer batch's.
    """
    outer = batch.packets[batch.packets["inner"] != 0]
    rows = np.zeros(len(outer), PACKET)
    framed = outer["flags"] & INNER_FRAME != 0
    for name in ("ts", "interface"):
        rows[name] = outer[name]
    for name in ("src_mac", "dst_mac", "vlan"):
        rows[name] = np.where(framed, 0, outer[name])
    inner = outer["inner"]
    rows["offset"] = outer["offset"] + inner
    rows["cap_len"] = outer["cap_len"] - inner
    rows["wire_len"] = np.maximum(outer["wire_len"], inner) - inner
    if len(rows):
        decode(batch.buffer, rows, np.where(framed, ETHERNET, RAW).astype(np.uint16))
    rows["wire_len"] = outer["wire_len"]
    return PacketBatch(batch.buffer, rows, batch.first)
