"""LIME: a linear model of what a model says about rows near one row (Ribeiro, Singh and Guestrin 2016).

Around the row, samples are made in which each feature either keeps its value or takes one that is normal; LIME fits a
ridge regression to what the model says of them, nearer samples counting more. So the weight of a feature is how much
higher the output is, on average over such samples, for this feature having the row's value rather than a normal one.

`lime`'s own sampling draws the bins of a feature as often as training data has them. What is anomalous lies in bins
that hardly any data has, so that hardly any sample would keep what the row is odd for: hence the coin toss. Normal
values are drawn from five percentiles, so no training data is needed. Those of one kind of statistic are drawn at one
level: were each drawn by itself, a mean over 0.3 s and one over 0.5 s would contradict each other in every sample, and
a detector would call all of them odd for that alone.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from botwarden.core.errors import ConfigError

SAMPLES: Final = 1500
"""Per run: more would steady the weights a little further, at its price in time."""
LEVELS: Final = (0.01, 0.25, 0.5, 0.75, 0.99)
"""Shares of benign rows below each of the five normal values of a feature."""

Function = Callable[[NDArray[np.float64]], NDArray[np.float64]]
"""Takes float64[n, d], gives float64[n]: what is to be explained."""


@dataclass(frozen=True, slots=True)
class Surrogate:
    """What one run found.

    weights : float64[d], as above, in units of the output
    fidelity : R² of the linear model on its samples, weighted as in the fit: 1 where it says all that the model does
    output : what the model says of the row
    """

    weights: NDArray[np.float64]
    fidelity: float
    output: float


def explain(
    function: Function,
    row: NDArray[np.floating],
    normals: NDArray[np.floating],
    seed: int,
    *,
    kinds: Sequence[object] | None = None,
    samples: int = SAMPLES,
) -> Surrogate:
    """The weights of LIME for one row: float[d]; ``normals``: float[5, d], percentiles as `LEVELS`.

    kinds : d, features of one kind take normal values of one level; None: each its own

    The same numbers come out for the same seed. Raises ConfigError without the extra ``train``.
    """
    try:
        from lime.lime_tabular import LimeTabularExplainer  # noqa: PLC0415 - of the extra `train`, and slow
    except ModuleNotFoundError as error:
        raise ConfigError("LIME needs the package lime: pip install 'botwarden[train]'") from error
    d = len(row)
    chance = np.random.RandomState(seed)
    explainer = LimeTabularExplainer(
        np.array([[0.0] * d, [1.0] * d]),  # 1: kept, 0: made normal; a toss of a coin
        mode="regression",
        categorical_features=range(d),
        discretize_continuous=False,
        feature_selection="none",
        random_state=chance,
    )

    def said(kept: NDArray[np.float64]) -> NDArray[np.float64]:
        usual = _usual(normals, len(kept), kinds or range(d), chance)
        return np.asarray(function(np.where(kept > 0, row, usual)), np.float64)

    found: Any = explainer.explain_instance(np.ones(d), said, num_features=d, num_samples=samples)
    weights = np.zeros(d)
    for i, weight in found.local_exp[1]:
        weights[i] = weight
    return Surrogate(weights, float(found.score), float(found.predicted_value))


def _usual(
    normals: NDArray[np.floating], n: int, kinds: Sequence[object], chance: np.random.RandomState
) -> NDArray[np.float64]:
    """float64[n, d]: normal values, linear between the percentiles and none beyond them."""
    levels = {kind: chance.uniform(LEVELS[0], LEVELS[-1], n) for kind in dict.fromkeys(kinds)}
    return np.stack([np.interp(levels[kind], LEVELS, normals[:, j]) for j, kind in enumerate(kinds)], axis=1)
