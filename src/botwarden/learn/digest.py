"""An evaluation in a few sentences: what comes first in its report, and all of it that a terminal shows."""

from botwarden.core.document import Card, Column, Document, Section, Table
from botwarden.core.text import count_text, plural
from botwarden.learn.curves import LOW_RATES
from botwarden.learn.date_chapter import date_warnings
from botwarden.learn.results import Evaluation, ModelResult
from botwarden.learn.timing import DAY
from botwarden.learn.wording import FEW, at_rate, interval, number, rows, seconds, share


def overview(evaluation: Evaluation, title: str) -> Document:
    """The report in short, without a picture, for a terminal."""
    columns = [Column("Judge"), Column("Recall", True), Column("95 %", True), Column("FPR", True), Column("95 %", True)]
    columns += [Column("Recall at 0.1 % FPR", True)]
    lines = [
        [one.about.name, share(one.tpr.value), interval(one.tpr), share(one.fpr.value), interval(one.fpr),
         at_rate(one.ranking.at[1])]
        for one in [*evaluation.models, *evaluation.baselines]
    ]  # fmt: skip
    strong = [index for index, one in enumerate(evaluation.models) if one is best(evaluation)]
    tables = [Table(columns=columns, rows=lines, strong=strong, text=FEW if " *" in "".join(lines[0]) else "")]
    if evaluation.models and len(evaluation.models[0].attacks) > 2:
        models = [Column(one.about.name, True) for one in evaluation.models]
        parts = [
            [
                group.attack,
                rows(group.flagged.rows),
                *(share(one.attacks[place].flagged.value) for one in evaluation.models),
            ]
            for place, group in enumerate(evaluation.models[0].attacks)
        ]
        tables.append(Table(title="Called anomalous", columns=[Column(""), Column("Rows", True), *models], rows=parts))
    return Document(
        title=title,
        headline=headline(evaluation),
        summary=summary(evaluation),
        warnings=warnings(evaluation),
        sections=[Section(title="", tables=tables)],
    )


def best(evaluation: Evaluation) -> ModelResult | None:
    """The model that finds most at 0.1 % false positives; None without models."""
    return max(evaluation.models, key=lambda one: (recall_at(one) or 0.0, one.balanced_accuracy or 0.0), default=None)


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
    if one is not None and recall_at(one) is not None:
        text = f"With a threshold at 0.1 % false positives on these rows it would find {share(recall_at(one))}"
        rate = next((base for base in evaluation.baselines if base.about.columns), None)
        if rate is not None:
            text += f"; the packet rate alone finds {share(recall_at(rate))}"
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
        mine, theirs = recall_at(one), recall_at(rate) if rate is not None else None
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
        Card("Found at 0.1 % FPR", share(recall_at(one)), "threshold set on these rows"),
    ]
    if evaluation.days is not None:
        alarms = sum(alarm.alarms or 0 for alarm in one.false_alarms)
        text = f"{plural(alarms, 'alarm')} in {seconds(evaluation.days * DAY)}"
        found.append(Card("False alarms", number(alarms / evaluation.days), f"per device and day; {text}"))
    else:
        noticed = sum(attack.rows_until is not None for attack in one.detections)
        found.append(Card("Attacks noticed", f"{noticed} of {len(one.detections)}", "by at least one row"))
    return found


def recall_at(one: ModelResult) -> float | None:
    """Recall at 0.1 % false positives."""
    return one.ranking.at[1].tpr
