import numpy as np
import pytest

from botwarden.core.errors import SchemaMismatch
from botwarden.core.row import Group, Rows, concatenate
from botwarden.core.snapshot import FeatureSchema

TWO = FeatureSchema("two", ("a", "b"))
BENIGN = Group("cam")
SYN = Group("cam", "mirai", "syn")


def rows(n: int, group: Group, start: float = 0.0) -> Rows:
    return Rows.of(TWO, np.arange(2.0 * n).reshape(n, 2) + start, group, ts=start + np.arange(n, dtype=float))


def test_a_group_has_the_finest_label() -> None:
    assert [BENIGN.label, SYN.label, Group(attack="attack").label] == ["benign", "mirai.syn", "attack"]
    assert [BENIGN.benign, SYN.benign] == [True, False]


def test_joined_rows_keep_their_order_and_share_equal_groups() -> None:
    joined = concatenate([rows(2, BENIGN), rows(1, SYN, 10.0), rows(1, BENIGN, 20.0)])
    assert joined.groups == (BENIGN, SYN)
    assert joined.group.tolist() == [0, 0, 1, 0]
    assert joined.ts.tolist() == [0.0, 1.0, 10.0, 20.0]
    assert joined.benign.tolist() == [True, True, False, True]
    assert joined.labels.tolist() == ["benign", "benign", "mirai.syn", "benign"]
    assert set(joined.devices.tolist()) == {"cam"}


def test_taken_rows_are_those_chosen() -> None:
    joined = concatenate([rows(2, BENIGN), rows(2, SYN, 10.0)])
    chosen = joined.take(np.array([3, 0]))
    assert chosen.labels.tolist() == ["mirai.syn", "benign"]
    assert chosen.values.tolist() == [[12.0, 13.0], [0.0, 1.0]]
    assert len(joined.take(~joined.benign)) == 2


def test_rows_of_two_schemas_do_not_mix() -> None:
    other = Rows.of(FeatureSchema("other", ("a", "b")), np.zeros((1, 2)))
    with pytest.raises(SchemaMismatch, match=r"rows of other .* cannot join rows of two"):
        concatenate([rows(1, BENIGN), other])
    with pytest.raises(ValueError, match="no rows"):
        concatenate([])
