from itertools import pairwise

import numpy as np
import onnx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from botwarden.core.errors import ModelError
from botwarden.learn import graphs
from botwarden.learn.networks import Layers


def network(width: int = 3, hidden: int = 2) -> Layers:
    chance = np.random.default_rng(1)
    sizes = (width, hidden, width)
    return [
        (chance.normal(size=(a, b)).astype(np.float32), chance.normal(size=b).astype(np.float32))
        for a, b in pairwise(sizes)
    ]


def test_weights_come_back_from_the_graph() -> None:
    layers = network()
    back = graphs.layers_of(graphs.autoencoder(layers))
    for (weights, biases), (w, b) in zip(layers, back, strict=True):
        np.testing.assert_array_equal(weights, w)
        np.testing.assert_array_equal(biases, b)


def test_a_graph_names_its_inputs_and_outputs() -> None:
    made = onnx.load_model_from_string(graphs.autoencoder(network()))
    assert [value.name for value in made.graph.input] == ["x"]
    assert [value.name for value in made.graph.output] == ["score", "errors"]
    assert made.ir_version <= 10


def test_any_number_of_rows_is_scored(monkeypatch: pytest.MonkeyPatch) -> None:
    runner = graphs.Runner(graphs.autoencoder(network()))
    x = np.random.default_rng(0).normal(size=(1000, 3)).astype(np.float32)
    whole = runner.scores(x)
    monkeypatch.setattr(graphs, "_ROWS", 64)
    np.testing.assert_allclose(runner.scores(x), whole, rtol=1e-6)
    np.testing.assert_allclose(runner.errors(x).mean(1), whole, rtol=1e-5)
    assert runner.scores(x[:0]).shape == (0,)
    assert runner.errors(x[:0]).shape == (0, 3)


@given(st.binary(max_size=200))
def test_bytes_that_are_no_network_of_ours_are_refused(data: bytes) -> None:
    with pytest.raises(ModelError):
        graphs.layers_of(data)


def test_a_score_can_be_of_the_largest_errors_alone() -> None:
    layers = network(6, 3)
    x = np.random.default_rng(0).normal(size=(50, 6)).astype(np.float32)
    runner = graphs.Runner(graphs.autoencoder(layers, top=2))
    errors = runner.errors(x)
    np.testing.assert_allclose(runner.scores(x), np.sort(errors, axis=1)[:, -2:].mean(1), rtol=1e-5)
    every = graphs.Runner(graphs.autoencoder(layers)).scores(x)
    for top in (0, 6, 100):
        np.testing.assert_array_equal(graphs.Runner(graphs.autoencoder(layers, top)).scores(x), every)
