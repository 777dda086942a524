"""The pipeline of ``botwarden logs``: packets to records to files."""

from collections.abc import Iterable, Iterator

import numpy as np
from numpy.typing import NDArray

from botwarden.core.packet import PacketBatch
from botwarden.protocols.packets import Unwrapper


def make_batches(batches: Iterable[PacketBatch]) -> Iterator[tuple[PacketBatch, NDArray[np.uint8]]]:
    """Batches as connections need them."""
    u = Unwrapper()
    for batch in batches:
        yield u.update(batch)
