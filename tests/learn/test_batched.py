import numpy as np
import pytest
import torch

from botwarden.core.errors import DataError
from botwarden.learn.autoencoder import Autoencoder
from botwarden.learn.batched import fit_many
from botwarden.learn.graphs import Runner
from botwarden.learn.networks import Stack
from learnable import Kept, interrupted, odd, rows

torch.set_num_threads(1)

COUNTS = (40, 300, 7, 90, 65, 128, 33)


def template(epochs: int = 25) -> Autoencoder:
    return Autoencoder((0.7, 0.3, 0.7), epochs=epochs, batch=64, rate=0.01, patience=3, seed=5)


def devices() -> tuple[list[np.ndarray], list[np.ndarray]]:
    scales = np.linspace(0.5, 2, len(COUNTS), dtype=np.float32)
    x = [rows(n, seed=i) * scales[i] for i, n in enumerate(COUNTS)]
    return x, [rows(20 + 3 * i, seed=50 + i) * scales[i] for i in range(len(COUNTS))]


def test_each_comes_out_as_if_trained_alone() -> None:
    x, optimise = devices()
    together = fit_many(template(), x, optimise)
    assert len(together) == len(COUNTS)
    for fitted, own, held in zip(together, x, optimise, strict=True):
        alone = template().fit(own, held)
        assert fitted.epochs_ == alone.epochs_
        assert fitted.loss_ == pytest.approx(alone.loss_, rel=1e-3)
        np.testing.assert_allclose(
            Runner(fitted.to_onnx()).scores(held), Runner(alone.to_onnx()).scores(held), rtol=0.02, atol=1e-4
        )


def test_how_many_at_once_changes_nothing() -> None:
    x, optimise = devices()
    for one, other in zip(fit_many(template(), x, optimise, at_once=2), fit_many(template(), x, optimise), strict=True):
        assert one.loss_ == pytest.approx(other.loss_, rel=1e-3)


def test_each_knows_its_own_device() -> None:
    x = [rows(400), odd(400)]  # the second device's columns have nothing to do with each other
    first, second = fit_many(template(), x, [rows(100, seed=9), odd(100, seed=9)])
    own, other = (Runner(fitted.to_onnx()).scores(rows(100, seed=10)).mean() for fitted in (first, second))
    assert own < other
    assert first.settings["loss"] != second.settings["loss"]


@pytest.mark.parametrize("calls", [3, 60, 180])
def test_resuming_gives_the_same_networks(calls: int, monkeypatch: pytest.MonkeyPatch) -> None:
    x, optimise = devices()
    whole = fit_many(template(20), x, optimise, at_once=3)
    checkpoint = Kept()
    with monkeypatch.context() as patch:
        patch.setattr(Stack, "gradient", interrupted(Stack.gradient, calls))
        with pytest.raises(KeyboardInterrupt):
            fit_many(template(20), x, optimise, at_once=3, checkpoint=checkpoint)
    again = fit_many(template(20), x, optimise, at_once=3, checkpoint=checkpoint)
    assert [fitted.to_onnx() for fitted in again] == [fitted.to_onnx() for fitted in whole]


def test_progress_rises_over_all_devices() -> None:
    x, optimise = devices()
    told: list[float] = []
    fit_many(template(3), x, optimise, at_once=2, progress=lambda share, text: told.append(share or 0))
    assert told == sorted(told)
    assert told[-1] == pytest.approx(1)


def test_devices_that_cannot_be_learned_from_are_refused() -> None:
    with pytest.raises(DataError):
        fit_many(template(), [], [])
    with pytest.raises(DataError):
        fit_many(template(), [rows(10)], [])
    with pytest.raises(DataError, match="columns"):
        fit_many(template(), [rows(10), rows(10, 5)], [rows(10), rows(10)])
    with pytest.raises(DataError, match="no training rows"):
        fit_many(template(), [rows(10), rows(0)], [rows(10), rows(10)])
