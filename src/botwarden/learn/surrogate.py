"""LIME: a linear model of what a model says about rows near one row (Ribeiro, Singh and Guestrin 2016).

Around the row, samples are made in which each feature either keeps its value or takes one that is normal; LIME fits a
ridge regression to what the model says of them, nearer samples counting more. So the weight of a feature is how much
higher the output is, on average over such samples, for this feature having the row's value rather than a normal one.

Features that say the same (`botwarden.detect.models.words.about`) can be kept or replaced together. A linear model over
such few things fits far better and hardly depends on the dice: in a row of fifty odd features of which each follows
from the others, putting one right alone makes the row no less odd, and a weight of its own says little.

`lime`'s own sampling draws the bins of a feature as often as training data has them. What is anomalous lies in bins
that hardly any data has, so that hardly any sample would keep what the row is odd for: hence the coin toss. Normal
values are drawn from percentiles, between the 25th and the 75th, so no training data is needed. Those of one kind of
statistic are drawn at one level: were each drawn by itself, a mean over 0.3 s and one over 0.5 s would contradict each
other in every sample, and a detector would call all of them odd for that alone.
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
_MIDDLE: Final = (0.25, 0.75)
"""Shares between which normal values are drawn. Rarer ones would make the output vary more than the coin tosses do."""
_HIGHEST: Final = 1e12  # what squares of are still far from the end of the numbers

Function = Callable[[NDArray[np.float64]], NDArray[np.float64]]
"""Takes float64[n, d], gives float64[n]: what is to be explained."""


@dataclass(frozen=True, slots=True)
class Surrogate:
    """What one run found.

    weights : float64[d], as above, in units of the output; of features, or of things where those were told
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
    things: Sequence[object] | None = None,
    samples: int = SAMPLES,
) -> Surrogate:
    """The weights of LIME for one row: float[d]; ``normals``: float[5, d], percentiles as `LEVELS`.

    kinds : d, features of one kind take normal values of one level; None: each its own

    things : d, features of one thing are kept together, and the weights are those of the things, in the order in which
        they first appear; None: each is its own

    The same numbers come out for the same seed. Raises ConfigError without the extra ``train``.
    """
    try:
        from lime.lime_tabular import LimeTabularExplainer  # noqa: PLC0415 - of the extra `train`, and slow
    except ModuleNotFoundError as error:
        raise ConfigError("LIME needs the package lime: pip install 'botwarden[train]'") from error
    places = {name: i for i, name in enumerate(dict.fromkeys(things or range(len(row))))}
    thing = [places[name] for name in things or range(len(row))]
    d = len(places)
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
        usual = _usual(normals, len(kept), kinds or range(len(row)), chance)
        found = np.asarray(function(np.where(kept[:, thing] > 0, row, usual)), np.float64)
        return np.clip(np.nan_to_num(found), -_HIGHEST, _HIGHEST)

    found: Any = explainer.explain_instance(np.ones(d), said, num_features=d, num_samples=samples)
    weights = np.zeros(d)
    for i, weight in found.local_exp[1]:
        weights[i] = weight
    return Surrogate(weights, float(found.score), float(found.predicted_value))


def _usual(
    normals: NDArray[np.floating], n: int, kinds: Sequence[object], chance: np.random.RandomState
) -> NDArray[np.float64]:
    """float64[n, d]: normal values, linear between the percentiles."""
    levels = {kind: chance.uniform(*_MIDDLE, n) for kind in dict.fromkeys(kinds)}
    return np.stack([np.interp(levels[kind], LEVELS, normals[:, j]) for j, kind in enumerate(kinds)], axis=1)
