import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from botwarden.core.errors import DataError
from botwarden.core.model import TAIL_SHARES
from botwarden.learn import thresholds


def test_deviations_is_the_papers_rule() -> None:
    scores = np.array([1.0, 3.0])
    found = thresholds.deviations(scores, 3)
    assert found.value == pytest.approx(2 + 3 * 1)
    assert found.rule == "mean + 3 std on the optimise set"


def test_the_sweep_counts_what_each_threshold_gets_wrong() -> None:
    optimise = np.array([1.0, 3.0])  # thresholds 3, 4, 5 …
    table = thresholds.sweep(optimise, np.array([0.0, 3.0, 3.5, 4.5]), np.array([2.0, 4.0, 50.0]))
    assert [row.n for row in table] == list(range(1, 11))
    assert [row.false_positives for row in table[:3]] == [2, 1, 0]
    assert [row.false_negatives for row in table[:3]] == [1, 2, 2]
    assert table[0].accuracy == pytest.approx(4 / 7)
    assert table[1].false_positive_rate == pytest.approx(1 / 4)
    assert table[1].false_negative_rate == pytest.approx(2 / 3)


@given(st.lists(st.floats(0, 1e6, width=32), min_size=1, max_size=300), st.floats(0, 0.9))
def test_a_quantile_keeps_to_its_share_and_is_the_lowest_that_does(values: list[float], rate: float) -> None:
    scores = np.array(values)
    limit = thresholds.quantile(scores, rate).value
    assert np.mean(scores > limit) <= rate
    lower = scores[scores < limit]
    if len(lower):
        assert np.mean(scores > lower.max()) > rate


@pytest.mark.parametrize(("n", "rate"), [(2_995, 0.001), (2_994, 0.001), (20_000, 0.001), (500, 0.02), (10_000, 0.3)])
def test_a_cautious_limit_is_the_tolerance_limit(n: int, rate: float) -> None:
    """It leaves as many rows above as the binomial distribution lets one be sure of, and no more."""
    above = thresholds._rows_above(n, rate, 0.95)
    assert above == int(stats.binom.ppf(0.05, n, rate)) - (
        stats.binom.cdf(stats.binom.ppf(0.05, n, rate), n, rate) > 0.05
    )
    if above >= 0:
        scores = np.random.default_rng(0).random(n)
        assert np.count_nonzero(scores > thresholds.cautious(scores, rate).value) == above


def test_a_cautious_limit_holds_on_other_rows_as_often_as_it_says() -> None:
    chance = np.random.default_rng(3)
    limits = np.array([thresholds.cautious(chance.exponential(size=3_500)).value for _ in range(400)])
    held = np.mean(np.exp(-limits) <= 0.001)
    assert held >= 0.95 - 3 * np.sqrt(0.05 * 0.95 / 400)


def test_with_too_few_rows_it_goes_beyond_the_highest_and_says_so() -> None:
    chance = np.random.default_rng(3)
    scores = chance.pareto(3, 200) + 1
    found = thresholds.cautious(scores)
    assert found.value > scores.max()
    assert "extrapolated from 200" in found.rule
    assert thresholds.cautious(np.array([0.5])).value == 0.5
    assert thresholds.cautious(np.zeros(50)).value == 0


def test_cross_fit_scores_each_row_by_a_model_that_did_not_see_it() -> None:
    x = np.arange(203, dtype=np.float32)[:, None]
    calls = []

    def fit(rows: np.ndarray) -> object:
        seen = set(rows[:, 0].tolist())
        calls.append(len(seen))
        return lambda held: np.array([value in seen for value in held[:, 0]], np.float32)

    assert not thresholds.cross_fit(fit, x, folds=4).any()  # type: ignore[arg-type]
    assert len(calls) == 4
    assert all(140 < n < 165 for n in calls)
    with pytest.raises(DataError, match="too few"):
        thresholds.cross_fit(fit, x[:3], folds=4)  # type: ignore[arg-type]


def slow_alarms(anomalous: list[bool], device: list[int], window: int) -> list[bool]:
    out = []
    for i in range(len(anomalous)):
        own = [anomalous[j] for j in range(i + 1) if device[j] == device[i]][-window:]
        out.append(2 * sum(own) > window)
    return out


@given(st.lists(st.tuples(st.booleans(), st.integers(0, 2)), max_size=40))
def test_windows_are_each_devices_own(rows: list[tuple[bool, int]]) -> None:
    anomalous, device = [a for a, _ in rows], [d for _, d in rows]
    a, d = np.array(anomalous, np.bool_), np.array(device, np.int64)
    for window in (1, 2, 3, 7):
        assert thresholds.alarms(a, d, window).tolist() == slow_alarms(anomalous, device, window)
    expected = next(w for w in range(1, 90) if not any(slow_alarms(anomalous, device, w)))
    assert thresholds.smallest_window(a, d) == expected


def test_a_window_is_found_among_many_rows_and_has_a_limit() -> None:
    anomalous = np.zeros(20_000, np.bool_)
    anomalous[5_000:5_400] = True
    device = np.zeros(20_000, np.int64)
    assert thresholds.smallest_window(anomalous, device) == 800
    assert thresholds.smallest_window(np.ones(500, np.bool_), device[:500], most=100) == 100


def test_the_tail_holds_the_scores_at_its_shares() -> None:
    scores = np.random.default_rng(0).permutation(np.arange(1, 100_001)).astype(np.float32)
    tail = thresholds.tail(scores)
    assert len(tail) == len(TAIL_SHARES)
    assert (np.diff(tail) >= 0).all()
    at = int(np.argmin(np.abs(np.array(TAIL_SHARES) - 0.1)))
    assert tail[at] == pytest.approx(90_000, rel=1e-3)
    assert thresholds.tail(scores[:50])[-1] == scores[:50].max()


def test_normal_is_five_percentiles_of_each_column() -> None:
    values = np.stack([np.arange(101.0), np.arange(101.0) * 1e9], axis=1)
    np.testing.assert_allclose(thresholds.normal(values)[:, 0], [1, 25, 50, 75, 99])
    assert thresholds.normal(values).dtype == np.float32


def test_scores_that_say_nothing_are_refused() -> None:
    for scores in (np.zeros(0), np.array([1.0, np.nan])):
        with pytest.raises(DataError):
            thresholds.quantile(scores)
        with pytest.raises(DataError):
            thresholds.tail(scores)
    with pytest.raises(DataError, match="share"):
        thresholds.cautious(np.ones(5), 1.5)
