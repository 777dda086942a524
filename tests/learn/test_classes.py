import numpy as np
import pytest

from botwarden.core.errors import DataError
from botwarden.core.row import Group, Rows
from botwarden.core.snapshot import FeatureSchema
from botwarden.learn.classes import CLASSINGS, GAFGYT, MIRAI, Classing, classes_of, outside

SCHEMA = FeatureSchema("one", ("a",))


def rows_of(labels: list[str]) -> Rows:
    groups = []
    for label in labels:
        botnet, _, attack = label.rpartition(".")
        groups.append(Group("cam", botnet, attack))
    distinct = tuple(dict.fromkeys(groups))
    codes = np.array([distinct.index(group) for group in groups], np.int32)
    n = len(labels)
    return Rows(SCHEMA, np.zeros((n, 1)), distinct, codes, np.zeros(n), np.zeros(n, np.int8))


EVERYTHING = ["benign", *GAFGYT, *MIRAI]


@pytest.mark.parametrize(
    ("classing", "n", "belong"),
    [("2", 2, 11), ("3", 3, 11), ("5", 5, 5), ("10", 10, 10), ("11", 11, 11), ("all", 11, 11)],
)
def test_published_classes(classing: Classing, n: int, belong: int) -> None:
    classes = classes_of(rows_of(EVERYTHING), classing)
    assert len(classes.names) == n
    assert len(classes.rows) == belong
    assert set(classes.codes[classes.rows].tolist()) == set(range(n))


def test_a_row_has_the_class_that_its_group_says() -> None:
    rows = rows_of(["mirai.udp", "benign", "gafgyt.udp", "hakai.udp", "attack"])
    two = classes_of(rows, "2")
    assert [two.names[code] for code in two.codes] == ["attack", "benign", "attack", "attack", "attack"]
    three = classes_of(rows, "3")
    assert three.codes.tolist() == [2, 0, 1, -1, -1]
    every = classes_of(rows, "all")
    assert every.names == ("benign", "attack", "gafgyt.udp", "hakai.udp", "mirai.udp")


@pytest.mark.parametrize("classing", CLASSINGS)
def test_benign_rows_alone_cannot_be_told_apart(classing: Classing) -> None:
    with pytest.raises(DataError):
        classes_of(rows_of(["benign"]), classing)


def test_empty_classes_are_named() -> None:
    with pytest.raises(DataError, match=r"of 3 classes these have no row: gafgyt$"):
        classes_of(rows_of(["benign", "mirai.udp"]), "3")


def test_a_group_without_rows_is_no_class() -> None:
    rows = rows_of(["benign", "mirai.udp", "mirai.ack"]).take(np.array([0, 1]))
    assert classes_of(rows, "all").names == ("benign", "mirai.udp")


def test_rows_of_no_class_are_counted() -> None:
    rows = rows_of(["mirai.udp", "benign", "gafgyt.udp", "hakai.udp", "mirai.ack", "mirai.scan", "mirai.syn", "benign",
                    "mirai.udpplain"])  # fmt: skip
    assert outside(rows, classes_of(rows, "5")) == {"benign": 2, "gafgyt.udp": 1, "hakai.udp": 1}
    assert outside(rows, classes_of(rows, "all")) == {}
