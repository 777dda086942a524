"""Probabilities that mean what they say: of all rows called mirai.syn with 0.9, nine in ten should be that.

A classifier's raw outputs are scaled by one temperature and shifted by one number per class, found on rows that it did
not learn from (Guo et al. 2017, "On Calibration of Modern Neural Networks", section 4.2: temperature and vector
scaling). No probability comes closer to certainty than so many rows can support.
"""

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from onnx import helper
from scipy.optimize import minimize

from botwarden.learn import graphs

SHIFT: Final = 10.0
"""How strongly shifts are held at zero, in rows' worth of evidence: few rows move them little."""
HOTTEST: Final = 20.0
"""Bounds of the temperature and of its inverse."""


@dataclass(frozen=True, slots=True)
class Calibration:
    """Probability of class i: ``(1 - floor) · softmax(z / temperature + shift)_i + floor / c``.

    shift : float64[c]
    floor : what is shared among all classes, 0 to 1
    """

    temperature: float
    shift: NDArray[np.float64]
    floor: float

    def apply(self, raw: NDArray[np.floating]) -> NDArray[np.float64]:
        """float64[n, c]: probabilities of raw outputs, float[n, c]."""
        scaled = raw / self.temperature + self.shift
        return (1 - self.floor) * np.exp(log_softmax(scaled)) + self.floor / len(self.shift)

    def nodes(self, source: str) -> tuple[list[Any], list[Any]]:
        """The same as nodes and constants of a graph, from the value ``source`` to ``probability``."""
        constants = [
            graphs.constant("cal.coldness", np.array(1 / self.temperature, np.float32)),
            graphs.constant("cal.shift", self.shift.astype(np.float32)),
            graphs.constant("cal.share", np.array(1 - self.floor, np.float32)),
            graphs.constant("cal.floor", np.array(self.floor / len(self.shift), np.float32)),
        ]
        nodes = [
            helper.make_node("Mul", [source, "cal.coldness"], ["cal.cold"]),
            helper.make_node("Add", ["cal.cold", "cal.shift"], ["cal.moved"]),
            helper.make_node("Softmax", ["cal.moved"], ["cal.soft"], axis=1),
            helper.make_node("Mul", ["cal.soft", "cal.share"], ["cal.shared"]),
            helper.make_node("Add", ["cal.shared", "cal.floor"], ["probability"]),
        ]
        return nodes, constants

    def text(self, rows: int) -> str:
        """For people: how it was found."""
        return f"temperature {self.temperature:.3g} and a shift per class, on {rows:,} rows not learned from"


def calibrate(raw: NDArray[np.floating], y: NDArray[np.intp]) -> Calibration:
    """What makes the raw outputs of rows fit their classes best, by log loss.

    raw : float[n, c]; y : intp[n]. No rows give no change but the floor.
    """
    n, c = raw.shape
    floor = c / (n + c)  # as if each class had been seen once more, whatever was predicted (Laplace)
    if not n:
        return Calibration(1.0, np.zeros(c), floor)
    raw = np.asarray(raw, np.float64)
    truth = np.eye(c)[y]

    def loss(at: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        coldness, shift = np.exp(at[0]), at[1:]
        logs = log_softmax(raw * coldness + shift)
        error = (np.exp(logs) - truth) / n
        held = SHIFT / n
        value = -float((logs * truth).sum()) / n + held * float(shift @ shift + at[0] ** 2) / 2
        return value, np.concatenate([[(error * raw).sum() * coldness + held * at[0]], error.sum(0) + held * shift])

    bounds = [(-np.log(HOTTEST), np.log(HOTTEST)), *[(-HOTTEST, HOTTEST)] * c]
    found = minimize(loss, np.zeros(1 + c), jac=True, method="L-BFGS-B", bounds=bounds)
    return Calibration(float(np.exp(-found.x[0])), found.x[1:], floor)


def log_softmax(raw: NDArray[np.float64]) -> NDArray[np.float64]:
    """Logarithms of the softmax over the last axis."""
    shifted = raw - raw.max(axis=-1, keepdims=True)
    return np.asarray(shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True)))


def graph(nodes: list[Any], constants: list[Any], calibration: Calibration, width: int) -> bytes:
    """A checked graph from ``x`` to ``probability``; ``nodes`` lead from ``x`` to ``raw``: float32[n, c]."""
    more, others = calibration.nodes("raw")
    return graphs.model(
        [*nodes, *more], [*constants, *others], width, ["probability"], _DOMAINS, len(calibration.shift)
    )


_DOMAINS: Final = (("ai.onnx.ml", 3),)
