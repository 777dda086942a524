"""The study's classifiers: trained, and judged on rows that were held out."""

import time

import msgspec
import numpy as np

from botwarden.core.errors import DataError
from botwarden.core.model import Model
from botwarden.core.row import Rows
from botwarden.detect.models.scorer import Scorer
from botwarden.learn.classes import Classing, classes_of
from botwarden.learn.dividing import divided
from botwarden.learn.estimator import Checkpoint, Progress
from botwarden.learn.judging import judge
from botwarden.learn.naming import naming
from botwarden.learn.results import ClassResult
from botwarden.learn.study.settings import Variant
from botwarden.learn.training import train


class ClassRun(msgspec.Struct, frozen=True, kw_only=True):
    """A classifier and what came of it; ``result`` is None where it could not be trained, and ``missing`` says why."""

    name: str
    title: str
    algorithm: str
    classing: Classing
    dates: bool
    features: int | None
    rows: int = 0
    judged: int = 0
    seconds: float = 0.0
    result: ClassResult | None = None
    history: list[float] = []
    missing: str = ""


def run(
    variant: Variant, rows: Rows, *, progress: Progress | None = None, checkpoint: Checkpoint | None = None
) -> tuple[ClassRun, Model | None]:
    """Train a classifier on its share of the rows and judge it on the others."""
    plan = variant.plan
    empty = ClassRun(
        name=variant.name,
        title=variant.title,
        algorithm=plan.classifier,
        classing=plan.classes,
        dates=plan.dates,
        features=plan.top,
    )
    started = time.monotonic()
    try:
        chosen = rows.take(classes_of(rows, plan.classes).rows)
        trained = train(chosen, plan, progress=progress, checkpoint=checkpoint)
    except DataError as error:
        return msgspec.structs.replace(empty, missing=str(error)), None
    seconds = time.monotonic() - started
    held = chosen.take(divided(chosen, plan.split, plan.seed, attacks_to_test=False).test)
    judged = judge({variant.name: Scorer(trained.model)}, [held], sampled=0)
    [part] = trained.model.manifest.classifiers
    done = msgspec.structs.replace(
        empty,
        features=len(part.columns),
        rows=len(chosen) - len(held),
        judged=len(held),
        seconds=seconds,
        result=naming(judged, judged.said[variant.name]),
        history=next(iter(trained.histories.values()), []),
    )
    return done, trained.model


def finest(runs: list[ClassRun]) -> ClassRun | None:
    """The classifier without dates that tells most classes apart, the best of those."""
    known = [one for one in runs if one.result is not None and not one.dates]
    return max(known, key=lambda one: (len(one.result.said), one.result.macro_f1 or 0.0), default=None)  # type: ignore[union-attr]


def examples(rows: Rows, model: Model, most: int = 4) -> list[int]:
    """Rows worth an explanation: of each kind of attack the one in the middle of its scores, and the oddest benign."""
    score = Scorer(model).score_rows(rows).score
    labels = rows.labels
    kinds: dict[str, str] = {}
    for label in sorted(set(labels[~rows.benign].tolist())):
        kinds.setdefault(label.split(".")[0], label)
    chosen = []
    for label in list(kinds.values())[: most - 1]:
        mine = np.flatnonzero(labels == label)
        chosen.append(int(mine[np.argsort(score[mine], kind="stable")[len(mine) // 2]]))
    benign = np.flatnonzero(rows.benign)
    return [*chosen, int(benign[np.argmax(score[benign])])] if len(benign) else chosen
