import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from botwarden.core.errors import ConfigError, DataError
from botwarden.core.model import TAIL_SHARES, DetectorPart
from botwarden.learn import online, thresholds
from botwarden.learn.assembly import Array, detector_part
from botwarden.learn.autoencoder import Autoencoder
from botwarden.learn.graphs import Runner
from botwarden.learn.isolation import Isolation
from learnable import odd, rows

torch.set_num_threads(1)

Learned = tuple[DetectorPart, bytes, dict[str, Array]]


def other_habits(n: int, seed: int) -> np.ndarray:
    """Benign rows of a device that now does something in addition: half of its rows lie elsewhere."""
    x = rows(n, seed=seed)
    x[::2] = 0.6 * x[::2, ::-1] + 0.1
    return x


@pytest.fixture(scope="module")
def learned() -> Learned:
    detector = Autoencoder((0.7, 0.3, 0.7), epochs=150, batch=64, rate=5e-3).fit(rows(900), rows(300, seed=1))
    scores = Runner(detector.to_onnx()).scores(rows(500, seed=2))
    return detector_part(
        "all",
        detector,
        columns=[f"c{i}" for i in range(12)],
        scaler="identity",
        scaler_arrays={},
        benign=rows(900),
        scores=scores,
        threshold=thresholds.Threshold(float(scores.max()) * 10, "ten times the highest"),
        window=3,
    )


def on(learned: Learned, x: np.ndarray, **settings: object) -> Learned:
    return online.learn_on(*learned, x, x, **settings)  # type: ignore[arg-type]


def test_new_habits_are_learned_and_old_ones_kept(learned: Learned) -> None:
    now = learned
    for batch in range(4):
        now = on(now, other_habits(600, 10 + batch), rate=1e-3, epochs=30)
    before, after = Runner(learned[1]), Runner(now[1])
    new, old, wrong = other_habits(300, 50), rows(300, seed=51), odd(300)
    assert after.scores(new).mean() < 0.7 * before.scores(new).mean()
    assert after.scores(old).mean() < 3 * before.scores(old).mean()
    assert np.median(after.scores(wrong)) > 3 * np.median(after.scores(new))
    assert now[0].settings["rows"] > 900 + 4 * 500
    assert now[0].settings["batches_after"] == 4
    assert now[0].rule == "ten times the highest, moved with the benign rows learned since"


def test_the_threshold_follows_by_bounded_steps(learned: Learned) -> None:
    part, _, arrays = on(learned, rows(400, seed=3))
    assert learned[0].threshold / online.MOST_RISE <= part.threshold <= learned[0].threshold * online.MOST_RISE
    tail = arrays["all.tail"]
    assert len(tail) == len(TAIL_SHARES)
    assert (np.diff(tail) >= 0).all()
    assert part.columns == learned[0].columns


def test_what_the_score_looks_at_stays() -> None:
    x = rows(300)
    detector = Autoencoder((0.5,), epochs=3, top=2, noise=0.5).fit(x, x)
    scores = Runner(detector.to_onnx()).scores(x)
    part, network, arrays = detector_part(
        "a", detector, columns=[f"c{i}" for i in range(12)], scaler="identity", scaler_arrays={}, benign=x,
        scores=scores, threshold=thresholds.Threshold(float(scores.max()) * 2, "twice"),
    )  # fmt: skip
    runner = Runner(online.learn_on(part, network, arrays, x, x)[1])
    np.testing.assert_allclose(runner.scores(x), np.sort(runner.errors(x), axis=1)[:, -2:].mean(1), rtol=1e-5)


def test_the_model_it_began_from_stays_as_it_was(learned: Learned) -> None:
    network, tail = learned[1], learned[2]["all.tail"].copy()
    on(learned, rows(400, seed=3))
    assert learned[1] == network
    np.testing.assert_array_equal(learned[2]["all.tail"], tail)


def test_nothing_is_learned_while_the_model_is_alarmed(learned: Learned) -> None:
    x = rows(400, seed=3)
    x[100:103] *= 20  # two of three suffice
    with pytest.raises(ConfigError, match="while the model is alarmed"):
        on(learned, x)


def test_anomalous_rows_are_left_out_or_too_many(learned: Learned) -> None:
    x = rows(400, seed=3)
    x[[50, 200]] *= 1000
    assert on(learned, x)[0].settings["rows"] == 900 + 398
    x[::10] *= 1000
    with pytest.raises(ConfigError, match=r"finds 40 of its 400 rows anomalous, and 1\.0% is the most"):
        on(learned, x)


def test_nothing_is_learned_while_others_are_alarmed(learned: Learned) -> None:
    with pytest.raises(ConfigError, match=r"alarmed: scan\.mirai of cam., b, c and 1 more"):
        on(learned, rows(400, seed=3), verdicts=["scan.mirai of cam\x1b", "b", "c", "d"])


def test_alarms_are_each_devices_own() -> None:
    anomalous = np.tile([True, False, False, False], 300)
    one, many = np.zeros(1200, np.int64), np.tile([0, 1, 2, 3], 300)
    online.refuse_while_alarmed(anomalous, one, 5, share=0.3)
    with pytest.raises(ConfigError, match="here by camera"):
        online.refuse_while_alarmed(anomalous, many, 5, share=0.3, names=["camera", "b", "c", "d"])


def test_what_cannot_learn_on_says_so(learned: Learned) -> None:
    part, _, arrays = learned
    with pytest.raises(DataError, match="too few"):
        on(learned, rows(20))
    forest = Isolation(trees=3).fit(rows(50), rows(5)).to_onnx()
    with pytest.raises(ConfigError, match="cannot learn on"):
        on((part, forest, arrays), rows(100))


@given(st.integers(1, 2000), st.integers(1, 2000), st.integers(0, 99))
def test_quantiles_of_old_and_new_together(old: int, new: int, seed: int) -> None:
    chance = np.random.default_rng(seed)
    first, second = chance.exponential(size=old), chance.exponential(size=new) * 3
    mixed = online.mixed_tail(thresholds.tail(first).astype(float), old, second.astype(np.float32), new)
    both = np.concatenate([first, second])
    assert (np.diff(mixed) >= 0).all()
    for share, value in zip(TAIL_SHARES, mixed, strict=True):
        # the old scores are known at a few shares only: between two of those anything goes
        assert abs(np.mean(both >= value * (1 - 1e-6)) - share) <= 0.06 + 1 / old + 1 / new
