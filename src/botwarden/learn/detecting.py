"""The detectors of a model: fitted, with thresholds set on benign rows that they did not learn from."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final, cast

import numpy as np
from numpy.typing import NDArray

from botwarden.core.model import DetectorPart
from botwarden.core.row import Rows
from botwarden.learn import thresholds
from botwarden.learn.assembly import Array, detector_part
from botwarden.learn.dividing import Job, Segment, crossed, own
from botwarden.learn.estimator import AnomalyDetector, Progress
from botwarden.learn.fitting import SCALED_BY, Columns, Network, fit, maker, stops
from botwarden.learn.journal import Journal
from botwarden.learn.plan import TrainPlan
from botwarden.learn.splits import Split

WIDEST: Final = 1_000
"""Rows of the widest majority window that is chosen by itself."""


@dataclass(slots=True)
class Detectors:
    """What was made.

    wrong, tried : of so many benign rows, each of which no detector that judged it and no threshold had seen, so many
        were called anomalous; None where a test part is there to tell that
    histories : per part, the error on the optimise rows, epoch by epoch
    """

    parts: list[DetectorPart] = field(default_factory=list)
    networks: dict[str, bytes] = field(default_factory=dict)
    arrays: dict[str, Array] = field(default_factory=dict)
    histories: dict[str, list[float]] = field(default_factory=dict)
    wrong: int | None = None
    tried: int = 0
    notes: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Held:
    """Scores of benign rows that were held out, in their order, and the fold of each."""

    index: NDArray[np.intp]
    scores: NDArray[np.float32]
    fold: NDArray[np.intp]


def detectors(
    rows: Rows,
    names: Sequence[str],
    found: Sequence[Segment],
    plan: TrainPlan,
    split: Split | None,
    journal: Journal,
    progress: Progress | None = None,
) -> Detectors:
    """One for each segment that has enough benign rows; ``names`` are the columns, ``split`` None: crossed.

    Raises DataError for too few benign rows, ConfigError for settings that the detector does not have.
    """
    benign = rows.benign
    kept, notes = own(list(found), benign)
    make, kind = maker(plan)
    place = {name: i for i, name in enumerate(rows.schema.columns)}
    columns = Columns(rows, np.array([place[name] for name in names], np.intp))
    jobs = [_jobs(segment, benign, plan, split, stops(make)) for segment in kept]
    networks = fit(make, kind, columns, [job for group in jobs for job in group], journal, progress)
    out = Detectors(notes=notes)
    flagged = np.full(len(rows), -1, np.int8)  # by the most particular part that judges a row: they come last
    at = 0
    for segment, group in zip(kept, jobs, strict=True):
        _add(out, segment, networks[at : at + len(group)], columns, names, plan, flagged)
        at += len(group)
    if (flagged >= 0).any():
        out.wrong, out.tried = int(np.count_nonzero(flagged == 1)), int(np.count_nonzero(flagged >= 0))
    return out


def _jobs(segment: Segment, benign: NDArray[np.bool_], plan: TrainPlan, split: Split | None, stop: bool) -> list[Job]:
    name = f"detector-{segment.name}"
    usable = segment.rows[benign[segment.rows]]
    if split is None:
        return crossed(name, usable, plan.seed, stops=stop)
    train, optimise = (np.intersect1d(usable, part, assume_unique=True) for part in (split.train, split.optimise))
    return [Job(name, train, optimise, optimise)]


def _add(
    out: Detectors,
    segment: Segment,
    networks: Sequence[Network],
    columns: Columns,
    names: Sequence[str],
    plan: TrainPlan,
    flagged: NDArray[np.int8],
) -> None:
    main = networks[0]
    held = _held(networks, columns)
    threshold = _threshold(held.scores, plan)
    window = plan.window or _window(columns.rows, held, threshold.value, plan.ordered)
    learned = np.union1d(main.job.train, main.job.optimise)
    part, network, arrays = detector_part(
        main.job.name,
        cast(AnomalyDetector, main.fitted),
        columns=names,
        scaler=main.scaler.kind,
        scaler_arrays=main.scaler.arrays,
        benign=columns.raw(learned, SCALED_BY),
        scores=held.scores,
        threshold=threshold,
        window=window,
        device=segment.device,
        protocol=segment.protocol,
    )
    out.parts.append(part)
    out.networks[part.name] = network
    out.arrays |= arrays
    if main.fitted.history:
        out.histories[part.name] = main.fitted.history
    if len(networks) > 1:
        flagged[held.index] = _mistakes(held, plan)


def _held(networks: Sequence[Network], columns: Columns) -> _Held:
    judges = networks[1:] or networks
    index = np.concatenate([one.job.held for one in judges])
    scores = np.concatenate([one.scores(columns, one.job.held) for one in judges])
    fold = np.repeat(np.arange(len(judges)), [len(one.job.held) for one in judges])
    order = np.argsort(index, kind="stable")
    return _Held(index[order], scores[order], fold[order])


def _threshold(scores: NDArray[np.float32], plan: TrainPlan) -> thresholds.Threshold:
    if plan.std is not None:
        return thresholds.deviations(scores, plan.std)
    return thresholds.cautious(scores, plan.false_positives)


def _mistakes(held: _Held, plan: TrainPlan) -> NDArray[np.bool_]:
    """bool[n]: which rows are above a threshold that was set on the other folds."""
    wrong = np.zeros(len(held.scores), np.bool_)
    for fold in np.unique(held.fold):
        mine = held.fold == fold
        wrong[mine] = held.scores[mine] > _threshold(held.scores[~mine], plan).value
    return wrong


def _window(rows: Rows, held: _Held, threshold: float, ordered: bool) -> int:
    """The smallest window without a false alarm where rows are known to be in the order of time; else one row."""
    ts = rows.ts[held.index]
    timed = bool(np.isfinite(ts).all())
    if not timed and not ordered:
        return 1
    order = np.argsort(ts, kind="stable") if timed else np.arange(len(ts))
    anomalous = held.scores[order] > threshold
    return thresholds.smallest_window(anomalous, rows.group[held.index][order], WIDEST)
