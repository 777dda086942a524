import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from onnx import helper

from botwarden.learn.calibration import Calibration, calibrate, graph, log_softmax
from botwarden.learn.graphs import Runner


def truth_of(raw: np.ndarray, seed: int = 0) -> np.ndarray:
    """Classes drawn with the probabilities that the raw outputs stand for."""
    p = np.exp(log_softmax(raw))
    return (p.cumsum(axis=1) < np.random.default_rng(seed).random((len(raw), 1))).sum(axis=1)


@pytest.mark.parametrize("factor", [0.25, 1.0, 4.0])
def test_outputs_that_are_too_sure_or_too_shy_are_put_right(factor: float) -> None:
    raw = np.random.default_rng(1).normal(size=(20_000, 3)) * 2
    y = truth_of(raw)
    found = calibrate(raw * factor, y)
    assert found.temperature == pytest.approx(factor, rel=0.05)
    said = found.apply(raw * factor)
    top = said.max(axis=1)
    for low, high in ((0.4, 0.6), (0.6, 0.8), (0.8, 1.0)):
        chosen = (top > low) & (top <= high)
        assert (said.argmax(axis=1) == y)[chosen].mean() == pytest.approx(top[chosen].mean(), abs=0.02)


def test_a_class_that_is_rarer_than_it_was_in_training_is_said_less_often() -> None:
    raw = np.random.default_rng(1).normal(size=(5_000, 2))
    y = truth_of(raw + np.array([3.0, 0.0]))
    found = calibrate(raw, y)
    assert found.shift[0] - found.shift[1] == pytest.approx(3.0, abs=0.3)


def test_few_rows_make_nobody_certain() -> None:
    raw = np.array([[9.0, -9.0], [-9.0, 9.0], [9.0, -9.0], [-9.0, 9.0], [9.0, -9.0]])
    said = calibrate(raw, raw.argmax(axis=1)).apply(raw)
    assert said.max() < 0.9
    assert (said.argmax(axis=1) == raw.argmax(axis=1)).all()


def test_a_class_of_few_rows_is_never_said_as_surely_as_one_of_many() -> None:
    y = np.repeat([0, 1, 2], [5_000, 500, 5])
    raw = 20.0 * np.eye(3)[y]
    said = calibrate(raw, y).apply(raw)
    common, middling, rare = (float(said[y == k, k].mean()) for k in range(3))
    assert 1 - 1 / 2_000 < common < 1 - 1 / 10_000
    assert 1 - 1 / 200 < middling < 1 - 1 / 1_000
    assert 0.6 < rare < 0.9
    assert (said.argmax(axis=1) == y).all()


def test_without_rows_the_order_stays_and_nothing_is_sure() -> None:
    raw = np.random.default_rng(2).normal(size=(50, 4)) * 5
    said = calibrate(raw[:0], np.zeros(0, np.intp)).apply(raw)
    assert (said.argmax(axis=1) == raw.argmax(axis=1)).all() and said.max() < 0.26


@given(n=st.integers(0, 40), c=st.integers(2, 6), scale=st.floats(0, 1e6), seed=st.integers(0, 1000))
def test_probabilities_add_up_whatever_comes(n: int, c: int, scale: float, seed: int) -> None:
    dice = np.random.default_rng(seed)
    raw = dice.normal(size=(n, c)) * scale
    found = calibrate(raw, dice.integers(0, c, n).astype(np.intp))
    said = found.apply(dice.normal(size=(5, c)) * scale)
    assert np.isfinite(said).all()
    np.testing.assert_allclose(said.sum(axis=1), 1, rtol=1e-9)
    assert said.min() >= found.doubt.min() / c * 0.999
    assert said.max() <= 1 - found.doubt.min() * (c - 1) / c + 1e-9


def test_the_graph_does_the_same() -> None:
    calibration = Calibration(2.5, np.array([0.3, -0.7, 0.0]), np.array([0.01, 0.3, 0.9]))
    made = graph([helper.make_node("Identity", ["x"], ["raw"])], [], calibration, 3)
    raw = np.random.default_rng(3).normal(size=(100, 3)).astype(np.float32) * 5
    np.testing.assert_allclose(Runner(made).probabilities(raw), calibration.apply(raw), atol=1e-6)
