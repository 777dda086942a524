"""`Scores`: what a model says of rows."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Scores:
    """One entry per row.

    score : float32[n], higher is more anomalous
    threshold : float32[n], of the detector that judged the row; ``anomalous`` where the score is above
    anomalous : bool[n]
    label : int16[n], index into ``labels``: what it most likely is; -1 where nothing says so
    confidence : float32[n], 0 to 1: how sure the model is of ``anomalous`` and ``label`` together
    labels : the classes that the model knows
    """

    score: NDArray[np.float32]
    threshold: NDArray[np.float32]
    anomalous: NDArray[np.bool_]
    label: NDArray[np.int16]
    confidence: NDArray[np.float32]
    labels: tuple[str, ...] = ()
