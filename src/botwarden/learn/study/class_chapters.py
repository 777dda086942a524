"""The sections of the study on features, classifiers, learning curves and explanations."""

from collections.abc import Sequence
from typing import Final

import msgspec
import numpy as np

from botwarden.core.document import Column, Figure, Section, Table
from botwarden.core.text import count_text, printable
from botwarden.learn import explanation_document, plots
from botwarden.learn.dates import TOLERATED
from botwarden.learn.study import published
from botwarden.learn.study.classes import ClassRun, finest
from botwarden.learn.study.results import Study
from botwarden.learn.wording import share

_TOP: Final = 20
_CURVES: Final = 5
_Pairs = dict[str, tuple[Sequence[float], Sequence[float]]]


def finest_run(runs: Sequence[ClassRun]) -> ClassRun | None:
    """The classifier without dates that tells most classes apart."""
    return finest(list(runs))


def fisher(study: Study) -> Section | None:
    """The tables of features."""
    if not study.fisher:
        return None
    tables = []
    for found in study.fisher:
        title = found.title + (", with the date columns" if found.dates else "")
        lines = [
            [str(place), name, "infinite" if score is None else f"{score:.4g}"]
            for place, (name, score) in enumerate(zip(found.columns[:_TOP], found.scores, strict=False), 1)
        ]
        columns = [Column("", True), Column("Feature"), Column("Fisher's score", True)]
        tables.append(Table(title=title, columns=columns, rows=lines, folded=found.dates))
    return Section(
        title="Which features tell classes apart",
        text=[
            "Fisher's score: the variance between classes over the variance within them, one feature at a time. "
            f"The {_TOP} best are shown; results.json has all."
        ],
        tables=tables,
    )


def classifiers(study: Study) -> list[Section]:
    """The table of all classifiers, and confusion matrices."""
    done = [one for one in study.classifiers if one.result is not None]
    if not done:
        return []
    columns = [Column("Classifier"), Column("Classes", True), Column("Dates"), Column("Features", True)]
    columns += [Column(name, True) for name in ("Rows", "Accuracy", "Macro F1", "Always the most common", "Training")]
    lines = []
    for one in sorted(done, key=lambda one: (int(one.classing), one.dates, one.algorithm, -(one.features or 0))):
        found = one.result
        assert found is not None
        lines.append(
            [one.algorithm.replace("_", " "), one.classing, "used" if one.dates else "left out", str(one.features),
             count_text(one.rows), share(found.accuracy), share(found.macro_f1), share(found.most_common),
             f"{one.seconds:,.1f} s"]
        )  # fmt: skip
    table = Table(columns=columns, rows=lines, text="Judged on a fifth of the rows, drawn at random as was published; "
                  "rows near in time are alike, so these numbers flatter every classifier.")  # fmt: skip
    figures = _matrices(study)
    return [Section(title="What attacks are called", tables=[table], figures=figures)]


def _matrices(study: Study) -> list[Figure]:
    """Of the best classifier without dates for every set of classes."""
    figures = []
    for classing in dict.fromkeys(one.classing for one in study.classifiers):
        runs = [one for one in study.classifiers if one.classing == classing and not one.dates and one.result]
        best = max(runs, key=lambda one: (one.result.macro_f1 or 0.0) if one.result else 0.0, default=None)
        if best is None or best.result is None:
            continue
        matrix = np.array(best.result.matrix, np.int64)
        title = f"{classing} classes: what the {best.title} calls them"
        drawn = plots.confusion(matrix, best.result.true, best.result.said, name=f"confusion-{classing}", title=title)
        figures += [drawn] if drawn else []
    return figures


def curves(study: Study) -> Section | None:
    """Learning curves of detectors and of classifiers."""
    detectors: _Pairs = {
        name: ([], history) for one in study.detectors for name, history in one.histories.items() if len(history) > 1
    }
    names: _Pairs = {one.name: ([], one.history) for one in study.classifiers if len(one.history) > 1 and not one.dates}
    figures = [
        plots.learning_curves(
            dict(list(detectors.items())[: 2 * _CURVES]), name="learning-detectors", unit="error, held out"
        ),
        plots.learning_curves(dict(list(names.items())[:_CURVES]), name="learning-classifiers", unit="loss, held out"),
    ]
    titles = ("Learning curves of the detectors", "Learning curves of the classifiers")
    drawn = [
        msgspec.structs.replace(figure, title=title, text="On rows that are not learned from, epoch by epoch.")
        for figure, title in zip(figures, titles, strict=True)
        if figure is not None
    ]
    return Section(title="Learning curves", figures=drawn) if drawn else None


def explanations(study: Study) -> Section | None:
    """Some rows explained."""
    figures, lines = [], []
    for number, one in enumerate(study.explanations, 1):
        view = one.detector or one.errors or one.classifier
        said = "; ".join(reason.text for reason in view.reasons[:3]) if view else ""
        lines.append([str(number), printable(one.label or "–", 40), "yes" if one.anomalous else "no", said])
        figure = explanation_document.figure(one)
        if figure is not None:
            title = f"Row {number}: {printable(one.source, 60)}" if one.source else f"Row {number}"
            figures.append(msgspec.structs.replace(figure, name=f"lime-{number}", title=title))
    if not lines:
        return None
    columns = [Column("Row", True), Column("Called"), Column("Anomalous"), Column("Why, by LIME")]
    return Section(
        title="Why: LIME",
        text=["What the detector's score of a row comes from, by LIME over several seeds, beside its own errors."],
        tables=[Table(columns=columns, rows=lines)],
        figures=figures,
    )


def date_warnings(runs: Sequence[ClassRun]) -> list[str]:
    """Classifiers whose result differs with and without dates."""
    found = []
    dated = {(one.algorithm, one.classing, one.title.removesuffix(", with dates")): one for one in runs if one.dates}
    for one in runs:
        twin = dated.get((one.algorithm, one.classing, one.title))
        if one.dates or twin is None or one.result is None or twin.result is None:
            continue
        mine, theirs = one.result.accuracy, twin.result.accuracy
        if mine is not None and theirs is not None and abs(mine - theirs) > TOLERATED:
            found.append(
                f"{one.title}, {one.classing} classes: {share(theirs)} right names with the columns that carry the "
                f"date, {share(mine)} without."
            )
    return found


def beside(runs: Sequence[ClassRun]) -> list[list[str]]:
    """Lines for the table of ours beside theirs: a network with three classes."""
    lines = []
    for used, what in ((True, "used"), (False, "left out")):
        for one in runs:
            if one.algorithm != "published" or one.classing != "3" or one.dates != used or one.result is None:
                continue
            few = one.features in published.ACCURACY
            theirs = published.ACCURACY[one.features if few else None]
            name = f"accuracy, 3 classes, {one.features} features" if few else "accuracy, 3 classes"
            lines.append([name, what, share(one.result.accuracy), share(theirs), published.REPRODUCTION])
    return lines
