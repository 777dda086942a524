import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from botwarden.core.row import Group, Rows
from botwarden.core.snapshot import FeatureSchema
from botwarden.learn.judging import judge, places
from evaluations import ByColumn, house, part

JUDGE = {"m": ByColumn()}


def test_scores_are_kept_in_the_order_of_rows() -> None:
    judged = judge(JUDGE, house())
    assert len(judged) == 230
    assert judged.said["m"].score[100:103].tolist() == pytest.approx([2.0, 2.001, 2.002])
    assert judged.said["m"].anomalous.sum() == 10
    assert judged.rate is not None
    assert judged.rate[-1] == 900
    assert judged.sources == ("benign.csv", "attack.csv")
    assert judged.source[[0, 199, 200]].tolist() == [0, 0, 1]


def test_groups_of_several_chunks_become_one() -> None:
    camera, plug = Group("camera"), Group("plug", "", "attack")
    judged = judge(JUDGE, [part(plug, [1.0]), part(camera, [1.0]), part(plug, [2.0, 3.0])])
    assert judged.groups == (plug, camera)
    assert judged.group.tolist() == [0, 1, 0, 0]
    assert judged.attack.tolist() == [True, False, True, True]


def test_groups_without_rows_are_left_out() -> None:
    rows = part(Group("camera"), [1.0])
    both = Rows(
        rows.schema, rows.values, (Group("unused"), Group("camera")), np.array([1], np.int32), rows.ts, rows.proto
    )
    assert judge(JUDGE, [both]).groups == (Group("camera"),)


def test_without_a_column_for_the_rate_there_is_none() -> None:
    schema = FeatureSchema("x", ("score", "a", "b"))
    rows = Rows.of(schema, np.ones((3, 3)))
    assert judge(JUDGE, [rows]).rate is None


def test_samples_are_bounded_drawn_from_all_and_in_order() -> None:
    chunks = [part(Group("camera"), [float(1000 * i + j) for j in range(100)]) for i in range(20)]
    judged = judge(JUDGE, chunks, sampled=200, seed=3)
    assert judged.benign is not None
    values = judged.benign.values[:, 0]
    assert len(values) == 200
    assert (np.diff(values) > 0).all()
    per_chunk = np.bincount((values // 1000).astype(int), minlength=20)
    assert per_chunk.min() >= 1
    assert per_chunk.max() <= 25
    assert judged.attacks is None
    again = judge(JUDGE, chunks, sampled=200, seed=3).benign
    assert again is not None
    np.testing.assert_array_equal(again.values, judged.benign.values)


def test_all_rows_are_sampled_where_they_are_few() -> None:
    judged = judge(JUDGE, house(), sampled=1000)
    assert judged.benign is not None and judged.attacks is not None
    assert (len(judged.benign), len(judged.attacks)) == (200, 30)


@given(st.lists(st.integers(-1, 4), max_size=30))
def test_places_are_the_rows_of_each_code(codes: list[int]) -> None:
    code = np.array(codes, np.int32)
    assert [rows.tolist() for rows in places(code, 5)] == [np.flatnonzero(code == i).tolist() for i in range(5)]


def test_nothing_is_something_to_judge() -> None:
    judged = judge(JUDGE, [part(Group(), [])])
    assert len(judged) == 0
    assert len(judged.said["m"].score) == 0


def test_progress_is_told_in_rows() -> None:
    told: list[int] = []
    judge(JUDGE, house(), told=told.append)
    assert told == [100, 200, 210, 230]
