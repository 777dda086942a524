import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from botwarden.detect.models.knots import by_knots

LIMIT = 1e9
HIGHEST = float(np.finfo(np.float32).max)
TINY = 1e-6
number = st.floats(width=32, allow_nan=False, allow_infinity=False)
rising = st.lists(st.floats(-(2.0**99), 2.0**99, width=32), min_size=1, max_size=60, unique=True)


def of_curve(
    knots: NDArray[np.float32], levels: NDArray[np.float32], x: NDArray[np.floating], ends: tuple[float, float, float]
) -> NDArray[np.float32]:
    """The levels of ``x`` on one curve."""
    curve = by_knots(knots[None], levels[None], np.array([TINY], np.float32), np.array([ends]), LIMIT)
    out = np.empty((len(x), 1), np.float32)
    curve(np.ascontiguousarray(x)[:, None], None, out)
    return out[:, 0]


def along(knots: list[float], levels: list[float], x: NDArray[np.floating], gain: float = 1.0) -> NDArray[np.float32]:
    """The same; knots closer to 0 than TINY are one."""
    held = np.unique(np.array([knot if abs(knot) >= TINY else 0.0 for knot in knots], np.float32))
    return of_curve(held, np.array(levels[: len(held)], np.float32), x, (1.0, 1.0, gain))


@settings(deadline=None)  # the first call compiles
@given(knots=rising, values=st.lists(number, min_size=1, max_size=200))
def test_levels_between_knots_are_linear(knots: list[float], values: list[float]) -> None:
    levels = [float(level) for level in range(len(knots))]
    x = np.array([*values, *knots], np.float32)
    x = np.clip(np.where(np.abs(x) < TINY, np.float32(0), x), min(knots), max(knots))
    held = np.unique(np.array([knot if abs(knot) >= TINY else 0.0 for knot in knots]))
    assert along(knots, levels, np.clip(x, held[0], held[-1])) == pytest.approx(
        np.interp(np.clip(x, held[0], held[-1]).astype(np.float64), held, levels[: len(held)]), abs=1e-4
    )


def plain(
    knots: NDArray[np.float32], levels: NDArray[np.float32], x: NDArray[np.floating], ends: tuple[float, float, float]
) -> NDArray[np.float64]:
    """The same by the definition, in double precision; distances end where numbers of single precision do."""
    with np.errstate(over="ignore"):
        single = np.nan_to_num(x.astype(np.float32), nan=np.inf, posinf=np.inf, neginf=-np.inf)
    at = np.where(np.abs(single) < TINY, 0, single).astype(np.float64)
    low, high, gain = ends
    level = np.interp(at, knots.astype(np.float64), levels)
    level += gain * np.log1p(np.clip((at - knots[-1]) / high, 0, HIGHEST))
    level -= gain * np.log1p(np.clip((knots[0] - at) / low, 0, HIGHEST))
    return np.where(at == np.inf, LIMIT, np.clip(level, -LIMIT, LIMIT))


@settings(deadline=None)
@given(
    knots=st.lists(st.floats(-(2.0**40), 2.0**40, width=32), min_size=1, max_size=300, unique=True),
    close=st.integers(0, 20),
    repeats=st.integers(0, 5),
    ends=st.tuples(*[st.floats(0.125, 2.0**30, width=32)] * 2, st.floats(0.1, 100)),
    values=st.lists(st.floats(), max_size=300),
    seed=st.integers(0, 9),
)
def test_rows_get_the_levels_that_the_definition_gives(
    knots: list[float], close: int, repeats: int, ends: tuple[float, float, float], values: list[float], seed: int
) -> None:
    """With knots right beside others, the last one repeated; on knots, beside, between and beyond them."""
    own = np.array(knots, np.float32)
    near = np.concatenate([own, *(own[:close] + np.float32(k) * np.spacing(own[:close]) for k in (1, 2, 5))])
    own = np.unique(np.where(np.abs(near) < TINY, np.float32(0), near))
    levels = np.sort(np.random.default_rng(seed).uniform(-6, 6, len(own))).astype(np.float32)
    beside = np.concatenate([own, np.nextafter(own, np.float32(np.inf)), np.nextafter(own, np.float32(-np.inf))])
    extreme = [0.0, -0.0, TINY, -TINY, 1e-45, -1e-45, 3.4e38, -3.4e38, 1e300, -1e300, math.inf, -math.inf, math.nan]
    x = np.concatenate([beside, (own[1:] + own[:-1]) / 2, extreme, values]).astype(np.float64)
    found = of_curve(np.pad(own, (0, repeats), "edge"), np.pad(levels, (0, repeats), "edge"), x, ends)
    np.testing.assert_allclose(found, plain(own, levels, x, ends), rtol=2e-6, atol=4e-6)


@settings(deadline=None)  # the first call compiles
@given(knots=rising, levels=st.lists(st.floats(-6, 6, width=32), min_size=60, max_size=60), values=st.lists(number))
def test_between_the_ends_no_level_falls(knots: list[float], levels: list[float], values: list[float]) -> None:
    near = np.array(knots, np.float32)
    x = np.concatenate([np.array(values, np.float32), near, np.nextafter(near, np.float32(-np.inf))])
    inside = np.sort(x[(x >= near.min()) & (x <= near.max())])
    assert (np.diff(along(knots, sorted(levels), inside)) >= 0).all()


@settings(deadline=None)  # the first call compiles
@given(start=st.floats(0.0, 2.0**99, width=32), gain=st.floats(0.1, 100))
def test_beyond_the_ends_no_level_falls_but_by_rounding(start: float, gain: float) -> None:
    bits = np.arange(200, dtype=np.int32) + np.float32(start).view(np.int32)
    x = np.maximum(bits.view(np.float32), np.float32(1))
    found = along([0.0, 1.0], [0.0, 2.0], x, gain).astype(np.float64)
    assert (np.diff(found) >= -1e-6 * np.abs(found[1:])).all()


@settings(deadline=None)  # the first call compiles
@given(x=st.lists(st.floats(), min_size=1, max_size=150))
def test_double_and_single_numbers_become_the_same_and_all_are_finite(x: list[float]) -> None:
    with np.errstate(over="ignore"):
        single = np.array(x).astype(np.float32)
    found = along([-3.0, 0.0, 60.0], [-2.0, 0.0, 2.0], np.array(x))
    assert np.isfinite(found).all()
    assert (found == along([-3.0, 0.0, 60.0], [-2.0, 0.0, 2.0], single)).all()


def test_knots_closer_to_0_than_what_counts_are_0() -> None:
    curve = by_knots(
        np.array([[0, 5e-7, 1, 2, 2]], np.float32),
        np.array([[0, 0.5, 1, 3, 3]], np.float32),
        np.array([TINY], np.float32),
        np.ones((1, 3)),
        LIMIT,
    )
    out = np.empty((4, 1), np.float32)
    curve(np.array([[-1e-7], [0.5], [1.5], [2.0]]), None, out)
    assert out[:, 0].tolist() == pytest.approx([0.5, 0.75, 2, 3])


def test_what_is_no_number_is_at_the_limit() -> None:
    assert along([0.0, 1.0], [0.0, 1.0], np.array([math.nan, -math.nan, math.inf])).tolist() == [LIMIT] * 3


def test_a_level_does_not_depend_on_the_rows_beside_it() -> None:
    x = np.random.default_rng(1).normal(size=500) * 3
    together = along([-3.0, 0.0, 2.0], [-2.0, 0.0, 2.0], x)
    alone = [along([-3.0, 0.0, 2.0], [-2.0, 0.0, 2.0], x[i : i + 1])[0] for i in range(len(x))]
    assert together.tolist() == alone


@pytest.mark.parametrize("widest", [3e38, 1e-30])
def test_extreme_widths_and_gains_stay_finite(widest: float) -> None:
    curve = by_knots(
        np.array([[-1e38, 0.0, 1e-45]], np.float32),
        np.array([[-3e38, 0.0, 3e38]], np.float32),
        np.array([1e-45], np.float32),
        np.array([[widest, 1e-320, 1e300]]),
        LIMIT,
    )
    out = np.empty((5, 1), np.float32)
    curve(np.array([[-3e38], [-1e38], [0.0], [1e-45], [3e38]]), None, out)
    assert (np.abs(out) <= LIMIT).all()
