"""Tables and captures to a model file: read, learned from, measured, written. Stopped, it goes on where it was."""

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

import msgspec
import numpy as np

from botwarden.app.extra import TRAINING, need_extra
from botwarden.app.given_rows import GivenRows
from botwarden.app.models import open_model
from botwarden.core.errors import ConfigError, DataError
from botwarden.core.model import DataFile, Model
from botwarden.core.row import Rows, concatenate
from botwarden.core.text import plural, printable
from botwarden.learn import classifiers, detectors
from botwarden.learn.dataset import Collector, collect
from botwarden.learn.estimator import Progress
from botwarden.learn.plan import NONE, TrainPlan
from botwarden.learn.wording import share
from botwarden.stores.checkpoint import CheckpointFile, beside, checkpoint_key
from botwarden.stores.model import write_model

if TYPE_CHECKING:
    from botwarden.learn.training import Trained

MOST_ROWS: Final = 500_000
"""Rows learned from unless told otherwise."""
AUTO: Final = "auto"
Plan = TrainPlan
"""What `train_model` is asked for: see `botwarden.learn.plan`."""
_READING: Final = 0.2  # share of the progress bar


@dataclass(frozen=True, slots=True)
class TrainInputs:
    """What to learn from.

    benign, attack : paths whose rows are taken as such; of a folder or a labelled table only those that are
    labelled : paths whose rows say themselves what they are: the layout of N-BaIoT, columns, a labels file
    labels : the labels file of the captures
    rows : at most so many are learned from, drawn at random, evenly over the classes
    per_class : at most so many of each class
    balance : no more attacks than benign rows
    """

    benign: Sequence[str] = ()
    attack: Sequence[str] = ()
    labelled: Sequence[str] = ()
    labels: Path | None = None
    rows: int = MOST_ROWS
    per_class: int | None = None
    balance: bool = False


@dataclass(frozen=True, slots=True)
class TrainResult:
    """What came of it.

    benign, attack : rows that were learned from or measured by
    size : bytes of the model file
    resumed : whether it went on where an earlier run was stopped
    notes : what a user should know, a line each
    """

    model: Model
    path: Path
    benign: int
    attack: int
    size: int
    seconds: float
    resumed: bool
    notes: list[str]


def train_model(
    inputs: TrainInputs,
    out: Path,
    plan: TrainPlan,
    *,
    settings: dict[str, str | int | float | bool | list[str] | None] | None = None,
    progress: Progress | None = None,
) -> TrainResult:
    """Make a model and write it to ``out``. A detector or classifier called ``auto`` is the default one.

    Raises ConfigError, DataError, CaptureError, OSError; and KeyboardInterrupt, after which the same call goes on where
    it was stopped.
    """
    started = time.monotonic()
    need_extra("training", *TRAINING)
    if plan.detector not in (AUTO, NONE):
        detectors.detector(plan.detector)  # before anything is read
    if plan.classifier not in (AUTO, NONE):
        classifiers.classifier(plan.classifier)
    rows, files, notes = _read(inputs, out, plan.seed, progress)
    plan = _resolved(plan, rows)
    plan.check()
    checkpoint = CheckpointFile(beside(out), _key(plan, rows))
    checkpoint.check()
    from botwarden.learn.training import train  # noqa: PLC0415 - it loads torch

    told = None if progress is None else _later(progress, _READING)
    trained = train(rows, plan, files=files, settings=settings, progress=told, checkpoint=checkpoint)
    result = _written(trained, out, rows, notes, started, checkpoint.found)
    checkpoint.remove()
    return result


def continue_model(
    model: Path,
    inputs: TrainInputs,
    out: Path,
    *,
    seed: int = 0,
    verdicts: Sequence[str] = (),
    progress: Progress | None = None,
) -> TrainResult:
    """Let the detectors of a model learn on from new benign rows, and write what came of it.

    verdicts : what other detectors say at the moment: any stops learning

    Raises as `train_model`, and ModelError; ConfigError while anything is alarmed.
    """
    started = time.monotonic()
    need_extra("training", *TRAINING)
    if inputs.attack:
        raise ConfigError("a model learns on from benign rows alone: leave the attacks out")
    before = open_model(model)
    rows, files, notes = _read(inputs, out, seed, progress)
    from botwarden.learn.continuing import learn_further  # noqa: PLC0415 - it loads torch

    told = None if progress is None else _later(progress, _READING)
    name = printable(out.stem, 60)
    trained = learn_further(before, rows, name=name, files=files, verdicts=verdicts, seed=seed, progress=told)
    return _written(trained, out, rows, notes, started, False)


def unfinished(out: Path) -> bool:
    """Whether a training that was to be written there was stopped and can go on."""
    return beside(out).is_file()


def share_text(value: float) -> str:
    """0.9987 as ``99.87 %``."""
    return share(value)


def _read(
    inputs: TrainInputs, out: Path, seed: int, progress: Progress | None
) -> tuple[Rows, list[DataFile], list[str]]:
    if not (inputs.benign or inputs.attack or inputs.labelled):
        raise ConfigError("there is nothing to learn from: name benign rows")
    given = GivenRows(inputs.benign, inputs.attack, inputs.labelled, labels=inputs.labels)
    given.check_output(out)
    kept = _Kept(inputs, seed)
    for rows in given:
        kept.add(rows)
        if progress is not None:
            done = given.progress()
            progress(None if done is None else _READING * done, f"reading, {plural(kept.seen, 'row')}")
    rows, left_out = kept.rows()
    return rows, given.files, given.notes + left_out


class _Kept:
    """A sample of benign rows and one of attacks: neither takes the other's place."""

    def __init__(self, inputs: TrainInputs, seed: int) -> None:
        most = inputs.rows if not inputs.attack and not inputs.labelled else max(1, inputs.rows // 2)
        self._benign = Collector(limit=inputs.per_class, total=most, seed=seed)
        self._attack = Collector(limit=inputs.per_class, total=most, seed=seed)
        self._balance = inputs.balance
        self._seed = seed
        self.seen = 0

    def add(self, rows: Rows) -> None:
        self.seen += len(rows)
        benign = rows.benign
        for collector, chosen in ((self._benign, benign), (self._attack, ~benign)):
            if chosen.any():
                collector.add(rows if chosen.all() else rows.take(chosen))

    def rows(self) -> tuple[Rows, list[str]]:
        """Benign rows, then attacks, and what to say of those that were left out."""
        if not self.seen:
            raise DataError("there are no rows to learn from")
        parts = [collector.rows() for collector in (self._benign, self._attack) if collector.seen]
        notes = [
            f"Learned from {collector.text()}, {what}."
            for collector, what in ((self._benign, "benign"), (self._attack, "of attacks"))
            if sum(collector.seen.values()) > sum(collector.kept.values())
        ]
        if self._balance and len(parts) == 2 and len(parts[1]) > len(parts[0]):
            parts[1] = collect([parts[1]], total=len(parts[0]), seed=self._seed)
            notes.append(f"Attacks were cut to {plural(len(parts[1]), 'row')}: no more than benign rows.")
        return concatenate(parts), notes


def _resolved(plan: TrainPlan, rows: Rows) -> TrainPlan:
    """The plan with names in place of ``auto``."""
    detector, classifier = plan.detector, plan.classifier
    if detector == AUTO:
        detector = detectors.DEFAULT if rows.benign.any() else NONE
    if classifier == AUTO:
        both = 0 < np.count_nonzero(rows.benign) < len(rows)
        classifier = classifiers.DEFAULT if both else NONE
    return msgspec.structs.replace(plan, detector=detector, classifier=classifier)


def _key(plan: TrainPlan, rows: Rows) -> str:
    from botwarden.learn.training import versions  # noqa: PLC0415 - it loads torch

    parts: Iterator[bytes] = (
        np.ascontiguousarray(part).tobytes() for part in (rows.values, rows.group, rows.ts, rows.proto)
    )
    told = msgspec.json.encode([plan, versions(), [str(group) for group in rows.groups]])
    return checkpoint_key(told, *parts)


def _written(trained: "Trained", out: Path, rows: Rows, notes: list[str], started: float, resumed: bool) -> TrainResult:
    model = replace(trained.model, identity=write_model(trained.model, out))
    benign = int(np.count_nonzero(rows.benign))
    return TrainResult(
        model=model,
        path=out,
        benign=benign,
        attack=len(rows) - benign,
        size=out.stat().st_size,
        seconds=time.monotonic() - started,
        resumed=resumed,
        notes=[*trained.notes, *notes],
    )


def _later(progress: Progress, start: float) -> Progress:
    def told(share: float | None, text: str) -> None:
        progress(None if share is None else start + (1 - start) * share, text)

    return told
