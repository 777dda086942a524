from dataclasses import replace
from pathlib import Path

import pytest

from botwarden.app.models import open_model, open_scorer, schema_of
from botwarden.core.errors import ModelError, SchemaMismatch
from botwarden.core.snapshot import FeatureSchema
from botwarden.features.schema import NBAIOT115
from botwarden.stores.model import write_model
from models import detector, model, squares, wide


def test_a_model_is_opened(tmp_path: Path) -> None:
    identity = write_model(model(), tmp_path / "a.model")
    assert open_model(tmp_path / "a.model").identity == identity


def test_a_model_that_contradicts_itself_is_named(tmp_path: Path) -> None:
    write_model(model([detector(columns=["a", "zz"])]), tmp_path / "a.model")
    with pytest.raises(ModelError, match=r"a\.model: the model's part 'all': its column 'zz' is not in the schema"):
        open_model(tmp_path / "a.model")


def test_a_network_that_does_not_fit_is_found_at_once(tmp_path: Path) -> None:
    write_model(replace(model(), networks={"all": squares(5)}), tmp_path / "a.model")
    with pytest.raises(ModelError, match=r"a\.model: the network 'all' cannot be used: its input is not 'x' with 3"):
        open_model(tmp_path / "a.model")


def test_only_models_of_known_schemas_are_used(tmp_path: Path) -> None:
    assert schema_of(wide()) == NBAIOT115
    with pytest.raises(SchemaMismatch, match="does not know"):
        schema_of(model())
    with pytest.raises(SchemaMismatch, match="nbaiot115' with 3 columns"):
        schema_of(model(schema=FeatureSchema("nbaiot115", ("a", "b", "c"))))
    write_model(model(), tmp_path / "three.model")
    with pytest.raises(ModelError, match=r"three\.model: the model reads rows of the schema 'three'"):
        open_scorer(tmp_path / "three.model")


def test_a_scorer_is_ready_to_judge(tmp_path: Path) -> None:
    identity = write_model(wide(), tmp_path / "a.model")
    assert open_scorer(tmp_path / "a.model").model.identity == identity
