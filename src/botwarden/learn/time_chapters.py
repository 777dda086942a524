"""The sections of an evaluation's report that are about time: windows, detection, false alarms."""

from collections.abc import Sequence

import numpy as np

from botwarden.core.document import Column, Section, Table
from botwarden.core.text import plural
from botwarden.learn import plots
from botwarden.learn.curves import LOW_RATES
from botwarden.learn.results import Evaluation, ModelResult
from botwarden.learn.timing import DAY, PAUSE, Detection, FalseAlarms
from botwarden.learn.wording import at_rate, number, percent, rows, seconds, with_interval

DRAWN = 6
"""Models in one picture."""
LISTED = 300
"""Attacks in the table."""


def windows(evaluation: Evaluation) -> Section | None:
    """Per majority window; None where no model has one and each row is judged alone."""
    if not evaluation.models:
        return None
    columns = [Column("Model"), Column("Window", True), Column("Recall", True), Column("False positives", True)]
    columns += [Column(f"Recall at {percent(rate)} FPR", True) for rate in LOW_RATES]
    columns += [Column("Smallest window without a false alarm", True)]
    lines = []
    for one in evaluation.models:
        found = one.window_ranking or one.ranking
        clean = rows(one.clean_window) if one.fpr.rows else "–"
        lines.append(
            [one.about.name, rows(one.about.window), with_interval(one.window_tpr), with_interval(one.window_fpr),
             *map(at_rate, found.at), clean]
        )  # fmt: skip
    drawn = plots.roc(
        plots.window_lines(evaluation.models[:DRAWN]), evaluation.benign, name="roc-windows", title="Recall by window"
    )
    return Section(
        title="By majority window",
        text=[
            "A device is called anomalous when more than half of its last rows are, as in the N-BaIoT paper. It "
            "costs time, and takes away single mistakes; the smallest window without a false alarm was found on "
            "these very rows, so on others it may not be enough."
        ],
        tables=[Table(columns=columns, rows=lines)],
        figures=[drawn] if drawn is not None else [],
    )


def detection(evaluation: Evaluation) -> Section | None:
    """How soon attacks are noticed."""
    if not evaluation.models or not evaluation.models[0].detections:
        return None
    timed = any(one.start is not None for one in evaluation.models[0].detections)
    by_model = {one.about.name: one.detections for one in evaluation.models[:DRAWN]}
    windowed = {name: found for (name, found), one in zip(by_model.items(), evaluation.models, strict=False)
                if one.about.window > 1}  # fmt: skip
    figures = [
        plots.time_to_detect(by_model, seconds=timed),
        plots.time_to_detect(windowed, seconds=timed, window=True, name="time-to-detect-windows"),
    ]
    text = [
        f"An attack is a stretch of rows of one device and attack without a pause of {PAUSE:.0f} s; it is noticed at "
        "its first anomalous row, or at the first row after which most of the last ones are anomalous."
        if timed
        else "The rows carry no time of capture, so time to detect is told in rows, in the order of the files: an "
        "attack is the rows of one device and attack in one file.",
        "Read it together with the false positives: what calls everything anomalous notices every attack at once.",
    ]
    return Section(
        title="Time to detect",
        text=text,
        tables=[_summary(evaluation.models, timed), _each(evaluation.models[0], timed)],
        figures=[figure for figure in figures if figure is not None],
    )


def alarms(evaluation: Evaluation) -> Section | None:
    """False alarms per device and day."""
    if not evaluation.models or not evaluation.models[0].false_alarms:
        return None
    timed = any(alarm.days is not None for alarm in evaluation.models[0].false_alarms)
    if not timed:
        return Section(
            title="False alarms per day",
            text=[
                "Not known: these benign rows do not carry the time of their capture, so there are no days to count "
                "by. Captures, and tables made by `botwarden features`, do."
            ],
        )
    columns = [Column("Device"), Column("Benign traffic", True), Column("Rows", True)]
    for one in evaluation.models:
        columns += [Column(f"Alarms, {one.about.name}", True), Column("rows in alarm", True), Column("per day", True)]
    lines = []
    for place, alarm in enumerate(evaluation.models[0].false_alarms):
        line = [alarm.device or "unknown", _days(alarm), rows(alarm.rows)]
        for one in evaluation.models:
            found = one.false_alarms[place]
            line += [rows(found.alarms), rows(found.flagged), number(found.per_day)]
        lines.append(line)
    return Section(
        title="False alarms per day",
        text=[
            f"An alarm is raised by the majority window; alarms of a device within {PAUSE:.0f} s are one. Time "
            "counts where two benign packets follow each other in one capture."
            + (
                " Less than a day was watched: alarms per day are an extrapolation."
                if (evaluation.days or 0) < 1
                else ""
            )
        ],
        tables=[Table(columns=columns, rows=lines)],
    )


def _days(alarm: FalseAlarms) -> str:
    return seconds(None if alarm.days is None else alarm.days * DAY)


def _summary(models: Sequence[ModelResult], timed: bool) -> Table:
    columns = [Column("Model"), Column("Attacks", True), Column("Noticed", True), Column("Median rows", True)]
    columns += [Column("Slowest, rows", True)] + (
        [Column("Median time", True), Column("Slowest", True)] if timed else []
    )
    lines = []
    for one in models:
        found = one.detections
        taken = [attack.rows_until for attack in found if attack.rows_until is not None]
        line = [one.about.name, rows(len(found)), rows(len(taken))]
        line += [number(float(np.median(taken))), rows(max(taken))] if taken else ["–", "–"]
        if timed:
            times = [attack.seconds_until for attack in found if attack.seconds_until is not None]
            line += [seconds(float(np.median(times))), seconds(max(times))] if times else ["–", "–"]
        lines.append(line)
    text = "Medians and slowest of those that were noticed, by their first anomalous row."
    return Table(columns=columns, rows=lines, text=text)


def _each(one: ModelResult, timed: bool) -> Table:
    columns = [Column("Device"), Column("Attack"), Column("Rows", True), Column("Rows until", True)]
    columns += [Column("Rows until, by window", True)]
    columns += [Column("Lasted", True), Column("Time until", True), Column("by window", True)] if timed else []
    listed: Sequence[Detection] = sorted(
        one.detections, key=lambda found: (found.rows_until is not None, -(found.rows_until or 0))
    )
    lines = []
    for found in listed[:LISTED]:
        line = [found.device or "unknown", found.attack, rows(found.rows)]
        line += [rows(until) if until else "missed" for until in (found.rows_until, found.window_rows_until)]
        if timed:
            line += [seconds(found.length), seconds(found.seconds_until), seconds(found.window_seconds_until)]
        lines.append(line)
    more = len(listed) - LISTED
    return Table(
        title=f"Attacks one by one, {one.about.name}, the slowest first",
        columns=columns,
        rows=lines,
        text=f"… and {plural(more, 'more attack')}: results.json has them." if more > 0 else "",
        folded=True,
    )
