"""Autoencoders: networks that give back what they are given, if it is like what they learned from."""

from collections.abc import Sequence
from typing import ClassVar, Final, Self

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from botwarden.core.errors import ConfigError, DataError
from botwarden.core.model import ScalerKind
from botwarden.learn import graphs
from botwarden.learn.estimator import Checkpoint, Progress
from botwarden.learn.loop import Plan, Schedule, Table, Training, steps
from botwarden.learn.networks import PUBLISHED, SHORT, Layers, Stack, layer_sizes, pick_device

Settings = dict[str, str | int | float | bool | list[int] | list[float] | None]

_HARD_LIMIT: Final = 1_000_000


def checked(x: NDArray[np.float32], name: str, width: int | None = None) -> NDArray[np.float32]:
    """Rows as float32[n, d]. Raises DataError for none, for numbers that are not finite, or another width."""
    x = np.ascontiguousarray(x, np.float32)
    if x.ndim != 2 or not x.size:
        raise DataError(f"there are no {name} rows to learn from")
    if width is not None and x.shape[1] != width:
        raise DataError(f"{name} rows have {x.shape[1]} columns, expected {width}")
    if not np.isfinite(x).all():
        raise DataError(f"{name} rows hold numbers that are not finite")
    return x


class Autoencoder:
    """A dense autoencoder; the score of a row is the mean squared error of what comes back.

    All settings but ``top`` are about training.

    layers : units of the hidden layers, as shares of the number of inputs
    epochs : passes over the rows, at most
    batch : rows per step, at most; at least half as many are taken
    rate : learning rate
    schedule : how it changes, see `botwarden.learn.loop.Plan`
    patience : stop after so many epochs without a lower error on the optimise rows; 0: never. The best weights count
    goal : stop once the error on the optimise rows is no higher
    anchor : how strongly weights are held where they began
    noise : standard deviation of what is added to inputs while training
    top : the score is the mean of so many of the largest squared errors; 0: of all
    seed : first weights and batches follow from it
    device : where to train, such as ``cuda``; by default a GPU where there is one
    start : a network made by `to_onnx` to begin from, in place of random weights
    """

    algorithm: ClassVar[str] = "autoencoder"
    scaler: ClassVar[ScalerKind] = "standard"
    has_errors: ClassVar[bool] = True

    def __init__(
        self,
        layers: Sequence[float] = SHORT,
        *,
        epochs: int = 200,
        batch: int = 256,
        rate: float = 1e-3,
        schedule: Schedule = "constant",
        patience: int = 10,
        goal: float = 0.0,
        anchor: float = 0.0,
        noise: float = 0.0,
        top: int = 0,
        seed: int = 0,
        device: str | None = None,
        start: bytes | None = None,
    ) -> None:
        """Store the settings."""
        self.layers = tuple(layers)
        self.epochs = epochs
        self.batch = batch
        self.rate = rate
        self.schedule: Schedule = schedule
        self.patience = patience
        self.goal = goal
        self.anchor = anchor
        self.noise = noise
        self.top = top
        self.seed = seed
        self.device = device
        self.start = start
        self.network_: Layers = []
        self.loss_ = float("nan")
        self.epochs_ = 0
        self.history_: list[float] = []

    @property
    def settings(self) -> Settings:
        """What it was told and, after `fit`, ``epochs_taken`` and ``loss``: of the weights that were kept."""
        out: Settings = {
            "layers": [float(share) for share in self.layers],
            "epochs": self.epochs,
            "batch": self.batch,
            "rate": self.rate,
            "schedule": self.schedule,
            "patience": self.patience,
            "noise": self.noise,
            "top": self.top,
            "seed": self.seed,
        }
        if self.network_:
            out |= {"epochs_taken": self.epochs_, "loss": self.loss_}
        return out

    @property
    def plan(self) -> Plan:
        """How it is trained. Raises ConfigError for numbers that make no sense."""
        check_numbers(self.epochs, self.batch, self.rate, self.patience, self.seed)
        if not 0 <= self.noise <= 100 or self.top < 0:
            raise ConfigError("noise is from 0 to 100, and top is a number of features")
        return Plan(self.epochs, self.rate, self.schedule, self.patience, self.goal, self.anchor, self.noise)

    def fit(
        self,
        x: NDArray[np.float32],
        optimise: NDArray[np.float32],
        *,
        progress: Progress | None = None,
        checkpoint: Checkpoint | None = None,
    ) -> Self:
        """See `botwarden.learn.estimator.AnomalyDetector.fit`. Raises ConfigError and DataError."""
        plan = self.plan
        x = checked(x, "training")
        optimise = checked(optimise, "optimise", x.shape[1])
        device = pick_device(self.device)
        stack = Stack([layer_sizes(x.shape[1], self.layers)], device)
        seeds = torch.tensor([self.seed], device=device)
        self.begin(stack, seeds)
        training = Training(
            stack, Table.of([x], device), Table.of([optimise], device), seeds, steps(len(x), self.batch), plan
        )
        state = None if checkpoint is None else checkpoint.load()
        if state is not None:
            training.restore(state)
        training.run(progress, checkpoint)
        (network,) = training.first.take(training.best)
        return self.learned(network, float(training.loss[0]), int(training.taken[0]), training.history, optimise)

    def begin(self, stack: Stack, seeds: Tensor) -> None:
        """Give all networks of a stack their first weights."""
        if self.start is None:
            stack.draw(seeds)
            return
        layers = graphs.layers_of(self.start)
        try:
            stack.put([layers] * len(stack.sizes))
        except (ValueError, IndexError) as error:
            raise ConfigError("the network to begin from has other layers") from error

    def learned(
        self, network: Layers, loss: float, epochs: int, history: list[float], optimise: NDArray[np.float32]
    ) -> Self:
        """Take over what training found; ``loss`` and ``epochs`` are of the weights that were kept."""
        self.network_, self.loss_, self.epochs_, self.history_ = network, loss, epochs, list(history)
        return self

    def to_onnx(self) -> bytes:
        """``score``: the mean of all or of the `top` largest ``errors``; these are squared. ValueError before `fit`."""
        if not self.network_:
            raise ValueError("fit first")
        return graphs.autoencoder(self.network_, self.top)


class Published(Autoencoder):
    """The autoencoder of Meidan et al. 2018 (N-BaIoT): seven hidden layers, standardised inputs."""

    algorithm: ClassVar[str] = "published"

    def __init__(
        self,
        layers: Sequence[float] = PUBLISHED,
        *,
        epochs: int = 500,
        batch: int = 256,
        rate: float = 1e-3,
        patience: int = 20,
        seed: int = 0,
        device: str | None = None,
    ) -> None:
        """Store the settings."""
        super().__init__(layers, epochs=epochs, batch=batch, rate=rate, patience=patience, seed=seed, device=device)


class Denoising(Autoencoder):
    """The detector to use: the published network, trained to see through noise, behind scaled ranks.

    Four things set it apart from the published recipe, which misses every first packet from a forged address. Columns
    are scaled by their ranks to a logistic distribution (`botwarden.detect.models.scaling`), in which a value that is
    exact and rare stands far out however small it is. Much noise in the inputs (Vincent et al. 2008) keeps the network
    from passing values through, so it must know what goes with what. The score looks at the features that fit least,
    among which the many that fit do not count. And covariances and correlations are left out, see
    `botwarden.learn.detectors`.
    """

    algorithm: ClassVar[str] = "denoising"
    scaler: ClassVar[ScalerKind] = "logistic"

    def __init__(
        self,
        layers: Sequence[float] = PUBLISHED,
        *,
        epochs: int = 40,
        batch: int = 256,
        rate: float = 2e-3,
        schedule: Schedule = "one_cycle",
        patience: int = 0,
        noise: float = 2.0,
        top: int = 10,
        seed: int = 0,
        device: str | None = None,
    ) -> None:
        """Store the settings."""
        super().__init__(
            layers,
            epochs=epochs,
            batch=batch,
            rate=rate,
            schedule=schedule,
            patience=patience,
            noise=noise,
            top=top,
            seed=seed,
            device=device,
        )


def check_numbers(epochs: int, batch: int, rate: float, patience: int, seed: int) -> None:
    """Raise ConfigError for hyper-parameters that cannot be used."""
    for name, value, least in (("epochs", epochs, 1), ("batch", batch, 1), ("patience", patience, 0)):
        if not least <= value <= _HARD_LIMIT:
            raise ConfigError(f"{name} must be from {least} to {_HARD_LIMIT:,}, not {value}")
    if not 0 < rate <= 10:
        raise ConfigError(f"the learning rate must be above 0 and at most 10, not {rate}")
    if not 0 <= seed < 2**63:
        raise ConfigError(f"a seed is a whole number from 0 to 2^63 - 1, not {seed}")
