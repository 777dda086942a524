import math
from itertools import pairwise
from typing import Any

import numpy as np
import onnxruntime
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from onnx import ModelProto, helper

from botwarden.detect.models.largest import MOST, mean_of_largest, without_largest
from botwarden.learn.graphs import autoencoder, constant
from models import softmax, squares

WIDTH = 40
ROWS = np.random.default_rng(1).normal(size=(200, WIDTH)).astype(np.float32)


def network(top: int, width: int = WIDTH) -> bytes:
    chance = np.random.default_rng(top)
    sizes = (width, 5, width)
    return autoencoder(
        [(chance.normal(size=size).astype(np.float32), np.zeros(size[1], np.float32)) for size in pairwise(sizes)], top
    )


def run(onnx: bytes, output: str) -> NDArray[np.float32]:
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    session = onnxruntime.InferenceSession(onnx, options, providers=["CPUExecutionProvider"])
    (found,) = session.run([output], {"x": ROWS})
    assert isinstance(found, np.ndarray)
    return found


@pytest.mark.parametrize("top", [1, 2, 10, MOST])
def test_the_score_is_what_the_whole_network_says(top: int) -> None:
    whole = network(top)
    short, found = without_largest(whole)
    assert found == top
    np.testing.assert_array_equal(run(short, "errors"), run(whole, "errors"))
    np.testing.assert_allclose(mean_of_largest(run(short, "errors"), top), run(whole, "score"), rtol=1e-6)


def test_what_is_left_out_is_not_worked_out() -> None:
    short, _ = without_largest(network(10))
    made = ModelProto.FromString(short)
    assert {"TopK", "ReduceMean"}.isdisjoint(node.op_type for node in made.graph.node)
    assert [output.name for output in made.graph.output] == ["errors"]


@pytest.mark.parametrize("whole", [network(0), network(MOST + 1), squares(3), softmax(np.ones((3, 2), np.float32))])
def test_networks_that_end_otherwise_stay_as_they_are(whole: bytes) -> None:
    assert without_largest(whole) == (whole, 0)


def smallest(made: ModelProto) -> None:
    made.graph.node[-2].attribute.append(helper.make_attribute("largest", 0))


def over_rows(made: ModelProto) -> None:
    made.graph.node[-1].attribute[0].ints[0] = 0


def of_something_else(made: ModelProto) -> None:
    made.graph.node[-2].input[0] = "difference"


def then_doubled(made: ModelProto) -> None:
    made.graph.node[-1].output[0] = "half"
    made.graph.node.append(helper.make_node("Add", ["half", "half"], ["score"]))


def used_elsewhere(made: ModelProto) -> None:
    made.graph.node.insert(0, helper.make_node("Neg", ["largest"], ["other"]))


def given_too(made: ModelProto) -> None:
    made.graph.output.append(helper.make_tensor_value_info("largest", 1, ["n", 10]))


def without_errors(made: ModelProto) -> None:
    del made.graph.output[1]


def errors_first(made: ModelProto) -> None:
    made.graph.output.append(made.graph.output[0])
    del made.graph.output[0]


def another_number(made: ModelProto) -> None:
    for tensor in made.graph.initializer:
        if tensor.name == "top":
            tensor.CopyFrom(constant("top", np.array([-1], np.int64)))


def two_numbers(made: ModelProto) -> None:
    made.graph.initializer.append(constant("top", np.array([3], np.int64)))


def a_long_name(made: ModelProto) -> None:
    made.graph.output[0].doc_string = "x" * 400


@pytest.mark.parametrize(
    "change",
    [
        smallest,
        over_rows,
        of_something_else,
        then_doubled,
        used_elsewhere,
        given_too,
        without_errors,
        errors_first,
        another_number,
        two_numbers,
        a_long_name,
    ],
)
def test_a_network_changed_in_anything_that_matters_stays_as_it_is(change: Any) -> None:
    made = ModelProto.FromString(network(10))
    change(made)
    changed = made.SerializeToString(deterministic=True)
    assert without_largest(changed) == (changed, 0)


@given(st.integers(0, len(network(2, 3)) - 1), st.integers(0, 255), st.integers(0, 200))
def test_damaged_networks_are_left_alone_or_say_the_same(at: int, byte: int, cut: int) -> None:
    whole = bytearray(network(2, 3))
    whole[at] = byte
    onnx = bytes(whole[: len(whole) - cut])
    short, top = without_largest(onnx)
    assert len(short) == len(onnx)
    assert sum(a != b for a, b in zip(short, onnx, strict=True)) == (3 if top else 0)


@settings(deadline=None)  # the first call compiles
@given(
    st.integers(1, 12).flatmap(
        lambda width: st.lists(
            st.lists(st.floats(0, width=32, allow_nan=False), min_size=width, max_size=width), min_size=1, max_size=150
        )
    ),
    st.integers(1, 12),
)
def test_it_is_the_mean_of_the_largest(rows: list[list[float]], top: int) -> None:
    errors = np.array(rows, np.float32)
    top = min(top, errors.shape[1])
    expected = np.sort(errors.astype(np.float64), axis=1)[:, -top:].mean(axis=1).astype(np.float32)
    np.testing.assert_allclose(mean_of_largest(errors, top), expected, rtol=2e-7, atol=2e-45)


def test_what_is_no_number_is_infinite() -> None:
    errors = np.array([[1, math.nan, 2], [math.inf, 0, 0], [-math.inf, -1, -2]], np.float32)
    assert mean_of_largest(errors, 2).tolist() == [math.inf, math.inf, -1.5]
    assert mean_of_largest(errors, 1).tolist() == [math.inf, math.inf, -1]


def test_more_than_there_are_is_refused() -> None:
    with pytest.raises(ValueError, match="no 4 largest of 3"):
        mean_of_largest(np.zeros((2, 3), np.float32), 4)
    assert mean_of_largest(np.zeros((0, 3), np.float32), 3).shape == (0,)
