"""A model whose reasons are known, and its explanations."""

from dataclasses import replace

import numpy as np

from botwarden.core.model import Model
from botwarden.core.row import Group, Rows
from botwarden.detect.models.scorer import Scorer
from botwarden.features.schema import NBAIOT115
from botwarden.learn.explanation import Explanation, explain_row
from botwarden.learn.graphs import autoencoder
from models import classifier, detector, model

COLUMNS = [name for name in NBAIOT115.columns if not name.startswith("HH_jit")]
CAUSES = ("MI_dir_L0.1_weight", "HpHp_L1_mean")
"""The two features that everything depends on."""


def two_causes(*, threshold: float = 4.0, named: bool = True) -> Model:
    """Its detector reproduces all features but two, of which it expects 0; so only these have errors. Its classifier
    says ``flood`` the surer, the higher they are. Normal is -2 to 2 for all."""
    at = [COLUMNS.index(name) for name in CAUSES]
    weights = np.eye(len(COLUMNS), dtype=np.float32)
    weights[at, at] = 0
    rule = np.zeros((len(COLUMNS), 2), np.float32)
    rule[at, 1] = 0.2
    parts = [classifier("names", ["benign", "flood"], columns=COLUMNS)] if named else []
    made = model([detector(columns=COLUMNS, threshold=threshold)], parts, [rule] * len(parts), schema=NBAIOT115)
    network = autoencoder([(weights, np.zeros(len(COLUMNS), np.float32))])
    return replace(made, networks={**made.networks, "all": network})


def rows(**values: float) -> Rows:
    """Three rows; of the second, which is number 8 of ``rows.csv``, all is 1.5 but for the causes and ``values``."""
    out = np.zeros((3, len(NBAIOT115.columns)))
    out[1] = 1.5
    for name, value in {CAUSES[0]: 30.0, CAUSES[1]: 40.0, **values}.items():
        out[1, NBAIOT115.columns.index(name)] = value
    return Rows.of(NBAIOT115, out, Group("camera"), source="rows.csv", first=7)


def explained(seeds: int = 4, *, named: bool = True, limit: int = 5) -> Explanation:
    """The second of `rows`, by `two_causes`."""
    return explain_row(Scorer(two_causes(named=named)), rows(), 1, seeds=seeds, samples=600, limit=limit)
