import sys

import numpy as np
import pytest
from numpy.typing import NDArray

from botwarden.core.errors import ConfigError
from botwarden.learn.surrogate import explain

Floats = NDArray[np.float64]
NORMALS = np.repeat([[-2.0], [-1.0], [0.0], [1.0], [2.0]], 12, axis=1)
ROW = np.full(12, 5.0)


def linear(x: Floats) -> Floats:
    return np.asarray(3 * x[:, 4] - 2 * x[:, 7])


def test_weights_of_a_linear_function_are_what_keeping_a_value_is_worth() -> None:
    found = explain(linear, ROW, NORMALS, 1)
    # Normal values lie evenly around 0, so keeping 5 is worth 5 times the coefficient, less what ridge takes.
    assert found.weights[[4, 7]] == pytest.approx([15, -10], rel=0.03)
    assert np.abs(np.delete(found.weights, [4, 7])).max() < 0.3
    assert found.fidelity > 0.97
    assert found.output == pytest.approx(5)


def test_what_is_normal_in_the_row_weighs_nothing() -> None:
    row = np.zeros(12)
    row[4] = 5
    found = explain(linear, row, NORMALS, 0)
    assert found.weights[4] == pytest.approx(15, rel=0.03)
    assert abs(found.weights[7]) < 0.3


def test_the_same_seed_gives_the_same_and_another_another() -> None:
    first, again, other = (explain(linear, ROW, NORMALS, seed).weights for seed in (3, 3, 4))
    assert (first == again).all()
    assert (first != other).any()


def test_features_of_a_thing_are_kept_together() -> None:
    things = ["a", "b"] * 6

    def product(x: Floats) -> Floats:
        return np.asarray(x[:, 0] * x[:, 2])  # both of "a": apart, neither says what they do

    apart = explain(product, ROW, NORMALS, 0)
    together = explain(product, ROW, NORMALS, 0, things=things)
    assert together.weights.shape == (2,)
    assert together.weights[0] == pytest.approx(25, rel=0.05)
    assert abs(together.weights[1]) < 0.5
    assert together.fidelity > 0.99 > apart.fidelity


def test_features_of_a_kind_take_normal_values_of_one_level() -> None:
    seen: list[Floats] = []

    def look(x: Floats) -> Floats:
        seen.append(x)
        return np.zeros(len(x))

    explain(look, ROW, NORMALS, 0, kinds=["one"] * 6 + ["two"] * 6)
    made = np.where(seen[0] == 5, np.nan, seen[0])
    for half in (made[:, :6], made[:, 6:]):
        many = half[(~np.isnan(half)).sum(axis=1) > 1]
        assert np.nanmax(many, axis=1) == pytest.approx(np.nanmin(many, axis=1))
    assert np.nanmin(made) >= -1
    assert np.nanmax(made) <= 1  # the middle half


def test_a_model_that_says_no_numbers_is_explained_all_the_same() -> None:
    def broken(x: Floats) -> Floats:
        return np.where(x[:, 0] == 5, np.nan, np.where(x[:, 1] == 5, np.inf, 1e300))

    found = explain(broken, ROW, NORMALS, 0)
    assert np.isfinite(found.weights).all()
    assert np.isfinite(found.fidelity)


def test_the_missing_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "lime.lime_tabular", None)
    with pytest.raises(ConfigError, match=r"pip install 'botwarden\[train\]'"):
        explain(linear, ROW, NORMALS, 0)
