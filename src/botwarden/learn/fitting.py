"""From rows to fitted detectors: scaled, trained together where they can be, and scored on rows that were held out."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from botwarden.core.errors import ConfigError
from botwarden.core.model import ScalerKind
from botwarden.core.row import Rows
from botwarden.detect.models.scaling import Scaler
from botwarden.learn.detectors import detector
from botwarden.learn.dividing import Index, Job
from botwarden.learn.estimator import AnomalyDetector, Progress
from botwarden.learn.journal import Fitted, Journal
from botwarden.learn.plan import TrainPlan
from botwarden.learn.scaling import fit_scaler

SCALED_BY: Final = 200_000
"""Rows that a scaling is learned from, at most: a sample at equal steps."""


@dataclass(frozen=True, slots=True)
class Columns:
    """Some columns of rows, brought to scale."""

    rows: Rows
    places: NDArray[np.intp]

    def raw(self, index: Index, most: int | None = None) -> NDArray[np.floating]:
        """[n, d]: the chosen rows before scaling; at most ``most`` of them, at equal steps."""
        if most is not None and len(index) > most:
            index = index[np.linspace(0, len(index) - 1, most).astype(np.intp)]
        values: NDArray[np.floating] = self.rows.values[np.ix_(index, self.places)]
        return values

    def scaler(self, kind: ScalerKind, index: Index) -> Scaler:
        """Learned from the chosen rows."""
        return fit_scaler(kind, self.raw(index, SCALED_BY))

    def scaled(self, scaler: Scaler, index: Index) -> NDArray[np.float32]:
        """float32[n, d]."""
        return scaler.apply(np.ascontiguousarray(self.raw(index)))


@dataclass(frozen=True, slots=True)
class Network:
    """A fitted detector with the scaling that stands before it."""

    job: Job
    scaler: Scaler
    fitted: Fitted

    def scores(self, columns: Columns, index: Index) -> NDArray[np.float32]:
        """float32[n], of the chosen rows."""
        from botwarden.learn.graphs import Runner  # noqa: PLC0415 - it loads onnx, of the extra `train`

        return Runner(self.fitted.network).scores(columns.scaled(self.scaler, index))


def maker(plan: TrainPlan) -> tuple[Callable[[], AnomalyDetector], ScalerKind]:
    """Makes detectors as the plan has them, and the scaling that they get. Raises ConfigError."""
    made = detector(plan.detector)
    settings: dict[str, Any] = dict(plan.detector_settings)
    if plan.epochs is not None:
        settings["epochs"] = plan.epochs
    try:
        template = made(**settings, seed=plan.seed)
    except TypeError as error:
        raise ConfigError(f"the detector {plan.detector} has no such setting: {_setting(error)}") from error
    return lambda: made(**settings, seed=plan.seed), plan.scaler or template.scaler


def stops(make: Callable[[], AnomalyDetector]) -> bool:
    """Whether such detectors stop by rows that they do not learn from."""
    return bool(getattr(make(), "patience", 0))


def fit(
    make: Callable[[], AnomalyDetector],
    kind: ScalerKind,
    columns: Columns,
    jobs: Sequence[Job],
    journal: Journal,
    progress: Progress | None = None,
) -> list[Network]:
    """Train all jobs, in one pass where the algorithm can. What the journal holds already is not trained again."""
    scalers = [columns.scaler(kind, job.train) for job in jobs]
    done = [journal.finished(job.name) for job in jobs]
    todo = [i for i, fitted in enumerate(done) if fitted is None]
    if len(todo) > 1 and _together(make()):
        done = _fit_together(make, columns, jobs, scalers, journal, progress)
    else:
        for number, i in enumerate(todo):
            done[i] = _fit_one(make(), columns, jobs[i], scalers[i], journal, _part(progress, number, len(todo)))
    return [
        Network(job, scaler, fitted)
        for job, scaler, fitted in zip(jobs, scalers, done, strict=True)
        if fitted is not None
    ]


def _fit_one(
    made: AnomalyDetector, columns: Columns, job: Job, scaler: Scaler, journal: Journal, progress: Progress | None
) -> Fitted:
    made.fit(
        columns.scaled(scaler, job.train),
        columns.scaled(scaler, job.optimise),
        progress=progress,
        checkpoint=journal.stage(job.name),
    )
    fitted = Fitted.of(made)
    journal.finish(job.name, {job.name: fitted})
    return fitted


def _together(made: AnomalyDetector) -> bool:
    """Whether `botwarden.learn.batched.fit_many` does with many what ``fit`` does with one."""
    from botwarden.learn.autoencoder import Autoencoder  # noqa: PLC0415 - it loads torch

    return isinstance(made, Autoencoder) and type(made).fit is Autoencoder.fit


def _fit_together(
    make: Callable[[], AnomalyDetector],
    columns: Columns,
    jobs: Sequence[Job],
    scalers: Sequence[Scaler],
    journal: Journal,
    progress: Progress | None,
) -> list[Fitted | None]:
    from botwarden.learn.batched import fit_many  # noqa: PLC0415 - it loads torch

    template: Any = make()
    many = fit_many(
        template,
        [columns.scaled(scaler, job.train) for job, scaler in zip(jobs, scalers, strict=True)],
        [columns.scaled(scaler, job.optimise) for job, scaler in zip(jobs, scalers, strict=True)],
        progress=progress,
        checkpoint=journal.stage("detectors"),
    )
    found = {job.name: Fitted.of(fitted) for job, fitted in zip(jobs, many, strict=True)}
    journal.finish("detectors", found)
    return list(found.values())


def _part(progress: Progress | None, number: int, of: int) -> Progress | None:
    if progress is None:
        return None

    def told(share: float | None, text: str) -> None:
        progress((number + (share or 0.0)) / of, text)

    return told


def _setting(error: TypeError) -> str:
    text = str(error)
    return text.rsplit("argument ", 1)[-1] if "argument" in text else text
