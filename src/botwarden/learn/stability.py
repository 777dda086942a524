"""How far explanations of one row agree when the dice fall otherwise."""

from collections.abc import Sequence
from itertools import combinations
from typing import Final

import msgspec
import numpy as np
from numpy.typing import NDArray

_LEAST: Final = 0.1
"""Of the strongest weight: what is weaker is not counted among the strongest, however few there are."""


class Stability(msgspec.Struct, frozen=True, kw_only=True):
    """Means over all pairs of runs: 1 where they agree, about 0 where they have nothing in common.

    The order of all weights is not compared: most are nearly 0, and their order is chance.
    """

    seeds: int
    """Runs that were compared."""
    top: int
    """How many of the strongest of a run count at most."""
    strongest: float
    """Jaccard index of the strongest: those that both runs name, of those that either does."""
    weights: float
    """Cosine of the weights: 1 where all are proportional."""


def stability(weights: NDArray[np.float64], top: int = 10) -> Stability | None:
    """Compare runs; ``weights``: float64[runs, d]. None for a single run, which agrees with itself whatever it says."""
    if len(weights) < 2:
        return None
    strongest = [_strongest(one, top) for one in weights]
    return Stability(
        seeds=len(weights),
        top=top,
        strongest=_mean([_jaccard(a, b) for a, b in combinations(strongest, 2)]),
        weights=_mean([_cosine(a, b) for a, b in combinations(weights, 2)]),
    )


def _strongest(weights: NDArray[np.float64], top: int) -> frozenset[int]:
    size = np.abs(weights)
    order = np.argsort(-size, kind="stable")[:top]
    return frozenset(int(i) for i in order if size[i] > 0 and size[i] >= _LEAST * size[order[0]])


def _jaccard(a: frozenset[int], b: frozenset[int]) -> float:
    return len(a & b) / len(a | b) if a | b else 1.0


def _cosine(a: NDArray[np.float64], b: NDArray[np.float64]) -> float:
    size = float(np.linalg.norm(a) * np.linalg.norm(b))
    return float(a @ b) / size if size > 0 else float(not (a.any() or b.any()))


def _mean(values: Sequence[float]) -> float:
    return float(np.mean(values))
