"""The study as a document: ours beside theirs, and what is left of it without the date."""

from collections.abc import Sequence
from typing import Final

import numpy as np

from botwarden.core.document import Card, Column, Document, Section, Table
from botwarden.core.text import count_text, plural
from botwarden.learn import chapters
from botwarden.learn.date_chapter import dates as date_section
from botwarden.learn.dates import TOLERATED
from botwarden.learn.digest import recall_at
from botwarden.learn.results import ModelResult
from botwarden.learn.study import class_chapters, published
from botwarden.learn.study.devices import DeviceResult, Sweep
from botwarden.learn.study.results import DetectorStage, Study
from botwarden.learn.wording import FEW, area, at_rate, number, rows, share, with_interval

_PUBLISHED: Final = "published"


def document(study: Study, made: str = "") -> Document:
    """The whole report."""
    without = stage(study, False)
    sections: list[Section | None] = [_beside(study), _with_and_without(study)]
    if without is not None:
        found = without.evaluation
        sections += [
            _per_device(study),
            _sweep(study),
            _retitled("Detectors: at their own thresholds, without dates", chapters.judgements(found)),
            _retitled("Detectors: whatever the threshold, without dates", chapters.ranking(found)),
            _retitled("Detectors: per device and attack, without dates", chapters.groups(found)),
            _retitled("Detectors: scores, without dates", chapters.scores(found)),
            date_section(found.dates, found.dates_reason, found.models),
        ]
    sections += [class_chapters.fisher(study), *class_chapters.classifiers(study), class_chapters.curves(study)]
    sections += [class_chapters.explanations(study), _method(study)]
    return Document(
        title="The N-BaIoT study" + (", quick: on samples" if study.quick else ""),
        headline=headline(study),
        summary=_summary(study),
        warnings=_warnings(study),
        cards=_cards(study),
        sections=[section for section in sections if section is not None],
        sources=[study.folder],
        made=made,
    )


def overview(study: Study) -> Document:
    """The same in short, without pictures."""
    sections = [_beside(study), _with_and_without(study)]
    return Document(
        title="The N-BaIoT study",
        headline=headline(study),
        summary=_summary(study),
        warnings=_warnings(study),
        sections=[section for section in sections if section is not None],
    )


def headline(study: Study) -> str:
    """The result in a sentence."""
    without, used = stage(study, False), stage(study, True)
    theirs, best = model(without, _PUBLISHED), _best(without)
    if theirs is None or best is None:
        return "No detector was judged"
    text = f"The published detector finds {share(theirs.tpr.value)} of the attack rows without the date of the capture"
    dated = model(used, f"{_PUBLISHED}-dates")
    if dated is not None:
        text += f", {share(dated.tpr.value)} with it"
    if best is theirs:
        return text
    return (
        f"{text}; {best.about.name} finds {share(best.tpr.value)} without it at {share(best.fpr.value)} false positives"
    )


def stage(study: Study, dates: bool) -> DetectorStage | None:
    """The detectors with or without dates."""
    return next((one for one in study.detectors if one.dates == dates), None)


def model(found: DetectorStage | None, name: str) -> ModelResult | None:
    """A detector of a stage."""
    return None if found is None else next((one for one in found.evaluation.models if one.about.name == name), None)


def _best(found: DetectorStage | None) -> ModelResult | None:
    return None if found is None else max(found.evaluation.models, key=lambda one: recall_at(one) or 0.0, default=None)


def _summary(study: Study) -> list[str]:
    lines = [
        f"{plural(study.benign, 'benign row')} and {plural(study.attack, 'attack row')}"
        + (f" of {plural(len(study.devices), 'device')}." if study.devices else "; devices unknown.")
    ]
    if not study.ordered:
        lines.append("The order of these rows in time was not kept: thirds are no thirds of time, and windows none.")
    if study.missing:
        lines.append("Some parts of the study could not be made of these rows: the last section lists them.")
    if study.quick:
        lines.append("Samples stand for the whole, and few epochs for many: these numbers are a rehearsal.")
    return lines


def _warnings(study: Study) -> list[str]:
    found = []
    without, used = stage(study, False), stage(study, True)
    for one in without.evaluation.models if without else []:
        twin = model(used, f"{one.about.name}-dates")
        mine, dated = recall_at(one), recall_at(twin) if twin else None
        if mine is not None and dated is not None and abs(mine - dated) > TOLERATED:
            found.append(
                f"{one.about.name}: recall at 0.1 % false positives is {share(dated)} with the columns that carry the "
                f"date and {share(mine)} without. The difference is the calendar, not the traffic."
            )
    return [*found, *class_chapters.date_warnings(study.classifiers)]


def _cards(study: Study) -> list[Card]:
    without = stage(study, False)
    theirs, best = model(without, _PUBLISHED), _best(without)
    if theirs is None or best is None:
        return []
    finest = class_chapters.finest_run(study.classifiers)
    cards = [
        Card("Published detector", share(recall_at(theirs)), "recall at 0.1 % false positives, without dates"),
        Card(f"Best: {best.about.name}", share(recall_at(best)), "the same"),
    ]
    if finest is not None and finest.result is not None:
        what = f"{len(finest.result.said)} classes, {finest.title}, without dates"
        cards.append(Card("Right names", share(finest.result.accuracy), what))
    return cards


def _beside(study: Study) -> Section:
    """Ours beside what was published."""
    lines = []
    for used, what in ((True, "used"), (False, "left out")):
        found = stage(study, used)
        name = _PUBLISHED + ("-dates" if used else "")
        devices = found.devices.get(name, []) if found else []
        if found is None or not devices:
            continue
        lines.append(_mean_line("recall by window", what, devices, "window_tpr", share(published.TPR)))
        theirs = f"{published.FPR[0]} ± {published.FPR[1]}"
        lines.append(_mean_line("false positives by window", what, devices, "window_fpr", theirs))
        lines.append(_mean_line("recall by row", what, devices, "tpr", "not told"))
        until = [one.rows_until for one in devices if one.rows_until is not None]
        time = f"{published.SECONDS[0] * 1000:.0f} ± {published.SECONDS[1] * 1000:.0f} ms"
        text = plural(round(float(np.median(until))), "row") if until else "–"
        lines.append(["time to detect", what, text, time, published.PAPER])
    lines += class_chapters.beside(study.classifiers)
    columns = [Column("What"), Column("Dates"), Column("Ours", True), Column("Published", True), Column("")]
    return Section(
        title="Ours beside theirs",
        text=[
            "Published numbers were made with the columns that carry the date of the capture, on the whole data set. "
            "Benign traffic and attacks were captured on different days, so these columns alone give the answer away. "
            "Rows of the data set carry no times, so we tell the time to detect in rows."
        ],
        tables=[
            Table(
                columns=columns,
                rows=lines,
                text=f"Means of the devices, by row and by majority window. {published.SOURCES}",
            )
        ],
    )


def _mean_line(what: str, columns: str, devices: Sequence[DeviceResult], field: str, theirs: str) -> list[str]:
    values = [value for one in devices if (value := getattr(one, field)) is not None]
    ours = "–"
    if values:
        mean, std = float(np.mean(values)), float(np.std(values))
        ours = f"{mean:.4f} ± {std:.4f}" if "false" in what and len(values) > 1 else share(mean)
    return [what, columns, ours, theirs, published.PAPER]


def _with_and_without(study: Study) -> Section | None:
    without, used = stage(study, False), stage(study, True)
    if without is None or used is None:
        return None
    columns = [Column("Detector"), Column("Dates")]
    columns += [Column(name, True) for name in ("Recall", "False positives", "Recall at 0.1 % FPR", "AUC", "Training")]
    lines = []
    for one in without.evaluation.models:
        for found, chosen in ((without, one), (used, model(used, f"{one.about.name}-dates"))):
            if chosen is not None:
                lines.append(
                    [one.about.name, "used" if found.dates else "left out", with_interval(chosen.tpr),
                     with_interval(chosen.fpr), at_rate(chosen.ranking.at[1]), area(chosen.ranking.auc),
                     f"{found.seconds.get(chosen.about.name, 0):,.0f} s"]
                )  # fmt: skip
    for one in without.evaluation.baselines:
        lines.append([one.about.name, "–", with_interval(one.tpr), with_interval(one.fpr), at_rate(one.ranking.at[1]),
                      area(one.ranking.auc), "–"])  # fmt: skip
    return Section(
        title="Detectors, with and without the date",
        text=["Each at its own threshold, set on benign rows alone; and at the threshold that lets 0.1 % pass."],
        tables=[Table(columns=columns, rows=lines, text=FEW if any("*" in line[4] for line in lines) else "")],
    )


def _per_device(study: Study) -> Section | None:
    tables = []
    for used in (False, True):
        found = stage(study, used)
        name = _PUBLISHED + ("-dates" if used else "")
        devices = found.devices.get(name, []) if found else []
        if devices:
            title = "With the date columns, as published" if used else "Without the date columns"
            tables.append(Table(title=title, columns=_DEVICE_COLUMNS, rows=[_device_line(one) for one in devices]))
    if not tables:
        return None
    return Section(
        title="The published detector, device by device",
        text=[
            "An autoencoder per device, trained on the first third of its benign rows, its threshold (mean + std of "
            "the error) and window set on the second, judged on the last and on all attacks. Published thresholds "
            "belong to inputs that were scaled in another way; windows can be compared."
        ],
        tables=tables,
    )


_DEVICE_COLUMNS: Final = [
    Column("Device"),
    *(Column(name, True) for name in (
        "Threshold", "theirs", "Window", "theirs", "FPR by row", "Recall by row", "FPR by window", "Recall by window",
        "Rows until alarm",
    )),
]  # fmt: skip


def _device_line(one: DeviceResult) -> list[str]:
    claim = published.CLAIMS.get(one.device)
    return [
        one.device or "unknown", number(one.threshold), number(claim.threshold) if claim else "–", rows(one.window),
        rows(claim.window) if claim else "–", share(one.fpr), share(one.tpr), share(one.window_fpr),
        share(one.window_tpr), number(one.rows_until) if one.rows_until is not None else "–",
    ]  # fmt: skip


def _sweep(study: Study) -> Section | None:
    named = ["Accuracy", "False positives", "FPR", "False negatives", "FNR"]
    named += ["Window", "FPR by window", "Recall by window"] if study.ordered else []
    columns = [Column("N", True), *(Column(name, True) for name in named)]
    tables = []
    for used in (False, True):
        found = stage(study, used)
        if found is not None and found.sweep:
            title = "With the date columns" if used else "Without the date columns"
            lines = [_sweep_line(one, study.ordered) for one in found.sweep]
            tables.append(Table(title=title, columns=columns, rows=lines))
    if not tables:
        return None
    text = "Mean + N standard deviations of the error on the optimise rows of each device."
    if study.ordered:
        text += " Windows are the smallest without a false alarm there; the widest of all devices is used for all."
    return Section(title="Thresholds of the published detector", text=[text], tables=tables)


def _sweep_line(one: Sweep, ordered: bool) -> list[str]:
    line = [str(one.n), share(one.accuracy), count_text(one.false_positives), share(one.fpr)]
    line += [count_text(one.false_negatives), share(one.fnr)]
    return line + ([rows(one.window), share(one.window_fpr), share(one.window_tpr)] if ordered else [])


def _method(study: Study) -> Section:
    tables = []
    lines = [[name, split] for one in study.detectors[:1] for name, split in one.splits.items()]
    if lines:
        tables.append(Table(columns=[Column("Detector"), Column("How benign rows were divided")], rows=lines))
    if study.missing:
        tables.append(Table(columns=[Column("What could not be made")], rows=[[line] for line in study.missing]))
    return Section(
        title="How it was made",
        text=[
            f"botwarden {study.botwarden}, seed {study.seed}, on {study.machine}. Rows of `{study.folder}`."
            " `botwarden experiment nbaiot` makes it anew.",
        ],
        tables=tables,
    )


def _retitled(title: str, section: Section | None) -> Section | None:
    if section is None:
        return None
    return Section(
        title=title, text=section.text, warnings=section.warnings, tables=section.tables, figures=section.figures
    )
