"""An ensemble of small autoencoders like KitNET's (Mirsky et al. 2018, "Kitsune", section V).

Features that go together are put into groups of at most ten. An autoencoder learns each group, and another one how
large their errors are together. Unlike the original, which sees each row once, all of them are trained over batches
and epochs, the small ones in one stack; hidden units are tanh and outputs linear; groups are joined by mean distance.
"""

import math
from typing import Any, ClassVar, Final, Self

import numpy as np
import torch
from numpy.typing import NDArray
from onnx import helper
from sklearn.cluster import AgglomerativeClustering

from botwarden.core.errors import ConfigError
from botwarden.core.model import ScalerKind
from botwarden.learn import graphs
from botwarden.learn.autoencoder import Settings, check_numbers, checked
from botwarden.learn.estimator import Checkpoint, Progress
from botwarden.learn.loop import Plan, Stages, Table, Training, part_of, steps
from botwarden.learn.networks import Layers, Stack, pick_device

Floats = NDArray[np.float32]

_ROWS: Final = 50_000  # that correlations are taken from, at most
_TINY: Final = 1e-12


class KitNet:
    """The score of a row is the root mean squared error of the output autoencoder.

    group : features in a group, at most
    ratio : hidden units of each autoencoder over its inputs
    epochs, batch, rate, patience, seed, device : as of `botwarden.learn.autoencoder.Autoencoder`
    """

    algorithm: ClassVar[str] = "kitnet"
    scaler: ClassVar[ScalerKind] = "minmax"
    has_errors: ClassVar[bool] = True

    def __init__(
        self,
        *,
        group: int = 10,
        ratio: float = 0.75,
        epochs: int = 100,
        batch: int = 256,
        rate: float = 3e-3,
        patience: int = 10,
        seed: int = 0,
        device: str | None = None,
    ) -> None:
        """Store the settings."""
        self.group = group
        self.ratio = ratio
        self.epochs = epochs
        self.batch = batch
        self.rate = rate
        self.patience = patience
        self.seed = seed
        self.device = device
        self.groups_: list[list[int]] = []
        self.small_: list[Layers] = []
        self.output_: Layers = []
        self.low_: Floats = np.zeros(0, np.float32)
        self.high_: Floats = np.zeros(0, np.float32)

    @property
    def settings(self) -> Settings:
        """What it was told and, after `fit`, ``groups``: how many."""
        out: Settings = {
            "group": self.group,
            "ratio": self.ratio,
            "epochs": self.epochs,
            "batch": self.batch,
            "rate": self.rate,
            "patience": self.patience,
            "seed": self.seed,
        }
        return {**out, "groups": len(self.groups_)} if self.groups_ else out

    def fit(
        self, x: Floats, optimise: Floats, *, progress: Progress | None = None, checkpoint: Checkpoint | None = None
    ) -> Self:
        """See `botwarden.learn.estimator.AnomalyDetector.fit`. Raises ConfigError and DataError."""
        check_numbers(self.epochs, self.batch, self.rate, self.patience, self.seed)
        if self.group < 1 or not 0 < self.ratio <= 16:
            raise ConfigError("groups hold at least one feature, and the ratio is above 0 and at most 16")
        x = checked(x, "training")
        optimise = checked(optimise, "optimise", x.shape[1])
        self.groups_ = correlated(x, self.group)
        stages = Stages(checkpoint)
        first = self._train(
            [x[:, g] for g in self.groups_], [optimise[:, g] for g in self.groups_], stages, 0, progress
        )
        self.small_ = first
        errors, held = self._group_errors(x), self._group_errors(optimise)
        self.low_, self.high_ = errors.min(0), errors.max(0)
        (self.output_,) = self._train([self._scaled(errors)], [self._scaled(held)], stages, 1, progress)
        return self

    def to_onnx(self) -> bytes:
        """``errors``: the output's squared error of each group, shared out as the group's own error.

        The small networks are one, whose weights are zero between groups. Raises ValueError before `fit`.
        """
        if not self.output_:
            raise ValueError("fit first")
        width, k = sum(map(len, self.groups_)), len(self.groups_)
        member = np.zeros((width, k), np.float32)
        for i, group in enumerate(self.groups_):
            member[group, i] = 1
        nodes, constants = graphs.dense(self._joined(width), "x", "y", "small")
        more, others = graphs.dense(self.output_, "r", "out", "output")
        constants += others
        values = {
            "mean_of": member / member.sum(0),
            "back": np.ascontiguousarray(member.T),
            "low": self.low_,
            "span": np.maximum(self.high_ - self.low_, np.float32(_TINY)),
            "tiny": np.array(_TINY, np.float32),
            "sizes": member.sum(0),
        }
        constants += [graphs.constant(name, value) for name, value in values.items()]
        one = helper.make_node
        nodes += [
            one("Sub", ["x", "y"], ["difference"]),
            one("Mul", ["difference", "difference"], ["squared"]),
            one("MatMul", ["squared", "mean_of"], ["group_mse"]),
            one("Sqrt", ["group_mse"], ["group_rmse"]),
            one("Sub", ["group_rmse", "low"], ["above"]),
            one("Div", ["above", "span"], ["r"]),
            *more,
            one("Sub", ["r", "out"], ["group_difference"]),
            one("Mul", ["group_difference", "group_difference"], ["group_squared"]),
            one("ReduceMean", ["group_squared"], ["mse"], axes=[1], keepdims=0),
            one("Sqrt", ["mse"], ["score"]),
            one("Mul", ["group_mse", "sizes"], ["group_sum"]),
            one("Add", ["group_sum", "tiny"], ["group_total"]),
            one("Div", ["group_squared", "group_total"], ["per_error"]),
            one("MatMul", ["per_error", "back"], ["factor"]),
            one("Mul", ["squared", "factor"], ["errors"]),
        ]
        return graphs.model(nodes, constants, width, ["score", "errors"])

    def _train(
        self, x: list[Floats], optimise: list[Floats], stages: Stages, stage: int, progress: Progress | None
    ) -> list[Layers]:
        device = pick_device(self.device)
        widths = [rows.shape[1] for rows in x]
        stack = Stack([(w, max(1, math.ceil(self.ratio * w)), w) for w in widths], device)
        seeds = self.seed + torch.arange(len(x), device=device)
        stack.draw(seeds)
        plan = Plan(self.epochs, self.rate, patience=self.patience)
        rows, held = Table.of(_as_wide(x), device), Table.of(_as_wide(optimise), device)
        seeds = torch.full_like(seeds, self.seed)  # the same batches for all
        training = Training(stack, rows, held, seeds, steps(len(x[0]), self.batch), plan)
        stages.train(training, f"{stage}.", part_of(progress, stage / 2, 1 / 2))
        return training.first.take(training.best)

    def _group_errors(self, x: Floats) -> Floats:
        """float32[n, k]: the root mean squared error of each group."""
        out = np.empty((len(x), len(self.groups_)), np.float32)
        for i, (group, layers) in enumerate(zip(self.groups_, self.small_, strict=True)):
            part = h = x[:, group]
            for weights, biases in layers[:-1]:
                h = np.tanh(h @ weights + biases)
            out[:, i] = np.sqrt(np.square(h @ layers[-1][0] + layers[-1][1] - part).mean(1))
        return out

    def _scaled(self, errors: Floats) -> Floats:
        scaled: Floats = (errors - self.low_) / np.maximum(self.high_ - self.low_, np.float32(_TINY))
        return scaled

    def _joined(self, width: int) -> Layers:
        """All small networks as one, whose inputs and outputs stand in the order of the columns."""
        hidden = [len(layers[0][1]) for layers in self.small_]
        into, bias = np.zeros((width, sum(hidden)), np.float32), np.zeros(sum(hidden), np.float32)
        out, out_bias = np.zeros((sum(hidden), width), np.float32), np.zeros(width, np.float32)
        at = 0
        for group, layers, size in zip(self.groups_, self.small_, hidden, strict=True):
            (w0, b0), (w1, b1) = layers
            into[group, at : at + size], bias[at : at + size] = w0, b0
            out[at : at + size, group], out_bias[group] = w1, b1
            at += size
        return [(into, bias), (out, out_bias)]


def correlated(x: Floats, largest: int) -> list[list[int]]:
    """Columns in groups of at most ``largest`` that go together, by correlation; constant ones go with nothing.

    The tree of clusters is cut from the top: what is too large falls into its two branches (section V-B).
    """
    width = x.shape[1]
    if width <= largest:
        return [list(range(width))]
    part = x[:: max(1, math.ceil(len(x) / _ROWS))].astype(np.float64)
    part -= part.mean(0)
    norm = np.sqrt(np.square(part).sum(0))
    together = part.T @ part / np.maximum(np.outer(norm, norm), _TINY)
    distance = np.clip(1 - together, 0, 2)
    np.fill_diagonal(distance, 0)
    tree: Any = AgglomerativeClustering(n_clusters=1, metric="precomputed", linkage="average").fit(distance).children_
    return _branches(tree, width, largest)


def _branches(tree: NDArray[np.integer], width: int, largest: int) -> list[list[int]]:
    """Leaves of the largest branches that are small enough; node ``width + i`` joins the two in ``tree[i]``."""
    leaves: list[list[int]] = [[i] for i in range(width)]
    for left, right in tree:
        leaves.append(leaves[left] + leaves[right])
    found, todo = [], [len(leaves) - 1]
    while todo:
        node = todo.pop()
        if len(leaves[node]) <= largest:
            found.append(sorted(leaves[node]))
        else:
            todo += [int(child) for child in tree[node - width]]
    return sorted(found)


def _as_wide(parts: list[Floats]) -> list[Floats]:
    """The same rows, with columns of zeros up to the width of the widest."""
    width = max(rows.shape[1] for rows in parts)
    return [np.pad(rows, ((0, 0), (0, width - rows.shape[1]))) for rows in parts]
