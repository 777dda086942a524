"""What the columns that carry the date of the capture do to a set of rows.

Ten columns of the N-BaIoT and Kitsune data sets count the first packet of every stream as that many seconds after 1970.
Benign rows and attacks were captured on different days, so a model that uses them tells days apart, not attacks.
Pairs of quick reference models that differ in nothing but those columns show how much of a result is the date.
"""

from collections.abc import Callable
from typing import Final

import numpy as np
from numpy.typing import NDArray

from botwarden.core.errors import ConfigError
from botwarden.core.row import Rows
from botwarden.features.schema import DATE_COLUMNS
from botwarden.learn.baselines import first_half
from botwarden.learn.curves import LOW_RATES, Curve
from botwarden.learn.results import DateEffect, DateTwin

FEWEST: Final = 200
"""Benign rows, and attacks, that it takes to say something."""
TOLERATED: Final = 0.005
"""Difference in recall at a low false-positive rate, or in area, from which a result with dates counts as another."""
COMPONENTS: Final = 0.5
"""Share of its inputs that the reference detector keeps, like the middle layers of the published autoencoder."""


class TooFewRows(ValueError):
    """There is nothing to fit references on."""


def date_effect(benign: Rows | None, attacks: Rows | None, seed: int = 0) -> DateEffect:
    """Fit references on the first half of each group's rows and judge them on the second.

    Raises TooFewRows where that tells nothing, ConfigError without the extra ``train``.
    """
    if benign is None or attacks is None or min(len(benign), len(attacks)) < FEWEST:
        raise TooFewRows(f"it takes at least {FEWEST} benign rows and as many attacks")
    present = [column for column in DATE_COLUMNS if column in benign.schema.columns]
    if not present:
        raise TooFewRows("the rows have no columns that carry a date")
    is_date = np.array([column in present for column in benign.schema.columns])
    split = _Split(benign, attacks)
    twins = [
        _twin("detector: principal components of benign rows", split, is_date, _detect),
        _twin("classifier: boosted trees", split, is_date, lambda part, columns: _classify(part, columns, seed)),
    ]
    alone = Curve.of(*split.apart(_classify(split, is_date, seed))).area()
    return DateEffect(
        columns=present,
        fitted=int(split.fit.sum()),
        judged=int((~split.fit).sum()),
        twins=twins,
        alone=alone,
        differs=any(_differs(twin) for twin in twins),
    )


class _Split:
    """Benign rows and attacks together, in float64; ``fit`` says which are fitted on."""

    def __init__(self, benign: Rows, attacks: Rows) -> None:
        self.x = np.concatenate([benign.values, attacks.values]).astype(np.float64)
        self.attack = np.arange(len(self.x)) >= len(benign)
        self.fit = np.concatenate([first_half(benign.group), first_half(attacks.group)])

    def apart(self, scores: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Scores of the rows that are judged: benign ones, attacks."""
        scores, attack = scores[~self.fit], self.attack[~self.fit]
        return scores[~attack], scores[attack]


def _twin(
    name: str,
    split: _Split,
    is_date: NDArray[np.bool_],
    fit: Callable[[_Split, NDArray[np.bool_]], NDArray[np.float64]],
) -> DateTwin:
    curves = [Curve.of(*split.apart(fit(split, columns))) for columns in (np.ones_like(is_date), ~is_date)]
    at = [[curve.at(rate) for rate in LOW_RATES] for curve in curves]
    return DateTwin(name=name, with_dates=at[0], without=at[1], auc_with=curves[0].area(), auc_without=curves[1].area())


def _detect(split: _Split, columns: NDArray[np.bool_]) -> NDArray[np.float64]:
    """The squared distance of standardised rows from the main components of benign ones: a linear autoencoder."""
    x = split.x[:, columns]
    normal = x[split.fit & ~split.attack]
    centre, spread = normal.mean(axis=0), normal.std(axis=0)
    scaled = (x - centre) / np.where(spread > 0, spread, 1.0)
    keep = max(1, round(COMPONENTS * int((spread > 0).sum())))
    _, _, axes = np.linalg.svd(scaled[split.fit & ~split.attack], full_matrices=False)
    rest = scaled - scaled @ axes[:keep].T @ axes[:keep]
    errors: NDArray[np.float64] = np.square(rest).mean(axis=1)
    return errors


def _classify(split: _Split, columns: NDArray[np.bool_], seed: int) -> NDArray[np.float64]:
    try:
        from sklearn.ensemble import HistGradientBoostingClassifier  # noqa: PLC0415 - of the extra `train`
    except ModuleNotFoundError as error:
        raise ConfigError("an evaluation needs scikit-learn: pip install 'botwarden[train]'") from error
    trees = HistGradientBoostingClassifier(max_iter=60, early_stopping=False, random_state=seed)
    trees.fit(split.x[split.fit][:, columns], split.attack[split.fit])
    scores: NDArray[np.float64] = trees.decision_function(split.x[:, columns])
    return scores


def _differs(twin: DateTwin) -> bool:
    pairs = [
        (one.tpr, other.tpr)
        for one, other in zip(twin.with_dates, twin.without, strict=True)
        if one.certain and other.certain
    ]
    pairs.append((twin.auc_with, twin.auc_without))
    return any(a is not None and b is not None and abs(a - b) > TOLERATED for a, b in pairs)
