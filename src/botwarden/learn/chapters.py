"""An evaluation in words, tables and pictures: the sections of its report. Others may take those that they need."""

from collections.abc import Sequence
from typing import Final

import numpy as np

from botwarden.core.document import Column, Document, Figure, Section, Table
from botwarden.learn import group_plots, plots, time_chapters
from botwarden.learn.curves import LOW_RATES
from botwarden.learn.date_chapter import dates
from botwarden.learn.digest import best, cards, headline, summary, warnings
from botwarden.learn.grouping import MOST
from botwarden.learn.results import Evaluation, GroupResult, ModelResult
from botwarden.learn.wording import FEW, area, at_rate, percent, rows, share, with_interval

MODELS: Final = 6
"""Models in one picture, and models whose own pictures are shown: beyond that nothing can be told apart."""
_TRUST: Final = (
    "Intervals in brackets hold the true value with 95 % confidence (Wilson) if rows were independent. They are "
    "not: packets of a conversation are alike, and attacks come in bursts of thousands of equal packets."
)
_AT_MOST: Final = 2  # models beside each other with two columns each


def document(evaluation: Evaluation, title: str, made: str = "") -> Document:
    """The whole report."""
    sections = [
        judgements(evaluation),
        ranking(evaluation),
        groups(evaluation),
        time_chapters.windows(evaluation),
        time_chapters.detection(evaluation),
        time_chapters.alarms(evaluation),
        scores(evaluation),
        classes(evaluation),
        dates(evaluation.dates, evaluation.dates_reason, evaluation.models),
        about(evaluation),
    ]
    return Document(
        title=title,
        headline=headline(evaluation),
        summary=summary(evaluation),
        warnings=warnings(evaluation),
        cards=cards(evaluation),
        sections=[section for section in sections if section is not None],
        sources=evaluation.sources,
        made=made,
    )


def judgements(evaluation: Evaluation) -> Section:
    """What models and baselines said, each with its own threshold."""
    columns = [
        Column("Judge"), Column("Recall (TPR)", True), Column("False positives (FPR)", True), Column("Precision", True),
        Column("F1", True), Column("Accuracy", True), Column("Balanced accuracy", True),
    ]  # fmt: skip
    everyone = [*evaluation.models, *evaluation.baselines]
    lines = [
        [one.about.name, with_interval(one.tpr), with_interval(one.fpr), share(one.precision), share(one.f1),
         share(one.accuracy), share(one.balanced_accuracy)]
        for one in everyone
    ]  # fmt: skip
    wide = [
        [one.about.name, with_interval(one.tpr, True), with_interval(one.fpr, True), rows(one.counts.tp),
         rows(one.counts.fn), rows(one.counts.fp), rows(one.counts.tn)]
        for one in everyone
    ]  # fmt: skip
    counted = [
        Column("Judge"), Column("Recall, by blocks", True), Column("FPR, by blocks", True), Column("Found", True),
        Column("Missed", True), Column("False positives", True), Column("True negatives", True),
    ]  # fmt: skip
    shown = [index for index, one in enumerate(everyone) if one is best(evaluation)]
    return Section(
        title="At the models' own thresholds",
        text=[
            "Every row is judged on its own. Two trivial judges are judged with the models: one calls every row "
            "what most rows are, one knows nothing but how many packets the sender sent within about a second. "
            "Accuracy, precision and F1 depend on how many attacks are among the rows, recall and false positives "
            "do not.",
        ],
        tables=[
            Table(columns=columns, rows=lines, strong=shown, text=_TRUST),
            Table(
                title="Counts, and intervals that allow for likeness",
                columns=counted,
                rows=wide,
                text="Here 100 rows of a device and attack that follow each other count as one observation to the "
                "extent that they are alike (design effect, Kish 1965): the more cautious interval.",
            ),
        ],
    )


def ranking(evaluation: Evaluation) -> Section:
    """Whatever the threshold: recall at low false-positive rates."""
    everyone = [*evaluation.models, *evaluation.baselines]
    columns = [Column("Judge"), *(Column(f"Recall at {percent(rate)} FPR", True) for rate in LOW_RATES)]
    columns += [Column("AUC", True), Column("AUC up to 1 % FPR", True), Column("Average precision", True)]
    lines = [
        [one.about.name, *map(at_rate, one.ranking.at), area(one.ranking.auc), area(one.ranking.auc_low[0]),
         area(one.ranking.average_precision)]
        for one in everyone
    ]  # fmt: skip
    lines_drawn = plots.roc_lines(evaluation.models[:MODELS], evaluation.baselines)
    figures = [
        plots.roc(lines_drawn, evaluation.benign),
        plots.det(lines_drawn, evaluation.benign, evaluation.attack),
        plots.precision_recall(lines_drawn),
    ]
    uncertain = any(not one.certain for each in everyone for one in each.ranking.at if one.tpr is not None)
    return Section(
        title="Whatever the threshold",
        text=[
            "A house has far more benign packets than attacks, so only the left edge of these curves counts: at a "
            "hundred packets a second, one per cent of false positives is one a second. These thresholds are set on "
            "the very rows that are judged, so they tell what scores are worth, not what a threshold that was set "
            "before would do.",
        ],
        tables=[Table(columns=columns, rows=lines, text=FEW if uncertain else "")],
        figures=_drawn(figures),
    )


def groups(evaluation: Evaluation) -> Section | None:
    """Per attack, per device and per both."""
    if not evaluation.models:
        return None
    tables = [
        group_table(evaluation, "Per attack", "attacks"),
        group_table(evaluation, "Per device", "devices"),
        group_table(evaluation, "Per device and attack", "groups", folded=True),
        *(_measures(one) for one in evaluation.models[:MODELS]),
    ]
    shown = evaluation.models[:MODELS]
    figures = [
        group_plots.rates(_attacks_of(shown, "attacks"), name="attacks", title="Recall per attack"),
        group_plots.rates(_attacks_of(shown, "devices"), name="devices", title="Recall per device, all attacks"),
        group_plots.rates(
            {one.about.name: [group for group in one.groups if group.benign] for one in shown},
            name="benign", title="False positives per device", label="benign rows called anomalous (%)",
        ),
    ]  # fmt: skip
    figures += [
        group_plots.recall_map(one.groups, name=f"map-{place}", title=f"Recall of {one.about.name}")
        for place, one in enumerate(shown, 1)
    ]
    return Section(
        title="Per device and attack",
        text=["An average hides the attack that is never found. Benign rows show false positives, attacks recall."]
        + (
            [f"Only the {MOST:,} groups with the most rows are told."]
            if len(evaluation.models[0].groups) == MOST
            else []
        ),
        tables=[table for table in tables if table is not None],
        figures=_drawn(figures),
    )


def scores(evaluation: Evaluation) -> Section | None:
    """Histograms with thresholds, and the sweep."""
    figures: list[Figure | None] = []
    tables = []
    for place, one in enumerate(evaluation.models[:MODELS], 1):
        figures.append(plots.score_histogram(one.histogram, one.about.name, name=f"scores-{place}"))
        if one.sweep and one.about.kind != "classifier":
            figures.append(plots.threshold_sweep(one.sweep, one.about.name, name=f"sweep-{place}"))
            tables.append(_sweep_table(one))
    drawn = _drawn(figures)
    if not drawn:
        return None
    return Section(
        title="Scores and thresholds",
        text=[
            "The sweep shows how the published rule, mean + N · std of benign scores, would do: set on the first "
            "half of the benign rows of each device, judged on the rest and on the attacks."
        ]
        if tables
        else [],
        tables=tables,
        figures=drawn,
    )


def classes(evaluation: Evaluation) -> Section | None:
    """How well attacks are named."""
    tables: list[Table] = []
    figures: list[Figure | None] = []
    for place, one in enumerate(evaluation.models, 1):
        found = one.classes
        if found is None:
            continue
        text = (
            f"Right names: {share(found.accuracy)} of rows whose class it knows; always naming the most common class: "
        )
        text += f"{share(found.most_common)}. Macro F1: {share(found.macro_f1)}."
        lines = [
            [score.name, rows(score.rows), share(score.precision), share(score.recall), share(score.f1)]
            for score in found.scores
        ]
        columns = [Column("Class"), *(Column(name, True) for name in ("Rows", "Precision", "Recall", "F1"))]
        tables.append(Table(title=f"Classes of {one.about.name}", columns=columns, rows=lines, text=text))
        if place <= MODELS:
            matrix = np.array(found.matrix, np.int64)
            title = f"What {one.about.name} calls them"
            figures.append(plots.confusion(matrix, found.true, found.said, name=f"confusion-{place}", title=title))
            figures.append(plots.reliability(one, name=f"reliability-{place}"))
    if not tables:
        return None
    what = [
        "A gateway acts on the confidence, so it must be true: of judgements made with 90 %, nine of ten must be right."
    ]
    return Section(title="What attacks are called", text=what, tables=tables, figures=_drawn(figures))


def about(evaluation: Evaluation) -> Section:
    """What was judged."""
    columns = [Column("Model"), Column("What it is"), Column("Columns", True), Column("Date columns"),
               Column("Window", True), Column("Threshold"), Column("SHA-256")]  # fmt: skip
    lines = [
        [one.about.name, one.about.text, rows(one.about.columns), "USED" if one.about.dates else "not used",
         rows(one.about.window), _rules(one.about.rules), one.about.identity[:16]]
        for one in evaluation.models
    ]  # fmt: skip
    lines += [[one.about.name, one.about.text, rows(one.about.columns), "", "", "", ""] for one in evaluation.baselines]
    return Section(title="What was judged", tables=[Table(columns=columns, rows=lines)])


def _rules(rules: Sequence[str]) -> str:
    return rules[0] + (f", and {len(rules) - 1} more" if len(rules) > 1 else "") if rules else ""


def _drawn(figures: Sequence[Figure | None]) -> list[Figure]:
    return [figure for figure in figures if figure is not None]


def _attacks_of(models: Sequence[ModelResult], field: str) -> dict[str, Sequence[GroupResult]]:
    return {one.about.name: [group for group in getattr(one, field) if not group.benign] for one in models}


def group_table(evaluation: Evaluation, title: str, field: str, *, folded: bool = False) -> Table | None:
    """All models beside each other, by ``field``: ``attacks``, ``devices`` or ``groups``; None for a single group."""
    results: list[list[GroupResult]] = [getattr(one, field) for one in evaluation.models]
    first = results[0]
    if len(first) < 2:
        return None
    with_device = any(group.device for group in first)
    with_at = len(results) <= _AT_MOST and any(group.at for group in first)
    columns = [Column("Device")] if with_device else []
    columns += [Column("Attack"), Column("Rows", True)]
    for one in evaluation.models:
        suffix = f", {one.about.name}" if len(evaluation.models) > 1 else ""
        columns += [Column(f"Called anomalous{suffix}", True)]
        columns += [Column(f"Recall at 0.1 % FPR{suffix}", True)] if with_at else []
    lines = []
    for place, group in enumerate(first):
        line = [group.device or "unknown"] if with_device else []
        line += ["benign" if group.benign else group.attack or "all attacks", rows(group.flagged.rows)]
        for result in results:
            line.append(with_interval(result[place].flagged))
            line += [at_rate(result[place].at[1]) if result[place].at else ""] if with_at else []
        lines.append(line)
    text = "Of benign rows this is the false-positive rate, of attacks the recall."
    return Table(title=title, columns=columns, rows=lines, folded=folded, text=text)


def _measures(one: ModelResult) -> Table | None:
    """Every measure of every attack, with the benign rows of its device."""
    lines = [
        [group.device or "unknown", group.attack, rows(group.flagged.rows), share(found.tpr), share(found.fpr),
         share(found.precision), share(found.f1), share(found.accuracy), share(found.balanced_accuracy),
         area(group.auc)]
        for group in one.groups if (found := group.counts) is not None
    ]  # fmt: skip
    if len(lines) < 2:
        return None
    names = ("Rows", "TPR", "FPR", "Precision", "F1", "Accuracy", "Balanced accuracy", "AUC")
    columns = [Column("Device"), Column("Attack"), *(Column(name, True) for name in names)]
    text = "Each attack together with the benign rows of its device, or with all where it has none."
    return Table(title=f"All measures, {one.about.name}", columns=columns, rows=lines, folded=True, text=text)


def _sweep_table(one: ModelResult) -> Table:
    columns = [Column("N", True), Column("Threshold", True), Column("Accuracy", True), Column("False positives", True),
               Column("FPR", True), Column("Missed", True), Column("Recall", True)]  # fmt: skip
    lines = [
        [str(row.n), f"{row.threshold:.4g}", share(row.counts.accuracy), rows(row.counts.fp), share(row.counts.fpr),
         rows(row.counts.fn), share(row.counts.tpr)]
        for row in one.sweep
    ]  # fmt: skip
    return Table(title=f"Threshold sweep of {one.about.name}", columns=columns, rows=lines, folded=True)
