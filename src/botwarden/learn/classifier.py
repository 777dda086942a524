"""Networks that name what a row is: dense, tanh, softmax, cross-entropy."""

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import ClassVar, Final, Self

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from botwarden.core.errors import ConfigError
from botwarden.core.model import ScalerKind
from botwarden.learn import graphs
from botwarden.learn.autoencoder import Settings, checked
from botwarden.learn.calibration import Calibration, calibrate, graph
from botwarden.learn.chance import uniform
from botwarden.learn.estimator import Checkpoint, Progress
from botwarden.learn.networks import Layers, pick_device

State = dict[str, NDArray[np.generic]]

_EVERY: Final = 20  # epochs between checkpoints
_KEYS: Final = ("mean", "square")


class Network:
    """A dense network with tanh between its layers.

    layers : units of the hidden layers
    epochs : passes over the rows, at most
    batch : rows per step
    rate : Adam's learning rate (Kingma and Ba 2015)
    patience : stop after so many epochs without a lower loss on the optimise rows; 0: never. The best weights count
    noise : standard deviation of what is added to inputs while training
    seed : first weights and batches follow from it
    device : where to train, such as ``cuda``; by default a GPU where there is one

    Classes count alike while training, however many rows each has; the calibration then puts right how common they are.
    """

    algorithm: ClassVar[str] = "network"
    scaler: ClassVar[ScalerKind] = "logistic"

    def __init__(
        self,
        layers: Sequence[int] = (64, 64),
        *,
        epochs: int = 100,
        batch: int = 256,
        rate: float = 2e-3,
        patience: int = 10,
        noise: float = 0.1,
        seed: int = 0,
        device: str | None = None,
    ) -> None:
        """Store the settings."""
        self.layers = tuple(layers)
        self.epochs = epochs
        self.batch = batch
        self.rate = rate
        self.patience = patience
        self.noise = noise
        self.seed = seed
        self.device = device
        self.network_: Layers = []
        self.calibration_ = Calibration.none(0)
        self.history_: list[float] = []
        self.taken_ = 0

    @property
    def settings(self) -> Settings:
        """What it was told, and the epochs that its weights took."""
        told: Settings = {"layers": list(self.layers), "epochs": self.epochs, "batch": self.batch, "rate": self.rate}
        told |= {"patience": self.patience, "noise": self.noise, "seed": self.seed}
        return {**told, "taken": self.taken_} if self.network_ else told

    def fit(
        self,
        x: NDArray[np.float32],
        y: NDArray[np.intp],
        n_classes: int,
        optimise: NDArray[np.float32],
        optimise_y: NDArray[np.intp],
        *,
        progress: Progress | None = None,
        checkpoint: Checkpoint | None = None,
    ) -> Self:
        """See `botwarden.learn.estimator.Classifier.fit`."""
        self._check()
        x = checked(x, "training")
        optimise = checked(optimise, "optimise", x.shape[1]) if len(optimise) else optimise
        training = _Training(self, x, y, n_classes, optimise, optimise_y)
        held = None if checkpoint is None else checkpoint.load()
        if held is not None:
            training.restore(held)
        while not training.done:
            before = training.state()
            try:
                training.one_epoch()
                if progress is not None:
                    text = f"epoch {training.epoch} of at most {self.epochs}, loss {training.history[-1]:.4g}"
                    progress(training.epoch / self.epochs, text)
            except KeyboardInterrupt:
                if checkpoint is not None:
                    checkpoint.save(before)
                raise
            if checkpoint is not None and training.epoch % _EVERY == 0:
                checkpoint.save(training.state())
        self.network_, self.history_, self.taken_ = training.best_layers(), training.history, training.taken
        self.calibration_ = calibrate(training.best_raw(), optimise_y)
        return self

    def to_onnx(self) -> bytes:
        """See `botwarden.learn.estimator.Classifier.to_onnx`. Raises ValueError before `fit`."""
        if not self.network_:
            raise ValueError("fit first")
        nodes, constants = graphs.dense(self.network_, "x", "raw", "net")
        return graph(nodes, constants, self.calibration_, len(self.network_[0][0]))

    def _check(self) -> None:
        if not self.layers or not all(1 <= units <= 4_096 for units in self.layers) or len(self.layers) > 16:
            raise ConfigError("a classifier has 1 to 16 hidden layers of 1 to 4,096 units")
        if not (1 <= self.epochs <= 1_000_000 and self.batch >= 1 and 0 < self.rate <= 1 and self.patience >= 0):
            raise ConfigError("training takes at least one epoch, batches of a row or more, and a rate up to 1")
        if not 0 <= self.noise <= 100:
            raise ConfigError("noise is 0 to 100 standard deviations")


class Published(Network):
    """Two hidden layers of eight units on standardised columns, as in published studies of the data set."""

    algorithm: ClassVar[str] = "published_network"
    scaler: ClassVar[ScalerKind] = "standard"

    def __init__(
        self,
        layers: Sequence[int] = (8, 8),
        *,
        epochs: int = 100,
        batch: int = 256,
        rate: float = 2e-3,
        patience: int = 10,
        noise: float = 0.0,
        seed: int = 0,
        device: str | None = None,
    ) -> None:
        """Store the settings."""
        super().__init__(
            layers, epochs=epochs, batch=batch, rate=rate, patience=patience, noise=noise, seed=seed, device=device
        )


class _Training:
    """One training: everything that changes."""

    def __init__(
        self,
        plan: Network,
        x: NDArray[np.float32],
        y: NDArray[np.intp],
        n_classes: int,
        optimise: NDArray[np.float32],
        optimise_y: NDArray[np.intp],
    ) -> None:
        self.plan = plan
        self.device = pick_device(plan.device)
        self.x, self.y = torch.from_numpy(x).to(self.device), torch.from_numpy(np.asarray(y)).to(self.device)
        self.optimise = torch.from_numpy(np.ascontiguousarray(optimise)).to(self.device)
        self.optimise_y = torch.from_numpy(np.asarray(optimise_y)).to(self.device)
        counts = np.bincount(y, minlength=n_classes)
        if len(counts) > n_classes or not counts.all():
            raise ConfigError(f"every one of {n_classes} classes needs a row to learn from")
        self.weight = torch.tensor(len(y) / (n_classes * counts), dtype=torch.float32, device=self.device)
        self.net = _network((x.shape[1], *plan.layers, n_classes), plan.seed).to(self.device)
        self.adam = torch.optim.Adam(self.net.parameters(), plan.rate)
        self.epoch = 0
        self.taken = 0
        self.best_loss = float("inf")
        self.best = [p.detach().clone() for p in self.net.parameters()]
        self.history: list[float] = []

    @property
    def done(self) -> bool:
        plan = self.plan
        return self.epoch >= plan.epochs or bool(plan.patience and self.epoch - self.taken >= plan.patience)

    def one_epoch(self) -> None:
        dice = torch.Generator().manual_seed(_mixed(self.plan.seed, self.epoch))
        order = torch.randperm(len(self.x), generator=dice).to(self.device)
        total = 0.0
        for start in range(0, len(order), self.plan.batch):
            index = order[start : start + self.plan.batch]
            rows = self.x[index]
            if self.plan.noise:
                rows = rows + self.plan.noise * torch.randn(rows.shape, generator=dice).to(self.device)
            loss = nn.functional.cross_entropy(self.net(rows), self.y[index], self.weight)
            self.adam.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            self.adam.step()
            total += float(loss.detach()) * len(index)
        self.epoch += 1
        found = self._loss() if len(self.optimise) else total / len(order)
        if found < self.best_loss:
            self.best_loss, self.taken = found, self.epoch
            self.best = [p.detach().clone() for p in self.net.parameters()]
        self.history.append(min(found, self.best_loss))

    def _loss(self) -> float:
        with torch.no_grad():
            return float(nn.functional.cross_entropy(self.net(self.optimise), self.optimise_y, self._seen()))

    def _seen(self) -> Tensor:
        """Weights of the classes among the optimise rows, each class counting alike."""
        counts = torch.bincount(self.optimise_y, minlength=len(self.weight)).clamp(min=1)
        return len(self.optimise_y) / (len(self.weight) * counts.to(torch.float32))

    def best_layers(self) -> Layers:
        found = [p.cpu().numpy() for p in self.best]
        return [(np.ascontiguousarray(w.T), b.copy()) for w, b in zip(found[::2], found[1::2], strict=True)]

    def best_raw(self) -> NDArray[np.float32]:
        """float32[m, c]: raw outputs for the optimise rows."""
        with torch.no_grad():
            for mine, best in zip(self.net.parameters(), self.best, strict=True):
                mine.copy_(best)
            out: NDArray[np.float32] = self.net(self.optimise).cpu().numpy()
        return out

    def state(self) -> State:
        out: State = {"epoch": np.array(self.epoch), "taken": np.array(self.taken)}
        out |= {"loss": np.array(self.best_loss), "history": np.array(self.history, np.float64)}
        for i, (parameter, best) in enumerate(zip(self.net.parameters(), self.best, strict=True)):
            held = self.adam.state.get(parameter, {})
            out[f"net{i}"] = parameter.detach().cpu().numpy().copy()
            out[f"best{i}"] = best.cpu().numpy().copy()
            out[f"mean{i}"], out[f"square{i}"] = (
                held[key].cpu().numpy().copy() if held else np.zeros(parameter.shape, np.float32)
                for key in ("exp_avg", "exp_avg_sq")
            )
            out["steps"] = np.array(float(held["step"]) if held else 0.0)
        return out

    def restore(self, state: Mapping[str, NDArray[np.generic]]) -> None:
        """Take over what `state` gave. Raises ConfigError where it is of another training."""
        try:
            for i, parameter in enumerate(self.net.parameters()):
                got = {key: torch.tensor(state[f"{key}{i}"], device=self.device) for key in ("net", "best", *_KEYS)}
                if any(value.shape != parameter.shape for value in got.values()):
                    raise ValueError(parameter.shape)
                with torch.no_grad():
                    parameter.copy_(got["net"])
                self.best[i] = got["best"]
                step = torch.tensor(float(state["steps"]))
                self.adam.state[parameter] = {"step": step, "exp_avg": got["mean"], "exp_avg_sq": got["square"]}
            self.epoch, self.taken = int(state["epoch"]), int(state["taken"])
            self.best_loss = float(state["loss"])
            self.history = [float(value) for value in state["history"]]
        except (KeyError, ValueError, TypeError, RuntimeError) as error:
            raise ConfigError("the saved state belongs to another training: remove it to begin anew") from error


def _network(sizes: Sequence[int], seed: int) -> nn.Sequential:
    """Weights by Glorot and Bengio 2010 (uniform), zero biases, the same on every processor."""
    parts: list[nn.Module] = []
    for layer, (fan_in, fan_out) in enumerate(pairwise(sizes)):
        linear = nn.Linear(fan_in, fan_out)
        drawn = uniform(torch.tensor(seed), -1 - layer, torch.arange(fan_out)[:, None], torch.arange(fan_in)[None])
        with torch.no_grad():
            linear.weight.copy_((2 * drawn - 1) * (6 / (fan_in + fan_out)) ** 0.5)
            linear.bias.zero_()
        parts += [linear, nn.Tanh()]
    return nn.Sequential(*parts[:-1])


def _mixed(seed: int, epoch: int) -> int:
    """A seed for one epoch; torch takes 64 bits."""
    return int(np.random.SeedSequence([seed & (2**64 - 1), epoch]).generate_state(1, np.uint64)[0]) >> 1
