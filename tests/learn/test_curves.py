import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn import metrics as sklearn_metrics

from botwarden.learn.curves import Curve, threshold_at

# few distinct values: ties are the rule
SCORES = st.lists(st.integers(0, 6).map(float), max_size=40)


def f32(values: list[float]) -> np.ndarray:
    return np.array(values, np.float32)


def both(benign: list[float], attack: list[float]) -> tuple[np.ndarray, np.ndarray]:
    return np.concatenate([np.zeros(len(benign)), np.ones(len(attack))]), np.array([*benign, *attack])


def test_the_steps_of_a_small_example() -> None:
    curve = Curve.of(f32([1, 2, 3]), f32([2, 4]))
    assert curve.thresholds.tolist() == [np.inf, 4, 3, 2, 1]
    assert curve.fp.tolist() == [0, 0, 1, 2, 3]
    assert curve.tp.tolist() == [0, 1, 1, 2, 2]
    assert curve.precision.tolist() == [1, 1, 0.5, 0.5, 0.4]


@given(SCORES.filter(bool), SCORES.filter(bool))
def test_areas_agree_with_scikit_learn(benign: list[float], attack: list[float]) -> None:
    curve = Curve.of(f32(benign), f32(attack))
    truth, score = both(benign, attack)
    assert curve.area() == pytest.approx(sklearn_metrics.roc_auc_score(truth, score))
    assert curve.average_precision() == pytest.approx(sklearn_metrics.average_precision_score(truth, score))


@given(SCORES.filter(bool), SCORES.filter(bool), st.sampled_from([0.01, 0.1, 0.25, 0.5, 0.9, 1.0]))
def test_the_partial_area_agrees_with_scikit_learn(benign: list[float], attack: list[float], limit: float) -> None:
    area = Curve.of(f32(benign), f32(attack)).area(limit)
    assert area is not None
    truth, score = both(benign, attack)
    low, high = limit**2 / 2, limit  # scikit-learn standardises as McClish (1989) does
    standard = sklearn_metrics.roc_auc_score(truth, score, max_fpr=limit)
    expected = standard if limit == 1 else (2 * standard - 1) * (high - low) + low
    assert area * limit == pytest.approx(expected, abs=1e-9)


@given(SCORES, SCORES, st.floats(0, 1))
def test_recall_at_a_rate_is_the_best_that_keeps_to_it(benign: list[float], attack: list[float], fpr: float) -> None:
    found = Curve.of(f32(benign), f32(attack)).at(fpr)
    if not benign:
        assert found.tpr is None
        return
    scores = np.array([*benign, *attack])
    keeping = [t for t in [-1.0, *scores] if np.sum(np.array(benign) > t) <= np.floor(fpr * len(benign) + 1e-9)]
    if attack:
        assert found.tpr == np.mean(np.array(attack) > min(keeping))
    else:
        assert found.tpr is None
    if found.threshold is not None:
        assert found.actual == np.mean(np.array(benign) > found.threshold)
        assert found.actual <= fpr + 1e-9


def test_a_rate_lower_than_one_row_is_said_to_be_uncertain() -> None:
    curve = Curve.of(f32(list(range(100))), f32([98.5, 200]))
    assert curve.at(0.01).certain
    assert curve.at(0.01).tpr == 1.0
    assert not curve.at(0.001).certain
    assert curve.at(0.001).tpr == 0.5
    assert curve.at(0.001).threshold == 99


def test_a_class_that_is_missing_has_no_curve() -> None:
    only_benign, only_attacks, nothing = (
        Curve.of(f32([1]), f32([])),
        Curve.of(f32([]), f32([1])),
        Curve.of(f32([]), f32([])),
    )
    for curve in (only_benign, only_attacks, nothing):
        assert curve.area() is None
        assert curve.points().fpr == []
    assert only_benign.at(0.01).tpr is None
    assert only_attacks.at(0.01).tpr is None
    assert only_benign.average_precision() is None
    assert nothing.thresholds.tolist() == [np.inf]


def test_constant_scores_are_chance() -> None:
    curve = Curve.of(np.full(50, 3.0), np.full(70, 3.0))
    assert curve.area() == 0.5
    assert curve.area(0.1) == pytest.approx(0.05)
    assert curve.at(0.5).tpr == 0
    assert curve.at(0.5).threshold == 3.0
    assert curve.at(1.0).tpr == 1
    assert curve.average_precision() == pytest.approx(70 / 120)


def test_infinite_scores_have_their_place() -> None:
    curve = Curve.of(f32([0, 1]), f32([np.inf, -np.inf]))
    assert curve.area() == 0.5
    assert curve.at(0.0).tpr == 0.5


@given(SCORES.filter(bool), SCORES.filter(bool))
def test_points_lie_on_the_curve_and_keep_its_ends(benign: list[float], attack: list[float]) -> None:
    curve = Curve.of(f32(benign), f32(attack))
    points = curve.points(20)
    assert set(zip(points.fpr, points.tpr, strict=True)) <= set(
        zip(curve.fpr.tolist(), curve.tpr.tolist(), strict=True)
    )
    assert (points.fpr[0], points.tpr[0]) == (0, 0)
    assert (points.fpr[-1], points.tpr[-1]) == (1, 1)


def test_points_are_few_however_long_the_curve() -> None:
    rng = np.random.default_rng(1)
    curve = Curve.of(rng.normal(size=20_000), rng.normal(2, size=20_000))
    assert len(curve.points(100).fpr) <= 101
    assert sum(0 < fpr < 0.01 for fpr in curve.points(100).fpr) > 20


@given(SCORES.filter(bool), st.floats(0, 1))
def test_the_threshold_keeps_to_the_rate(benign: list[float], fpr: float) -> None:
    scores = np.array(benign)
    threshold = threshold_at(scores, fpr)
    assert np.mean(scores > threshold) <= fpr + 1e-9
    lower = scores[scores < threshold]
    if len(lower):
        assert np.mean(scores > lower.max()) > fpr - 1e-9


def test_a_threshold_needs_scores() -> None:
    with pytest.raises(ValueError, match="no benign"):
        threshold_at(np.zeros(0), 0.1)
