"""An evaluation in words, tables and pictures: the sections of its report. Others may take those that they need."""

from collections.abc import Sequence
from typing import Final

import numpy as np

from botwarden.core.document import Card, Column, Document, Figure, Section, Table
from botwarden.core.text import count_text, plural
from botwarden.learn import group_plots, plots, time_chapters
from botwarden.learn.curves import LOW_RATES
from botwarden.learn.date_chapter import date_warnings, dates
from botwarden.learn.results import Evaluation, GroupResult, ModelResult
from botwarden.learn.wording import area, at_rate, number, percent, rows, share, with_interval

MODELS: Final = 6
"""Models in one picture, and models whose own pictures are shown: beyond that nothing can be told apart."""
_TRUST: Final = (
    "Intervals in brackets hold the true value with 95 % confidence (Wilson) if rows were independent. They are not: "
    "packets of a conversation are alike, and attacks come in bursts of thousands of equal packets."
)
_AT_MOST: Final = 2  # models beside each other with two columns each
_FEW: Final = "*: too few benign rows to see a rate that low; this is the recall without any false positive."


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


def overview(evaluation: Evaluation, title: str) -> Document:
    """The report in short, without a picture, for a terminal."""
    columns = [Column("Judge"), Column("Recall", True), Column("False positives", True), Column("F1", True)]
    columns += [Column("Recall at 0.1 % FPR", True), Column("AUC", True)]
    lines = [
        [one.about.name, with_interval(one.tpr), with_interval(one.fpr), share(one.f1), at_rate(one.ranking.at[1]),
         area(one.ranking.auc)]
        for one in [*evaluation.models, *evaluation.baselines]
    ]  # fmt: skip
    strong = [index for index, one in enumerate(evaluation.models) if one is best(evaluation)]
    text = _FEW if any(" *" in line[4] for line in lines) else ""
    tables = [Table(columns=columns, rows=lines, strong=strong, text=text)]
    per_attack = group_table(evaluation, "Per attack", "attacks") if evaluation.models else None
    return Document(
        title=title,
        headline=headline(evaluation),
        summary=summary(evaluation),
        warnings=warnings(evaluation),
        sections=[Section(title="", tables=tables + ([per_attack] if per_attack is not None else []))],
    )


def best(evaluation: Evaluation) -> ModelResult | None:
    """The model that finds most at 0.1 % false positives; None without models."""
    return max(evaluation.models, key=lambda one: (_at(one) or 0.0, one.balanced_accuracy or 0.0), default=None)


def headline(evaluation: Evaluation) -> str:
    """The result in a sentence: at the model's own threshold."""
    one = best(evaluation)
    if one is None:
        return "No model was judged"
    name = one.about.name if len(evaluation.models) == 1 else f"The best of {len(evaluation.models)}, {one.about.name},"
    if one.tpr.value is None:
        return f"{name} calls {share(one.fpr.value)} of the benign rows an attack"
    if one.fpr.value is None:
        return f"{name} finds {share(one.tpr.value)} of the attack rows"
    return f"{name} finds {share(one.tpr.value)} of the attack rows and raises {share(one.fpr.value)} false positives"


def summary(evaluation: Evaluation) -> list[str]:
    """What else is to be known."""
    points = [
        f"Judged on {plural(evaluation.benign, 'benign row')} and {plural(evaluation.attack, 'attack row')}"
        + (f" of {plural(len(evaluation.devices), 'device')}." if evaluation.devices else ".")
    ]
    one = best(evaluation)
    if one is not None and _at(one) is not None:
        text = f"With a threshold at 0.1 % false positives on these rows it would find {share(_at(one))}"
        rate = next((base for base in evaluation.baselines if base.about.columns), None)
        if rate is not None:
            text += f"; the packet rate alone finds {share(_at(rate))}"
        points.append(text + ".")
        weak = [group for group in one.groups if not group.benign and (group.flagged.value or 0.0) < 0.5]
        if weak:
            worst = min(weak, key=lambda group: group.flagged.value or 0.0)
            what = f"{worst.attack} on {worst.device}" if worst.device else worst.attack
            points.append(
                f"It misses most rows of {plural(len(weak), 'attack')}, worst {what} ({share(worst.flagged.value)} "
                "found)."
            )
    return points


def warnings(evaluation: Evaluation) -> list[str]:
    """What keeps the numbers from being taken at face value."""
    found = date_warnings(evaluation)
    if not evaluation.benign:
        found.append("There is no benign row: nothing can be said of false positives.")
    elif evaluation.benign < 1 / LOW_RATES[1]:
        found.append(f"There are {evaluation.benign:,} benign rows only: too few to measure 0.1 % false positives.")
    if not evaluation.attack:
        found.append("There is no attack row: nothing can be said of what is found.")
    rate = next((base for base in evaluation.baselines if base.about.columns), None)
    for one in evaluation.models:
        if one.unjudged:
            found.append(f"{one.about.name} has no part for {plural(one.unjudged, 'row')}, which it calls benign.")
        mine, theirs = _at(one), _at(rate) if rate is not None else None
        if mine is not None and theirs is not None and mine <= theirs:
            found.append(f"{one.about.name} is no better than the packet rate alone ({share(theirs)} at 0.1 % FPR).")
    return found


def cards(evaluation: Evaluation) -> list[Card]:
    """The figures at the top."""
    one = best(evaluation)
    if one is None:
        return []
    found = [
        Card("Attack rows found", share(one.tpr.value), f"of {count_text(evaluation.attack)}"),
        Card(
            "False positives", share(one.fpr.value), f"{rows(one.fpr.hits)} of {count_text(evaluation.benign)} benign"
        ),
        Card("Found at 0.1 % FPR", share(_at(one)), "threshold set on these rows"),
    ]
    if evaluation.days is not None:
        alarms = sum(alarm.alarms or 0 for alarm in one.false_alarms)
        text = f"{plural(alarms, 'alarm')} in {number(evaluation.days)} days"
        found.append(Card("False alarms", number(alarms / evaluation.days), f"per device and day; {text}"))
    else:
        noticed = sum(attack.rows_until is not None for attack in one.detections)
        found.append(Card("Attacks noticed", f"{noticed} of {len(one.detections)}", "by at least one row"))
    return found


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
            "what most "
            "rows are, one knows nothing but how many packets the sender sent within about a second. Accuracy, "
            "precision "
            "and F1 depend on how many attacks are among the rows, recall and false positives do not.",
        ],
        tables=[
            Table(columns=columns, rows=lines, strong=shown, text=_TRUST),
            Table(
                title="Counts, and intervals that allow for likeness",
                columns=counted,
                rows=wide,
                text="Here 100 rows of a device and attack that follow each other count as one observation to the "
                "extent that "
                "they are alike (design effect, Kish 1965): the more cautious interval.",
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
            "hundred "
            "packets a second, one per cent of false positives is one a second. These thresholds are set on the "
            "very rows "
            "that are judged, so they tell what scores are worth, not what a threshold that was set before would do.",
        ],
        tables=[Table(columns=columns, rows=lines, text=_FEW if uncertain else "")],
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
        text=["An average hides the attack that is never found. Benign rows show false positives, attacks recall."],
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
            "half of "
            "the benign rows of each device, judged on the rest and on the attacks."
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


def _at(one: ModelResult) -> float | None:
    """Recall at 0.1 % false positives."""
    return one.ranking.at[1].tpr


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


def _sweep_table(one: ModelResult) -> Table:
    columns = [Column("N", True), Column("Threshold", True), Column("Accuracy", True), Column("False positives", True),
               Column("FPR", True), Column("Missed", True), Column("Recall", True)]  # fmt: skip
    lines = [
        [str(row.n), f"{row.threshold:.4g}", share(row.counts.accuracy), rows(row.counts.fp), share(row.counts.fpr),
         rows(row.counts.fn), share(row.counts.tpr)]
        for row in one.sweep
    ]  # fmt: skip
    return Table(title=f"Threshold sweep of {one.about.name}", columns=columns, rows=lines, folded=True)
