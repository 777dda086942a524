"""`Snapshots`: rows of one feature schema."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class FeatureSchema:
    """A named list of features. A model trained on one refuses rows of another."""

    name: str
    columns: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Snapshots:
    """``n`` feature rows, one per packet, in capture order.

    schema : which features
    packets : PACKET[n], the packets they belong to
    values : float64[n, k], ``k = len(schema.columns)``
    """

    schema: FeatureSchema
    packets: NDArray[Any]
    values: NDArray[np.float64]

    def __len__(self) -> int:
        return len(self.values)
