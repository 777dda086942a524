from collections.abc import Iterator

import pytest

from botwarden.core.document import Document, Section, figures
from botwarden.core.row import Group, Rows
from botwarden.learn import chapters
from botwarden.learn.evaluation import Subject, evaluate
from botwarden.learn.results import About, Evaluation
from evaluations import CLASSES, ByColumn, evaluation, part

FOUND = evaluation(labels=CLASSES, window=3)


def words(section: Section | None) -> str:
    assert section is not None
    texts = [*section.text, *section.warnings]
    for table in section.tables:
        texts += [table.title, table.text, *(cell for row in table.rows for cell in row)]
    return " | ".join(texts)


def of(chunks: Iterator[Rows] | list[Rows]) -> Evaluation:
    return evaluate([Subject(About(name="m.model", kind="detector"), ByColumn())], chunks)


def test_a_model_that_saw_dates_is_told_loudly() -> None:
    found = evaluation(models=2)
    assert chapters.warnings(found)[0].startswith("m2.model was trained with the columns that carry the date")
    about = words(chapters.about(found))
    assert "m1.model |  | 1 | not used" in about
    assert "m2.model |  | 1 | USED" in about


def test_baselines_stand_beside_the_models() -> None:
    for section in (chapters.judgements(FOUND), chapters.ranking(FOUND)):
        first = [row[0] for row in section.tables[0].rows]
        assert first == ["m1.model", "majority class", "packet rate alone"]
        assert section.tables[0].strong in ([0], [])


def test_intervals_and_their_limits_are_told() -> None:
    text = words(chapters.judgements(FOUND))
    assert "26.7 % (14.2 – 44.4)" in text
    assert "They are not: packets of a conversation are alike" in text


def test_a_rate_that_cannot_be_measured_is_marked() -> None:
    text = words(chapters.ranking(FOUND))
    assert " *" in text
    assert "*: too few benign rows" in text


@pytest.fixture(scope="module")
def report() -> Document:
    return chapters.document(FOUND, "Evaluation", "Made in 1 s.")


def test_tables_have_as_many_cells_as_columns(report: Document) -> None:
    for section in report.sections:
        for table in section.tables:
            assert {len(row) for row in table.rows} <= {len(table.columns)}, table.title


@pytest.mark.parametrize("models", [1, 2, 3])
def test_groups_of_several_models_stand_side_by_side(models: int) -> None:
    table = chapters.group_table(evaluation(models=models), "Per attack", "attacks")
    assert table is not None
    assert {len(row) for row in table.rows} == {len(table.columns)}
    assert len(table.columns) == 2 + models * (2 if models < 3 else 1)


def test_the_report_has_all_its_parts_and_pictures(report: Document) -> None:
    assert [section.title for section in report.sections] == [
        "At the models' own thresholds", "Whatever the threshold", "Per device and attack", "By majority window",
        "Time to detect", "False alarms per day", "Scores and thresholds", "What attacks are called",
        "With and without the date", "What was judged",
    ]  # fmt: skip
    assert set(figures(report)) == {
        "roc", "det", "precision-recall", "attacks", "devices", "benign", "map-1", "roc-windows", "time-to-detect",
        "time-to-detect-windows", "scores-1", "sweep-1", "confusion-1", "reliability-1",
    }  # fmt: skip
    assert report.made == "Made in 1 s."
    assert [card.title for card in report.cards][-1] == "False alarms"
    assert report.sources == ["benign.csv", "attack.csv"]


@pytest.mark.parametrize(
    "rows",
    [
        [part(Group("a"), [1.0, 2.0, 3.0])],
        [part(Group("a", "", "attack"), [1.0, 20.0])],
        [part(Group(), [1.0] * 5), part(Group("", "", "attack"), [1.0] * 5)],
    ],
    ids=["benign", "attack", "constant"],
)
def test_a_report_of_little_is_a_report(rows: list[Rows]) -> None:
    document = chapters.document(of(rows), "t")
    assert "m.model" in document.headline
    figures(document)


def test_no_model_at_all_is_said() -> None:
    found = evaluate([], [part(Group("a"), [1.0])])
    document = chapters.document(found, "t")
    assert document.headline == "No model was judged"
    assert document.cards == []


def test_names_from_strangers_reach_the_document_as_they_are() -> None:
    hostile = "<b>\x1b[31m|`"
    found = of([part(Group(hostile), [1.0] * 9), part(Group(hostile, hostile, hostile), [20.0] * 9)])
    assert hostile in words(chapters.groups(found))
