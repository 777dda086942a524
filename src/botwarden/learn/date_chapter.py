"""The section of a report that says how much of a result is the date of the capture."""

from collections.abc import Sequence

from botwarden.core.document import Column, Section, Table
from botwarden.learn.curves import LOW_RATES
from botwarden.learn.results import DateEffect, DateTwin, Evaluation, ModelResult, Shuffled
from botwarden.learn.wording import area, at_rate, percent, share

GIVES_AWAY = 0.9
"""Area under the ROC curve from which date columns alone are said to give the answer away."""


def date_warnings(evaluation: Evaluation) -> list[str]:
    """What the reader must know before anything else."""
    found = [
        f"{one.about.name} was trained with the columns that carry the date of the capture. It may tell days apart "
        "instead of attacks; its numbers say nothing about other captures. Train it without `--with-dates`."
        + _rests(one.shuffled)
        for one in evaluation.models
        if one.about.dates
    ]
    effect = evaluation.dates
    if effect is not None and effect.alone is not None and effect.alone >= GIVES_AWAY:
        found.append(
            "In these rows the date alone gives attacks away: a classifier that sees nothing but the "
            f"{len(effect.columns)} date columns reaches an area under the ROC curve of {area(effect.alone)}. "
            + (
                "Models that use them look better or worse than they are."
                if effect.differs
                else "The models that were fitted for comparison do about as well without them."
            )
        )
    elif effect is not None and effect.differs:
        found.append("Results on these rows differ with and without the columns that carry the date: see below.")
    return found


def dates(effect: DateEffect | None, reason: str, models: Sequence[ModelResult] = ()) -> Section:
    """Once with and once without the date columns."""
    used = [one.about.name for one in models if one.about.dates]
    own = f"Of the models judged here, {', '.join(used)} uses them." if used else "No model judged here uses them."
    what = (
        "Ten columns of this feature schema (mean and variance of the HH_jit family) count the first packet of "
        "every stream as that many seconds after 1970. Where benign traffic and attacks were captured on "
        "different days, as in N-BaIoT, these columns tell the answer without looking at the traffic. "
        + (own if models else "")
    )
    if effect is None:
        return Section(
            title="With and without the date", text=[what, f"How much they change here was not measured: {reason}."]
        )
    columns = [Column("Reference"), Column("Date columns")]
    columns += [*(Column(f"Recall at {percent(rate)} FPR", True) for rate in LOW_RATES), Column("AUC", True)]
    lines: list[list[str]] = []
    for twin in effect.twins:
        lines += _lines(twin)
    lines.append(["classifier: boosted trees", "nothing else", "", "", "", area(effect.alone)])
    return Section(
        title="With and without the date",
        warnings=["Results differ with and without the date columns."] if effect.differs else [],
        text=[
            what,
            f"To show it, references were fitted on {effect.fitted:,} of these rows (the first half of a sample of "
            f"each group) and judged on {effect.judged:,} others.",
        ],
        tables=[
            Table(
                columns=columns,
                rows=lines,
                text="These references are simple and quick, and are no measure for the models above."
                + (" *: too few benign rows to see a rate that low." if _uncertain(effect) else ""),
            )
        ],
    )


def _rests(found: Shuffled | None) -> str:
    """How much a model rests on the date columns."""
    if found is None:
        return ""
    return (
        " When those columns are dealt out anew among the rows, recall goes from "
        f"{share(found.tpr)} to {share(found.tpr_after)}, and false positives from {share(found.fpr)} to "
        f"{share(found.fpr_after)}."
    )


def _lines(twin: DateTwin) -> list[list[str]]:
    return [
        [twin.name, "used", *map(at_rate, twin.with_dates), area(twin.auc_with)],
        [twin.name, "left out", *map(at_rate, twin.without), area(twin.auc_without)],
    ]


def _uncertain(effect: DateEffect) -> bool:
    return any(not one.certain for twin in effect.twins for one in (*twin.with_dates, *twin.without))
