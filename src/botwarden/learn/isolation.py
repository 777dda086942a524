"""Isolation forest (Liu, Ting and Zhou 2008): how few random cuts it takes to tell a row from all others."""

from typing import Any, ClassVar, Final, Self

import numpy as np
from numpy.typing import NDArray
from onnx import helper
from sklearn.ensemble import IsolationForest

from botwarden.core.errors import ConfigError
from botwarden.core.model import ScalerKind
from botwarden.learn import graphs
from botwarden.learn.autoencoder import Settings, checked
from botwarden.learn.estimator import Checkpoint, Progress
from botwarden.learn.trees import Tree, ensemble

_EULER: Final = 0.5772156649015329  # Euler-Mascheroni constant


class Isolation:
    """scikit-learn's isolation forest; the score is that of the paper, 0 to 1, higher for what stands apart.

    trees : how many
    sample : rows that each tree sees, at most
    seed : which rows and cuts
    """

    algorithm: ClassVar[str] = "isolation_forest"
    scaler: ClassVar[ScalerKind] = "identity"
    has_errors: ClassVar[bool] = False

    def __init__(self, *, trees: int = 200, sample: int = 256, seed: int = 0) -> None:
        """Store the settings."""
        self.trees = trees
        self.sample = sample
        self.seed = seed
        self.forest_: IsolationForest | None = None

    @property
    def settings(self) -> Settings:
        """What it was told."""
        return {"trees": self.trees, "sample": self.sample, "seed": self.seed}

    def fit(
        self,
        x: NDArray[np.float32],
        optimise: NDArray[np.float32],
        *,
        progress: Progress | None = None,
        checkpoint: Checkpoint | None = None,
    ) -> Self:
        """See `botwarden.learn.estimator.AnomalyDetector.fit`; it takes seconds, so nothing is saved on the way."""
        x = checked(x, "training")
        if not 1 <= self.trees <= 10_000 or not 2 <= self.sample <= 1_000_000 or not 0 <= self.seed < 2**32:
            raise ConfigError("an isolation forest has 1 to 10,000 trees of 2 to 1,000,000 rows, and a seed below 2^32")
        if len(x) < 2:
            raise ConfigError("an isolation forest needs at least two rows")
        if progress is not None:
            progress(None, f"{self.trees} trees")
        forest = IsolationForest(
            n_estimators=self.trees, max_samples=min(self.sample, len(x)), random_state=self.seed, n_jobs=1
        )
        self.forest_ = forest.fit(x)
        return self

    def to_onnx(self) -> bytes:
        """``score``: 2 to the power of minus the mean path over that of a random tree. Raises ValueError before `fit`.

        A forest whose leaves hold their path lengths is one ``TreeEnsembleRegressor``.
        """
        if self.forest_ is None:
            raise ValueError("fit first")
        forest = self.forest_
        scale = -1.0 / (len(forest.estimators_) * average_path(np.array([forest.max_samples_]))[0])
        nodes = [
            helper.make_node(
                "TreeEnsembleRegressor", ["x"], ["paths"], domain="ai.onnx.ml", **ensemble(_trees(forest), 1)
            ),
            helper.make_node("Mul", ["paths", "scale"], ["exponent"]),
            helper.make_node("Pow", ["two", "exponent"], ["column"]),
            helper.make_node("Squeeze", ["column", "axis"], ["score"]),
        ]
        constants = [
            graphs.constant("scale", np.array(scale, np.float32)),
            graphs.constant("two", np.array(2, np.float32)),
            graphs.constant("axis", np.array([1], np.int64)),
        ]
        return graphs.model(nodes, constants, forest.n_features_in_, ["score"], [("ai.onnx.ml", 3)])


def average_path(rows: NDArray[Any]) -> NDArray[np.float64]:
    """c(n) of the paper, equation 1: the mean path of an unsuccessful search among ``n`` rows in a binary tree."""
    n = np.asarray(rows, np.float64)
    larger = np.maximum(n, 3)
    long = 2 * (np.log(larger - 1) + _EULER) - 2 * (larger - 1) / larger
    return np.where(n > 2, long, np.where(n == 2, 1.0, 0.0))


def _trees(forest: IsolationForest) -> list[Tree]:
    """The forest, its leaves holding the length of the path to them."""
    found = []
    for estimator, features in zip(forest.estimators_, forest.estimators_features_, strict=True):
        tree = estimator.tree_
        paths = _depths(tree) + average_path(tree.n_node_samples)
        feature = np.asarray(features)[np.maximum(tree.feature, 0)]
        found.append(Tree(feature, tree.threshold, tree.children_left, tree.children_right, paths[:, None]))
    return found


def _depths(tree: Any) -> NDArray[np.float64]:
    """Edges between the root and each node; children come after their parent."""
    depth = np.zeros(tree.node_count)
    for node in range(tree.node_count):
        for child in (tree.children_left[node], tree.children_right[node]):
            if child >= 0:
                depth[child] = depth[node] + 1
    return depth
