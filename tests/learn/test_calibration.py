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


@given(n=st.integers(0, 40), c=st.integers(2, 6), scale=st.floats(0, 1e6), seed=st.integers(0, 1000))
def test_probabilities_add_up_whatever_comes(n: int, c: int, scale: float, seed: int) -> None:
    dice = np.random.default_rng(seed)
    raw = dice.normal(size=(n, c)) * scale
    found = calibrate(raw, dice.integers(0, c, n).astype(np.intp))
    said = found.apply(dice.normal(size=(5, c)) * scale)
    assert np.isfinite(said).all()
    np.testing.assert_allclose(said.sum(axis=1), 1, rtol=1e-9)
    assert said.min() >= found.floor / c * 0.999


def test_the_graph_does_the_same() -> None:
    calibration = Calibration(2.5, np.array([0.3, -0.7, 0.0]), 0.06)
    made = graph([helper.make_node("Identity", ["x"], ["raw"])], [], calibration, 3)
    raw = np.random.default_rng(3).normal(size=(100, 3)).astype(np.float32) * 5
    np.testing.assert_allclose(Runner(made).probabilities(raw), calibration.apply(raw), atol=1e-6)
    assert calibration.text(1234) == "temperature 2.5 and a shift per class, on 1,234 rows not learned from"
