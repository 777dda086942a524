"""The seams of learning: what a detector and a classifier are, and what they are handed besides data.

As in scikit-learn: the constructor only stores; ``fit`` learns and returns self; fitted names end in ``_``; nothing
else learns. What was learned leaves as ONNX, and is judged as on a gateway, by `botwarden.detect.models`.
"""

from collections.abc import Mapping
from typing import ClassVar, Protocol, Self

import numpy as np
from numpy.typing import NDArray

from botwarden.core.model import ScalerKind


class Progress(Protocol):
    """Told now and then how far something is."""

    def __call__(self, share: float | None, text: str) -> None:
        """``share`` of the work is done, 0 to 1, None where that is not known; ``text`` says at what it is."""
        ...


class Checkpoint(Protocol):
    """A place where half-done training is kept, so that it can go on after it was stopped."""

    def load(self) -> dict[str, NDArray[np.generic]] | None:
        """The state saved last under the same circumstances; None where there is none."""
        ...

    def save(self, state: Mapping[str, NDArray[np.generic]]) -> None:
        """Keep a state in place of the last. Raises OSError."""
        ...


class AnomalyDetector(Protocol):
    """Learns what is normal from benign rows alone."""

    algorithm: ClassVar[str]
    scaler: ClassVar[ScalerKind]
    """The scaling that it works best with."""
    has_errors: ClassVar[bool]
    """Whether its network also tells the error of each feature."""

    @property
    def settings(self) -> dict[str, str | int | float | bool | list[int] | list[float] | None]:
        """The hyper-parameters, as for the constructor, and what fitting found, such as the epochs it took."""
        ...

    def fit(
        self,
        x: NDArray[np.float32],
        optimise: NDArray[np.float32],
        *,
        progress: Progress | None = None,
        checkpoint: Checkpoint | None = None,
    ) -> Self:
        """Learn from ``x``: float32[n, d], scaled benign rows; ``optimise``: float32[m, d], others: when to stop.

        Raises KeyboardInterrupt when stopped, after the checkpoint was saved.
        """
        ...

    def to_onnx(self) -> bytes:
        """The network: ``x`` to ``score`` and, with `has_errors`, ``errors`` (see `botwarden.core.model`)."""
        ...


class Classifier(Protocol):
    """Learns to name what a row is."""

    algorithm: ClassVar[str]
    scaler: ClassVar[ScalerKind]

    @property
    def settings(self) -> dict[str, str | int | float | bool | list[int] | list[float] | None]:
        """As of `AnomalyDetector`."""
        ...

    def fit(
        self,
        x: NDArray[np.float32],
        y: NDArray[np.intp],
        n_classes: int,
        optimise: NDArray[np.float32],
        optimise_y: NDArray[np.intp],
        *,
        progress: Progress | None = None,
        checkpoint: Checkpoint | None = None,
    ) -> Self:
        """Learn from ``x``: float32[n, d], scaled, with classes ``y``: 0 … n_classes - 1.

        ``optimise`` and ``optimise_y`` are other rows, to know when to stop and to calibrate by.
        """
        ...

    def to_onnx(self) -> bytes:
        """The network: ``x`` to ``probability``: float32[n, n_classes], calibrated."""
        ...
