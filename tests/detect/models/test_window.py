from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from botwarden.detect.models.window import Window, Windows
from botwarden.learn.thresholds import alarms


def flags(text: str) -> np.ndarray:  # type: ignore[type-arg]
    return np.array([sign == "x" for sign in text])


@pytest.mark.parametrize(
    ("size", "rows", "alarmed"),
    [
        (1, "x.x", "x.x"),
        (2, "xx.xx", ".x..x"),
        (3, "xx..x.x", ".xx...x"),
        (4, "xxx.x...", "..xxx..."),
        (5, "", ""),
    ],
)
def test_more_than_half_of_the_last_rows_decide(size: int, rows: str, alarmed: str) -> None:
    assert Window(size).update(flags(rows)).tolist() == flags(alarmed).tolist()


@given(
    rows=st.lists(st.tuples(st.integers(0, 2), st.booleans()), max_size=60),
    size=st.integers(1, 9),
    cuts=st.lists(st.integers(0, 60), max_size=4),
)
def test_rows_that_come_bit_by_bit_are_judged_like_all_at_once(
    rows: list[tuple[int, bool]], size: int, cuts: list[int]
) -> None:
    device = np.array([one for one, _ in rows], np.int64)
    anomalous = np.array([flag for _, flag in rows], np.bool_)
    windows = Windows()
    out = np.zeros(len(rows), np.bool_)
    edges = [0, *sorted(min(cut, len(rows)) for cut in cuts), len(rows)]
    for start, end in pairwise(edges):
        for one in range(3):
            at = start + np.flatnonzero(device[start:end] == one)
            out[at] = windows.update(one, anomalous[at], size)
    assert out.tolist() == alarms(anomalous, device, size).tolist()


def test_devices_beyond_the_limit_make_room() -> None:
    windows = Windows(max_streams=2)
    for device in (1, 2, 1, 3):
        windows.update(device, flags("x"), 3)
    assert windows.update(1, flags("x"), 3).tolist() == [True]  # three in all
    assert windows.update(2, flags("x"), 3).tolist() == [False]  # it was forgotten


def test_a_window_of_another_size_starts_anew() -> None:
    windows = Windows()
    windows.update(1, flags("xx"), 3)
    assert windows.update(1, flags("xx"), 5).tolist() == [False, False]


def test_a_window_tells_how_many_are_anomalous() -> None:
    window = Window(3)
    window.update(flags("xx.x"))
    assert window.anomalous == 2
