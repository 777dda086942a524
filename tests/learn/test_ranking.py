import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from botwarden.core.score import Scores
from botwarden.learn.ranking import BINS, histogram, margins, ranking, sweep


def said(score: list[float], threshold: list[float]) -> Scores:
    s, t = np.array(score, np.float32), np.array(threshold, np.float32)
    n = len(s)
    return Scores(s, t, s > t, np.full(n, -1, np.int16), np.ones(n, np.float32))


def test_scores_under_one_threshold_stay_as_they_are() -> None:
    found = margins(said([1, 5], [2, 2]))
    assert (found.values.tolist(), found.line, found.relative) == ([1, 5], 2, False)


def test_scores_under_several_thresholds_become_multiples_of_them() -> None:
    found = margins(said([1, 50], [2, 100]))
    assert (found.values.tolist(), found.line, found.relative) == ([0.5, 0.5], 1, True)


def test_thresholds_that_are_not_positive_are_taken_away() -> None:
    found = margins(said([1, 5, math.inf], [-1, 4, math.inf]))
    assert (found.values.tolist(), found.line, found.relative) == ([2, 1, 0], 0, False)


@given(st.lists(st.tuples(st.floats(-1e6, 1e6, width=32), st.sampled_from([0.5, 3.0, -1.0])), min_size=1, max_size=30))
def test_what_is_anomalous_stays_above_the_line(pairs: list[tuple[float, float]]) -> None:
    scores = said([pair[0] for pair in pairs], [pair[1] for pair in pairs])
    found = margins(scores)
    assert (found.values > found.line).tolist() == scores.anomalous.tolist()


def test_a_classifier_alone_is_ranked_by_its_confidence() -> None:
    nothing = np.full(5, np.nan, np.float32)
    confidence = np.array([0.9, 0.6, 0.6, 0.5, 0.0], np.float32)
    anomalous = np.array([0, 0, 1, 1, 0], np.bool_)
    two = margins(
        Scores(nothing, nothing, anomalous, np.array([0, 0, 1, 1, -1], np.int16), confidence, ("benign", "a"))
    )
    assert two.values.tolist() == pytest.approx([0.1, 0.4, 0.6, 0.5, 0.0])  # the probability of an attack
    assert (two.values > 0.5).tolist() == anomalous.tolist()
    label = np.array([0, 0, 1, 2, -1], np.int16)
    three = margins(Scores(nothing, nothing, anomalous, label, confidence, ("benign", "a", "b")))
    assert three.values.tolist() == pytest.approx([0.075, 0.3, 0.7, 0.625, 0.0])
    assert three.line == 0.5


def test_rows_that_no_detector_judged_are_at_either_end() -> None:
    scores = said([1.0, math.nan, math.nan], [0.5, math.nan, math.nan])
    scores.anomalous[1] = True
    assert margins(scores).values.tolist() == [1.0, math.inf, -math.inf]
    assert margins(scores).line == 0.5


def test_a_ranking_without_attacks_has_no_value() -> None:
    found = ranking(np.arange(5.0), np.zeros(0))
    assert found.auc is None
    assert [one.tpr for one in found.at] == [None] * 3
    assert found.auc_low == [None] * 3


def test_every_row_is_in_the_histogram() -> None:
    score = [0.0, 1e-30, 0.5, 1.0, 2.0, float("inf")]
    scores = said(score, [1.0] * 6)
    found = histogram(margins(scores), np.array([0, 0, 0, 0, 1, 1], np.bool_))
    assert found is not None
    assert found.logarithmic
    assert len(found.edges) == BINS + 1
    assert (sum(found.benign), sum(found.attack)) == (4, 2)
    assert found.threshold == 1.0


def test_negative_scores_are_drawn_on_a_plain_axis() -> None:
    scores = said([-1.0, 1.0], [0.5, 0.5])
    found = histogram(margins(scores), np.array([False, True]))
    assert found is not None
    assert not found.logarithmic
    assert (found.edges[0], found.edges[-1]) == (-1, 1)


def test_constant_scores_have_no_histogram() -> None:
    scores = said([1.0, 1.0], [0.5, 0.5])
    assert histogram(margins(scores), np.array([False, True])) is None
    assert histogram(margins(said([], [])), np.zeros(0, np.bool_)) is None


def test_the_sweep_judges_rows_that_it_was_not_set_on() -> None:
    margin = np.array([0.0, 2.0, 1.5, 9.0, 1.0, 30.0])
    attack = np.array([0, 0, 0, 0, 1, 1], np.bool_)
    setting = np.array([1, 1, 0, 0, 1, 0], np.bool_)
    rows = sweep(margin, attack, setting)
    assert [row.n for row in rows] == list(range(1, 11))
    assert [row.threshold for row in rows[:3]] == [2, 3, 4]  # mean 1, deviation 1
    assert (rows[0].counts.fp, rows[0].counts.tn, rows[0].counts.tp, rows[0].counts.fn) == (1, 1, 1, 1)
    assert rows[8].counts.fp == 0


def test_without_benign_rows_there_is_no_sweep() -> None:
    assert sweep(np.ones(2), np.ones(2, np.bool_), np.ones(2, np.bool_)) == []
