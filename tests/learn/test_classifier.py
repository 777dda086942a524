import numpy as np
import pytest

from botwarden.core.errors import ConfigError, DataError
from botwarden.learn.classifier import Network, Published
from botwarden.learn.graphs import Runner
from classes import three
from learnable import Kept


@pytest.mark.parametrize("stop", [1, 3, 7])
def test_training_that_was_stopped_goes_on_to_the_same_network(stop: int) -> None:
    x, y = three(200, 1)
    told = {"epochs": 8, "batch": 32, "noise": 0.3, "seed": 4}
    whole = Network(**told).fit(x, y, 3, x[:60], y[:60]).to_onnx()  # type: ignore[arg-type]
    kept = Kept()
    epochs = 0

    def interrupt(share: float | None, text: str) -> None:
        nonlocal epochs
        epochs += 1

    network = Network(**told)  # type: ignore[arg-type]
    from botwarden.learn import classifier as module

    one = module._Training.one_epoch

    def stopping(self: module._Training) -> None:
        if self.epoch == stop and kept.state is None:
            raise KeyboardInterrupt
        one(self)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module._Training, "one_epoch", stopping)
        with pytest.raises(KeyboardInterrupt):
            network.fit(x, y, 3, x[:60], y[:60], checkpoint=kept, progress=interrupt)
        assert epochs == stop
        resumed = Network(**told).fit(x, y, 3, x[:60], y[:60], checkpoint=kept)  # type: ignore[arg-type]
    assert resumed.to_onnx() == whole
    assert len(resumed.history_) == 8


def test_a_checkpoint_of_another_training_is_refused() -> None:
    x, y = three(60, 1)
    kept = Kept()
    Network(epochs=20).fit(x, y, 3, x, y, checkpoint=kept)
    with pytest.raises(ConfigError, match="another training"):
        Network((8,), epochs=20).fit(x, y, 3, x, y, checkpoint=kept)


def test_rare_classes_are_found_as_well_as_common_ones() -> None:
    x, y = three(900, 1)
    few = np.concatenate([np.flatnonzero(y != 2), np.flatnonzero(y == 2)[:6]])
    network = Network(epochs=40, seed=1).fit(x[few], y[few], 3, x[few], y[few])
    unseen, unseen_y = three(300, 9)
    found = Runner(network.to_onnx()).probabilities(unseen).argmax(axis=1)
    assert (found[unseen_y == 2] == 2).mean() > 0.8


def test_it_stops_when_the_optimise_rows_get_no_better() -> None:
    x, y = three(200, 1)
    noise = np.random.default_rng(0).integers(0, 3, 100)
    network = Network(epochs=500, patience=5, seed=1).fit(x, y, 3, x[:100], noise)
    assert len(network.history_) < 100
    assert network.settings["taken"] == len(network.history_) - 5


def test_the_published_one_has_two_layers_of_eight() -> None:
    x, y = three(60, 1)
    published = Published(epochs=2).fit(x, y, 3, x, y)
    assert [weights.shape for weights, _ in published.network_] == [(4, 8), (8, 8), (8, 3)]


@pytest.mark.parametrize(
    "wrong", [Network(()), Network((0,)), Network(epochs=0), Network(rate=0), Network(batch=0), Network(noise=-1)]
)
def test_settings_that_make_no_sense_are_refused(wrong: Network) -> None:
    x, y = three(30, 1)
    with pytest.raises(ConfigError):
        wrong.fit(x, y, 3, x, y)


def test_rows_that_cannot_be_learned_from_are_refused() -> None:
    x, y = three(30, 1)
    with pytest.raises(DataError, match="no training rows"):
        Network().fit(x[:0], y[:0], 3, x, y)
    bad = x.copy()
    bad[3, 1] = np.inf
    with pytest.raises(DataError, match="not finite"):
        Network().fit(bad, y, 3, x, y)
    with pytest.raises(ValueError, match="fit first"):
        Network().to_onnx()
