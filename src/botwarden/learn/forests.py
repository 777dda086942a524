"""Trees that name what a row is: random forests (Breiman 2001) and gradient boosting (Friedman 2001)."""

from dataclasses import replace
from typing import Any, ClassVar, Final, Self

import numpy as np
from numpy.typing import NDArray
from onnx import helper
from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier

from botwarden.core.errors import ConfigError
from botwarden.core.model import ScalerKind
from botwarden.learn import graphs
from botwarden.learn.autoencoder import Settings, checked
from botwarden.learn.calibration import Calibration, calibrate, graph
from botwarden.learn.estimator import Checkpoint, Progress
from botwarden.learn.trees import Tree, ensemble, packed, unpacked

SMALLEST: Final = 1e-3
"""Share of a forest's votes below which classes are taken as equally unlikely, before calibration."""
_SEEDS: Final = 2**32
_AT_ONCE: Final = 10  # trees
_EVERY: Final = 100  # trees between checkpoints


class Forest:
    """scikit-learn's random forest, its votes calibrated.

    trees : how many
    leaves : of a tree, at most: with many classes the file grows with them
    smallest : rows in a leaf, at least
    seed : which rows and columns each tree sees

    Trees grow by tens, on all cores; what has grown when training is stopped is kept. How many cores there are does not
    change them.
    """

    algorithm: ClassVar[str] = "random_forest"
    scaler: ClassVar[ScalerKind] = "identity"

    def __init__(self, *, trees: int = 100, leaves: int = 256, smallest: int = 2, seed: int = 0) -> None:
        """Store the settings."""
        self.trees = trees
        self.leaves = leaves
        self.smallest = smallest
        self.seed = seed
        self.trees_: list[Tree] = []
        self.width_ = 0
        self.calibration_ = Calibration.none(0)

    @property
    def settings(self) -> Settings:
        """What it was told."""
        return {"trees": self.trees, "leaves": self.leaves, "smallest": self.smallest, "seed": self.seed}

    def fit(
        self,
        x: NDArray[np.float32],
        y: NDArray[np.intp],
        n_classes: int,
        optimise: NDArray[np.float32],
        optimise_y: NDArray[np.intp],
        *,
        progress: Progress | None = None,
        checkpoint: Checkpoint | None = None,
    ) -> Self:
        """See `botwarden.learn.estimator.Classifier.fit`."""
        x = checked(x, "training")
        if not (1 <= self.trees <= 5_000 and 2 <= self.leaves <= 65_536 and self.smallest >= 1):
            raise ConfigError("a random forest has 1 to 5,000 trees of 2 to 65,536 leaves, which hold a row or more")
        _check_seed(self.seed)
        y = _all_classes(y, n_classes)
        held = None if checkpoint is None else checkpoint.load()
        grown = [] if held is None else unpacked(held, x.shape[1], n_classes)
        while len(grown) < self.trees:
            try:
                if progress is not None:
                    progress(len(grown) / self.trees, f"{len(grown)} of {self.trees} trees")
                grown += self._more(x, y, len(grown))
            except KeyboardInterrupt:
                if checkpoint is not None and grown:
                    checkpoint.save(packed(grown))
                raise
            if checkpoint is not None and len(grown) % _EVERY == 0:
                checkpoint.save(packed(grown))
        self.trees_, self.width_ = grown, x.shape[1]
        self.calibration_ = calibrate(self._raw(optimise, n_classes), optimise_y)
        return self

    def to_onnx(self) -> bytes:
        """See `botwarden.learn.estimator.Classifier.to_onnx`. Raises ValueError before `fit`."""
        return self._graph(self.calibration_)

    def _more(self, x: NDArray[np.float32], y: NDArray[np.intp], grown: int) -> list[Tree]:
        """The next trees. The seed and their numbers decide them."""
        forest = RandomForestClassifier(
            n_estimators=min(_AT_ONCE, self.trees - grown),
            max_leaf_nodes=self.leaves,
            min_samples_leaf=self.smallest,
            class_weight="balanced_subsample",
            random_state=int(np.random.SeedSequence([self.seed, grown]).generate_state(1)[0]),
            n_jobs=-1,
        )
        return trees_of(forest.fit(x, y))

    def _graph(self, calibration: Calibration) -> bytes:
        if not self.trees_:
            raise ValueError("fit first")
        count, classes = len(self.trees_), len(calibration.shift)
        shares = [replace(tree, values=tree.values / count) for tree in self.trees_]
        nodes = [
            helper.make_node(
                "TreeEnsembleRegressor", ["x"], ["votes"], domain="ai.onnx.ml", **ensemble(shares, classes)
            ),
            helper.make_node("Max", ["votes", "smallest"], ["likely"]),
            helper.make_node("Log", ["likely"], ["raw"]),
        ]
        constants = [graphs.constant("smallest", np.array(SMALLEST, np.float32))]
        return graph(nodes, constants, calibration, self.width_)

    def _raw(self, x: NDArray[np.float32], n_classes: int) -> NDArray[np.float64]:
        if not len(x):
            return np.zeros((0, n_classes))
        votes = graphs.Runner(self._graph(Calibration.none(n_classes))).probabilities(x)
        return np.log(np.asarray(votes, np.float64))


class Boosting:
    """scikit-learn's boosted trees on histograms, calibrated.

    rounds : trees per class, at most
    leaves : of a tree, at most
    rate : how far each tree goes
    patience : stop after so many rounds without a better score on a tenth of the rows
    seed : which rows are that tenth
    """

    algorithm: ClassVar[str] = "boosting"
    scaler: ClassVar[ScalerKind] = "identity"

    def __init__(
        self, *, rounds: int = 100, leaves: int = 15, rate: float = 0.1, patience: int = 10, seed: int = 0
    ) -> None:
        """Store the settings."""
        self.rounds = rounds
        self.leaves = leaves
        self.rate = rate
        self.patience = patience
        self.seed = seed
        self.boosting_: HistGradientBoostingClassifier | None = None
        self.calibration_ = Calibration.none(0)

    @property
    def settings(self) -> Settings:
        """What it was told, and the rounds that it took."""
        told: Settings = {"rounds": self.rounds, "leaves": self.leaves, "rate": self.rate, "patience": self.patience}
        taken: Settings = {} if self.boosting_ is None else {"taken": int(self.boosting_.n_iter_)}
        return {**told, "seed": self.seed, **taken}

    def fit(
        self,
        x: NDArray[np.float32],
        y: NDArray[np.intp],
        n_classes: int,
        optimise: NDArray[np.float32],
        optimise_y: NDArray[np.intp],
        *,
        progress: Progress | None = None,
        checkpoint: Checkpoint | None = None,
    ) -> Self:
        """See `botwarden.learn.estimator.Classifier.fit`; it is short, so nothing is saved on the way."""
        x = checked(x, "training")
        if not (1 <= self.rounds <= 5_000 and 2 <= self.leaves <= 4_096 and 0 < self.rate <= 1 and self.patience >= 1):
            raise ConfigError("boosting takes 1 to 5,000 rounds, 2 to 4,096 leaves, a rate up to 1, patience from 1 on")
        _check_seed(self.seed)
        _tell(progress, f"up to {self.rounds} rounds of {n_classes} trees")
        y = _all_classes(y, n_classes)
        enough = int(np.bincount(y, minlength=n_classes).min()) >= 20  # or a tenth may lack a class
        boosting = HistGradientBoostingClassifier(
            max_iter=self.rounds,
            max_leaf_nodes=self.leaves,
            learning_rate=self.rate,
            early_stopping=enough,
            n_iter_no_change=self.patience,
            class_weight="balanced",
            random_state=self.seed,
        )
        self.boosting_ = boosting.fit(x, y)
        raw = self._raw(optimise) if len(optimise) else np.zeros((0, n_classes))
        self.calibration_ = calibrate(raw, optimise_y)
        return self

    def to_onnx(self) -> bytes:
        """See `botwarden.learn.estimator.Classifier.to_onnx`. Raises ValueError before `fit`."""
        if self.boosting_ is None:
            raise ValueError("fit first")
        boosting = self.boosting_
        columns = boosting.n_trees_per_iteration_
        trees = [
            _boosted(predictor.nodes, place, columns)
            for rounds in boosting._predictors
            for place, predictor in enumerate(rounds)
        ]
        start = np.asarray(boosting._baseline_prediction, np.float64).reshape(-1)
        attributes = ensemble(trees, columns) | {"base_values": start.astype(np.float32).tolist()}
        nodes = [
            helper.make_node("TreeEnsembleRegressor", ["x"], ["sums"], domain="ai.onnx.ml", **attributes),
            helper.make_node("Neg", ["sums"], ["against"])
            if columns == 1
            else helper.make_node("Identity", ["sums"], ["raw"]),
        ]
        if columns == 1:  # of two classes the second's log odds: split evenly between both
            nodes += [
                helper.make_node("Concat", ["against", "sums"], ["both"], axis=1),
                helper.make_node("Mul", ["both", "half"], ["raw"]),
            ]
        constants = [graphs.constant("half", np.array(0.5, np.float32))] if columns == 1 else []
        return graph(nodes, constants, self.calibration_, boosting.n_features_in_)

    def _raw(self, x: NDArray[np.float32]) -> NDArray[np.float64]:
        assert self.boosting_ is not None
        raw = np.asarray(self.boosting_.decision_function(x), np.float64)
        return np.stack([-raw, raw], axis=1) / 2 if raw.ndim == 1 else raw


def trees_of(forest: RandomForestClassifier) -> list[Tree]:
    """The trees of a fitted random forest: their leaves hold shares of the classes."""
    grown = [estimator.tree_ for estimator in forest.estimators_]
    return [
        Tree(tree.feature, tree.threshold, tree.children_left, tree.children_right, tree.value[:, 0, :] / sums)
        for tree, sums in ((tree, tree.value[:, 0, :].sum(axis=1, keepdims=True)) for tree in grown)
    ]


def _boosted(nodes: Any, place: int, columns: int) -> Tree:
    """A tree of a boosting: it adds to the sum at ``place``."""
    leaf = nodes["is_leaf"].astype(bool)
    values = np.zeros((len(nodes), columns))
    values[:, place] = nodes["value"]
    left, right = (np.where(leaf, -1, nodes[side].astype(np.int64)) for side in ("left", "right"))
    return Tree(nodes["feature_idx"].astype(np.int64), nodes["num_threshold"], left, right, values)


def _all_classes(y: NDArray[np.intp], n_classes: int) -> NDArray[np.intp]:
    """``y``, if every class occurs; scikit-learn numbers those that do. Raises ConfigError."""
    missing = np.flatnonzero(np.bincount(y, minlength=n_classes)[:n_classes] == 0)
    if len(missing):
        raise ConfigError(f"{len(missing)} of {n_classes} classes have no row to learn from")
    return y


def _check_seed(seed: int) -> None:
    if not 0 <= seed < _SEEDS:
        raise ConfigError("a seed is from 0 to 2^32 - 1")


def _tell(progress: Progress | None, text: str) -> None:
    if progress is not None:
        progress(None, text)
