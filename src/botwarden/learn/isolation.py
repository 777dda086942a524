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
            helper.make_node("TreeEnsembleRegressor", ["x"], ["paths"], domain="ai.onnx.ml", **_trees(forest)),
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


def _trees(forest: IsolationForest) -> dict[str, Any]:
    """The attributes of ``TreeEnsembleRegressor``: the sum over trees of the path length to a row's leaf."""
    columns: dict[str, list[Any]] = {}

    def add(name: str, values: Any) -> None:
        columns.setdefault(name, []).append(np.asarray(values))

    for number, (estimator, features) in enumerate(zip(forest.estimators_, forest.estimators_features_, strict=True)):
        tree = estimator.tree_
        leaf = tree.children_left < 0
        nodes = np.arange(tree.node_count)
        add("nodes_treeids", np.full(tree.node_count, number))
        add("nodes_nodeids", nodes)
        add("nodes_featureids", np.where(leaf, 0, np.asarray(features)[np.maximum(tree.feature, 0)]))
        add("nodes_values", np.where(leaf, 0, _downwards(tree.threshold)))
        add("nodes_modes", np.where(leaf, "LEAF", "BRANCH_LEQ"))
        add("nodes_truenodeids", np.where(leaf, 0, tree.children_left))
        add("nodes_falsenodeids", np.where(leaf, 0, tree.children_right))
        add("target_treeids", np.full(int(leaf.sum()), number))
        add("target_nodeids", nodes[leaf])
        add("target_weights", (_depths(tree) + average_path(tree.n_node_samples))[leaf])
    out = {name: np.concatenate(values).tolist() for name, values in columns.items()}
    return {**out, "target_ids": [0] * len(out["target_nodeids"]), "n_targets": 1, "aggregate_function": "SUM"}


def _downwards(values: NDArray[np.float64]) -> NDArray[np.float32]:
    """The highest float32 that is no higher: rows are float32, so they compare with it as with the value itself."""
    near = values.astype(np.float32)
    return np.where(near > values, np.nextafter(near, np.float32(-np.inf)), near)


def _depths(tree: Any) -> NDArray[np.float64]:
    """Edges between the root and each node; children come after their parent."""
    depth = np.zeros(tree.node_count)
    for node in range(tree.node_count):
        for child in (tree.children_left[node], tree.children_right[node]):
            if child >= 0:
                depth[child] = depth[node] + 1
    return depth
