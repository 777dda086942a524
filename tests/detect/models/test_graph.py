import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from onnx import ModelProto, TensorProto, helper, numpy_helper

from botwarden.core.errors import ModelError
from botwarden.detect.models.graph import MAX_NODES, check_network
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


@pytest.mark.parametrize("name", ["Loop", "RandomNormal", "ConstantOfShape", "Expand", "StringNormalizer", "\x1b[2J"])
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
