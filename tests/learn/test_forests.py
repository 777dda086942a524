import numpy as np
import pytest

from botwarden.core.errors import ConfigError
from botwarden.learn.calibration import Calibration
from botwarden.learn.forests import SMALLEST, Boosting, Forest
from botwarden.learn.graphs import Runner
from classes import three

NONE = Calibration.none(3)


def test_the_graph_of_a_random_forest_says_what_scikit_learn_says() -> None:
    x, y = three(400, 1, spread=1.5)
    forest = Forest(trees=30, seed=2).fit(x * 1e5, y, 3, x[:0], y[:0])
    forest.calibration_ = NONE
    assert forest.forest_ is not None
    cuts = np.concatenate([tree.tree_.threshold for tree in forest.forest_.estimators_])[:300]
    for rows in (
        three(500, 5, spread=2.0)[0] * np.float32(1e5),
        np.repeat(cuts[:, None].astype(np.float32), 4, axis=1),
    ):
        votes = np.maximum(forest.forest_.predict_proba(rows), SMALLEST)
        expected = votes / votes.sum(axis=1, keepdims=True)
        np.testing.assert_allclose(Runner(forest.to_onnx()).probabilities(rows), expected, atol=2e-6)


@pytest.mark.parametrize("classes", [2, 3])
def test_the_graph_of_boosted_trees_says_what_scikit_learn_says(classes: int) -> None:
    x, y = three(600, 1, spread=1.5)
    kept = y < classes
    boosting = Boosting(rounds=25, seed=2).fit(x[kept], y[kept], classes, x[:0], y[:0])
    boosting.calibration_ = Calibration.none(classes)
    rows = three(500, 5, spread=2.0)[0]
    assert boosting.boosting_ is not None
    expected = boosting.boosting_.predict_proba(rows)
    np.testing.assert_allclose(Runner(boosting.to_onnx()).probabilities(rows), expected, atol=2e-5)
    cut = boosting.boosting_._predictors[0][0].nodes
    at_cut = np.repeat(cut["num_threshold"][:, None].astype(np.float32), 4, axis=1)
    expected = boosting.boosting_.predict_proba(at_cut)
    np.testing.assert_allclose(Runner(boosting.to_onnx()).probabilities(at_cut), expected, atol=2e-5)


def test_a_forest_on_random_classes_is_not_sure_of_itself() -> None:
    x, _ = three(600, 1)
    y = np.random.default_rng(0).integers(0, 3, 600)
    for made in (Forest(trees=30), Boosting(rounds=30)):
        made.fit(x[:300], y[:300], 3, x[300:], y[300:])
        assert Runner(made.to_onnx()).probabilities(three(200, 7)[0]).mean(axis=0).max() < 0.5


@pytest.mark.parametrize(
    "wrong",
    [Forest(trees=0), Forest(leaves=1), Forest(seed=-1), Boosting(rounds=0), Boosting(rate=2.0), Boosting(seed=-1)],
)
def test_settings_that_make_no_sense_are_refused(wrong: Forest | Boosting) -> None:
    x, y = three(60, 1)
    with pytest.raises(ConfigError):
        wrong.fit(x, y, 3, x, y)
    with pytest.raises(ValueError, match="fit first"):
        wrong.to_onnx()
