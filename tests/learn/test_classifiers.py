import numpy as np
import pytest

from botwarden.core.errors import ConfigError
from botwarden.learn.classifiers import CLASSIFIERS, DEFAULT, classifier
from botwarden.learn.graphs import Runner
from botwarden.learn.scaling import fit_scaler
from classes import three
from learnable import Kept, interrupted

SETTINGS = {
    "network": {"epochs": 30},
    "published": {"epochs": 60},
    "random_forest": {"trees": 20},
    "boosting": {"rounds": 20},
}


@pytest.mark.parametrize("name", CLASSIFIERS)
def test_every_classifier_tells_classes_apart_through_its_graph(name: str) -> None:
    made = classifier(name)(**SETTINGS[name], seed=3)
    (x, y), (other, other_y), (unseen, unseen_y) = (three(n, seed) for n, seed in ((300, 1), (200, 2), (300, 3)))
    scaler = fit_scaler(made.scaler, x)
    made.fit(scaler.apply(x), y, 3, scaler.apply(other), other_y)
    found = Runner(made.to_onnx()).probabilities(scaler.apply(unseen))
    assert found.shape == (300, 3)
    np.testing.assert_allclose(found.sum(axis=1), 1, rtol=1e-5)
    assert (found.argmax(axis=1) == unseen_y).mean() > 0.95
    assert found.max() < 1 - 1 / 300  # two hundred rows support no more certainty than that


@pytest.mark.parametrize("name", CLASSIFIERS)
def test_a_seed_decides_everything(name: str) -> None:
    x, y = three(120, 1)
    make = classifier(name)
    first, second = (make(**SETTINGS[name] | {"seed": 5}).fit(x, y, 3, x[:30], y[:30]).to_onnx() for _ in range(2))
    assert first == second


@pytest.mark.parametrize(("name", "settings"), [("network", {"epochs": 6}), ("random_forest", {"trees": 40})])
def test_stopped_while_progress_is_told_it_goes_on_to_the_same(name: str, settings: dict[str, int]) -> None:
    x, y = three(120, 1)
    kept = Kept()
    told = interrupted(lambda share, text: None, 3)
    with pytest.raises(KeyboardInterrupt):
        classifier(name)(**settings, seed=5).fit(x, y, 3, x[:30], y[:30], checkpoint=kept, progress=told)
    assert kept.state is not None
    again = classifier(name)(**settings, seed=5).fit(x, y, 3, x[:30], y[:30], checkpoint=kept)
    assert again.to_onnx() == classifier(name)(**settings, seed=5).fit(x, y, 3, x[:30], y[:30]).to_onnx()


@pytest.mark.parametrize("name", CLASSIFIERS)
def test_a_class_without_rows_is_told(name: str) -> None:
    x, y = three(60, 1)
    with pytest.raises(ConfigError, match="row to learn from"):
        classifier(name)().fit(x, y, 4, x, y)


@pytest.mark.parametrize("name", CLASSIFIERS)
def test_without_optimise_rows_it_still_learns(name: str) -> None:
    x, y = three(90, 1)
    made = classifier(name)(**SETTINGS[name]).fit(x, y, 3, x[:0], y[:0])
    assert Runner(made.to_onnx()).probabilities(x).max() <= 0.34  # nothing says how far it can be trusted


def test_an_unknown_name_lists_those_that_there_are() -> None:
    with pytest.raises(ConfigError, match=r"there is no classifier 'svm'; choose from random_forest, boosting"):
        classifier("svm")
    assert DEFAULT in CLASSIFIERS
