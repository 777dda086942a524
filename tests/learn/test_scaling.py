import math
from statistics import NormalDist

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from botwarden.core.errors import DataError
from botwarden.core.model import ScalerKind
from botwarden.detect.models.scaling import KINDS
from botwarden.learn import scaling
from botwarden.learn.scaling import COMMON, KNOTS, SLOPE, TOLERANCE, fit_scaler

ROWS = np.random.default_rng(4).lognormal(3, 2, (3000, 3)) * [1.0, -1.0, 100.0]


@pytest.mark.parametrize("kind", ["standard", "signed_log"])
def test_columns_get_mean_0_and_standard_deviation_1(kind: ScalerKind) -> None:
    scaled = fit_scaler(kind, ROWS).apply(ROWS)
    assert scaled.mean(axis=0) == pytest.approx([0, 0, 0], abs=1e-5)
    assert scaled.std(axis=0) == pytest.approx([1, 1, 1], abs=1e-5)


def test_minmax_goes_from_0_to_1() -> None:
    scaled = fit_scaler("minmax", ROWS).apply(ROWS)
    assert scaled.min(axis=0) == pytest.approx([0, 0, 0])
    assert scaled.max(axis=0) == pytest.approx([1, 1, 1])


def test_identity_leaves_rows_as_they_are() -> None:
    assert (fit_scaler("identity", ROWS).apply(ROWS) == ROWS.astype(np.float32)).all()


def test_quantiles_are_those_of_a_normal_distribution() -> None:
    scaled = fit_scaler("quantile", ROWS).apply(ROWS)
    shares = np.linspace(0.01, 0.99, 40)
    wanted = [NormalDist().inv_cdf(share) for share in shares]
    for column in scaled.T:
        assert np.quantile(column, shares) == pytest.approx(wanted, abs=0.03)


def test_quantiles_keep_the_order() -> None:
    scaler = fit_scaler("quantile", ROWS)
    x = np.sort(np.concatenate([ROWS, ROWS * 3, -ROWS, ROWS / 1e3]), axis=0)
    assert (np.diff(scaler.apply(x), axis=0) >= 0).all()


def test_values_that_repeat_stand_in_the_middle_of_their_share() -> None:
    column = np.concatenate([np.zeros(600), np.linspace(1, 2, 300), np.full(100, 60.0)])[:, None]
    scaled = fit_scaler("quantile", column).apply(np.array([[0.0], [60.0]]))
    assert scaled[0, 0] == pytest.approx(NormalDist().inv_cdf(0.3), abs=1e-5)
    assert scaled[1, 0] == pytest.approx(NormalDist().inv_cdf(0.95), abs=1e-5)


def test_rounding_errors_count_as_nothing() -> None:
    column = np.concatenate([np.zeros(500), np.full(500, 2.0)])[:, None]
    scaler = fit_scaler("quantile", column)
    tiny = np.array([[0.0], [-0.0], [1e-12], [-5e-10], [2e-5], [1e-300]])
    assert len(set(scaler.apply(tiny)[:, 0].tolist())) == 1


def test_ranks_become_logistic() -> None:
    column = np.random.default_rng(0).permutation(np.arange(1000.0))[:, None]
    scaler = fit_scaler("logistic", column)
    for value, share in ((499.5, 0.5), (899.5, 0.9), (0.0, 0.0005), (999.0, 0.9995)):
        assert scaler.apply(np.array([[value]]))[0, 0] == pytest.approx(math.log(share / (1 - share)) / 1.7, abs=0.01)


def test_logistic_goes_on_with_the_logarithm() -> None:
    column = np.random.default_rng(0).lognormal(5, 1, (1000, 1))
    scaler = fit_scaler("logistic", column)
    top, deviation = column.max(), np.log1p(column).std()
    end, beyond = scaler.apply(np.array([[top], [math.e * (1 + top) - 1]]))[:, 0]
    assert end == pytest.approx(math.log(1999) / 1.7, abs=0.01)
    assert beyond - end == pytest.approx(SLOPE / deviation, rel=1e-3)


def test_extremes_stay_extreme() -> None:
    scaler = fit_scaler("quantile", ROWS)
    top = ROWS.max(axis=0)
    steps = np.array([top * factor if factor > 0 else top for factor in (1, 2, 10, 1e3, 1e6)])[:, [0, 2]]
    scaled = scaler.apply(np.insert(steps, 1, 0.0, axis=1))[:, [0, 2]]
    assert (np.diff(scaled, axis=0) > 0.3).all()
    assert (scaled[-1] > 15).all()


def test_what_was_never_seen_is_extreme_even_where_the_highest_value_is_common() -> None:
    column = np.concatenate([np.linspace(0, 1, 500), np.ones(500)])[:, None]
    scaled = fit_scaler("quantile", column).apply(np.array([[1.0], [1.05]]))[:, 0]
    assert scaled[0] < 1
    assert scaled[1] > NormalDist().inv_cdf(1 - 0.5 / 1000)


def test_many_values_need_few_knots() -> None:
    values = np.random.default_rng(0).normal(size=(50_000, 1))
    scaler = fit_scaler("quantile", values)
    assert scaler.arrays["knots"].shape[1] <= KNOTS + 2
    error = np.abs(scaler.apply(values) - values)
    assert error.mean() < 0.02
    assert error[np.abs(values) < 3].max() < 0.2


@pytest.mark.parametrize("kind", sorted(KINDS))
@pytest.mark.parametrize("constant", [0.0, 1.0, -3e5, 1e-12])
def test_a_constant_column_is_scaled_to_something_finite(kind: ScalerKind, constant: float) -> None:
    scaled = fit_scaler(kind, np.full((20, 2), constant)).apply(np.array([[constant, constant + 10]]))
    assert np.isfinite(scaled).all()
    assert scaled[0, 1] > scaled[0, 0]


@pytest.mark.parametrize("kind", ["quantile", "logistic"])
def test_knots_that_are_left_out_change_no_level_by_more_than_the_tolerance(
    kind: ScalerKind, monkeypatch: pytest.MonkeyPatch
) -> None:
    chance = np.random.default_rng(2)
    rows = np.where(chance.random(ROWS.shape) < 0.3, 60.0, ROWS)  # a value that repeats, in the midst of others
    few = fit_scaler(kind, rows)
    monkeypatch.setattr(scaling, "TOLERANCE", 0.0)
    all_knots = fit_scaler(kind, rows)
    assert few.arrays["knots"].shape[1] < all_knots.arrays["knots"].shape[1] / 3
    x = np.concatenate([rows, rows + 1, rows * 1.01, chance.normal(60, 1e-3, rows.shape)])
    assert np.abs(few.apply(x) - all_knots.apply(x)).max() <= TOLERANCE * 1.001


def test_a_value_that_repeats_often_has_a_level_of_its_own() -> None:
    column = np.concatenate([np.full(int(10 * COMMON * 3000), 60.0), np.linspace(0, 120, 3000)])[:, None]
    below, at, above = fit_scaler("logistic", column).apply(np.array([[59.97], [60.0], [60.03]]))[:, 0]
    assert at - below == pytest.approx(above - at, abs=2 * TOLERANCE)
    assert above - below > TOLERANCE


def finite_rows() -> st.SearchStrategy[NDArray[np.float64]]:
    number = st.floats(allow_nan=False, allow_infinity=False, width=64)
    return st.lists(st.lists(number, min_size=2, max_size=2), min_size=1, max_size=12).map(np.array)


@pytest.mark.filterwarnings("ignore:overflow:RuntimeWarning")
@pytest.mark.parametrize("kind", ["identity", "quantile", "signed_log"])
@given(rows=finite_rows(), others=finite_rows())
def test_whatever_is_finite_becomes_finite(
    kind: ScalerKind, rows: NDArray[np.float64], others: NDArray[np.float64]
) -> None:
    assert np.isfinite(fit_scaler(kind, rows).apply(np.concatenate([rows, others]))).all()


@pytest.mark.parametrize("rows", [np.zeros((0, 3)), np.zeros((4, 0)), np.zeros(4)])
def test_no_rows_teach_nothing(rows: NDArray[np.float64]) -> None:
    with pytest.raises(DataError, match="no rows"):
        fit_scaler("standard", rows)


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_what_is_no_number_teaches_nothing(value: float) -> None:
    with pytest.raises(DataError, match="finite"):
        fit_scaler("quantile", np.array([[1.0], [value]]))
