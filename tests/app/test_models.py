from pathlib import Path

import pytest

from botwarden.app.models import open_model
from botwarden.core.errors import ModelError
from botwarden.stores.model import write_model
from models import detector, model


def test_a_model_is_opened(tmp_path: Path) -> None:
    identity = write_model(model(), tmp_path / "a.model")
    assert open_model(tmp_path / "a.model").identity == identity


def test_a_model_that_contradicts_itself_is_named(tmp_path: Path) -> None:
    write_model(model([detector(columns=["a", "zz"])]), tmp_path / "a.model")
    with pytest.raises(ModelError, match=r"a\.model: the model's part 'all': its column 'zz' is not in the schema"):
        open_model(tmp_path / "a.model")
