import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from botwarden.learn import windows
from botwarden.learn.thresholds import alarms

ROWS = st.lists(st.tuples(st.integers(0, 5), st.integers(0, 2)), max_size=40)


@settings(deadline=None)  # the first call compiles
@given(ROWS, st.integers(1, 9), st.integers(0, 5))
def test_the_score_of_a_window_is_above_where_an_alarm_is_raised(
    rows: list[tuple[int, int]], window: int, threshold: int
) -> None:
    score = np.array([row[0] for row in rows], np.float32)
    stream = np.array([row[1] for row in rows], np.int32)
    above = windows.scores(score, stream, window) > threshold
    assert above.tolist() == alarms(score > threshold, stream, window).tolist()


def test_a_window_of_one_is_the_row() -> None:
    score = np.array([3.0, 1.0, 2.0])
    assert windows.scores(score, np.zeros(3, int), 1).tolist() == [3, 1, 2]


def test_before_a_majority_can_be_there_is_no_score() -> None:
    score = np.array([9.0, 8.0, 1.0, 7.0])
    assert windows.scores(score, np.zeros(4, int), 3).tolist() == [-np.inf, 8, 8, 7]


def test_long_windows_agree_with_sorting() -> None:
    score = np.random.default_rng(0).integers(0, 50, 400).astype(np.float64)
    for window in (2, 7, 64, 500):
        padded = np.concatenate([np.full(window - 1, -np.inf), score])
        views = np.sort(np.lib.stride_tricks.sliding_window_view(padded, window), axis=1)
        expected = views[:, window - 1 - window // 2]
        np.testing.assert_array_equal(windows.scores(score, np.zeros(400, int), window), expected)
