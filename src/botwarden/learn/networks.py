"""Dense networks, many of one depth side by side: `Stack`.

All weights of all networks lie in one vector, so that an optimiser's step is one call, and a layer of all networks is
one batched product. The gradient is written out: for networks this small, a framework's bookkeeping costs more time
than their arithmetic.

Networks of different widths are padded with units whose weights are zero. Such a unit gives tanh(0) = 0, and no error
reaches it, so its weights stay zero through any number of steps: padding changes nothing.
"""

from collections.abc import Sequence
from itertools import pairwise
from typing import Final

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from botwarden.core.errors import ConfigError
from botwarden.learn.chance import uniform

Layers = list[tuple[NDArray[np.float32], NDArray[np.float32]]]
"""One network: per layer the weights, float32[inputs, outputs], and biases, float32[outputs]. tanh stands between."""

PUBLISHED: Final = (0.75, 0.5, 0.33, 0.25, 0.33, 0.5, 0.75)
"""Widths of the hidden layers as shares of the input, as in Meidan et al. 2018 (N-BaIoT), section 4."""
SHORT: Final = (0.75, 0.5, 0.25, 0.5, 0.75)
"""The same with two layers less, as in later work on that data set."""


def layer_sizes(width: int, shares: Sequence[float]) -> tuple[int, ...]:
    """Units per layer, input and output included, of an autoencoder of ``width`` inputs.

    Raises ConfigError for shares that are not above 0 and at most 16.
    """
    if not all(0 < share <= 16 for share in shares):
        raise ConfigError("layers are shares of the number of inputs: numbers above 0 and at most 16")
    return (width, *(max(1, round(share * width)) for share in shares), width)


def pick_device(name: str | None = None) -> torch.device:
    """The device to train on: the one named (``cpu``, ``cuda``, ``cuda:1``), else a GPU where there is one.

    Raises ConfigError for one that does not exist.
    """
    if name is None:
        name = "cuda" if torch.cuda.is_available() else "cpu"
    try:
        device = torch.device(name)
        torch.empty(1, device=device)
    except (RuntimeError, AssertionError) as error:
        raise ConfigError(f"cannot train on the device {name!r}: it is not there") from error
    return device


class Stack:
    """``k`` networks of one depth, tanh between their layers, none after the last.

    sizes : per network, its units per layer, input and output included
    widest : units per layer that all networks are padded to, where not the most of any of them
    flat : float32[p], all weights: layer by layer, in each first the weights, then the biases of all networks
    grad : float32[p], the gradient that `gradient` wrote
    """

    def __init__(
        self, sizes: Sequence[tuple[int, ...]], device: torch.device, widest: tuple[int, ...] | None = None
    ) -> None:
        """Reserve room, all zeros: `draw` or `put` the weights next."""
        self.sizes = tuple(sizes)
        self.device = device
        self.widest = widest or tuple(max(layer) for layer in zip(*sizes, strict=True))
        k = len(self.sizes)
        self.shapes = [
            shape for fan_in, fan_out in pairwise(self.widest) for shape in ((k, fan_in, fan_out), (k, 1, fan_out))
        ]
        total = sum(a * b * c for a, b, c in self.shapes)
        self.flat = torch.zeros(total, device=device)
        self.grad = torch.zeros(total, device=device)
        self._parameters = self.views(self.flat)
        self._gradients = self.views(self.grad)
        self.widths = torch.tensor([size[-1] for size in self.sizes], device=device, dtype=torch.float32)

    def views(self, flat: Tensor) -> list[Tensor]:
        """A vector laid out like `flat`, as weights and biases of each layer: float32[k, …] each."""
        out, at = [], 0
        for a, b, c in self.shapes:
            out.append(flat[at : at + a * b * c].view(a, b, c))
            at += a * b * c
        return out

    def draw(self, seeds: Tensor) -> None:
        """First weights by Glorot and Bengio 2010 (uniform), zero biases; ``seeds``: int64[k]."""
        limits = torch.tensor([[6.0 / (a + b) for a, b in pairwise(s)] for s in self.sizes])
        with torch.no_grad():
            for layer, weights in enumerate(self._parameters[::2]):
                _, rows, columns = weights.shape
                row = torch.arange(rows, device=self.device)[None, :, None]
                column = torch.arange(columns, device=self.device)[None, None, :]
                limit = limits[:, layer].sqrt().to(self.device)[:, None, None]
                weights.copy_((2 * uniform(seeds[:, None, None], -1 - layer, row, column) - 1) * limit)
                fan_in = torch.tensor([s[layer] for s in self.sizes], device=self.device)[:, None, None]
                fan_out = torch.tensor([s[layer + 1] for s in self.sizes], device=self.device)[:, None, None]
                weights.mul_((row < fan_in) & (column < fan_out))
            for biases in self._parameters[1::2]:
                biases.zero_()

    def put(self, networks: Sequence[Layers]) -> None:
        """Take over weights, one network each. Raises ValueError where a shape does not fit."""
        for i, (size, layers) in enumerate(zip(self.sizes, networks, strict=True)):
            for layer, (weights, biases) in enumerate(layers):
                if weights.shape != size[layer : layer + 2]:
                    raise ValueError(f"layer {layer} is {weights.shape}, expected {size[layer : layer + 2]}")
                rows, columns = weights.shape
                self._parameters[2 * layer][i, :rows, :columns] = torch.from_numpy(np.array(weights, np.float32))
                self._parameters[2 * layer + 1][i, 0, :columns] = torch.from_numpy(np.array(biases, np.float32))

    def take(self, flat: Tensor | None = None) -> list[Layers]:
        """Every network without its padding, from ``flat`` or from the current weights."""
        parts = [view.cpu().numpy() for view in self.views(self.flat if flat is None else flat)]
        return [
            [
                (
                    np.array(parts[2 * layer][i, : size[layer], : size[layer + 1]]),
                    np.array(parts[2 * layer + 1][i, 0, : size[layer + 1]]),
                )
                for layer in range(len(size) - 1)
            ]
            for i, size in enumerate(self.sizes)
        ]

    def forward(self, x: Tensor) -> list[Tensor]:
        """Activations of every layer, the input first; ``x``: float32[k, b, inputs]."""
        out = [x]
        last = len(self._parameters) - 2
        for at in range(0, len(self._parameters), 2):
            x = torch.baddbmm(self._parameters[at + 1], x, self._parameters[at])
            if at != last:
                x = x.tanh_()
            out.append(x)
        return out

    def gradient(self, x: Tensor, target: Tensor, weight: Tensor) -> None:
        """Write the gradient of the weighted squared error to `grad`.

        x : float32[k, b, inputs]
        target : float32[k, b, outputs]
        weight : float32[k, b, 1], what a row's squared error counts
        """
        layers = self.forward(x)
        error = (layers[-1] - target).mul_(weight).mul_(2)
        for layer in range(len(layers) - 2, -1, -1):
            before = layers[layer]
            torch.bmm(before.transpose(1, 2), error, out=self._gradients[2 * layer])
            torch.sum(error, 1, keepdim=True, out=self._gradients[2 * layer + 1])
            if layer:
                error = torch.bmm(error, self._parameters[2 * layer].transpose(1, 2))
                error.addcmul_(error * before, before, value=-1)  # times 1 - tanh²

    def errors(self, x: Tensor, target: Tensor, weight: Tensor, rows: int) -> Tensor:
        """float32[k]: the weighted squared error of each network; ``rows`` at a time."""
        total = torch.zeros(len(self.sizes), device=self.device, dtype=torch.float64)
        for start in range(0, x.shape[1], rows):
            part = slice(start, start + rows)
            found = self.forward(x[:, part])[-1].sub_(target[:, part]).square_().sum(2)
            total += (found * weight[:, part, 0]).sum(1, dtype=torch.float64)
        return total.to(torch.float32)

    def part(self, keep: Tensor) -> "Stack":
        """The networks at the indices ``keep``: int64[j], as a stack of their own, padded as here."""
        chosen = Stack([self.sizes[i] for i in keep.tolist()], self.device, self.widest)
        chosen.flat.copy_(self.choose(self.flat, keep))
        return chosen

    def choose(self, flat: Tensor, keep: Tensor) -> Tensor:
        """The part of a vector laid out like `flat` that belongs to the networks at the indices ``keep``."""
        return torch.cat([view[keep].reshape(-1) for view in self.views(flat)])
