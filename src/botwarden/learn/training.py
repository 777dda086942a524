"""From rows to a model: divided, scaled, fitted, with a threshold, measured and described."""

import platform
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from typing import Final

import msgspec
import numpy as np

from botwarden._version import __version__
from botwarden.core.errors import ConfigError, DataError
from botwarden.core.model import DataFile, Manifest, Model, SchemaRef, Training
from botwarden.core.row import Rows
from botwarden.core.text import count_text
from botwarden.learn.card import card
from botwarden.learn.classes import classes_of
from botwarden.learn.classifying import Classifiers, classifiers
from botwarden.learn.detecting import Detectors, detectors
from botwarden.learn.detectors import learned_from
from botwarden.learn.dividing import LEAST_OWN, divided, kind_of, segments
from botwarden.learn.estimator import Checkpoint, Progress
from botwarden.learn.journal import Journal
from botwarden.learn.loop import part_of
from botwarden.learn.measuring import measured
from botwarden.learn.plan import NONE, Per, SplitKind, TrainPlan
from botwarden.learn.selection import rank
from botwarden.learn.splits import Split

PACKAGES: Final = ("numpy", "torch", "scikit-learn", "onnx", "onnxruntime")
"""What a model can depend on, besides Python and us."""
Settings = Mapping[str, str | int | float | bool | list[str] | None]


@dataclass(frozen=True, slots=True)
class Trained:
    """A model, and what is told about how it was made.

    histories : per part, the error on the optimise rows, epoch by epoch
    notes : what a user should know, a line each
    """

    model: Model
    histories: dict[str, list[float]]
    notes: list[str]


def train(
    rows: Rows,
    plan: TrainPlan,
    *,
    files: Sequence[DataFile] = (),
    settings: Settings | None = None,
    progress: Progress | None = None,
    checkpoint: Checkpoint | None = None,
) -> Trained:
    """Make a model of labelled rows; a detector learns from the benign ones alone.

    rows : those of each device and class in the order of time
    files : what they were read from; settings : what was asked for, both to be kept in the model

    The same rows, plan and checkpoint give the same networks and thresholds, whether it was stopped in between or not.
    Raises ConfigError, DataError, and KeyboardInterrupt after the checkpoint was saved.
    """
    plan.check()
    started = time.monotonic()
    journal = Journal(checkpoint)
    splits = _splits(rows, plan)
    names = _columns(rows, plan, splits)
    made, notes = Detectors(), _notes(rows, plan)
    both = NONE not in (plan.detector, plan.classifier)
    if plan.detector != NONE:
        told = part_of(progress, 0.0, 0.7 if both else 0.95)
        made = detectors(
            rows,
            learned_from(plan.detector, names),
            list(segments(rows, _detectors_per(rows, plan.per))),
            plan,
            splits.detector,
            journal,
            told,
        )
    named = Classifiers()
    if plan.classifier != NONE and splits.classifier is not None:
        told = part_of(progress, 0.7 if both else 0.0, 0.25 if both else 0.95)
        found = list(segments(rows, "all" if plan.per == "auto" else plan.per))
        named = classifiers(rows, names, found, plan, splits.classifier, journal, told)
    if progress is not None:
        progress(0.95, "measuring on rows that were held out")
    manifest = Manifest(
        name=plan.name,
        schema=SchemaRef(name=rows.schema.name, columns=list(rows.schema.columns)),
        detectors=made.parts,
        classifiers=named.parts,
        training=Training(
            files=list(files),
            split=splits.text,
            seed=plan.seed,
            created=datetime.now(UTC).isoformat(timespec="seconds"),
            seconds=round(time.monotonic() - started, 3),
            versions=versions(),
            dates=plan.dates,
            settings=dict(settings or {}),
        ),
    )
    model = Model(manifest, {**made.networks, **named.networks}, {**made.arrays, **named.arrays})
    metrics = measured(model, rows, made, splits.detector, splits.classifier)
    manifest = msgspec.structs.replace(manifest, metrics=metrics)
    notes += made.notes + named.notes
    manifest = msgspec.structs.replace(manifest, card=card(manifest, rows, notes))
    return Trained(Model(manifest, model.networks, model.arrays), {**made.histories, **named.histories}, notes)


@dataclass(frozen=True, slots=True)
class _Splits:
    """How rows are divided; for a detector None: crossed."""

    detector: Split | None
    classifier: Split | None
    text: str


def _splits(rows: Rows, plan: TrainPlan) -> _Splits:
    benign = int(np.count_nonzero(rows.benign))
    kind = kind_of(plan.split, benign)
    naming = plan.classifier != NONE
    detecting = plan.detector != NONE
    if naming:
        classes_of(rows, plan.classes)  # raises where there is nothing to tell apart
    if detecting and kind == "cross":
        text = f"all benign rows learned from; the threshold from {5} parts, each scored without having been learned"
        if not naming:
            return _Splits(None, None, text)
        split = divided(rows, _ordered(rows), plan.seed, attacks_to_test=False)
        return _Splits(None, split, f"{text}. For the classifier: {split.text}")
    if kind == "cross" or (plan.split == "auto" and not _is_ordered(rows)):
        kind = _ordered(rows)
    if detecting and not benign:
        raise DataError("a detector learns from benign rows, and there are none")
    split = divided(rows, kind, plan.seed, attacks_to_test=not naming)
    return _Splits(split if detecting else None, split if naming else None, split.text)


def _is_ordered(rows: Rows) -> bool:
    """Whether rows of a group follow each other in time as far as anybody can tell."""
    return bool(np.isfinite(rows.ts).all()) or all(group.device for group in rows.groups)


def _ordered(rows: Rows) -> SplitKind:
    """Rows of which nobody knows when they were captured cannot be divided by time."""
    return "time" if _is_ordered(rows) else "random"


def _columns(rows: Rows, plan: TrainPlan, splits: _Splits) -> list[str]:
    names = plan.columns(rows.schema)
    if plan.top is None:
        return names
    if rows.benign.all():
        raise ConfigError("Fisher's score tells which features set attacks apart, so it needs attack rows")
    split = splits.classifier or splits.detector
    learned = rows if split is None else rows.take(split.train)
    if learned.benign.all():  # all attacks test: the features are chosen by them nevertheless, and it is said
        learned = rows
    classes = plan.classes if plan.classifier != NONE else "2"
    return rank(learned, classes_of(learned, classes), "", dates=plan.dates).top(plan.top)


def _notes(rows: Rows, plan: TrainPlan) -> list[str]:
    notes = []
    if plan.dates:
        notes.append(
            "The columns that carry the date of the capture are learned from: such a model may tell days apart "
            "instead of attacks, and is worth nothing on other captures."
        )
    benign = int(np.count_nonzero(rows.benign))
    needed = round(3 / plan.false_positives)
    if plan.detector != NONE and plan.std is None and benign < needed:
        notes.append(
            f"{count_text(benign)} benign rows cannot show a false-positive rate of {plan.false_positives:.2%}: the "
            f"threshold is extrapolated. It takes about {count_text(needed)}."
        )
    if plan.detector != NONE and plan.top is not None:
        notes.append("Attack rows chose the features of the detector, so it has not been set up on benign rows alone.")
    if plan.detector != NONE and plan.per == "all" and (several := _devices(rows)) > 1:
        notes.append(
            f"{several} devices are learned as one: what is usual for one hides what is odd for another. "
            "Without `--per all` each is learned by itself as well."
        )
    if plan.per == "device" and not any(group.device for group in rows.groups):
        notes.append("No row says which device it belongs to: there is one part for all.")
    if plan.per == "protocol" and not rows.proto.any():
        notes.append("No row says which protocol it belongs to: there is one part for all.")
    return notes


def _detectors_per(rows: Rows, per: Per) -> Per:
    """What ``auto`` stands for: a device that is alone would be learned twice."""
    return per if per != "auto" else "device" if _devices(rows) > 1 else "all"


def _devices(rows: Rows) -> int:
    """How many devices have enough benign rows to be learned by themselves."""
    counts = [int(np.count_nonzero(rows.benign[segment.rows])) for segment in segments(rows, "device")]
    return sum(count >= LEAST_OWN for count in counts[1:])


def versions() -> dict[str, str]:
    """Of what a model can depend on."""
    found = {"botwarden": __version__, "python": platform.python_version()}
    for package in PACKAGES:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            continue
    return found
