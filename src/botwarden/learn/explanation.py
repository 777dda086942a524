"""`Explanation`: why a model says of a row what it says. How to read it: docs/explanations.md.

Two views that know nothing of each other: LIME, which tries what the model says of rows near this one, and an
autoencoder's own account, the error of each feature. Both become sentences.
"""

import math
from collections.abc import Callable, Sequence
from typing import Final

import msgspec
import numpy as np
from numpy.typing import NDArray

from botwarden.core.errors import ConfigError, ModelError
from botwarden.core.model import Part
from botwarden.core.row import PROTOCOLS, Rows
from botwarden.core.score import Scores
from botwarden.detect.models.scorer import Scorer
from botwarden.detect.models.words import about, reasons, thing, title
from botwarden.learn.background import normals_of
from botwarden.learn.stability import Stability, stability
from botwarden.learn.surrogate import SAMPLES, Function, explain

MAX_SEEDS: Final = 1000
MAX_SAMPLES: Final = 100_000
SEEDS: Final = 5
"""Runs of LIME, where nobody asks for another number."""

_Batch = NDArray[np.float64]


class Weight(msgspec.Struct, frozen=True, kw_only=True):
    """What one feature contributes."""

    column: str
    title: str
    """Its name for people."""
    value: float
    normal: list[float]
    """The 1st, 25th, 50th, 75th and 99th percentile in benign rows."""
    weight: float
    """Its mean over the runs."""
    spread: float = 0.0
    """Its standard deviation over the runs."""


class Thing(msgspec.Struct, frozen=True, kw_only=True):
    """What features that say the same contribute together."""

    title: str
    weight: float
    spread: float = 0.0
    columns: list[str]


class Fit(msgspec.Struct, frozen=True, kw_only=True):
    """How far weights of LIME can be trusted."""

    fidelity: float
    """R² of its linear model, mean over the runs: 1 where that says all that the model does near the row."""
    stability: Stability | None
    """Null after a single run."""


class Said(msgspec.Struct, frozen=True, kw_only=True):
    """One reason in words."""

    text: str
    share: float
    """0 to 1: of all that was contributed."""
    columns: list[str]
    """The features that say it."""


class View(msgspec.Struct, frozen=True, kw_only=True):
    """One account of a row; weights are ordered by their size."""

    what: str
    """What the weights add up to, for people."""
    output: float
    """What the model says of the row, in the same unit."""
    features: list[Weight]
    things: list[Thing]
    """By LIME in runs of their own, in which the features of a thing are kept or replaced together."""
    reasons: list[Said]
    """The things in words."""
    features_fit: Fit | None = None
    """Of LIME."""
    things_fit: Fit | None = None
    """The same of ``things``."""


class Explanation(msgspec.Struct, frozen=True, kw_only=True):
    """Why a row was judged as it was. A view is null where the model has no such part."""

    model: str
    source: str
    row: int
    """Counted from 0, as the column ``row`` of scores."""
    device: str
    anomalous: bool
    score: float | None
    threshold: float | None
    label: str | None
    confidence: float
    detector: View | None
    """By LIME, of the detector's score in multiples of its threshold."""
    errors: View | None
    """By the detector's own errors, as shares of their sum."""
    classifier: View | None
    """By LIME, of the probability of ``label``."""


def explain_row(
    scorer: Scorer,
    rows: Rows,
    number: int,
    *,
    seeds: int = SEEDS,
    seed: int = 0,
    samples: int = SAMPLES,
    limit: int = 5,
) -> Explanation:
    """Explain the row at index ``number`` of ``rows``.

    seeds : runs of LIME, with the seeds ``seed``, ``seed + 1`` …
    samples : of each run
    limit : reasons per view, at most

    Raises ConfigError for numbers out of range and without the extra ``train``, SchemaMismatch, and ModelError where
    no part of the model judges such a row.
    """
    check_numbers(seeds, seed, samples)
    row = rows.take(slice(number, number + 1))
    if not 0 <= number < len(rows):
        raise ConfigError(f"there is no row {number:,}: there are {len(rows):,}, counted from 0")
    scores = scorer.score_rows(row)
    device, protocol = row.groups[row.group[0]].device, PROTOCOLS[row.proto[0]]
    detector, classifier = scorer.detector_for(device, protocol), scorer.classifier_for(device, protocol)
    if detector is None and classifier is None:
        raise ModelError("no part of the model judges rows of this device and protocol")
    values = np.asarray(row.values, np.float64)
    task = _Task(scorer, values, range(seed, seed + seeds), samples, limit)
    return Explanation(
        model=scorer.model.manifest.name,
        source=rows.source,
        row=rows.first + number,
        device=device,
        anomalous=bool(scores.anomalous[0]),
        score=_finite(scores.score[0]),
        threshold=_finite(scores.threshold[0]),
        label=scores.labels[scores.label[0]] if scores.label[0] >= 0 else None,
        confidence=float(scores.confidence[0]),
        detector=None if detector is None else task.of_detector(detector, device, protocol, scores),
        errors=None if detector is None else task.of_errors(detector, device, protocol),
        classifier=None if classifier is None else task.of_classifier(classifier, device, protocol, scores),
    )


def check_numbers(seeds: int, seed: int, samples: int) -> None:
    """Raise ConfigError for numbers that LIME cannot run with."""
    if not 1 <= seeds <= MAX_SEEDS:
        raise ConfigError(f"the number of seeds must be 1 to {MAX_SEEDS:,}, not {seeds:,}")
    if not 0 <= seed < 2**31:
        raise ConfigError(f"the first seed must be 0 to {2**31 - 1:,}, not {seed:,}")
    if not 10 <= samples <= MAX_SAMPLES:
        raise ConfigError(f"the number of samples must be 10 to {MAX_SAMPLES:,}, not {samples:,}")


class _Task:
    """One row, and how it is to be explained."""

    def __init__(self, scorer: Scorer, values: _Batch, seeds: range, samples: int, limit: int) -> None:
        self._scorer = scorer
        self._values = values
        self._seeds = seeds
        self._samples = samples
        self._limit = limit
        self._place = {name: i for i, name in enumerate(scorer.model.manifest.schema.columns)}

    def of_detector(self, part: Part, device: str, protocol: str, scores: Scores) -> View:
        unit = abs(float(scores.threshold[0])) or 1.0

        def function(batch: _Batch) -> _Batch:
            return np.asarray(self._scorer.score(batch, device, protocol).score, np.float64) / unit

        return self._lime(part, function, "the score, in multiples of the threshold")

    def of_classifier(self, part: Part, device: str, protocol: str, scores: Scores) -> View:
        label = scores.labels[scores.label[0]]
        number = self._scorer.classifier_for(device, protocol).classes.index(label)  # type: ignore[union-attr]

        def function(batch: _Batch) -> _Batch:
            found = self._scorer.probabilities(batch, device, protocol)
            assert found is not None
            return np.asarray(found[:, number], np.float64)

        return self._lime(part, function, f"the probability of {label}")

    def of_errors(self, part: Part, device: str, protocol: str) -> View | None:
        errors = self._scorer.errors(self._values, device, protocol)
        if errors is None:
            return None
        sizes = np.maximum(np.nan_to_num(errors[0].astype(np.float64)), 0.0)
        total = float(sizes.sum())
        shares = sizes / total if total > 0 else sizes
        groups = _groups(part.columns)
        sums = np.array([shares[members].sum() for members in groups])
        what = "the detector's own errors, as shares of their sum"
        return self._view(part, what, total / len(sizes), (shares[None], None), (sums[None], None))

    def _lime(self, part: Part, function: Callable[[_Batch], _Batch], what: str) -> View:
        at = [self._place[name] for name in part.columns]

        def of_part(batch: _Batch) -> _Batch:
            whole = np.repeat(self._values, len(batch), axis=0)
            whole[:, at] = batch
            return function(whole)

        output = float(of_part(self._values[:, at])[0])
        features, things = self._runs(part, of_part, None), self._runs(part, of_part, list(map(about, part.columns)))
        return self._view(part, what, output, features, things)

    def _runs(self, part: Part, function: Function, things: list[tuple[int, str]] | None) -> tuple[_Batch, Fit]:
        """float64[runs, features or things], and how far they can be trusted."""
        row = self._values[0, [self._place[name] for name in part.columns]]
        normals = normals_of(part, self._scorer.model)
        kinds = [about(name)[1] for name in part.columns]
        runs = [
            explain(function, row, normals, seed, kinds=kinds, things=things, samples=self._samples)
            for seed in self._seeds
        ]
        weights = np.stack([run.weights for run in runs])
        fidelity = float(np.mean([run.fidelity for run in runs]))
        return weights, Fit(fidelity=fidelity, stability=stability(weights))

    def _view(
        self,
        part: Part,
        what: str,
        output: float,
        features: tuple[_Batch, Fit | None],
        things: tuple[_Batch, Fit | None],
    ) -> View:
        columns = part.columns
        values = self._values[0, [self._place[name] for name in columns]]
        normals = normals_of(part, self._scorer.model)
        groups = _groups(columns)
        told = reasons(columns, values, normals, _shared_out(features[0], things[0], groups), self._limit)
        return View(
            what=what,
            output=output,
            features=[
                Weight(
                    column=columns[i],
                    title=title(columns[i]),
                    value=float(values[i]),
                    normal=normals[:, i].tolist(),
                    weight=mean,
                    spread=spread,
                )
                for i, mean, spread in _ranked(features[0])
            ],
            things=[
                Thing(
                    title=thing(columns[groups[i][0]]),
                    weight=mean,
                    spread=spread,
                    columns=[columns[j] for j in groups[i]],
                )
                for i, mean, spread in _ranked(things[0])
            ],
            reasons=[Said(text=one.text, share=one.share, columns=list(one.columns)) for one in told],
            features_fit=features[1],
            things_fit=things[1],
        )


def _groups(columns: Sequence[str]) -> list[list[int]]:
    """The features of each thing, in the order in which things first appear."""
    found: dict[tuple[int, str], list[int]] = {}
    for i, name in enumerate(columns):
        found.setdefault(about(name), []).append(i)
    return list(found.values())


def _shared_out(features: _Batch, things: _Batch, groups: Sequence[Sequence[int]]) -> _Batch:
    """float64[d]: the mean weight of each thing, shared out to its features by what each weighs alone."""
    out = np.zeros(features.shape[1])
    alone = np.abs(features.mean(axis=0))
    for members, weight in zip(groups, things.mean(axis=0), strict=True):
        sizes = alone[members]
        out[members] = weight * (sizes / sizes.sum() if sizes.sum() > 0 else 1 / len(members))
    return out


def _ranked(runs: _Batch) -> list[tuple[int, float, float]]:
    """Index, mean and standard deviation over the runs, the largest mean first."""
    means, spreads = runs.mean(axis=0), runs.std(axis=0)
    return [(i, float(means[i]), float(spreads[i])) for i in np.argsort(-np.abs(means), kind="stable").tolist()]


def _finite(value: float | np.floating) -> float | None:
    return float(value) if math.isfinite(value) else None
