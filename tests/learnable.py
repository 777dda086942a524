"""Rows that are easy to learn from, checkpoints in memory, and Ctrl-C."""

from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import NDArray


def rows(n: int, width: int = 12, seed: int = 0) -> NDArray[np.float32]:
    """Standardised rows that lie near a bent surface of three dimensions; the surface is always the same."""
    mix = np.random.default_rng(77).normal(size=(3, width))
    chance = np.random.default_rng(seed)
    x = np.tanh(chance.normal(size=(n, 3)) @ mix) + 0.05 * chance.normal(size=(n, width))
    return x.astype(np.float32)


def odd(n: int, width: int = 12, seed: int = 1) -> NDArray[np.float32]:
    """Rows with the same columns, each of which comes from another row."""
    x = rows(n, width, seed)
    chance = np.random.default_rng(seed)
    return np.stack([chance.permutation(column) for column in x.T], axis=1)


class Kept:
    """A checkpoint in memory."""

    def __init__(self) -> None:
        self.state: dict[str, NDArray[np.generic]] | None = None

    def load(self) -> dict[str, NDArray[np.generic]] | None:
        return self.state

    def save(self, state: Mapping[str, NDArray[np.generic]]) -> None:
        self.state = {key: np.array(value) for key, value in state.items()}


def interrupted(function: Callable[..., object], calls: int) -> Callable[..., object]:
    """The same function, but that somebody presses Ctrl-C before it is called for the ``calls``-th time."""
    made = 0

    def wrapped(*args: object, **kwargs: object) -> object:
        nonlocal made
        made += 1
        if made == calls:
            raise KeyboardInterrupt
        return function(*args, **kwargs)

    return wrapped
