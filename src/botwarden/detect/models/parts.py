"""The parts of a model at work: raw rows in, scores or probabilities out."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from botwarden.core.model import ClassifierPart, DetectorPart, Model, Part
from botwarden.detect.models.confidence import Tail
from botwarden.detect.models.network import Network
from botwarden.detect.models.scaling import KINDS, Pick, Scaler

BLOCK: Final = 1024
"""Rows that go through a network at a time: enough to be efficient, few enough to stay in the cache."""

Floats = NDArray[np.floating]


def scaler_of(part: Part, model: Model) -> Scaler:
    """A part's scaler. Raises ModelError where its arrays are missing or do not fit."""
    arrays = {
        name: model.arrays[key] for name in KINDS[part.scaler].arrays if (key := f"{part.name}.{name}") in model.arrays
    }
    return Scaler(part.scaler, arrays, len(part.columns))


class _Ready:
    """A part's columns, scaler and network."""

    def __init__(self, part: Part, model: Model, outputs: dict[str, int | None], threads: int) -> None:
        columns = model.manifest.schema.columns
        at = {name: place for place, name in enumerate(columns)}
        pick = np.array([at[name] for name in part.columns], np.intp)
        self._pick: Pick = None if part.columns == columns else pick
        self._scaler = scaler_of(part, model)
        self._scaled = np.empty((BLOCK, len(part.columns)), np.float32)
        self.network = Network(model.networks[part.name], part.name, len(part.columns), outputs, threads)
        self._outputs = tuple(outputs)

    def probe(self) -> None:
        """Run the network once. Raises ModelError where it cannot be used, or gives what the part does not promise."""
        for output in self._outputs:
            self.network.run(output, np.zeros((2, self._scaled.shape[1]), np.float32))

    def fill(self, output: str, values: Floats, out: NDArray[np.float32]) -> None:
        """Put an output of the network for rows into ``out``, float32[n] or [n, columns]."""
        for start in range(0, len(values), BLOCK):
            rows = values[start : start + BLOCK]
            x = self._scaler.apply(rows, self._scaled[: len(rows)], self._pick)
            out[start : start + BLOCK] = self.network.run(output, x)


class ReadyDetector(_Ready):
    """A detector at work; not for several threads at once."""

    def __init__(self, part: DetectorPart, model: Model, threads: int = 1) -> None:
        """Raises ModelError where the part's arrays do not fit; the network is loaded when it is first used."""
        outputs: dict[str, int | None] = {"score": None}
        if part.has_errors:
            outputs["errors"] = len(part.columns)
        super().__init__(part, model, outputs, threads)
        self.part = part
        self.tail = Tail(model.arrays[f"{part.name}.tail"], part.threshold)

    def scores(self, values: Floats) -> NDArray[np.float32]:
        """float32[n] of rows of the model's schema, [n, k]."""
        out = np.empty(len(values), np.float32)
        self.fill("score", values, out)
        return out

    def errors(self, values: Floats) -> NDArray[np.float32]:
        """float32[n, d]: the share of each of the part's columns in the score. The part must have ``has_errors``."""
        out = np.empty((len(values), len(self.part.columns)), np.float32)
        self.fill("errors", values, out)
        return out


class ReadyClassifier(_Ready):
    """A classifier at work; not for several threads at once."""

    def __init__(self, part: ClassifierPart, model: Model, threads: int = 1) -> None:
        """As of `ReadyDetector`."""
        super().__init__(part, model, {"probability": len(part.classes)}, threads)
        self.part = part

    def probabilities(self, values: Floats) -> NDArray[np.float32]:
        """float32[n, c], in the order of the part's classes; what is no number counts as 0."""
        out = np.empty((len(values), len(self.part.classes)), np.float32)
        self.fill("probability", values, out)
        return np.clip(np.nan_to_num(out, nan=0.0), 0.0, 1.0)
