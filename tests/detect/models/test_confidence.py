import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from botwarden.core.model import TAIL_SHARES
from botwarden.detect.models.confidence import Tail
from botwarden.learn.thresholds import tail

SCORES = np.random.default_rng(3).exponential(1.0, 4000).astype(np.float32)


def test_the_share_is_that_of_the_scores_the_tail_was_made_of() -> None:
    found = Tail(tail(SCORES), 1.0)
    asked = np.quantile(SCORES, [0.0, 0.3, 0.5, 0.9, 0.99, 0.999]).astype(np.float32)
    wanted = [(score <= SCORES).mean() for score in asked]
    assert found.share(asked) == pytest.approx(wanted, rel=0.1)


def test_nobody_is_surer_than_the_number_of_rows_allows() -> None:
    few = np.linspace(0, 1, 101).astype(np.float32)
    share = float(Tail(tail(few), 0.5).share(np.array([1e9], np.float32))[0])
    assert 0.008 < share < 0.02


def test_of_equal_scores_the_largest_share_counts() -> None:
    found = Tail(np.where(np.array(TAIL_SHARES) > 0.5, 0.0, 1.0).astype(np.float32), 0.5)
    assert found.share(np.array([0.0, 1.0, 2.0], np.float32)).tolist() == [1.0, 0.5, 0.5]


def test_sure_of_what_is_usual_and_of_what_is_far_out_and_not_of_what_is_between() -> None:
    found = Tail(tail(SCORES), 5.0)
    score = np.array([0.5, 5.0, 20.0, np.nan], np.float32)
    anomalous, confidence = np.zeros(4, np.bool_), np.zeros(4, np.float32)
    found.judge(score, anomalous, confidence)
    assert anomalous.tolist() == [False, False, True, True]
    assert confidence == pytest.approx([0.99, 0, 0.9995, 0.9995], abs=0.003)
    assert score[3] == np.inf


@given(
    scores=st.lists(st.floats(0, 2.0**99, width=32, allow_subnormal=False), min_size=1, max_size=30),
    asked=st.lists(st.floats(width=32), min_size=1, max_size=10),
    threshold=st.floats(-1e30, 1e30),
)
def test_a_confidence_is_a_share(scores: list[float], asked: list[float], threshold: float) -> None:
    found = Tail(tail(np.array(scores, np.float32)), threshold)
    score = np.array(asked, np.float32)
    anomalous, confidence = np.zeros(len(score), np.bool_), np.zeros(len(score), np.float32)
    found.judge(score, anomalous, confidence)
    assert ((confidence >= 0) & (confidence < 1)).all()
    assert (anomalous == (score > np.float32(threshold))).all()
