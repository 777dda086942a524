"""Many small autoencoders, one for each device, trained together.

A network per device is too small to keep a processor busy, and thousands of them one after another would take hours.
Here devices with similar numbers of rows share a stack: one pass through it is a step of all their networks. Each
network sees the batches that it would see alone and stops when it would stop alone, so what comes out is the same but
for rounding.
"""

from collections.abc import Iterator, Sequence
from copy import copy
from typing import Final, TypeVar

import numpy as np
import torch
from numpy.typing import NDArray

from botwarden.core.errors import DataError
from botwarden.learn.autoencoder import Autoencoder, checked
from botwarden.learn.estimator import Checkpoint, Progress
from botwarden.learn.loop import Stages, Table, Training, part_of, steps
from botwarden.learn.networks import Stack, layer_sizes, pick_device

Floats = NDArray[np.float32]
AnyAutoencoder = TypeVar("AnyAutoencoder", bound=Autoencoder)

AT_ONCE: Final = {"cpu": 64, "cuda": 4096}
"""Networks in a stack, at most: more make a CPU no faster, whose caches they then outgrow."""
_CELLS: Final = 1 << 28  # numbers in the padded rows of a stack, at most


def fit_many(
    template: AnyAutoencoder,
    x: Sequence[Floats],
    optimise: Sequence[Floats],
    *,
    at_once: int | None = None,
    progress: Progress | None = None,
    checkpoint: Checkpoint | None = None,
) -> list[AnyAutoencoder]:
    """One fitted copy of ``template`` per device, as ``fit(x[i], optimise[i])`` would make it.

    x : per device float32[n_i, d], scaled benign rows; the number of rows may differ, that of columns not
    optimise : per device float32[m_i, d]
    at_once : networks trained in one pass, at most

    Raises DataError and ConfigError as ``fit`` does, and KeyboardInterrupt after the checkpoint was saved.
    """
    if len(x) != len(optimise) or not len(x):
        raise DataError("there are no devices to learn from, or not all have rows to optimise with")
    width = checked(x[0], "training").shape[1]
    x = [checked(rows, "training", width) for rows in x]
    optimise = [checked(rows, "optimise", width) for rows in optimise]
    device = pick_device(template.device)
    stages = Stages(checkpoint)
    out: list[AnyAutoencoder | None] = [None] * len(x)
    groups = list(_groups([len(rows) for rows in x], width, template.batch, at_once or AT_ONCE.get(device.type, 64)))
    done = 0
    for number, members in enumerate(groups):
        training = _training(template, [x[i] for i in members], [optimise[i] for i in members], device)
        stages.train(training, f"{number}.", part_of(progress, done / len(x), len(members) / len(x)))
        losses, epochs = training.loss.tolist(), training.taken.tolist()
        for j, (i, network) in enumerate(zip(members, training.first.take(training.best), strict=True)):
            out[i] = copy(template).learned(network, losses[j], epochs[j], training.history, optimise[i])
        done += len(members)
    return [fitted for fitted in out if fitted is not None]


def _groups(counts: Sequence[int], width: int, batch: int, at_once: int) -> Iterator[list[int]]:
    """Indices of devices to train together: as many steps per epoch each, similar numbers of rows."""
    order = sorted(range(len(counts)), key=lambda i: (steps(counts[i], batch), counts[i], i), reverse=True)
    group: list[int] = []
    for i in order:
        if group:
            fits = len(group) < at_once and (len(group) + 1) * counts[group[0]] * width <= _CELLS
            if not fits or steps(counts[i], batch) != steps(counts[group[0]], batch):
                yield group
                group = []
        group.append(i)
    yield group


def _training(template: Autoencoder, x: list[Floats], optimise: list[Floats], device: torch.device) -> Training:
    stack = Stack([layer_sizes(x[0].shape[1], template.layers)] * len(x), device)
    seeds = torch.full((len(x),), template.seed, device=device)
    template.begin(stack, seeds)
    n_steps = steps(len(x[0]), template.batch)
    return Training(stack, Table.of(x, device), Table.of(optimise, device), seeds, n_steps, template.plan)
