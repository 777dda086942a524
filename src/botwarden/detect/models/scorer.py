"""`Scorer`: a model at work. What its scores mean is said in `botwarden.core.score`."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from botwarden.core.errors import SchemaMismatch
from botwarden.core.model import ClassifierPart, DetectorPart, Model
from botwarden.core.row import BENIGN, Rows
from botwarden.core.score import Scores
from botwarden.core.text import printable
from botwarden.detect.models.check import check_model
from botwarden.detect.models.dispatch import NONE, Dispatch
from botwarden.detect.models.parts import Floats, ReadyClassifier, ReadyDetector

Names = str | Sequence[str] | None
"""What a device goes by: a name, or several of which any may be the model's, the first first."""


@dataclass(slots=True)
class _Said:
    """Scores while they are filled in; nothing is known of any row yet."""

    score: NDArray[np.float32]
    threshold: NDArray[np.float32]
    anomalous: NDArray[np.bool_]
    label: NDArray[np.int16]
    confidence: NDArray[np.float32]

    @classmethod
    def of(cls, n: int) -> Self:
        nothing = np.float32(np.nan)
        return cls(
            np.full(n, nothing),
            np.full(n, nothing),
            np.zeros(n, np.bool_),
            np.full(n, -1, np.int16),
            np.zeros(n, np.float32),
        )

    def scores(self, labels: tuple[str, ...]) -> Scores:
        return Scores(self.score, self.threshold, self.anomalous, self.label, self.confidence, labels)


class Scorer:
    """Judges rows by a model. Networks are loaded when they are first needed. Not for several threads at once."""

    def __init__(self, model: Model, threads: int = 1) -> None:
        """``threads``: that ONNX Runtime may use for one network.

        Raises ModelError for a model that contradicts itself (`botwarden.detect.models.check`).
        """
        check_model(model)
        self.model = model
        self._detectors = [ReadyDetector(part, model, threads) for part in model.manifest.detectors]
        self._classifiers = [ReadyClassifier(part, model, threads) for part in model.manifest.classifiers]
        self._detector_for = Dispatch(model.manifest.detectors)
        self._classifier_for = Dispatch(model.manifest.classifiers)
        named = (name for part in model.manifest.classifiers for name in part.classes)
        self.labels: tuple[str, ...] = tuple(dict.fromkeys(named))
        self._codes = [
            np.array([self.labels.index(name) for name in part.classes], np.int16)
            for part in model.manifest.classifiers
        ]
        self._benign = self.labels.index(BENIGN) if BENIGN in self.labels else -1

    def probe(self, most: int = 64) -> None:
        """Load and run the first ``most`` networks once: there may be one per device, and the others wait for theirs.

        Raises ModelError for one that cannot be used.
        """
        for part in [*self._detectors, *self._classifiers][:most]:
            part.probe()

    def detector_for(self, device: Names = None, protocol: str | None = None) -> DetectorPart | None:
        """The detector that judges such rows; None where none does."""
        place = self._detector_for.place(_names(device), protocol)
        return None if place == NONE else self._detectors[place].part

    def classifier_for(self, device: Names = None, protocol: str | None = None) -> ClassifierPart | None:
        """The classifier that names such rows; None where none does."""
        place = self._classifier_for.place(_names(device), protocol)
        return None if place == NONE else self._classifiers[place].part

    def score(self, values: Floats, device: Names = None, protocol: str | None = None) -> Scores:
        """One entry per row; ``values``: float64 or float32[n, k], rows of the model's schema, all of one kind.

        Raises SchemaMismatch where the number of columns is another, ModelError where a network fails.
        """
        self._hold(values)
        names = _names(device)
        said = _Said.of(len(values))
        self._judge(values, said, slice(None), self._detector_for.place(names, protocol))
        self._name(values, said, slice(None), self._classifier_for.place(names, protocol))
        return said.scores(self.labels)

    def score_rows(self, rows: Rows) -> Scores:
        """One entry per row, each by the most particular part for its device and protocol. Raises as `score` does."""
        schema = self.model.manifest.schema
        if rows.schema.name != schema.name or list(rows.schema.columns) != schema.columns:
            raise SchemaMismatch(
                f"the model reads rows of the schema '{printable(schema.name, 64)}', not of '{rows.schema.name}'"
            )
        said = _Said.of(len(rows))
        for dispatch, step in ((self._detector_for, self._judge), (self._classifier_for, self._name)):
            places = dispatch.places(rows.groups, rows.group, rows.proto)
            used = np.unique(places)
            for place in used.tolist():
                at = slice(None) if len(used) == 1 else np.flatnonzero(places == place)
                step(rows.values[at], said, at, place)
        return said.scores(self.labels)

    def errors(self, values: Floats, device: Names = None, protocol: str | None = None) -> NDArray[np.float32] | None:
        """float32[n, d]: the share of each column of `detector_for` in the score; None where it tells none."""
        self._hold(values)
        place = self._detector_for.place(_names(device), protocol)
        if place == NONE or not self._detectors[place].part.has_errors:
            return None
        return self._detectors[place].errors(values)

    def probabilities(
        self, values: Floats, device: Names = None, protocol: str | None = None
    ) -> NDArray[np.float32] | None:
        """float32[n, c], calibrated, in the order of the classes of `classifier_for`; None where there is none."""
        self._hold(values)
        place = self._classifier_for.place(_names(device), protocol)
        return None if place == NONE else self._classifiers[place].probabilities(values)

    def _hold(self, values: Floats) -> None:
        width = len(self.model.manifest.schema.columns)
        if values.ndim != 2 or values.shape[1] != width:
            raise SchemaMismatch(f"the model reads rows of {width} columns, not of shape {values.shape}")

    def _judge(self, values: Floats, said: _Said, at: slice | NDArray[np.intp], place: int) -> None:
        if place == NONE:
            return
        detector = self._detectors[place]
        score = detector.scores(values)
        anomalous = np.empty(len(score), np.bool_)
        confidence = np.empty(len(score), np.float32)
        detector.tail.judge(score, anomalous, confidence)
        said.score[at], said.threshold[at] = score, detector.tail.threshold
        said.anomalous[at], said.confidence[at] = anomalous, confidence

    def _name(self, values: Floats, said: _Said, at: slice | NDArray[np.intp], place: int) -> None:
        if place == NONE:
            return
        probability = self._classifiers[place].probabilities(values)
        best = probability.argmax(axis=1)
        sure = probability[np.arange(len(best)), best]
        label = self._codes[place][best]
        attack = label != self._benign
        judged = ~np.isnan(said.threshold[at])
        agreed = ~judged | (said.anomalous[at] == attack)
        said.confidence[at] = np.where(agreed, sure, said.confidence[at] * (1 - sure))
        said.anomalous[at] = np.where(judged, said.anomalous[at], attack)
        said.label[at] = label


def _names(device: Names) -> Sequence[str]:
    if device is None:
        return ()
    return (device,) if isinstance(device, str) else device
