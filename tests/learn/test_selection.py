import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from botwarden.core.errors import ConfigError, DataError
from botwarden.core.row import Group, Rows
from botwarden.core.snapshot import FeatureSchema
from botwarden.features.schema import DATE_COLUMNS, NBAIOT115
from botwarden.learn.classes import MIRAI, classes_of
from botwarden.learn.selection import excluded_text, fisher_scores, fisher_tables, rank


def rows_of(values: np.ndarray, labels: list[str], schema: FeatureSchema) -> Rows:
    distinct = list(dict.fromkeys(labels))
    groups = tuple(Group("cam", *label.rpartition(".")[::2]) for label in distinct)
    codes = np.array([distinct.index(label) for label in labels], np.int32)
    return Rows(schema, values, groups, codes, np.zeros(len(labels)), np.zeros(len(labels), np.int8))


def test_the_score_by_hand() -> None:
    """Class means 1 and 5, mean 3: between 4·(2² + 2²)/2 = 16; within (1 + 1) + (4 + 4) = 10."""
    values = np.array([[0.0], [2.0], [3.0], [7.0]])
    assert fisher_scores(values, np.array([0, 0, 1, 1]), 2).tolist() == [1.6]


@given(st.integers(0, 1000), st.floats(-1e9, 1e9), st.floats(1e-3, 1e3))
def test_it_is_the_ratio_of_variances_wherever_the_values_lie(seed: int, shift: float, scale: float) -> None:
    random = np.random.default_rng(seed)
    codes = random.integers(0, 3, 50)
    codes[:3] = [0, 1, 2]
    plain = random.normal(size=(50, 2)) + codes[:, None] * [0.0, 2.0]
    expected = []
    for column in plain.T:
        parts = [column[codes == k] for k in range(3)]
        between = sum(len(part) * (part.mean() - column.mean()) ** 2 for part in parts)
        expected.append(between / sum(len(part) * part.var() for part in parts))
    np.testing.assert_allclose(fisher_scores(plain, codes, 3), expected, rtol=1e-9)
    np.testing.assert_allclose(fisher_scores(plain * scale + shift * 1e-3, codes, 3), expected, rtol=1e-3)


def test_columns_that_never_change_say_nothing_and_those_that_only_classes_change_say_all() -> None:
    values = np.column_stack([np.full(4, 1523e6), [1.0, 1, 2, 2], [0.1, 0.2, 0.1, 0.2]])
    scores = fisher_scores(values, np.array([0, 0, 1, 1]), 2)
    assert scores[0] == 0
    assert scores[1] == np.inf
    assert scores[2] == 0


def test_many_rows_are_as_few() -> None:
    """Over several blocks, as float32."""
    random = np.random.default_rng(1)
    codes = random.integers(-1, 2, 70_000)
    values = (random.normal(size=(70_000, 3)) + codes[:, None]).astype(np.float32)
    chosen = codes >= 0
    expected = fisher_scores(values[chosen].astype(np.float64), codes[chosen], 2)
    np.testing.assert_allclose(fisher_scores(values, codes, 2), expected, rtol=1e-10)


def test_one_class_has_no_score() -> None:
    with pytest.raises(DataError, match="two classes"):
        fisher_scores(np.zeros((3, 1)), np.array([0, 0, -1]), 2)


@pytest.fixture
def published() -> Rows:
    """The first feature tells attacks, the third tells Mirai's; a date column tells everything."""
    random = np.random.default_rng(1)
    labels = ["benign", "gafgyt.udp", *MIRAI] * 30
    values = random.normal(size=(len(labels), 115))
    for row, label in enumerate(labels):
        values[row, 0] += 9 * (label != "benign")
        values[row, 2] += 9 * MIRAI.index(label) if label in MIRAI else 0
        values[row, NBAIOT115.columns.index(DATE_COLUMNS[0])] = 10 * labels.index(label)
    return rows_of(values, labels, NBAIOT115)


def test_published_tables(published: Rows) -> None:
    tables, missing = fisher_tables(published)
    assert missing == []
    assert [len(table.classes) for table in tables] == [2, 3, 5]
    assert [table.columns[0] for table in tables] == [NBAIOT115.columns[0], NBAIOT115.columns[0], NBAIOT115.columns[2]]
    for table in tables:
        assert (np.diff(table.scores) <= 0).all()
        assert len(table.columns) == 105
    assert tables[0].counts == (30, 180)


def test_dates_are_left_out_and_that_is_said(published: Rows) -> None:
    classes = classes_of(published, "all")
    without = rank(published, classes, "all")
    assert without.excluded == DATE_COLUMNS
    assert not set(without.columns) & set(DATE_COLUMNS)
    assert excluded_text(without) == "10 columns that carry the date of the capture left out."
    with_dates = rank(published, classes, "all", dates=True)
    assert with_dates.columns[0] == DATE_COLUMNS[0]
    assert with_dates.excluded == ()
    assert excluded_text(with_dates) == ""


def test_the_best_are_chosen(published: Rows) -> None:
    ranking = rank(published, classes_of(published, "2"), "2")
    assert ranking.top(1) == [NBAIOT115.columns[0]]
    assert len(ranking.top(105)) == 105
    for k in (0, 106):
        with pytest.raises(ConfigError, match="1 to 105"):
            ranking.top(k)


def test_what_cannot_be_ranked_is_said(published: Rows) -> None:
    some = published.take(np.flatnonzero(np.isin(published.labels, ["benign", "mirai.udp"])))
    tables, missing = fisher_tables(some)
    assert [table.title for table in tables] == ["2 classes: benign, attack"]
    assert missing[0] == "3 classes: benign, Gafgyt, Mirai: of 3 classes these have no row: gafgyt"
    assert len(missing) == 2
