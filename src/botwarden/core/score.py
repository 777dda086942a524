"""`Scores`: what a model says of rows."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Scores:
    """One entry per row.

    score : float32[n], higher is more anomalous; NaN where no detector judges the row
    threshold : float32[n], of the detector that judged the row; ``anomalous`` where the score is above; NaN as above
    anomalous : bool[n], as the detector says; where no detector judges the row, whether ``label`` is an attack
    label : int16[n], index into ``labels``: the class that the classifier finds most probable, whatever the detector
        says; -1 where no classifier names the row
    confidence : float32[n], 0 to 1: how sure the model is of ``anomalous`` and ``label`` together
    labels : the classes that the model knows

    Of a detector alone, the confidence in an anomalous row is the share of benign rows, which it was not trained on,
    that score lower; the confidence in any other row is the share, of the benign rows that score as high or higher,
    that is not anomalous either: near 1 for a usual row, 0 at the threshold. Neither comes nearer to 1 than one
    row in all that the detector was tried on.

    With a classifier it is the calibrated probability of the label, where detector and label agree. Where they
    contradict each other (anomalous, but most probably benign, or normal, but most probably an attack) it is the
    detector's confidence times the probability that the label is wrong: low where both are sure. An anomalous row
    labelled ``benign`` is like no class that the classifier knows.
    """

    score: NDArray[np.float32]
    threshold: NDArray[np.float32]
    anomalous: NDArray[np.bool_]
    label: NDArray[np.int16]
    confidence: NDArray[np.float32]
    labels: tuple[str, ...] = ()
