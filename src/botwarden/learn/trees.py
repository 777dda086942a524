"""Trees as ONNX: `ensemble` adds up what the leaves of many trees hold."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Tree:
    """A binary tree of ``n`` nodes, the root first.

    feature : int[n], the column that a node looks at
    threshold : float64[n]; a row goes left where its value is at most that
    left, right : int[n], a node's children; -1 at leaves
    values : float64[n, c], what a leaf adds to each of ``c`` sums; other nodes' are not looked at
    """

    feature: NDArray[np.integer]
    threshold: NDArray[np.float64]
    left: NDArray[np.integer]
    right: NDArray[np.integer]
    values: NDArray[np.float64]


def ensemble(trees: Sequence[Tree], outputs: int) -> dict[str, Any]:
    """The attributes of ``TreeEnsembleRegressor`` (ai.onnx.ml, version 3): ``outputs`` sums over all trees.

    Leaves that add nothing to a sum are left out of it, which keeps forests of many classes small.
    """
    columns: dict[str, list[NDArray[Any]]] = {}

    def add(name: str, values: NDArray[Any]) -> None:
        columns.setdefault(name, []).append(values)

    modes: list[str] = []
    for number, tree in enumerate(trees):
        leaf = tree.left < 0
        nodes = np.arange(len(leaf))
        add("nodes_treeids", np.full(len(leaf), number))
        add("nodes_nodeids", nodes)
        add("nodes_featureids", np.where(leaf, 0, tree.feature))
        add("nodes_values", np.where(leaf, 0, downwards(tree.threshold)))
        add("nodes_truenodeids", np.where(leaf, 0, tree.left))
        add("nodes_falsenodeids", np.where(leaf, 0, tree.right))
        modes += np.where(leaf, "LEAF", "BRANCH_LEQ").tolist()
        of_leaf, target = np.nonzero((tree.values != 0) & leaf[:, None])
        if not len(of_leaf):  # a tree without any entry would be taken for a damaged one
            of_leaf, target = np.flatnonzero(leaf)[:1], np.zeros(1, np.intp)
        add("target_treeids", np.full(len(of_leaf), number))
        add("target_nodeids", of_leaf)
        add("target_ids", target)
        add("target_weights", tree.values[of_leaf, target].astype(np.float32))
    joined: dict[str, Any] = {name: np.concatenate(values).tolist() for name, values in columns.items()}
    return {**joined, "nodes_modes": modes, "n_targets": outputs, "aggregate_function": "SUM"}


def downwards(values: NDArray[np.float64]) -> NDArray[np.float32]:
    """The highest float32 that is no higher: rows are float32, so they compare with it as with the value itself."""
    with np.errstate(over="ignore"):
        near = values.astype(np.float32)
    return np.where(near > values, np.nextafter(near, np.float32(-np.inf)), near)
