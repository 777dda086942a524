"""The loop that trains a stack of networks: batches, Adam, early stopping, and going on after a stop.

Every network makes the same number of steps per epoch, so all of them finish an epoch together, whatever number of rows
each has: batches are as large as that takes (see `steps`). A network that has stopped getting better keeps its best
weights; once half of a stack has stopped, the rest goes on without them.
"""

import math
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, Literal, Self

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from botwarden.core.errors import ConfigError
from botwarden.learn.chance import normal, shuffles, words
from botwarden.learn.estimator import Checkpoint, Progress
from botwarden.learn.networks import Stack

Schedule = Literal["constant", "one_cycle"]
State = dict[str, NDArray[np.generic]]

_EVERY: Final = 60.0  # s between checkpoints
_CHUNK: Final = 1 << 22  # numbers in the widest layer at a time, when only looking at errors
_WARM: Final = 0.2  # share of the steps in which a cycle's rate rises
_POOL: Final = 8192  # rows of noise, of which each step takes others
_DIVIDE: Final = 25.0  # a cycle begins at its highest rate over this


@dataclass(frozen=True, slots=True)
class Plan:
    """How to train.

    epochs : passes over the rows, at most
    rate : Adam's learning rate (Kingma and Ba 2015); the highest one of a cycle
    schedule : ``constant``, or ``one_cycle``: up, then down to nothing (Smith and Topin 2018)
    patience : stop after so many epochs without a lower error on the optimise rows; 0: never
    goal : stop when the mean squared error on the optimise rows is no higher than this
    anchor : how strongly weights are held where they began
    noise : standard deviation of what is added to inputs, but not to what they should become (Vincent et al. 2008)
    """

    epochs: int
    rate: float
    schedule: Schedule = "constant"
    patience: int = 0
    goal: float = 0.0
    anchor: float = 0.0
    noise: float = 0.0


@dataclass(frozen=True, slots=True)
class Table:
    """The rows of ``k`` networks, padded to the same number.

    x : float32[k, n, d]
    counts : int64[k], how many rows each has
    """

    x: Tensor
    counts: Tensor

    @classmethod
    def of(cls, parts: Sequence[NDArray[np.float32]], device: torch.device) -> Self:
        """The rows of each network, float32[n_i, d]."""
        counts = torch.tensor([len(rows) for rows in parts], device=device)
        if len(parts) == 1:
            return cls(torch.from_numpy(np.require(parts[0], np.float32, ["C", "W"])).to(device)[None], counts)
        padded = np.zeros((len(parts), max(len(rows) for rows in parts), parts[0].shape[1]), np.float32)
        for i, rows in enumerate(parts):
            padded[i, : len(rows)] = rows
        return cls(torch.from_numpy(padded).to(device), counts)

    def part(self, keep: Tensor) -> "Table":
        """Those of the networks at the indices ``keep``."""
        return Table(self.x[keep], self.counts[keep])

    def weight(self, widths: Tensor) -> Tensor:
        """float32[k, n, 1]: what a row's squared error counts in the mean over rows and columns; padding: 0."""
        real = torch.arange(self.x.shape[1], device=self.x.device)[None] < self.counts[:, None]
        return (real / (self.counts * widths)[:, None]).to(torch.float32)[..., None]


def steps(rows: int, batch: int) -> int:
    """Steps per epoch: a power of two, so that networks with similar numbers of rows can be trained together.

    Batches then have between half of ``batch`` rows and all of it; none is much smaller than the others.
    """
    return 1 << max(0, math.ceil(math.log2(max(1, math.ceil(rows / batch)))))


def rate_at(plan: Plan, done: float) -> float:
    """The learning rate when a share ``done`` of all steps has been made."""
    if plan.schedule == "constant":
        return plan.rate
    if done < _WARM:
        low = plan.rate / _DIVIDE
        return low + (plan.rate - low) * (1 - math.cos(math.pi * done / _WARM)) / 2
    return plan.rate * (1 + math.cos(math.pi * (done - _WARM) / (1 - _WARM))) / 2


@dataclass(slots=True)
class Training:
    """A stack in training: everything that changes. `run` until it is done, then read `best`."""

    stack: Stack
    rows: Table
    optimise: Table
    seeds: Tensor
    steps: int
    plan: Plan
    epoch: int = 0
    alive: Tensor = field(init=False)
    """int64[j]: which of the first networks are still in the stack."""
    best: Tensor = field(init=False)
    """Laid out like the first stack: the best weights of each network."""
    loss: Tensor = field(init=False)
    """float32[k]: the error of the best weights on the optimise rows."""
    taken: Tensor = field(init=False)
    """int64[k]: the epoch that the best weights are of, from 1."""
    stopped: Tensor = field(init=False)
    first: Stack = field(init=False)
    moments: list[Tensor] = field(init=False)
    history: list[float] = field(default_factory=list)
    """After each epoch: the lowest error on the optimise rows so far, mean of all networks."""
    _start: Tensor = field(init=False)
    _validation: Tensor = field(init=False)
    _noise: Tensor | None = None

    def __post_init__(self) -> None:
        k, device = len(self.stack.sizes), self.stack.device
        self.first = self.stack
        self.alive = torch.arange(k, device=device)
        self.best = self.stack.flat.clone()
        self.loss = torch.full((k,), torch.inf, device=device)
        self.taken = torch.zeros(k, dtype=torch.int64, device=device)
        self.stopped = torch.zeros(k, dtype=torch.bool, device=device)
        self.moments = [torch.zeros_like(self.stack.flat) for _ in range(2)]
        self._start = self.stack.flat.clone()
        self._validation = self.optimise.weight(self.stack.widths)

    @property
    def done(self) -> bool:
        """Whether nothing is left to do."""
        return self.epoch >= self.plan.epochs or bool(self.stopped.all())

    def run(self, progress: Progress | None = None, checkpoint: Checkpoint | None = None, prefix: str = "") -> None:
        """Train to the end, saving now and then and before KeyboardInterrupt goes on."""
        saved = time.monotonic()
        while not self.done:
            before = self.state(prefix)
            try:
                self._one_epoch()
                self._judge()
                if progress is not None:
                    text = f"epoch {self.epoch} of at most {self.plan.epochs}, error {self.history[-1]:.4g}"
                    progress(self.epoch / self.plan.epochs, text)
            except KeyboardInterrupt:
                if checkpoint is not None:
                    checkpoint.save(before)
                raise
            if checkpoint is not None and time.monotonic() - saved > _EVERY:
                checkpoint.save(self.state(prefix))
                saved = time.monotonic()

    def state(self, prefix: str = "") -> State:
        """A copy of everything that changes, to go on from with `restore`."""
        arrays = {
            "flat": self.stack.flat,
            "mean": self.moments[0],
            "square": self.moments[1],
            "alive": self.alive,
            "best": self.best,
            "loss": self.loss,
            "taken": self.taken,
            "stopped": self.stopped,
            "start": self._start,
        }
        out: State = {prefix + key: a.cpu().numpy().copy() for key, a in arrays.items()}
        out[prefix + "epoch"] = np.array(self.epoch)
        out[prefix + "history"] = np.array(self.history, np.float64)
        return out

    def restore(self, state: Mapping[str, NDArray[np.generic]], prefix: str = "") -> None:
        """Take over what `state` gave. Raises ConfigError where it is of another training."""
        try:
            got = {key: torch.tensor(state[prefix + key], device=self.stack.device) for key in self.state()}
            self._narrow(got["alive"])
            for mine, key in ((self.stack.flat, "flat"), (self.moments[0], "mean"), (self.moments[1], "square"),
                              (self.best, "best"), (self.loss, "loss"), (self.taken, "taken"),
                              (self.stopped, "stopped"), (self._start, "start")):  # fmt: skip
                if mine.shape != got[key].shape:
                    raise ValueError(key)
                mine.copy_(got[key])
        except (KeyError, ValueError, IndexError, RuntimeError) as error:
            raise ConfigError("the saved state belongs to another training: remove it to begin anew") from error
        self.epoch = int(got["epoch"])
        self.history = [float(value) for value in got["history"]]

    def _one_epoch(self) -> None:
        stack, plan, counts = self.stack, self.plan, self.rows.counts
        k, longest, width = self.rows.x.shape
        order = shuffles(self.seeds, counts, self.epoch, longest)
        order += torch.arange(k, device=stack.device)[:, None] * longest
        rows = self.rows.x.reshape(k * longest, width)
        size = math.ceil(longest / self.steps)
        place = torch.arange(size, device=stack.device)[None]
        adam = self._adam()
        with torch.no_grad():
            for step in range(self.steps):
                begin = counts * step // self.steps
                length = (counts * (step + 1) // self.steps - begin)[:, None]
                index = order.gather(1, (begin[:, None] + place).clamp_(max=longest - 1))
                target = rows.index_select(0, index.view(-1)).view(k, size, width)
                weight = (place < length) / (length.clamp(min=1) * stack.widths[:, None])
                stack.gradient(self._blurred(target, step), target, weight.to(torch.float32)[..., None])
                if plan.anchor:
                    stack.grad.add_(stack.flat - self._start, alpha=plan.anchor)
                adam.param_groups[0]["lr"] = rate_at(plan, (self.epoch + step / self.steps) / plan.epochs)
                adam.step()
        self.epoch += 1

    def _blurred(self, x: Tensor, step: int) -> Tensor:
        """Rows with noise, which is the same for all networks, on any processor, and alone as among others."""
        if not self.plan.noise:
            return x
        if self._noise is None:
            self._noise = normal(self.seeds[:1, None], 1, torch.arange(_POOL, device=x.device)[:, None], x.shape[2])
        offset = words(self.seeds[:1], 2, self.epoch, step)
        index = (offset + torch.arange(x.shape[1], device=x.device)) % _POOL
        real = torch.arange(x.shape[2], device=x.device) < self.stack.widths[:, None]
        return x + self.plan.noise * self._noise.index_select(0, index) * real[:, None]

    def _adam(self) -> torch.optim.Adam:
        """An optimiser that goes on from `moments`, which it changes in place."""
        parameter = torch.nn.Parameter(self.stack.flat)
        parameter.grad = self.stack.grad
        adam = torch.optim.Adam([parameter], lr=self.plan.rate, fused=True)
        adam.state[parameter] = {
            "step": torch.tensor(float(self.epoch * self.steps), device=self.stack.device),
            "exp_avg": self.moments[0],
            "exp_avg_sq": self.moments[1],
        }
        return adam

    def _judge(self) -> None:
        """Look at the optimise rows: keep what got better, stop what did not for long."""
        at_a_time = max(1, _CHUNK // (max(self.stack.widest) * len(self.stack.sizes)))
        with torch.no_grad():
            found = self.stack.errors(self.optimise.x, self.optimise.x, self._validation, at_a_time)
        alive = self.alive
        better = (found < self.loss[alive]) & ~self.stopped[alive]
        self.loss[alive] = torch.where(better, found, self.loss[alive])
        self.taken[alive] = torch.where(better, self.epoch, self.taken[alive])
        for best, now in zip(self.first.views(self.best), self.stack.views(self.stack.flat), strict=True):
            best[alive[better]] = now[better]
        stop = self.loss[alive] <= self.plan.goal
        if self.plan.patience:
            stop |= self.epoch - self.taken[alive] >= self.plan.patience
        self.stopped[alive] |= stop
        self.history.append(float(self.loss.mean()))
        self._narrow(self._worth_keeping())

    def _worth_keeping(self) -> Tensor:
        """The networks to go on with: all in the stack, or those not stopped once they are half of it or less."""
        going = self.alive[~self.stopped[self.alive]]
        return going if 0 < 2 * len(going) <= len(self.alive) else self.alive

    def _narrow(self, keep: Tensor) -> None:
        """Go on with the networks ``keep`` alone, numbers of the first stack."""
        if len(keep) == len(self.alive):
            return
        at = torch.searchsorted(self.alive, keep)
        self.moments = [self.stack.choose(moment, at) for moment in self.moments]
        self._start = self.stack.choose(self._start, at)
        self.stack = self.stack.part(at)
        self.rows, self.optimise = self.rows.part(at), self.optimise.part(at)
        self.seeds, self._validation, self.alive = self.seeds[at], self._validation[at], keep


def part_of(progress: Progress | None, start: float, size: float) -> Progress | None:
    """A progress for a stage that is a share ``size`` of the whole, after others that are a share ``start``."""
    if progress is None:
        return None

    def told(share: float | None, text: str) -> None:
        progress(start + size * (share or 0.0), text)

    return told


class Stages:
    """A checkpoint for several trainings after one another: finished ones stay in it."""

    def __init__(self, checkpoint: Checkpoint | None) -> None:
        """Load what was saved."""
        self._checkpoint = checkpoint
        self._before: State = {} if checkpoint is None else checkpoint.load() or {}
        self._finished: State = {}

    def train(self, training: Training, prefix: str, progress: Progress | None) -> None:
        """Run a training, or take over what came of it; stages need a prefix of their own each."""
        if f"{prefix}epoch" in self._before:
            training.restore(self._before, prefix)
        training.run(progress, None if self._checkpoint is None else self, prefix)
        if self._checkpoint is not None:
            self._finished |= training.state(prefix)

    def load(self) -> State | None:
        """What was saved is taken over by `train`."""
        return None

    def save(self, state: Mapping[str, NDArray[np.generic]]) -> None:
        """Keep the state of the stage in work beside the finished ones."""
        assert self._checkpoint is not None
        self._checkpoint.save({**self._finished, **state})
