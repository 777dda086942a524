import numpy as np
import pytest

from botwarden.core.errors import ConfigError, DataError
from botwarden.learn.graphs import Runner
from botwarden.learn.isolation import Isolation, average_path
from learnable import odd, rows


@pytest.mark.parametrize("sample", [2, 50, 256])
def test_the_graph_scores_as_scikit_learn_does(sample: int) -> None:
    x = rows(500) * np.float32(1e6)
    fitted = Isolation(trees=50, sample=sample).fit(x, x)
    forest = fitted.forest_
    assert forest is not None
    thresholds = np.concatenate([tree.tree_.threshold[tree.tree_.children_left >= 0] for tree in forest.estimators_])
    at_cuts = np.repeat(thresholds[:300, None].astype(np.float32), x.shape[1], axis=1)
    for part in (x, odd(300) * np.float32(1e6), at_cuts):
        np.testing.assert_allclose(Runner(fitted.to_onnx()).scores(part), -forest.score_samples(part), rtol=1e-5)


def test_what_stands_apart_scores_higher() -> None:
    runner = Runner(Isolation().fit(rows(500), rows(5)).to_onnx())
    assert runner.scores(rows(100, seed=4) * 4).min() > np.median(runner.scores(rows(100, seed=5)))


def test_average_path_is_that_of_the_paper() -> None:
    # the expected path of an unsuccessful search: 2 H(n-1) - 2 (n-1)/n, with H(i) close to ln i + 0.5772
    harmonic = sum(1 / i for i in range(1, 256))
    assert average_path(np.array([256]))[0] == pytest.approx(2 * harmonic - 2 * 255 / 256, rel=1e-3)
    assert average_path(np.array([1, 2])).tolist() == [0, 1]


def test_a_seed_decides_everything() -> None:
    first, second, other = (Isolation(trees=5, seed=s).fit(rows(50), rows(5)).to_onnx() for s in (1, 1, 2))
    assert first == second != other


def test_what_makes_no_sense_is_refused() -> None:
    for wrong in (Isolation(trees=0), Isolation(sample=1), Isolation(seed=-1)):
        with pytest.raises(ConfigError):
            wrong.fit(rows(10), rows(10))
    with pytest.raises(ConfigError, match="two rows"):
        Isolation().fit(rows(1), rows(1))
    with pytest.raises(DataError):
        Isolation().fit(rows(10) * np.float32(np.nan), rows(1))
    with pytest.raises(ValueError, match="fit first"):
        Isolation().to_onnx()
