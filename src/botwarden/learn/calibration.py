"""Probabilities that mean what they say: of all rows called mirai.syn with 0.9, nine in ten should be that.

A classifier's raw outputs are scaled by one temperature and shifted by one number per class, found on rows that it did
not learn from (Guo et al. 2017, "On Calibration of Modern Neural Networks", section 4.2: temperature and vector
scaling). No class is named with more certainty than the rows that were seen to be named so can support: five of five
right is not the same as five thousand of five thousand.
"""

from dataclasses import dataclass
from typing import Any, Final, Self

import numpy as np
from numpy.typing import NDArray
from onnx import helper
from scipy.optimize import minimize

from botwarden.learn import graphs

SHIFT: Final = 10.0
"""How strongly shifts are held at zero, in rows' worth of evidence: few rows move them little."""
HOTTEST: Final = 20.0
"""Bounds of the temperature and of its inverse."""
UNSEEN: Final = 2.0
"""Rows that are imagined beside those named as a class, and that were anything (Agresti and Coull 1998 imagine as many
right ones as wrong ones for a rate)."""
MOST_DOUBT: Final = 0.99
"""However few rows there were, the most probable class stays so."""


@dataclass(frozen=True, slots=True)
class Calibration:
    """Probability of class i, with p = softmax(z / temperature + shift): ``(1 - doubt_i) p_i + Σ_k doubt_k p_k / c``.

    shift : float64[c]
    doubt : float64[c], of what is said to be a class, the share that may as well be any
    """

    temperature: float
    shift: NDArray[np.float64]
    doubt: NDArray[np.float64]

    @classmethod
    def none(cls, classes: int) -> Self:
        """Leaves the softmax as it is."""
        return cls(1.0, np.zeros(classes), np.zeros(classes))

    def apply(self, raw: NDArray[np.floating]) -> NDArray[np.float64]:
        """float64[n, c]: probabilities of raw outputs, float[n, c]."""
        p = np.exp(log_softmax(raw / self.temperature + self.shift))
        return p * (1 - self.doubt) + (p @ self.doubt)[:, None] / len(self.shift)

    def nodes(self, source: str) -> tuple[list[Any], list[Any]]:
        """The same as nodes and constants of a graph, from the value ``source`` to ``probability``."""
        shared = np.ascontiguousarray(self.doubt[:, None] / len(self.shift), np.float32)
        constants = [
            graphs.constant("cal.coldness", np.array(1 / self.temperature, np.float32)),
            graphs.constant("cal.shift", self.shift.astype(np.float32)),
            graphs.constant("cal.trust", (1 - self.doubt).astype(np.float32)),
            graphs.constant("cal.doubt", shared),
        ]
        nodes = [
            helper.make_node("Mul", [source, "cal.coldness"], ["cal.cold"]),
            helper.make_node("Add", ["cal.cold", "cal.shift"], ["cal.moved"]),
            helper.make_node("Softmax", ["cal.moved"], ["cal.soft"], axis=1),
            helper.make_node("Mul", ["cal.soft", "cal.trust"], ["cal.trusted"]),
            helper.make_node("MatMul", ["cal.soft", "cal.doubt"], ["cal.any"]),
            helper.make_node("Add", ["cal.trusted", "cal.any"], ["probability"]),
        ]
        return nodes, constants


def calibrate(raw: NDArray[np.floating], y: NDArray[np.intp]) -> Calibration:
    """What makes the raw outputs of rows fit their classes best, by log loss.

    raw : float[n, c]; y : intp[n]. No rows give no change but the doubt.
    """
    n, c = raw.shape
    if not n:
        return Calibration(1.0, np.zeros(c), np.full(c, MOST_DOUBT))
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
    coldness, shift = float(np.exp(found.x[0])), found.x[1:]
    named = np.bincount((raw * coldness + shift).argmax(axis=1), minlength=c)
    return Calibration(1 / coldness, shift, np.minimum(UNSEEN / (UNSEEN + named), MOST_DOUBT))


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
