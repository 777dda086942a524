"""The pipeline of ``botwarden logs``: packets to records to files."""

from collections.abc import Iterable, Iterator

import numpy as np
from numpy.typing import NDArray

from botwarden.core.packet import PacketBatch


def make_batches(batches: Iterable[PacketBatch]) -> Iterator[tuple[PacketBatch, NDArray[np.uint8]]]:
    """Batches as connections need them."""
    for batch in batches:
        yield batch, np.zeros(len(batch), np.uint8)
