import msgspec

from botwarden.core.row import Group, Rows
from botwarden.learn import digest
from botwarden.learn.evaluation import Subject, evaluate
from botwarden.learn.results import About, DateEffect, Evaluation
from evaluations import CLASSES, ByColumn, evaluation, part

FOUND = evaluation(labels=CLASSES, window=3)


def of(rows: list[Rows]) -> Evaluation:
    return evaluate([Subject(About(name="m.model", kind="detector"), ByColumn())], rows)


def test_the_headline_says_what_the_best_model_does() -> None:
    assert digest.headline(FOUND) == "m1.model finds 26.7 % of the attack rows and raises 1.00 % false positives"
    several = digest.headline(evaluation(models=2))
    assert several.startswith("The best of 2, m1.model, finds 26.7 %")


def test_the_summary_names_what_is_missed() -> None:
    text = " ".join(digest.summary(FOUND))
    assert "200 benign rows and 30 attack rows of 2 devices" in text
    assert "It misses most rows of 1 attack, worst gafgyt.udp on plug (0 % found)" in text
    assert "the packet rate alone finds 66.7 %" in text


def test_few_benign_rows_are_warned_of() -> None:
    assert "There are 200 benign rows only: too few to measure 0.1 % false positives." in digest.warnings(FOUND)


def test_a_model_that_is_no_better_than_the_packet_rate_is_told_so() -> None:
    loud = Group("a", "", "attack")
    rows = [part(Group("a"), [5.0] * 10), part(loud, [1.0] * 10, rate=99)]
    assert "m.model is no better than the packet rate alone (100 % at 0.1 % FPR)." in digest.warnings(of(rows))
    rows = [part(Group("a"), [5.0] * 10, rate=99), part(loud, [50.0] * 10)]
    assert not any("no better" in warning for warning in digest.warnings(of(rows)))


def test_a_date_that_gives_attacks_away_is_warned_of() -> None:
    effect = DateEffect(columns=["x"] * 10, fitted=5, judged=5, twins=[], alone=0.99, differs=True)
    found = msgspec.structs.replace(FOUND, dates=effect)
    assert any("the date alone gives attacks away" in warning for warning in digest.warnings(found))


def test_a_terminal_is_shown_recall_and_false_positives_of_everyone() -> None:
    document = digest.overview(evaluation(models=2), "t")
    assert document.headline == digest.headline(evaluation(models=2))
    (section,) = document.sections
    everyone, parts = section.tables
    assert [row[0] for row in everyone.rows] == ["m1.model", "m2.model", "majority class", "packet rate alone"]
    assert everyone.rows[0][1:5] == ["26.7 %", "14.2 – 44.4", "1.00 %", "0.27 – 3.57"]
    assert parts.rows == [
        ["benign", "200", "1.00 %", "1.00 %"],
        ["gafgyt.udp", "20", "0 %", "0 %"],
        ["mirai.scan", "10", "80.0 %", "80.0 %"],
    ]


def test_rows_that_no_part_judges_are_told() -> None:
    found = evaluation()
    blind = msgspec.structs.replace(found.models[0], unjudged=7)
    told = digest.warnings(msgspec.structs.replace(found, models=[blind]))
    assert "m1.model has no part for 7 rows, which it calls benign." in told
