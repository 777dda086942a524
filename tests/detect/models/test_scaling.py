import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from botwarden.core.errors import ModelError
from botwarden.core.model import ScalerKind
from botwarden.detect.models.scaling import KINDS, LIMIT, Array, Scaler

QUANTILE: dict[str, Array] = {
    "knots": np.array([[-4, 0, 1, 60, 60], [0, 1e-3, 2, 3, 4]], np.float32),
    "levels": np.array([[-3, -1, 0, 2, 2], [-2, 0, 1, 2, 3]], np.float32),
    "tiny": np.array([1e-6, 1e-6], np.float32),
    "spread": np.array([64.0, 4.0]),
}
ARRAYS: dict[ScalerKind, dict[str, Array]] = {
    "identity": {},
    "standard": {"mean": np.array([1.0, 2.0]), "std": np.array([2.0, 4.0])},
    "minmax": {"low": np.array([0.0, -1.0]), "high": np.array([10.0, 1.0])},
    "signed_log": {"mean": np.array([1.0, 0.0]), "std": np.array([2.0, 1.0])},
    "quantile": QUANTILE,
    "logistic": {**QUANTILE, "low": np.array([2.0, 1.0]), "gain": np.array([3.0, 0.5])},
}


def one(kind: ScalerKind, *row: float) -> list[float]:
    scaled: list[float] = Scaler(kind, ARRAYS[kind]).apply(np.array([row]))[0].tolist()
    return scaled


def test_every_kind_is_tried_here() -> None:
    assert ARRAYS.keys() == KINDS.keys()


def test_each_kind_does_what_it_says() -> None:
    assert one("identity", 5, -7) == [5, -7]
    assert one("standard", 5, -2) == [2, -1]
    assert one("minmax", 5, 0) == [0.5, 0.5]
    assert one("signed_log", math.e - 1, 1 - math.e) == pytest.approx([0, -1], abs=1e-6)


def test_between_knots_levels_are_linear() -> None:
    assert one("quantile", -2, 0.0005) == pytest.approx([-2, -1])
    assert one("quantile", 0, 0) == [-1, -2]
    assert one("quantile", 60, 4) == [2, 3]
    assert one("quantile", 30.5, 2.5) == [1, 1.5]


def test_beyond_the_knots_levels_go_on_with_the_logarithm() -> None:
    assert one("quantile", 60 + 64 * (math.e - 1), -4) == pytest.approx([3, -2 - math.log(2)])


def test_logistic_goes_on_by_a_gain_and_a_width_of_its_own_on_either_side() -> None:
    assert one("logistic", -2, 2.5) == one("quantile", -2, 2.5)
    assert one("logistic", 60 + 64 * (math.e - 1), -1) == pytest.approx([2 + 3, -2 - 0.5 * math.log(2)])
    assert one("logistic", -4 - 2 * (math.e - 1), 4 + 4 * (math.e - 1)) == pytest.approx([-3 - 3, 3 + 0.5])


def test_both_widths_of_numbers_and_any_order_in_memory_give_the_same() -> None:
    rows = np.array([[1.5, 2], [-3, 0.25], [1e6, -1e6]])
    for kind, arrays in ARRAYS.items():
        scaler = Scaler(kind, arrays)
        expected = scaler.apply(rows)
        for other in (rows.astype(np.float32), np.asfortranarray(rows), np.repeat(rows, 2, axis=0)[::2]):
            assert scaler.apply(other) == pytest.approx(expected, rel=1e-6)


def test_whole_numbers_are_taken() -> None:
    assert Scaler("identity", {}, 2).apply(np.array([[1, 2]])).tolist() == [[1.0, 2.0]]


def test_the_result_is_put_where_it_is_wanted() -> None:
    out = np.empty((3, 2), np.float32)
    assert Scaler("standard", ARRAYS["standard"]).apply(np.ones((3, 2)), out) is out
    assert out.tolist() == [[0, -0.25]] * 3


@pytest.mark.parametrize("kind", sorted(KINDS))
@given(row=st.tuples(st.floats(), st.floats()))
def test_what_comes_out_is_finite_whatever_goes_in(kind: ScalerKind, row: tuple[float, float]) -> None:
    assert np.isfinite(one(kind, *row)).all()


@pytest.mark.parametrize("kind", ["standard", "quantile"])
def test_what_is_no_number_is_as_far_out_as_can_be(kind: ScalerKind) -> None:
    assert one(kind, math.nan, math.inf) == [LIMIT, LIMIT]


@given(
    knots=st.lists(st.floats(-(2.0**99), 2.0**99, width=32), min_size=1, max_size=40, unique=True).map(sorted),
    values=st.lists(st.floats(width=32, allow_nan=False, allow_infinity=False), min_size=1, max_size=20),
)
def test_the_knot_that_is_found_is_the_right_one(knots: list[float], values: list[float]) -> None:
    tiny = 1e-6
    x = np.array([knot if abs(knot) >= tiny else 0.0 for knot in knots], np.float32)
    x = np.unique(x)
    levels = np.arange(len(x), dtype=np.float32)
    arrays: dict[str, Array] = {
        "knots": x[None],
        "levels": levels[None],
        "tiny": np.array([tiny], np.float32),
        "spread": np.ones(1),
    }
    column = np.array([*values, *knots], np.float32)
    column = column[(column >= x[0]) & (column <= x[-1])]
    column = np.where(np.abs(column) < tiny, np.float32(0), column)
    found = Scaler("quantile", arrays).apply(column[:, None])[:, 0]
    assert found == pytest.approx(np.interp(column, x.astype(np.float64), levels), abs=1e-3)


@pytest.mark.parametrize(
    ("kind", "changes", "says"),
    [
        ("standard", {"mean": None}, "lacks its array 'mean'"),
        ("standard", {"std": np.ones(3)}, "for 3 columns, not 2"),
        ("standard", {"std": np.array([1.0, 0.0])}, "above 0"),
        ("standard", {"std": np.array([1.0, np.nan])}, "no number"),
        ("standard", {"mean": np.ones((2, 2))}, "wrong shape"),
        ("standard", {"mean": np.array(["a", "b"])}, "wrong shape"),
        ("minmax", {"high": np.array([0.0, 1.0])}, "above 0"),
        ("quantile", {"knots": QUANTILE["knots"][:, ::-1]}, "must rise"),
        ("quantile", {"knots": np.array([[0, 0, 1, 2, 3]] * 2, np.float32)}, "must rise"),
        ("quantile", {"levels": QUANTILE["levels"][:, :3]}, "one shape"),
        ("quantile", {"tiny": np.zeros(2)}, "above 0"),
        ("quantile", {"spread": np.array([1.0, -1.0])}, "above 0"),
        ("quantile", {"knots": np.array([[-3e38, 0, 1, 2, 3e38]] * 2, np.float32)}, "goes too far"),
        ("logistic", {"gain": np.array([1.0, 0.0])}, "of the scaling 'logistic' must be above 0"),
        ("logistic", {"low": None}, "lacks its array 'low'"),
    ],
)
def test_arrays_that_do_not_fit_are_refused(kind: ScalerKind, changes: dict[str, Array | None], says: str) -> None:
    arrays = {**ARRAYS[kind], **changes}
    with pytest.raises(ModelError, match=says):
        Scaler(kind, {name: array for name, array in arrays.items() if array is not None})


def test_an_unknown_kind_is_refused() -> None:
    with pytest.raises(ModelError, match="newer version"):
        Scaler("sideways", {})  # type: ignore[arg-type]


def test_the_number_of_columns_is_held_to() -> None:
    with pytest.raises(ModelError, match="for 2 columns, not 3"):
        Scaler("standard", ARRAYS["standard"], 3)
    with pytest.raises(ValueError, match="2 columns"):
        Scaler("standard", ARRAYS["standard"]).apply(np.ones((4, 3)))


@given(st.floats(0, 1e38))
def test_the_logarithm_beyond_the_ends_is_one(distance: float) -> None:
    arrays = {**QUANTILE, "spread": np.ones(2), "knots": np.zeros((2, 1), np.float32)}
    arrays["levels"] = np.zeros((2, 1), np.float32)
    distance = float(np.float32(distance)) if distance >= 1e-6 else 0.0
    up, down = Scaler("quantile", arrays).apply(np.array([[distance, -distance]]))[0].tolist()
    assert up == -down == pytest.approx(math.log1p(distance), rel=1e-6)
