"""How sure a detector is: what share of benign rows scored that high."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

from botwarden.core.model import TAIL_SHARES


class Tail:
    """The shares of benign rows that score as high as a row or higher, from the quantiles that a model keeps."""

    def __init__(self, tail: NDArray[np.floating], threshold: float, shares: Sequence[float] = TAIL_SHARES) -> None:
        """``tail``: float32[m], rising: the scores that shares of ``shares`` reach; ``threshold`` of the detector.

        Beyond the highest score seen the share is taken for that of one row, however much higher the score is: from
        so many rows nobody can be surer.
        """
        self.threshold = np.float32(threshold)
        # Of equal scores the largest share counts.
        self._scores, first = np.unique(np.asarray(tail, np.float32), return_index=True)
        self._shares = np.asarray(shares, np.float64)[first]
        self._allowed = float(self.share(np.array([threshold], np.float32))[0])

    def share(self, score: NDArray[np.float32]) -> NDArray[np.float64]:
        """float64[n]: the share of benign rows whose score is at least ``score``, float32[n]."""
        out = np.empty(len(score))
        _shares(score, self._scores, self._shares, out)
        return out

    def judge(self, score: NDArray[np.float32], anomalous: NDArray[np.bool_], confidence: NDArray[np.float32]) -> None:
        """Fill in which rows are anomalous, and how sure that is; a score that is no number becomes infinity.

        Of an anomalous row: the share of benign rows with a lower score. Of any other: of the benign rows that score
        as high or higher, the share that is not anomalous, either.
        """
        _judge(score, self.threshold, self._scores, self._shares, self._allowed, anomalous, confidence)


@njit(cache=True, nogil=True, error_model="numpy")
def _share(score: Any, scores: Any, shares: Any) -> Any:
    last = len(scores) - 1
    if score <= scores[0]:
        return shares[0]
    if score >= scores[last]:
        return shares[last]
    low, high = 0, last
    while high - low > 1:
        middle = (low + high) >> 1
        if scores[middle] <= score:
            low = middle
        else:
            high = middle
    along = (np.float64(score) - scores[low]) / (np.float64(scores[high]) - scores[low])
    return shares[low] + along * (shares[high] - shares[low])


@njit(cache=True, nogil=True, error_model="numpy")
def _shares(score: Any, scores: Any, shares: Any, out: Any) -> None:
    for i in range(len(score)):
        out[i] = _share(score[i], scores, shares)


@njit(cache=True, nogil=True, error_model="numpy")
def _judge(score: Any, threshold: Any, scores: Any, shares: Any, allowed: Any, anomalous: Any, confidence: Any) -> None:
    for i in range(len(score)):
        if score[i] != score[i]:
            score[i] = np.inf
        share = _share(score[i], scores, shares)
        if score[i] > threshold:
            anomalous[i] = True
            confidence[i] = 1 - share
        else:
            anomalous[i] = False
            confidence[i] = 1 - min(allowed / share, 1.0) if share > 0 else 0.0
