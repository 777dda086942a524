import numpy as np
import pytest

from botwarden.core.row import Group, Rows
from botwarden.core.score import Scores
from botwarden.core.snapshot import FeatureSchema
from botwarden.features.schema import DATE_COLUMNS, NBAIOT115
from botwarden.learn import shuffling
from botwarden.learn.shuffling import shuffled

BENIGN = Group()
DATE = NBAIOT115.columns.index(DATE_COLUMNS[3])


class Above:
    """Calls a row anomalous where a column is above a half."""

    def __init__(self, column: int) -> None:
        self.column = column

    def score_rows(self, rows: Rows) -> Scores:
        score = rows.values[:, self.column].astype(np.float32)
        label = np.full(len(rows), -1, np.int16)
        half = np.full(len(rows), 0.5, np.float32)
        return Scores(score, half, score > 0.5, label, half)


def rows(n: int, value: float, group: Group = BENIGN) -> Rows:
    """Column 0 and the date columns hold the value."""
    values = np.zeros((n, len(NBAIOT115.columns)))
    values[:, [0, *(NBAIOT115.columns.index(name) for name in DATE_COLUMNS)]] = value
    return Rows.of(NBAIOT115, values, group)


def test_a_model_that_goes_by_the_date_is_worth_nothing_afterwards() -> None:
    found = shuffled(Above(DATE), rows(400, 0), rows(400, 1, Group("", "mirai", "syn")))
    assert found is not None
    assert (found.rows, found.tpr, found.fpr) == (800, 1.0, 0.0)
    assert found.tpr_after == pytest.approx(0.5, abs=0.05) and found.fpr_after == pytest.approx(0.5, abs=0.05)


def test_a_model_that_does_not_loses_nothing() -> None:
    found = shuffled(Above(0), rows(400, 0), rows(200, 1, Group("", "mirai", "syn")))
    assert found is not None
    assert (found.tpr_after, found.fpr_after) == (1.0, 0.0)


def test_of_many_rows_some_suffice(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shuffling, "MOST", 50)
    found = shuffled(Above(0), rows(400, 0), rows(20, 1, Group("", "mirai", "syn")))
    assert found is not None and found.rows == 70


def test_there_is_nothing_to_say_without_both_kinds_of_rows_or_without_dates() -> None:
    attacks = rows(20, 1, Group("", "", "attack"))
    assert shuffled(Above(0), None, attacks) is None
    assert shuffled(Above(0), rows(0, 0), attacks) is None
    plain = Rows.of(FeatureSchema("x", ("a",)), np.ones((30, 1)))
    assert shuffled(Above(0), plain, plain) is None
