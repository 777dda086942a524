import numpy as np
import pytest

from botwarden.core.errors import ModelError
from botwarden.detect.models.parts import BLOCK, ReadyClassifier, ReadyDetector, scaler_of
from models import classifier, detector, model


def test_a_detector_gives_scores_and_errors_of_raw_rows() -> None:
    part = detector(columns=["b", "a"], scaler="minmax")
    held = model([part], arrays={"all.low": np.array([0.0, 1.0]), "all.high": np.array([2.0, 2.0])})
    ready = ReadyDetector(part, held)
    rows = np.tile(np.array([[3.0, 8.0, 99.0]]), (BLOCK + 7, 1))
    assert ready.errors(rows)[[0, -1]].tolist() == [[16, 4]] * 2
    assert ready.scores(rows).tolist() == [10] * (BLOCK + 7)


def test_a_classifier_gives_probabilities() -> None:
    part = classifier("kind", ["a", "b"])
    ready = ReadyClassifier(part, model([], [part], [np.array([[0, 1], [0, 0], [0, 0]], np.float32)]))
    assert ready.probabilities(np.array([[0.0, 5, 5], [100, 0, 0]])) == pytest.approx(np.array([[0.5, 0.5], [0, 1]]))


def test_probabilities_that_are_no_numbers_are_none() -> None:
    part = classifier("kind", ["a", "b"])
    ready = ReadyClassifier(part, model([], [part], [np.full((3, 2), 3e38, np.float32)]))
    assert ready.probabilities(np.array([[1e30, 1e30, 1e30]])).tolist() == [[0, 0]]


def test_a_scaler_without_its_arrays_is_refused() -> None:
    part = detector(scaler="standard")
    with pytest.raises(ModelError, match="lacks its array 'mean'"):
        scaler_of(part, model([part]))
