"""Models out of files, ready to be used."""

from pathlib import Path

from botwarden.core.errors import ModelError, SchemaMismatch
from botwarden.core.model import Model
from botwarden.core.snapshot import FeatureSchema
from botwarden.core.text import printable
from botwarden.detect.models.scorer import Scorer
from botwarden.features.schema import NBAIOT115, SCHEMAS
from botwarden.stores.model import read_model


def open_model(path: str | Path) -> Model:
    """The model in a file, checked: everything that its manifest promises is there and fits, and its networks run.

    Raises ModelError, which names the file, for one that cannot be used or was changed; OSError.
    """
    model = read_model(Path(path))
    try:
        Scorer(model).probe()
    except ModelError as error:
        raise ModelError(f"{printable(path)}: {error}") from error
    return model


def open_scorer(path: str | Path) -> Scorer:
    """The model in a file, ready to judge packets. Raises as `open_model`, and for one that reads other features."""
    model = open_model(path)
    try:
        known = schema_of(model)
    except SchemaMismatch as error:
        raise ModelError(f"{printable(path)}: {error}") from error
    if known != NBAIOT115:
        raise ModelError(f"{printable(path)}: it reads rows that cannot be computed from packets")
    return Scorer(model)


def schema_of(model: Model) -> FeatureSchema:
    """The feature schema that a model reads. Raises SchemaMismatch for one that nobody here can compute or read."""
    wanted = model.manifest.schema
    schema = SCHEMAS.get(wanted.name)
    if schema is None or list(schema.columns) != wanted.columns:
        raise SchemaMismatch(
            f"the model reads rows of the schema '{printable(wanted.name, 64)}' with {len(wanted.columns)} columns, "
            "which this version of botwarden does not know"
        )
    return schema
