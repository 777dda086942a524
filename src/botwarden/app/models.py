"""Models out of files, ready to be used."""

from pathlib import Path

from botwarden.core.errors import ModelError
from botwarden.core.model import Model
from botwarden.core.text import printable
from botwarden.detect.models.check import check_model
from botwarden.stores.model import read_model


def open_model(path: str | Path) -> Model:
    """The model in a file, checked: everything that its manifest promises is there and fits.

    Raises ModelError, which names the file, for one that cannot be used or was changed; OSError.
    """
    model = read_model(Path(path))
    try:
        check_model(model)
    except ModelError as error:
        raise ModelError(f"{printable(path)}: {error}") from error
    return model
