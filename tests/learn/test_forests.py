import numpy as np
import pytest
from sklearn.ensemble import RandomForestClassifier

from botwarden.core.errors import ConfigError
from botwarden.learn.calibration import Calibration
from botwarden.learn.forests import SMALLEST, Boosting, Forest, trees_of
from botwarden.learn.graphs import Runner
from classes import three
from learnable import Kept, interrupted


def test_the_graph_of_a_random_forest_says_what_scikit_learn_says() -> None:
    x, y = three(400, 1, spread=1.5)
    theirs = RandomForestClassifier(30, max_leaf_nodes=50, class_weight="balanced", random_state=2).fit(x * 1e5, y)
    forest = Forest()
    forest.trees_, forest.width_, forest.calibration_ = trees_of(theirs), 4, Calibration.none(3)
    cuts = np.concatenate([tree.tree_.threshold for tree in theirs.estimators_])[:300]
    for rows in (
        three(500, 5, spread=2.0)[0] * np.float32(1e5),
        np.repeat(cuts[:, None].astype(np.float32), 4, axis=1),
    ):
        votes = np.maximum(theirs.predict_proba(rows), SMALLEST)
        expected = votes / votes.sum(axis=1, keepdims=True)
        np.testing.assert_allclose(Runner(forest.to_onnx()).probabilities(rows), expected, atol=2e-6)


def test_a_forest_that_was_stopped_goes_on_to_the_same_trees(monkeypatch: pytest.MonkeyPatch) -> None:
    x, y = three(300, 1, spread=1.5)
    whole = Forest(trees=35, seed=4).fit(x, y, 3, x[:60], y[:60]).to_onnx()
    kept, told = Kept(), []
    with monkeypatch.context() as patch:
        patch.setattr(Forest, "_more", interrupted(Forest._more, 3))
        with pytest.raises(KeyboardInterrupt):
            Forest(trees=35, seed=4).fit(x, y, 3, x[:60], y[:60], checkpoint=kept)
    again = Forest(trees=35, seed=4).fit(
        x, y, 3, x[:60], y[:60], checkpoint=kept, progress=lambda share, text: told.append(text)
    )
    assert again.to_onnx() == whole
    assert told == ["20 of 35 trees", "30 of 35 trees"]
    with pytest.raises(ConfigError, match="another training"):
        Forest().fit(x[:, :2], y, 3, x[:60, :2], y[:60], checkpoint=kept)


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
