import numpy as np
import pytest

from botwarden.core.row import Group, Rows
from botwarden.core.snapshot import FeatureSchema
from botwarden.features.schema import DATE_COLUMNS, NBAIOT115
from botwarden.learn.dates import FEWEST, TooFewRows, date_effect

IS_DATE = np.array([column in DATE_COLUMNS for column in NBAIOT115.columns])


def rows(n: int, group: Group, date: float, shift: float, seed: int) -> Rows:
    """Noise; ``date`` in the date columns, ``shift`` in three others."""
    rng = np.random.default_rng(seed)
    values = rng.normal(size=(n, len(IS_DATE)))
    values[:, IS_DATE] += date
    values[:, :3] += shift
    return Rows.of(NBAIOT115, values, group)


def test_what_only_the_date_tells_is_found_out() -> None:
    effect = date_effect(rows(400, Group("a"), 0, 0, 1), rows(400, Group("a", "", "attack"), 50, 0, 2))
    assert effect.differs
    assert effect.alone == 1.0
    assert (effect.fitted, effect.judged) == (400, 400)
    for twin in effect.twins:
        assert twin.auc_with is not None and twin.auc_without is not None
        assert twin.auc_with > 0.99
        assert abs(twin.auc_without - 0.5) < 0.15
    assert set(effect.columns) == set(DATE_COLUMNS)


def test_what_the_traffic_tells_needs_no_date() -> None:
    effect = date_effect(rows(400, Group("a"), 0, 0, 1), rows(400, Group("a", "", "attack"), 0, 60, 2))
    assert effect.alone is not None
    assert abs(effect.alone - 0.5) < 0.1
    for twin in effect.twins:
        assert twin.auc_without == pytest.approx(1.0, abs=0.001)
    assert not effect.differs


def test_too_few_rows_tell_nothing() -> None:
    attacks = rows(FEWEST, Group("a", "", "attack"), 0, 0, 2)
    with pytest.raises(TooFewRows, match="at least 200"):
        date_effect(rows(FEWEST - 1, Group("a"), 0, 0, 1), attacks)
    with pytest.raises(TooFewRows, match="at least 200"):
        date_effect(None, attacks)


def test_rows_without_such_columns_are_left_alone() -> None:
    schema = FeatureSchema("x", ("a",))
    benign = Rows.of(schema, np.ones((300, 1)))
    with pytest.raises(TooFewRows, match="no columns that carry a date"):
        date_effect(benign, Rows.of(schema, np.ones((300, 1)), Group("a", "", "attack")))
