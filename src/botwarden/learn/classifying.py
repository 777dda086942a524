"""The classifiers of a model: one for all rows and, where their rows suffice, one per device or protocol."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from inspect import signature
from typing import Any, Final, Self

import numpy as np
from numpy.typing import NDArray

from botwarden.core.errors import ConfigError, DataError
from botwarden.core.model import ClassifierPart, ScalerKind
from botwarden.core.row import Rows
from botwarden.core.text import plural, printable
from botwarden.learn.assembly import Array
from botwarden.learn.classes import Classes, classes_of, outside
from botwarden.learn.dividing import Index, Segment
from botwarden.learn.estimator import Classifier, Progress
from botwarden.learn.fitting import Columns
from botwarden.learn.journal import Fitted, Journal
from botwarden.learn.loop import part_of
from botwarden.learn.plan import TrainPlan
from botwarden.learn.splits import Split
from botwarden.learn.thresholds import normal

LEAST_OF_CLASS: Final = 5
"""Rows of each class that it takes in each part of a split."""
MOST_BORROWED: Final = 5_000
"""Rows of a class that a device never showed which its classifier learns from those of others."""
_SHOWN: Final = 5  # names in a note


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
    """One for all rows, which has to be possible, and one for each segment that has rows of two classes at least.

    A device's classifier learns the classes that the device never showed from the rows of others: else it would give
    their attacks the name of another. A protocol's knows only what was seen in that protocol.

    Raises DataError where a part of the split lacks rows of a class of a published scheme, or where fewer than two
    classes are left; ConfigError for settings that do not exist.
    """
    classes = classes_of(rows, plan.classes)
    if plan.classes != "all":
        split.require_classes(classes.codes, classes.names)
    make, kind = _maker(plan)
    place = {name: i for i, name in enumerate(rows.schema.columns)}
    columns = Columns(rows, np.array([place[name] for name in names], np.intp))
    out = Classifiers()
    whole = _Share.of(found[0], classes, split, own=False)
    out.notes += _left_out(rows, classes, whole.classes)
    small, lacking = [], []
    for number, segment in enumerate(found):
        share = _Share.of(segment, classes, split, own=True) if number else whole
        name = printable(segment.device or segment.protocol or "", 60)
        if number and len(share.classes.names) < 2:
            small.append(name)
            continue
        if segment.device is not None and len(share.classes.names) < len(whole.classes.names):
            share = share.completed(whole, plan.seed)
            lacking.append(name)
        told = part_of(progress, number / len(found), 1 / len(found))
        _add(out, segment, share, columns, names, make, kind, journal, told)
    if small:
        out.notes.append(f"Rows of one class only, or too few: named by the classifier for all: {_listed(small)}.")
    if lacking:
        out.notes.append(f"Attacks that these never showed are learned from the others' rows: {_listed(lacking)}.")
    return out


@dataclass(frozen=True, slots=True)
class _Share:
    """What the classifier of a segment is made of: rows of ``classes`` alone."""

    classes: Classes
    train: Index
    optimise: Index

    @classmethod
    def of(cls, segment: Segment, classes: Classes, split: Split, *, own: bool) -> Self:
        """The rows of those classes of which both parts have enough; ``own``: for a part beside the one for all."""
        train, optimise = (_within(segment, part, classes) for part in (split.train, split.optimise))
        known = _classes_in(classes, train, optimise, own)
        return cls(known, train[known.codes[train] >= 0], optimise[known.codes[optimise] >= 0])

    def completed(self, whole: "_Share", seed: int) -> "_Share":
        """With rows of the classes that are missing here: a sample of those of all."""
        missing = np.array([name not in self.classes.names for name in whole.classes.names])
        parts = []
        for mine, others in ((self.train, whole.train), (self.optimise, whole.optimise)):
            wanted = others[missing[whole.classes.codes[others]]]
            chosen = _at_most(wanted, whole.classes.codes[wanted], MOST_BORROWED, np.random.default_rng(seed))
            kept = mine[~missing[whole.classes.codes[mine]]]
            parts.append(np.union1d(kept, chosen))
        return _Share(whole.classes, *parts)


def _at_most(index: Index, codes: NDArray[np.intp], most: int, dice: np.random.Generator) -> Index:
    """At most so many rows of each class, drawn at random."""
    order = dice.permutation(len(index))
    ranked = order[np.argsort(codes[order], kind="stable")]
    _, starts, counts = np.unique(codes[ranked], return_index=True, return_counts=True)
    place = np.arange(len(ranked)) - np.repeat(starts, counts)
    return index[ranked[place < most]]


def _left_out(rows: Rows, classes: Classes, learned: Classes) -> list[str]:
    """What to say of rows that no classifier learns from."""
    notes = []
    others = outside(rows, classes)
    if others:
        few = _listed([f"{printable(name, 40)} ({count:,})" for name, count in others.items()])
        notes.append(f"The classifier leaves out {plural(sum(others.values()), 'row')} of other classes: {few}.")
    counts = np.bincount(classes.codes[classes.rows], minlength=len(classes.names)).tolist()
    rare = [
        f"{printable(name, 40)} ({count:,})"
        for name, count in zip(classes.names, counts, strict=True)
        if name not in learned.names
    ]
    if rare:
        notes.append(f"Too few rows to learn from, so the classifier does not know: {_listed(rare)}.")
    return notes


def _listed(names: list[str]) -> str:
    return ", ".join(names[:_SHOWN]) + (f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else "")


def _within(segment: Segment, part: Index, classes: Classes) -> Index:
    found = np.intersect1d(segment.rows, part, assume_unique=True)
    return found[classes.codes[found] >= 0]


def _classes_in(classes: Classes, train: Index, optimise: Index, own: bool) -> Classes:
    """Those classes of which both parts have enough rows. For all rows together that can be as few as there are."""
    n = len(classes.names)
    counts = np.minimum(*(np.bincount(classes.codes[part], minlength=n) for part in (train, optimise)))
    least = LEAST_OF_CLASS if own else min(LEAST_OF_CLASS, max(1, int(counts.max(initial=0))))
    kept = np.flatnonzero(counts >= least)
    codes = np.full(n + 1, -1, np.intp)
    codes[kept] = np.arange(len(kept))
    return Classes(tuple(classes.names[i] for i in kept), codes[classes.codes])


def _maker(plan: TrainPlan) -> tuple[Callable[[], Classifier], ScalerKind]:
    from botwarden.learn.classifiers import classifier  # noqa: PLC0415 - what makes them is loaded where it is asked for

    made = classifier(plan.classifier)
    settings: dict[str, Any] = {"seed": plan.seed, **plan.classifier_settings}
    if plan.epochs is not None and "epochs" in signature(made).parameters:  # trees have none
        settings.setdefault("epochs", plan.epochs)
    try:
        template = made(**settings)
    except TypeError as error:
        raise ConfigError(f"the classifier {plan.classifier} has no such setting: {error}") from error
    return lambda: made(**settings), template.scaler


def _add(
    out: Classifiers,
    segment: Segment,
    share: _Share,
    columns: Columns,
    names: Sequence[str],
    make: Callable[[], Classifier],
    kind: ScalerKind,
    journal: Journal,
    progress: Progress | None,
) -> None:
    name = f"classifier-{segment.name}"
    classes, train, optimise = share.classes, share.train, share.optimise
    if len(classes.names) < 2:
        raise DataError("fewer than two classes have enough rows to learn from")
    scaler = columns.scaler(kind, train)
    fitted = journal.finished(name)
    if fitted is None:
        estimator = make()
        estimator.fit(
            columns.scaled(scaler, train),
            classes.codes[train],
            len(classes.names),
            columns.scaled(scaler, optimise),
            classes.codes[optimise],
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
            calibration=f"temperature and a shift per class, on {plural(len(optimise), 'row')} not learned from",
        )
    )
    out.networks[name] = fitted.network
    out.arrays |= {f"{name}.{key}": value for key, value in scaler.arrays.items()}
    benign = train[columns.rows.benign[train]]
    if len(benign):  # explanations say what is normal: the detector may know fewer columns
        out.arrays[f"{name}.normal"] = normal(columns.raw(benign))
    if fitted.history:
        out.histories[name] = fitted.history
