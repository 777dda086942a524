import numpy as np
import pytest
import torch

from botwarden.core.errors import ConfigError, DataError
from botwarden.learn.graphs import Runner
from botwarden.learn.kitnet import KitNet, correlated
from botwarden.learn.networks import Stack
from learnable import Kept, interrupted, odd, rows

torch.set_num_threads(1)


def fitted(**settings: object) -> KitNet:
    return KitNet(**{"group": 4, "epochs": 40, **settings}).fit(rows(400), rows(200, seed=5))  # type: ignore[arg-type]


def test_columns_that_go_together_share_a_group() -> None:
    chance = np.random.default_rng(0)
    causes = chance.normal(size=(500, 3))
    x = np.repeat(causes, 4, axis=1) + 0.1 * chance.normal(size=(500, 12))
    order = chance.permutation(12)
    groups = correlated(x[:, order].astype(np.float32), 4)
    assert sorted(sorted(order[group].tolist()) for group in groups) == [[0, 1, 2, 3], [4, 5, 6, 7], [8, 9, 10, 11]]


@pytest.mark.parametrize("largest", [1, 3, 5, 50])
def test_every_column_is_in_one_group_that_is_small_enough(largest: int) -> None:
    x = rows(100, 20)
    x[:, [3, 7]] = 2  # constant columns have no correlation
    groups = correlated(x, largest)
    assert sorted(column for group in groups for column in group) == list(range(20))
    assert max(map(len, groups)) <= largest


def test_rows_that_break_the_pattern_score_higher() -> None:
    runner = Runner(fitted().to_onnx())
    assert np.median(runner.scores(odd(200))) > np.quantile(runner.scores(rows(200, seed=6)), 0.9)


def test_the_graph_says_what_the_networks_say() -> None:
    detector = fitted(epochs=5)
    x = rows(50, seed=7)
    scaled = detector._scaled(detector._group_errors(x))
    (w0, b0), (w1, b1) = detector.output_
    squared = (np.tanh(scaled @ w0 + b0) @ w1 + b1 - scaled) ** 2
    runner = Runner(detector.to_onnx())
    np.testing.assert_allclose(runner.scores(x), np.sqrt(squared.mean(1)), rtol=1e-3)
    errors = runner.errors(x)
    for i, group in enumerate(detector.groups_):
        np.testing.assert_allclose(errors[:, group].sum(1), squared[:, i], rtol=1e-2, atol=1e-5)


def test_each_small_network_is_as_wide_as_its_group() -> None:
    detector = fitted(epochs=2, group=5)
    for group, ((weights, _), _) in zip(detector.groups_, detector.small_, strict=True):
        assert weights.shape == (len(group), int(np.ceil(0.75 * len(group))))
    assert detector.settings["groups"] == len(detector.groups_)


@pytest.mark.parametrize("calls", [2, 14])
def test_resuming_gives_the_same_networks(calls: int, monkeypatch: pytest.MonkeyPatch) -> None:
    checkpoint = Kept()
    data = rows(400), rows(200, seed=5)
    with monkeypatch.context() as patch:
        patch.setattr(Stack, "gradient", interrupted(Stack.gradient, calls))
        with pytest.raises(KeyboardInterrupt):
            KitNet(group=4, epochs=5).fit(*data, checkpoint=checkpoint)
    resumed = KitNet(group=4, epochs=5).fit(*data, checkpoint=checkpoint)
    assert resumed.to_onnx() == fitted(epochs=5).to_onnx()


def test_what_makes_no_sense_is_refused() -> None:
    for settings in ({"group": 0}, {"ratio": 0}, {"epochs": 0}):
        with pytest.raises(ConfigError):
            fitted(**settings)
    with pytest.raises(DataError):
        KitNet().fit(rows(0), rows(10))
    with pytest.raises(ValueError, match="fit first"):
        KitNet().to_onnx()
