"""A user who waits for kernels to compile is told so, once."""

from numba import njit

from botwarden.app.compiling import NOTICE, telling


def test_compiling_is_told_once() -> None:
    told: list[str] = []
    with telling(told.append):
        njit(lambda x: x + 1)(1)
        njit(lambda x: x + 2)(1)
    assert told == [NOTICE]


def test_nothing_is_told_when_nothing_is_compiled() -> None:
    add = njit(lambda x: x + 3)
    add(1)
    told: list[str] = []
    with telling(told.append):
        add(2)
    assert told == []


def test_it_is_not_told_outside_nor_to_nobody() -> None:
    told: list[str] = []
    with telling(None):
        njit(lambda x: x + 4)(1)
    with telling(told.append):
        pass
    njit(lambda x: x + 5)(1)
    assert told == []
