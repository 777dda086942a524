from dataclasses import replace

import numpy as np
import pytest
import torch

from botwarden.core.errors import ConfigError, DataError, SchemaMismatch
from botwarden.core.model import Model
from botwarden.core.snapshot import FeatureSchema
from botwarden.learn.continuing import learn_further
from botwarden.learn.plan import TrainPlan
from botwarden.learn.training import train
from nbaiot import rows

torch.set_num_threads(1)


@pytest.fixture(scope="module")
def model() -> Model:
    plan = TrainPlan(detector="autoencoder", epochs=40, false_positives=0.02)
    return replace(train(rows(500, 0), plan).model, identity="ab" * 32)


def test_a_model_learns_on_and_remembers_where_it_comes_from(model: Model) -> None:
    trained = learn_further(model, rows(200, 0, seed=5))
    assert trained.model.manifest.training.parent == "ab" * 32
    assert trained.model.networks != model.networks
    assert trained.model.manifest.detectors[0].settings["rows"] in range(690, 701)
    assert not trained.model.manifest.metrics
    assert "learned on" in trained.model.manifest.card
    assert trained.model.identity == ""


def test_nothing_is_learned_while_anything_is_alarmed(model: Model) -> None:
    with pytest.raises(ConfigError, match="alarmed: scan"):
        learn_further(model, rows(200, 0, seed=5), verdicts=["scan.mirai of camera"])
    odd = rows(100, 100, seed=6).take(slice(100, None))
    odd = replace(odd, groups=rows(1, 0).groups, group=np.zeros(200, np.int32))  # attacks that are called benign
    with pytest.raises(ConfigError, match="nothing is learned"):
        learn_further(model, odd)


def test_attacks_are_not_learned_from(model: Model) -> None:
    with pytest.raises(ConfigError, match="attacks"):
        learn_further(model, rows(100, 20))


def test_few_rows_and_rows_of_another_schema_are_refused(model: Model) -> None:
    with pytest.raises(DataError, match="too few"):
        learn_further(model, rows(30, 0))
    other = replace(rows(100, 0), schema=FeatureSchema("other", rows(1, 0).schema.columns))
    with pytest.raises(SchemaMismatch):
        learn_further(model, other)


def test_detectors_that_cannot_learn_on_say_so() -> None:
    forest = train(rows(100, 0), TrainPlan(detector="isolation_forest", detector_settings={"trees": 5})).model
    with pytest.raises(ConfigError, match="cannot learn on"):
        learn_further(forest, rows(100, 0, seed=5))
