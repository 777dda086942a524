import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn import metrics as sklearn_metrics

from botwarden.learn.metrics import (
    Counts,
    blocks_of,
    calibration_error,
    class_scores,
    clustered,
    confusion,
    counts,
    mean,
    rate,
    reliability,
    wilson,
)

BOOLEANS = st.lists(st.booleans(), min_size=1, max_size=60)


def array(*values: int) -> np.ndarray:
    return np.array(values, np.bool_)


def test_counts_tell_the_four_kinds_apart() -> None:
    found = counts(array(1, 1, 1, 0, 0, 0, 0), array(1, 1, 0, 1, 0, 0, 0))
    assert found == Counts(tp=2, fp=1, tn=3, fn=1)
    assert (found.tpr, found.fpr, found.precision) == (2 / 3, 1 / 4, 2 / 3)
    assert found.f1 == pytest.approx(2 / 3)
    assert found.accuracy == 5 / 7
    assert found.balanced_accuracy == pytest.approx((2 / 3 + 3 / 4) / 2)


@given(st.lists(st.tuples(st.booleans(), st.booleans()), min_size=1, max_size=50))
def test_counts_agree_with_scikit_learn(pairs: list[tuple[bool, bool]]) -> None:
    attack, flagged = (np.array(column) for column in zip(*pairs, strict=True))
    found = counts(attack, flagged)
    assert found.accuracy == pytest.approx(sklearn_metrics.accuracy_score(attack, flagged))
    if found.f1 is not None:
        assert found.f1 == pytest.approx(sklearn_metrics.f1_score(attack, flagged, zero_division=0))
    if found.mcc is not None:
        assert found.mcc == pytest.approx(sklearn_metrics.matthews_corrcoef(attack, flagged))
    if found.balanced_accuracy is not None:
        assert found.balanced_accuracy == pytest.approx(sklearn_metrics.balanced_accuracy_score(attack, flagged))


def test_what_has_no_rows_has_no_value() -> None:
    nothing = Counts(0, 0, 0, 0)
    for name in ("tpr", "fpr", "precision", "f1", "accuracy", "balanced_accuracy", "mcc"):
        assert getattr(nothing, name) is None
    assert Counts(tp=0, fp=0, tn=5, fn=0).tpr is None
    assert Counts(tp=0, fp=0, tn=5, fn=0).precision is None
    assert Counts(tp=3, fp=0, tn=0, fn=0).balanced_accuracy is None
    assert rate(array()).value is None
    assert rate(array()).low is None


def test_wilson_gives_the_published_numbers() -> None:
    # Newcombe (1998), table I, method 3
    assert wilson(81, 263) == pytest.approx((0.2553, 0.3662), abs=5e-5)
    assert wilson(15, 148) == pytest.approx((0.0624, 0.1605), abs=5e-5)
    assert wilson(0, 20) == pytest.approx((0.0, 0.1611), abs=5e-5)
    assert wilson(1, 29) == pytest.approx((0.0061, 0.1718), abs=5e-5)


def test_wilson_is_exact_at_its_ends() -> None:
    assert wilson(0, 1000)[0] == 0
    assert wilson(1000, 1000)[1] == 1
    assert 0 < wilson(0, 1000)[1] < 0.004
    assert wilson(0, 0) == (0, 1)


@given(st.integers(0, 10**7), st.integers(1, 10**7))
def test_the_interval_holds_the_share(hits: int, rows: int) -> None:
    hits = min(hits, rows)
    low, high = wilson(hits, rows)
    assert 0 <= low <= hits / rows <= high <= 1


@given(BOOLEANS)
def test_rows_in_blocks_of_their_own_are_independent(hits: list[bool]) -> None:
    """The design effect of blocks of one row is n / (n - 1): next to nothing, and nothing where rows are all alike."""
    values = np.array(hits)
    low, high = clustered(values, np.arange(len(values)))
    plain = wilson(int(values.sum()), len(values))
    assert low <= plain[0] + 1e-12
    assert high >= plain[1] - 1e-12
    if len(values) > 20:
        assert high - low < 1.1 * (plain[1] - plain[0])


def test_rows_that_come_in_runs_are_worth_fewer() -> None:
    hits = np.repeat(array(1, 1, 0, 1, 0, 1, 1, 1, 0, 1), 100)
    low, high = clustered(hits, blocks_of(np.zeros(1000, np.int32)))
    independent, ten = wilson(700, 1000), wilson(7, 10)
    assert high - low > 5 * (independent[1] - independent[0])
    assert (low, high) == pytest.approx(ten, abs=0.03)


def test_blocks_without_a_hit_count_once_each() -> None:
    low, high = clustered(np.zeros(1000, np.bool_), blocks_of(np.zeros(1000, np.int32)))
    assert (low, high) == wilson(0, 10)


def test_blocks_follow_the_rows_of_a_group() -> None:
    group = np.array([0, 1, 0, 1, 0, 0, 1])
    assert blocks_of(group, 2).tolist() == [0, 2, 0, 2, 1, 1, 3]
    assert blocks_of(np.zeros(0, np.int32)).tolist() == []


@given(st.lists(st.integers(0, 3), max_size=60), st.integers(1, 7))
def test_no_block_is_too_large_or_mixed(groups: list[int], size: int) -> None:
    group = np.array(groups, np.int32)
    block = blocks_of(group, size)
    for number in set(block.tolist()):
        assert len(set(group[block == number].tolist())) == 1
        assert (block == number).sum() <= size
    assert len(set(block.tolist())) == sum(math.ceil(groups.count(value) / size) for value in set(groups))


def test_a_rate_carries_its_intervals() -> None:
    found = rate(array(1, 0, 1, 1), np.arange(4))
    assert (found.hits, found.rows, found.value) == (3, 4, 0.75)
    assert (found.low, found.high) == wilson(3, 4)
    assert found.low_blocks is not None
    assert rate(array(1, 0)).low_blocks is None


@given(st.lists(st.tuples(st.integers(-1, 3), st.integers(-1, 3)), min_size=1, max_size=60))
def test_the_confusion_matrix_counts_pairs(pairs: list[tuple[int, int]]) -> None:
    true, said = (np.array(column) for column in zip(*pairs, strict=True))
    matrix = confusion(true, said, 4, 4)
    assert matrix.shape == (4, 4)
    for i in range(4):
        for j in range(4):
            assert matrix[i, j] == pairs.count((i, j))


def test_classes_are_scored_one_against_the_rest() -> None:
    matrix = np.array([[8, 2, 0], [1, 4, 0], [0, 0, 0]])
    first, second, third = class_scores(matrix, ["a", "b", "c"])
    assert (first.name, first.rows, first.precision, first.recall) == ("a", 10, 8 / 9, 0.8)
    assert first.f1 == pytest.approx(16 / 19)
    assert second.recall == 0.8
    assert (third.rows, third.precision, third.recall, third.f1) == (0, None, None, None)


def test_confidence_is_compared_with_what_came_true() -> None:
    confidence = np.array([0.1, 0.1, 0.95, 0.95, 0.95, 1.0])
    bins = reliability(confidence, array(0, 0, 1, 1, 0, 1), np.array([0.0, 0.5, 0.9, 1.0]))
    assert [(one.low, one.high, one.rows) for one in bins] == [(0.0, 0.5, 2), (0.9, 1.0, 4)]
    assert bins[1].confidence == pytest.approx(0.9625)
    assert bins[1].right == 0.75
    assert calibration_error(bins) == pytest.approx((2 * 0.1 + 4 * 0.2125) / 6)
    assert calibration_error([]) is None


@settings(max_examples=30)
@given(st.lists(st.floats(0, 1, width=32), min_size=1, max_size=50))
def test_every_judgement_is_in_one_bin(values: list[float]) -> None:
    confidence = np.array(values, np.float32)
    bins = reliability(confidence, confidence > 0.5, np.linspace(0, 1, 11))
    assert sum(one.rows for one in bins) == len(values)


def test_means_leave_out_what_has_no_value() -> None:
    assert mean([1.0, None, 0.0]) == 0.5
    assert mean([None]) is None
