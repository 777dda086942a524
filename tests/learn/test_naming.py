import numpy as np
import pytest

from botwarden.core.row import Group
from botwarden.learn.judging import judge
from botwarden.learn.naming import class_of, naming
from evaluations import CLASSES, ByColumn, house, part


@pytest.mark.parametrize(
    ("group", "labels", "expected"),
    [
        (Group("c", "mirai", "scan"), ("benign", "mirai.scan", "mirai"), "mirai.scan"),
        (Group("c", "mirai", "scan"), ("benign", "mirai", "attack"), "mirai"),
        (Group("c", "mirai", "scan"), ("benign", "scan", "mirai"), "scan"),
        (Group("c", "mirai", "scan"), ("benign", "attack"), "attack"),
        (Group("c", "mirai", "scan"), ("benign", "gafgyt"), None),
        (Group("c"), ("benign", "attack"), "benign"),
        (Group("c"), ("attack",), None),
        (Group("c", "", "attack"), ("benign", "attack"), "attack"),
    ],
)
def test_a_group_is_of_the_class_that_says_most(group: Group, labels: tuple[str, ...], expected: str | None) -> None:
    assert class_of(group, labels) == expected


def test_right_names_are_counted() -> None:
    judged = judge({"m": ByColumn(labels=CLASSES)}, house())
    found = naming(judged, judged.said["m"])
    assert found is not None
    assert found.true == list(CLASSES)
    assert found.matrix == [[200, 0, 0], [0, 10, 0], [0, 0, 20]]
    assert found.accuracy == 1
    assert found.macro_f1 == 1
    assert found.most_common == 200 / 230
    assert found.calibration_error == pytest.approx(0.1)


def test_classes_that_the_model_does_not_know_have_a_row_of_their_own() -> None:
    judged = judge({"m": ByColumn(labels=("benign", "mirai.scan", "x"))}, house())
    found = naming(judged, judged.said["m"])
    assert found is not None
    assert found.true == ["benign", "mirai.scan", "x", "gafgyt.udp"]
    assert found.matrix[3] == [0, 0, 20]
    assert found.accuracy == 1
    assert [score.rows for score in found.scores] == [200, 10, 0]
    assert found.macro_f1 == 1  # of the classes that occur


def test_rows_without_a_name_are_counted_apart() -> None:
    rows = part(Group("c", "mirai", "scan"), [1.0, 2.0], label=-1)
    judged = judge({"m": ByColumn(labels=CLASSES)}, [*house(), rows])
    found = naming(judged, judged.said["m"])
    assert found is not None
    assert found.unnamed == 2
    assert np.sum(found.matrix) == 230


def test_a_model_without_classes_names_nothing() -> None:
    judged = judge({"m": ByColumn()}, house())
    assert naming(judged, judged.said["m"]) is None
