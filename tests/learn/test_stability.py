import numpy as np
import pytest

from botwarden.learn.stability import stability


def test_runs_that_agree() -> None:
    found = stability(np.array([[5.0, 1, 0.01], [5.0, 1, -0.01], [10, 2, 0.0]]))
    assert found is not None
    assert (found.seeds, found.strongest) == (3, 1.0)
    assert found.weights == pytest.approx(1, abs=1e-4)


def test_runs_that_have_nothing_in_common() -> None:
    found = stability(np.eye(3))
    assert found is not None
    assert (found.strongest, found.weights) == (0.0, 0.0)


def test_half_of_what_either_names_is_shared() -> None:
    found = stability(np.array([[1.0, 1, 1, 0], [0, 1, 1, 1]]))
    assert found is not None
    assert found.strongest == 0.5
    assert found.weights == pytest.approx(2 / 3)


def test_only_so_many_count() -> None:
    found = stability(np.array([[9.0, 8, 7, 1], [9, 8, 1, 7]]), top=2)
    assert found is not None
    assert found.strongest == 1


def test_one_run_says_nothing_about_stability() -> None:
    assert stability(np.ones((1, 4))) is None


def test_runs_that_find_nothing_agree() -> None:
    found = stability(np.zeros((2, 4)))
    assert found is not None
    assert (found.strongest, found.weights) == (1.0, 1.0)
