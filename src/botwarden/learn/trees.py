"""Trees as ONNX: `ensemble` adds up what the leaves of many trees hold."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from botwarden.core.errors import ConfigError


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


_FIELDS: Final = {
    "feature": np.int64,
    "threshold": np.float64,
    "left": np.int64,
    "right": np.int64,
    "values": np.float64,
}
"""The fields of a tree, in their order."""


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


def packed(trees: Sequence[Tree]) -> dict[str, NDArray[np.generic]]:
    """Trees as a few arrays, for a checkpoint."""
    joined: dict[str, NDArray[np.generic]] = {"nodes": np.array([len(tree.left) for tree in trees], np.int64)}
    return joined | {name: np.concatenate([getattr(tree, name) for tree in trees]) for name in _FIELDS}


def unpacked(held: Mapping[str, NDArray[np.generic]], width: int, outputs: int) -> list[Tree]:
    """What `packed` gave, of rows with ``width`` columns. Raises ConfigError where it is of another training."""
    try:
        parts = {name: np.asarray(held[name], dtype) for name, dtype in _FIELDS.items()}
        nodes = np.asarray(held["nodes"], np.int64)
        lengths = {len(part) for part in parts.values()}
        if lengths != {int(nodes.sum())} or parts["values"].shape[1:] != (outputs,) or (nodes < 1).any():
            raise ValueError(lengths)
        if parts["feature"].max() >= width:
            raise ValueError(width)
    except (KeyError, ValueError, TypeError) as error:
        raise ConfigError("the saved state belongs to another training: remove it to begin anew") from error
    cuts = np.cumsum(nodes)[:-1]
    return [Tree(*fields) for fields in zip(*(np.split(parts[name], cuts) for name in _FIELDS), strict=True)]


def downwards(values: NDArray[np.float64]) -> NDArray[np.float32]:
    """The highest float32 that is no higher: rows are float32, so they compare with it as with the value itself."""
    with np.errstate(over="ignore"):
        near = values.astype(np.float32)
    return np.where(near > values, np.nextafter(near, np.float32(-np.inf)), near)
