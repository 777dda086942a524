import numpy as np
import pytest
import torch

from botwarden.core.errors import ConfigError, DataError
from botwarden.learn.autoencoder import Autoencoder, Published
from botwarden.learn.graphs import Runner
from botwarden.learn.networks import Stack
from learnable import Kept, interrupted, odd, rows

torch.set_num_threads(1)


def small(**settings: object) -> Autoencoder:
    return Autoencoder(**{"layers": (0.7, 0.3, 0.7), "epochs": 60, "batch": 64, "rate": 5e-3, **settings})  # type: ignore[arg-type]


def test_rows_that_break_the_pattern_score_higher() -> None:
    detector = small().fit(rows(600), rows(300, seed=5))
    runner = Runner(detector.to_onnx())
    benign, other = runner.scores(rows(300, seed=6)), runner.scores(odd(300))
    assert np.quantile(benign, 0.95) < np.quantile(other, 0.05)


def test_the_graph_says_what_the_network_says() -> None:
    detector = small(epochs=5).fit(rows(200), rows(100, seed=5))
    x = rows(50, seed=7)
    h = x
    for i, (weights, biases) in enumerate(detector.network_):
        h = h @ weights + biases
        h = np.tanh(h) if i < len(detector.network_) - 1 else h
    runner = Runner(detector.to_onnx())
    np.testing.assert_allclose(runner.errors(x), (x - h) ** 2, rtol=1e-3, atol=1e-5)
    np.testing.assert_allclose(runner.scores(x), ((x - h) ** 2).mean(1), rtol=1e-4)
    assert runner.scores(rows(100, seed=5)).mean() == pytest.approx(detector.loss_, rel=1e-4)


def test_a_seed_decides_everything() -> None:
    first, second, other = (small(epochs=4, seed=seed).fit(rows(200), rows(50)).to_onnx() for seed in (1, 1, 2))
    assert first == second
    assert first != other


def test_resuming_gives_the_same_network(monkeypatch: pytest.MonkeyPatch) -> None:
    data = rows(200), rows(50, seed=5)
    checkpoint = Kept()
    with monkeypatch.context() as patch:
        patch.setattr(Stack, "gradient", interrupted(Stack.gradient, 23))
        with pytest.raises(KeyboardInterrupt):
            small().fit(*data, checkpoint=checkpoint)
    assert checkpoint.state is not None
    assert 0 < int(checkpoint.state["epoch"]) < 60
    resumed = small().fit(*data, checkpoint=checkpoint)
    assert resumed.to_onnx() == small().fit(*data).to_onnx()


def test_it_begins_from_a_network() -> None:
    data = rows(300), rows(100, seed=5)
    trained = small().fit(*data)
    further = small(start=trained.to_onnx(), epochs=1, rate=1e-4).fit(*data)
    assert further.loss_ < trained.loss_ * 1.05
    with pytest.raises(ConfigError, match="other layers"):
        small(start=trained.to_onnx(), layers=(0.5,)).fit(*data)
    with pytest.raises(ConfigError, match="other layers"):
        small(start=trained.to_onnx()).fit(rows(20, 5), rows(20, 5))


def test_settings_tell_how_it_was_trained() -> None:
    detector = Published(epochs=2, seed=4)
    assert detector.settings["layers"] == [0.75, 0.5, 0.33, 0.25, 0.33, 0.5, 0.75]
    assert "loss" not in detector.settings
    detector.fit(rows(30), rows(20))
    assert detector.settings["epochs_taken"] in (1, 2)
    assert detector.settings["seed"] == 4


@pytest.mark.parametrize(
    ("settings", "word"),
    [
        ({"epochs": 0}, "epochs"),
        ({"epochs": 10**9}, "epochs"),
        ({"batch": 0}, "batch"),
        ({"rate": 0.0}, "rate"),
        ({"rate": float("nan")}, "rate"),
        ({"patience": -1}, "patience"),
        ({"seed": -1}, "seed"),
        ({"noise": -1.0}, "noise"),
        ({"top": -1}, "top"),
        ({"layers": (0.0,)}, "layers"),
        ({"device": "nowhere"}, "device"),
    ],
)
def test_settings_that_make_no_sense_are_refused(settings: dict[str, object], word: str) -> None:
    with pytest.raises(ConfigError, match=word):
        small(**settings).fit(rows(20), rows(20))


def test_rows_that_cannot_be_learned_from_are_refused() -> None:
    bad = rows(20)
    bad[3, 2] = np.inf
    for x, optimise in ((bad, rows(20)), (rows(20), bad), (rows(0), rows(20)), (rows(20), rows(20, 5))):
        with pytest.raises(DataError):
            small().fit(x, optimise)
    with pytest.raises(ValueError, match="fit first"):
        small().to_onnx()


def test_rows_that_must_not_be_written_to_are_fine() -> None:
    x = rows(50)
    x.setflags(write=False)
    assert small(epochs=1).fit(x, x).network_
