import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from botwarden.learn import windows

FLAGS = st.lists(st.booleans(), max_size=30).map(lambda values: np.array(values, np.bool_))


def majority(flags: np.ndarray, window: int) -> list[bool]:
    return [2 * int(flags[i : i + window].sum()) > window for i in range(len(flags) - window + 1)]


@given(FLAGS, st.integers(1, 12))
def test_a_window_is_anomalous_when_most_of_its_rows_are(flags: np.ndarray, window: int) -> None:
    assert windows.anomalous(flags, window).tolist() == majority(flags, window)


def test_half_of_a_window_is_no_majority() -> None:
    assert windows.anomalous(np.array([True, False]), 2).tolist() == [False]
    assert windows.anomalous(np.array([True, True]), 2).tolist() == [True]


@given(st.lists(st.integers(0, 5), max_size=30), st.integers(1, 9), st.integers(-1, 5))
def test_the_score_of_a_window_is_above_where_its_majority_is(values: list[int], window: int, threshold: int) -> None:
    score = np.array(values, np.float32)
    above = windows.scores(score, window) > threshold
    assert above.tolist() == windows.anomalous(score > threshold, window).tolist()


def test_scores_of_many_windows_come_in_steps(monkeypatch) -> None:
    score = np.random.default_rng(0).normal(size=500).astype(np.float32)
    whole = windows.scores(score, 7)
    monkeypatch.setattr(windows, "_CELLS", 20)
    np.testing.assert_array_equal(windows.scores(score, 7), whole)


@given(st.lists(FLAGS, max_size=3))
def test_the_smallest_clean_window_is_the_first_without_a_false_positive(groups: list[np.ndarray]) -> None:
    longest = max((len(group) for group in groups), default=0)
    expected = next((w for w in range(1, longest + 1) if not any(any(majority(group, w)) for group in groups)), None)
    assert windows.smallest_clean(groups) == expected


def test_no_window_is_clean_where_everything_is_flagged() -> None:
    assert windows.smallest_clean([np.ones(20, np.bool_)]) is None
    assert windows.smallest_clean([]) is None
    assert windows.smallest_clean([np.zeros(20, np.bool_)]) == 1
