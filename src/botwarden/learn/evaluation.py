"""How good models are: one set of rows, several models and two trivial baselines, judged alike."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from msgspec.structs import replace
from numpy.typing import NDArray

from botwarden._version import __version__
from botwarden.core.errors import ConfigError, DataError
from botwarden.core.model import Model
from botwarden.core.row import Rows
from botwarden.core.score import Scores
from botwarden.features.schema import DATE_COLUMNS
from botwarden.learn import baselines
from botwarden.learn.dates import TooFewRows, date_effect
from botwarden.learn.grouping import Grouping, by_attack, by_device, by_group
from botwarden.learn.judging import SAMPLED, Judge, Judged, judge, places
from botwarden.learn.metrics import blocks_of, counts, rate
from botwarden.learn.naming import naming
from botwarden.learn.ranking import histogram, margins, ranking, sweep
from botwarden.learn.results import About, DateEffect, Evaluation, ModelResult
from botwarden.learn.shuffling import shuffled
from botwarden.learn.thresholds import alarms, smallest_window
from botwarden.learn.timing import Detection, FalseAlarms, attacks, detection, false_alarms
from botwarden.learn.windows import scores as window_scores

Told = Callable[[str, int], None]
"""Told now and then what is being done and how many rows are through."""
WIDEST: int = 1_000
"""Rows of the widest majority window that is tried."""
DETECTIONS: int = 5_000
"""Attacks whose detection is told one by one."""


@dataclass(frozen=True, slots=True)
class Subject:
    """A judge and what to say of it."""

    about: About
    judge: Judge


def about(name: str, model: Model) -> About:
    """What there is to say of a model, from its manifest."""
    manifest = model.manifest
    parts = [*manifest.detectors, *manifest.classifiers]
    columns = {column for part in parts for column in part.columns}
    kinds = (bool(manifest.detectors), bool(manifest.classifiers))
    kind = {(True, True): "both", (True, False): "detector"}.get(kinds, "classifier")
    algorithms = dict.fromkeys(f"{part.algorithm} on {part.scaler} inputs" for part in parts)
    return About(
        name=name,
        kind=kind,  # type: ignore[arg-type]
        text=", ".join(algorithms),
        columns=len(columns),
        dates=manifest.training.dates or bool(columns & set(DATE_COLUMNS)),
        window=max((part.window for part in manifest.detectors), default=1),
        rules=sorted({part.rule for part in manifest.detectors}),
        identity=model.identity,
    )


def evaluate(
    subjects: Sequence[Subject],
    chunks: Iterable[Rows],
    *,
    seed: int = 0,
    sampled: int = SAMPLED,
    dates: bool = True,
    told: Told | None = None,
) -> Evaluation:
    """Judge all rows with all subjects and with the baselines, and measure what the date columns do to these rows.

    chunks : benign rows and attacks in any order; the rows of each group in the order of time; they are read once and
        not kept, but for a sample of 2 · ``sampled`` rows
    dates : whether reference models are fitted with and without the date columns, on half of the sample

    Raises DataError where there are no rows or two subjects share a name.
    """
    judges: Mapping[str, Judge] = {subject.about.name: subject.judge for subject in subjects}
    if len(judges) < len(subjects):
        raise DataError("two models have the same name")
    judged = judge(
        judges,
        chunks,
        sampled=sampled if dates else 0,
        seed=seed,
        told=(lambda n: told("judging", n)) if told else None,
    )
    effect, reason = _dates(judged, seed, told) if dates else (None, "it was not asked for")
    found = assess(judged, [subject.about for subject in subjects], effect, reason, told)
    return _with_shuffled(found, judges, judged, seed) if dates else found


def assess(
    judged: Judged, abouts: Sequence[About], dates: DateEffect | None = None, reason: str = "", told: Told | None = None
) -> Evaluation:
    """The evaluation of what was said of rows. Raises DataError where there are none."""
    if not len(judged):
        raise DataError("there are no rows to judge by")
    attack = judged.attack
    known = Known(judged, attack, blocks_of(judged.group))
    results = []
    for one in abouts:
        if told is not None:
            told(f"measuring {one.name}", len(judged))
        results.append(result(known, one, judged.said[one.name]))
    trivial = [(About(name=baselines.MAJORITY, kind="baseline"), baselines.majority(attack))]
    if judged.rate is not None:
        scores = baselines.packet_rate(judged.rate, attack, judged.group)
        text = f"more than {scores.threshold[0]:.3g} packets in about a second"
        trivial.append((About(name=baselines.RATE, kind="baseline", text=text, columns=1), scores))
    references = [result(known, one, scores) for one, scores in trivial]
    days = [alarm.days for alarm in references[0].false_alarms if alarm.days is not None]
    return Evaluation(
        botwarden=__version__,
        rows=len(judged),
        benign=int(np.count_nonzero(~attack)),
        attack=int(np.count_nonzero(attack)),
        devices=sorted({group.device for group in judged.groups if group.device}),
        sources=list(judged.sources),
        timed=bool(np.isfinite(judged.ts).all()),
        days=sum(days) if days else None,
        models=results,
        baselines=references,
        dates=dates,
        dates_reason=reason,
    )


@dataclass(frozen=True, slots=True)
class Known:
    """What all judges are measured by."""

    judged: Judged
    attack: NDArray[np.bool_]
    blocks: NDArray[np.intp]


def result(known: Known, one: About, said: Scores) -> ModelResult:
    """Everything about one judge."""
    judged, attack, blocks = known.judged, known.attack, known.blocks
    benign = ~attack
    flagged = said.anomalous
    alarmed = alarms(flagged, judged.group, one.window)
    comparable = margins(said)
    margin = comparable.values
    found = counts(attack, flagged)
    grouping = Grouping(judged, flagged, alarmed, margin, blocks)
    model = one.kind != "baseline"  # of which less needs to be known, and which may flag everything
    clean = smallest_window(flagged[benign], judged.group[benign], WIDEST) if benign.any() and model else WIDEST
    by_window = window_scores(margin, judged.group, one.window) if one.window > 1 else None
    return ModelResult(
        about=one,
        counts=found,
        tpr=rate(flagged[attack], blocks[attack]),
        fpr=rate(flagged[benign], blocks[benign]),
        precision=found.precision,
        f1=found.f1,
        accuracy=found.accuracy,
        balanced_accuracy=found.balanced_accuracy,
        mcc=found.mcc,
        unjudged=int(np.count_nonzero(np.isnan(said.threshold) & (said.label < 0))),
        window_tpr=rate(alarmed[attack], blocks[attack]),
        window_fpr=rate(alarmed[benign], blocks[benign]),
        clean_window=clean if clean != WIDEST else None,
        ranking=ranking(margin[benign], margin[attack]),
        window_ranking=ranking(by_window[benign], by_window[attack]) if by_window is not None else None,
        histogram=histogram(comparable, attack),
        sweep=sweep(margin, attack, baselines.first_half(judged.group)) if model else [],
        groups=by_group(grouping) if model else [],
        devices=by_device(grouping) if model else [],
        attacks=by_attack(grouping),
        detections=_detections(judged, flagged, one.window) if model else [],
        false_alarms=_false_alarms(judged, attack, alarmed),
        classes=naming(judged, said),
    )


def _detections(judged: Judged, flagged: NDArray[np.bool_], window: int) -> list[Detection]:
    found = []
    for group, rows in zip(judged.groups, places(judged.group, len(judged.groups)), strict=True):
        if group.benign:
            continue
        for part in attacks(judged.ts[rows], judged.source[rows]):
            chosen = rows[part]
            found.append(detection(group.device, group.label, judged.ts[chosen], flagged[chosen], window))
            if len(found) == DETECTIONS:
                return found
    return found


def _false_alarms(judged: Judged, attack: NDArray[np.bool_], alarmed: NDArray[np.bool_]) -> list[FalseAlarms]:
    """Per device that has benign rows; an alarm is raised by the majority of a window, as on a gateway."""
    names = sorted({group.device for group in judged.groups if group.benign})
    number = {name: place for place, name in enumerate(names)}
    device = np.array([number.get(group.device, -1) for group in judged.groups], np.int32)[judged.group]
    found = []
    for name, rows in zip(names, places(device, len(names)), strict=True):
        found.append(false_alarms(name, judged.ts[rows], ~attack[rows], judged.source[rows], alarmed[rows]))
    return found


def _with_shuffled(found: Evaluation, judges: Mapping[str, Judge], judged: Judged, seed: int) -> Evaluation:
    """Of models that use the date columns also how much they rest on them."""
    models = [
        replace(one, shuffled=shuffled(judges[one.about.name], judged.benign, judged.attacks, seed))
        if one.about.dates
        else one
        for one in found.models
    ]
    return replace(found, models=models)


def _dates(judged: Judged, seed: int, told: Told | None) -> tuple[DateEffect | None, str]:
    if told is not None:
        told("fitting references", len(judged))
    try:
        return date_effect(judged.benign, judged.attacks, seed), ""
    except (TooFewRows, ConfigError) as reason:  # all else can be measured without the extra `train`
        return None, str(reason)
