"""The classifiers of a model: one for all rows and, where their rows suffice, one per device or protocol."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from botwarden.core.errors import ConfigError, DataError
from botwarden.core.model import ClassifierPart, ScalerKind
from botwarden.core.row import Rows
from botwarden.core.text import printable
from botwarden.learn.assembly import Array
from botwarden.learn.classes import Classes, classes_of
from botwarden.learn.dividing import Index, Segment
from botwarden.learn.estimator import Classifier, Progress
from botwarden.learn.fitting import Columns
from botwarden.learn.journal import Fitted, Journal
from botwarden.learn.loop import part_of
from botwarden.learn.plan import TrainPlan
from botwarden.learn.splits import Split

LEAST_OF_CLASS: Final = 5
"""Rows of each class that it takes in each part of a split."""
CALIBRATION: Final = "on rows that were not learned from"


@dataclass(slots=True)
class Classifiers:
    """What was made; ``histories`` as in `botwarden.learn.detecting.Detectors`."""

    parts: list[ClassifierPart] = field(default_factory=list)
    networks: dict[str, bytes] = field(default_factory=dict)
    arrays: dict[str, Array] = field(default_factory=dict)
    histories: dict[str, list[float]] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)


def classifiers(
    rows: Rows,
    names: Sequence[str],
    found: Sequence[Segment],
    plan: TrainPlan,
    split: Split,
    journal: Journal,
    progress: Progress | None = None,
) -> Classifiers:
    """One for all rows, which has to be possible, and one for each segment that has rows of every class.

    Raises DataError where a part of the split lacks rows of a class, ConfigError for settings that do not exist.
    """
    classes = classes_of(rows, plan.classes)
    split.require_classes(classes.codes, classes.names)
    make, kind = _maker(plan)
    place = {name: i for i, name in enumerate(rows.schema.columns)}
    columns = Columns(rows, np.array([place[name] for name in names], np.intp))
    out = Classifiers()
    left = []
    for number, segment in enumerate(found):
        train, optimise = (_within(segment, part, classes) for part in (split.train, split.optimise))
        own = _classes_in(classes, train, optimise)
        if number and len(own.names) < 2:
            left.append(printable(segment.device or segment.protocol or "", 60))
            continue
        train, optimise = train[own.codes[train] >= 0], optimise[own.codes[optimise] >= 0]
        told = part_of(progress, number / len(found), 1 / len(found))
        _add(out, segment, own, train, optimise, columns, names, make, kind, journal, told)
    if left:
        named = ", ".join(left[:5]) + (f" and {len(left) - 5} more" if len(left) > 5 else "")
        out.notes.append(f"Rows of one class only, or too few: named by the classifier for all: {named}.")
    return out


def _within(segment: Segment, part: Index, classes: Classes) -> Index:
    found = np.intersect1d(segment.rows, part, assume_unique=True)
    return found[classes.codes[found] >= 0]


def _classes_in(classes: Classes, train: Index, optimise: Index) -> Classes:
    """Those classes of which both parts have enough rows."""
    n = len(classes.names)
    counts = np.minimum(*(np.bincount(classes.codes[part], minlength=n) for part in (train, optimise)))
    least = min(LEAST_OF_CLASS, int(counts.max(initial=1)))
    kept = np.flatnonzero(counts >= max(1, least if len(counts) else 1))
    codes = np.full(n + 1, -1, np.intp)
    codes[kept] = np.arange(len(kept))
    return Classes(tuple(classes.names[i] for i in kept), codes[classes.codes])


def _maker(plan: TrainPlan) -> tuple[Callable[[], Classifier], ScalerKind]:
    from botwarden.learn.classifiers import classifier  # noqa: PLC0415 - what makes them is loaded where it is asked for

    made = classifier(plan.classifier)
    settings: dict[str, Any] = {"seed": plan.seed, **plan.classifier_settings}
    try:
        template = made(**settings)
    except TypeError as error:
        raise ConfigError(f"the classifier {plan.classifier} has no such setting: {error}") from error
    return lambda: made(**settings), template.scaler


def _add(
    out: Classifiers,
    segment: Segment,
    classes: Classes,
    train: Index,
    optimise: Index,
    columns: Columns,
    names: Sequence[str],
    make: Callable[[], Classifier],
    kind: ScalerKind,
    journal: Journal,
    progress: Progress | None,
) -> None:
    name = f"classifier-{segment.name}"
    if len(classes.names) < 2:
        raise DataError("fewer than two classes have enough rows to learn from")
    scaler = columns.scaler(kind, train)
    fitted = journal.finished(name)
    if fitted is None:
        estimator = make()
        estimator.fit(
            columns.scaled(scaler, train),
            _codes(classes, train),
            len(classes.names),
            columns.scaled(scaler, optimise),
            _codes(classes, optimise),
            progress=progress,
            checkpoint=journal.stage(name),
        )
        fitted = Fitted.of(estimator)
        journal.finish(name, {name: fitted})
    out.parts.append(
        ClassifierPart(
            name=name,
            algorithm=fitted.algorithm,
            columns=list(names),
            scaler=scaler.kind,
            device=segment.device,
            protocol=segment.protocol,
            settings={**fitted.settings, "rows": len(train)},
            classes=list(classes.names),
            calibration=CALIBRATION,
        )
    )
    out.networks[name] = fitted.network
    out.arrays |= {f"{name}.{key}": value for key, value in scaler.arrays.items()}
    if fitted.history:
        out.histories[name] = fitted.history


def _codes(classes: Classes, index: Index) -> NDArray[np.intp]:
    return classes.codes[index]
