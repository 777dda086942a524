import numpy as np
import pytest
from onnx import helper

from botwarden.core.errors import ConfigError
from botwarden.learn import graphs
from botwarden.learn.trees import Tree, downwards, ensemble, packed, unpacked


def stump(threshold: float, low: list[float], high: list[float]) -> Tree:
    """Looks at column 1: at most the threshold, or above."""
    return Tree(
        np.array([1, 0, 0]),
        np.array([threshold, 0.0, 0.0]),
        np.array([1, -1, -1]),
        np.array([2, -1, -1]),
        np.array([[9.0] * len(low), low, high]),
    )


def sums(trees: list[Tree], x: list[list[float]]) -> list[list[float]]:
    attributes = ensemble(trees, trees[0].values.shape[1])
    nodes = [helper.make_node("TreeEnsembleRegressor", ["x"], ["probability"], domain="ai.onnx.ml", **attributes)]
    made = graphs.model(nodes, [], 2, ["probability"], [("ai.onnx.ml", 3)], trees[0].values.shape[1])
    return graphs.Runner(made).probabilities(np.array(x, np.float32)).tolist()  # type: ignore[no-any-return]


def test_leaves_add_up_over_trees() -> None:
    trees = [stump(0.5, [1.0, 0.0], [0.0, 2.0]), stump(2.0, [10.0, 0.0], [0.0, 20.0])]
    assert sums(trees, [[0, 0], [0, 1], [0, 3]]) == [[11, 0], [10, 2], [0, 22]]


def test_a_value_at_the_threshold_goes_left() -> None:
    threshold = 0.1  # its nearest float32 is above it
    row = np.float32(threshold)
    assert float(row) > threshold
    assert sums([stump(threshold, [1.0], [2.0])], [[0, float(row)], [0, 0.5], [0, 0.0]]) == [[2], [2], [1]]
    assert sums([stump(0.5, [1.0], [2.0])], [[0, 0.5]]) == [[1]]


def test_a_tree_that_adds_nothing_is_no_fault() -> None:
    assert sums([stump(0.5, [0.0], [0.0]), stump(0.5, [1.0], [0.0])], [[0, 0]]) == [[1]]


def test_downwards_never_rounds_up() -> None:
    values = np.array([0.1, -0.1, 1e300, -1e-320, 16777217.0])
    assert (downwards(values).astype(np.float64) <= values).all()
    assert downwards(np.array([0.5]))[0] == pytest.approx(0.5, abs=0)


def test_packed_trees_come_out_as_they_were() -> None:
    trees = [stump(0.5, [1.0, 0.0], [0.0, 2.0]), stump(2.0, [10.0, 0.0], [0.0, 20.0])]
    again = unpacked(packed(trees), 2, 2)
    assert len(again) == 2 and sums(again, [[0, 1]]) == sums(trees, [[0, 1]])


@pytest.mark.parametrize("wrong", ["values", "nodes", "left", "width", "missing"])
def test_trees_of_another_training_are_refused(wrong: str) -> None:
    held = packed([stump(0.5, [1.0, 0.0], [0.0, 2.0])])
    if wrong == "missing":
        del held["feature"]
    elif wrong != "width":
        held[wrong] = held[wrong][:-1] if wrong != "values" else held[wrong][:, :1]
    with pytest.raises(ConfigError, match="another training"):
        unpacked(held, 1 if wrong == "width" else 2, 2)
