import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from onnx import ModelProto, TensorProto, helper, numpy_helper

from botwarden.core.errors import ModelError
from botwarden.detect.models.graph import MAX_DEPTH, MAX_NODES, check_network
from botwarden.learn.graphs import constant
from models import network, softmax, squares

WEIGHTS = np.ones((3, 2), np.float32)


def tanh() -> list[object]:
    return [helper.make_node("Tanh", ["x"], ["y"])]


def outside(tensor: TensorProto) -> TensorProto:
    tensor.data_location = TensorProto.EXTERNAL
    entry = tensor.external_data.add()
    entry.key, entry.value = "location", "/etc/passwd"
    return tensor


def test_our_own_networks_pass() -> None:
    check_network(squares(3))
    check_network(softmax(WEIGHTS))


def test_numbers_in_other_files_are_refused_wherever_they_are() -> None:
    with pytest.raises(ModelError, match="file of their own"):
        check_network(network(tanh(), [outside(constant("w", WEIGHTS))], 3, "y", ["n", 3]))
    node = helper.make_node("Constant", [], ["y"], value=outside(numpy_helper.from_array(WEIGHTS)))
    with pytest.raises(ModelError, match="file of their own"):
        check_network(network([node], [], 3, "y", ["n", 3]))


def test_operators_from_elsewhere_are_refused() -> None:
    node = helper.make_node("Tanh", ["x"], ["y"], domain="com.evil")
    with pytest.raises(ModelError, match=r"operators of com\.evil"):
        check_network(network([node], [], 3, "y", ["n", 3]))
    made = ModelProto.FromString(network(tanh(), [], 3, "y", ["n", 3]))
    made.opset_import.append(helper.make_opsetid("com.microsoft", 1))
    with pytest.raises(ModelError, match=r"operators of com\.microsoft"):
        check_network(made.SerializeToString())


@pytest.mark.parametrize(
    "name", ["Loop", "RandomNormal", "ConstantOfShape", "Expand", "StringNormalizer", "TreeEnsemble", "\x1b[2J"]
)
def test_operators_that_nobody_needs_are_refused(name: str) -> None:
    with pytest.raises(ModelError, match="not allowed in a model") as caught:
        check_network(network([helper.make_node(name, ["x"], ["y"])], [], 3, "y", ["n", 3]))
    assert "\x1b" not in str(caught.value)


def test_graphs_within_operators_are_refused() -> None:
    inner = ModelProto.FromString(squares(3)).graph
    with pytest.raises(ModelError, match="graphs within"):
        check_network(network([helper.make_node("Tanh", ["x"], ["y"], body=inner)], [], 3, "y", ["n", 3]))


def test_functions_are_refused() -> None:
    made = ModelProto.FromString(squares(3))
    opsets = [helper.make_opsetid("", 17)]
    made.functions.append(helper.make_function("", "Tanh", ["a"], ["b"], tanh(), opsets))
    with pytest.raises(ModelError, match="functions"):
        check_network(made.SerializeToString())


def test_sparse_tensors_are_refused() -> None:
    made = ModelProto.FromString(squares(3))
    made.graph.sparse_initializer.add().dims.append(3)
    with pytest.raises(ModelError, match="sparse"):
        check_network(made.SerializeToString())


def forest(true: list[int], false: list[int], **changes: object) -> bytes:
    """A tree by the children of its nodes; those without are leaves."""
    n = len(true)
    leaves = [i for i in range(n) if not true[i]]
    settings = {
        "n_targets": 1,
        "nodes_treeids": [0] * n,
        "nodes_nodeids": list(range(n)),
        "nodes_featureids": [0] * n,
        "nodes_values": [0.0] * n,
        "nodes_modes": ["BRANCH_LEQ" if child else "LEAF" for child in true],
        "nodes_truenodeids": true,
        "nodes_falsenodeids": false,
        "target_treeids": [0] * len(leaves),
        "target_nodeids": leaves,
        "target_ids": [0] * len(leaves),
        "target_weights": [1.0] * len(leaves),
    }
    node = helper.make_node("TreeEnsembleRegressor", ["x"], ["y"], domain="ai.onnx.ml", **(settings | changes))
    return network([node], [], 3, "y", ["n", 1])


def chain(depth: int) -> tuple[list[int], list[int]]:
    """A tree of which every node has a leaf and another node."""
    true = [i + 2 if i % 2 == 0 and i < 2 * depth else 0 for i in range(2 * depth + 1)]
    return true, [child - 1 if child else 0 for child in true]


def test_trees_pass() -> None:
    check_network(forest(*chain(3)))
    check_network(forest(*chain(MAX_DEPTH)))
    two = forest([1, 0, 0] * 2, [2, 0, 0] * 2, nodes_treeids=[0] * 3 + [1] * 3, nodes_nodeids=[0, 1, 2] * 2)
    check_network(two)


def test_forests_of_others_pass() -> None:
    ensemble = pytest.importorskip("sklearn.ensemble")
    skl2onnx = pytest.importorskip("skl2onnx")
    x = np.random.default_rng(0).normal(size=(200, 3)).astype(np.float32)
    for kind in (ensemble.RandomForestClassifier, ensemble.GradientBoostingClassifier):
        made = kind(n_estimators=4).fit(x, x[:, 0] > 0)
        check_network(skl2onnx.to_onnx(made, x, options={"zipmap": False}).SerializeToString())


@pytest.mark.parametrize(
    "onnx",
    [
        forest(*chain(MAX_DEPTH + 1)),
        forest([1, 0], [1, 0], nodes_treeids=[0, 1]),
        forest([1, 0, 0], [2, 0, 0], nodes_nodeids=[0, 2, 1]),
        forest([1, 1, 0], [2, 2, 0]),
        forest([5, 0, 0], [2, 0, 0]),
        forest([-1, 0, 0], [2, 0, 0]),
    ],
)
def test_trees_that_would_be_fallen_into_are_refused(onnx: bytes) -> None:
    """ONNX Runtime crashes in a tree that is 100,000 nodes deep."""
    with pytest.raises(ModelError, match="out of order, or deeper"):
        check_network(onnx)


def test_trees_without_their_nodes_are_refused() -> None:
    with pytest.raises(ModelError, match="incomplete"):
        check_network(forest([1, 0, 0], [2, 0, 0], nodes_treeids=[0, 0]))


def test_endless_graphs_are_refused() -> None:
    with pytest.raises(ModelError, match="operators"):
        check_network(network(tanh() * (MAX_NODES + 1), [], 3, "y", ["n", 3]))


def test_a_second_graph_is_refused() -> None:
    """Protocol Buffers would join the two."""
    with pytest.raises(ModelError, match="not an ONNX graph"):
        check_network(squares(3) + squares(3))


@given(st.binary(max_size=200))
def test_any_bytes_pass_or_are_refused(junk: bytes) -> None:
    for onnx in (junk, squares(1)[: len(junk)] + junk):
        try:
            check_network(onnx)
        except ModelError as error:
            assert "\n" not in str(error)
