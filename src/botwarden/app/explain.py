"""A row of a table or capture explained by a model: ``botwarden explain``."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import msgspec

from botwarden.app.models import open_model, schema_of
from botwarden.app.output import check_outputs
from botwarden.app.rows import open_rows
from botwarden.core.document import Document
from botwarden.core.errors import ConfigError
from botwarden.core.row import Rows
from botwarden.core.snapshot import FeatureSchema
from botwarden.core.text import plural, printable
from botwarden.learn.explanation import Explanation
from botwarden.stores.report import write_file

MAX_ROW: Final = 10**12
"""No source has as many rows."""


@dataclass(frozen=True, slots=True)
class Wish:
    """How a row is to be explained; as in `botwarden.learn.explanation.explain_row`.

    seeds, seed : runs of LIME, and the seed of the first
    samples : of each run
    limit : reasons per view, at most
    """

    seeds: int = 5
    seed: int = 0
    samples: int = 1500
    limit: int = 5


def explain(
    model: Path,
    file: str,
    row: int,
    *,
    labels: Path | None = None,
    wish: Wish = Wish(),
    progress: Callable[[float | None, int], None] | None = None,
) -> Explanation:
    """Explain one row of a table or capture; ``row`` is counted from 0, the order that of the source.

    labels : the labels file of a capture: it says whose traffic a row is, where a model has parts per device

    Raises ConfigError, DataError, ModelError, SchemaMismatch, CaptureError and OSError for what a user can mend.
    """
    from botwarden.detect.models.scorer import Scorer  # noqa: PLC0415 - loads ONNX Runtime
    from botwarden.learn.explanation import check_numbers, explain_row  # noqa: PLC0415

    if not 0 <= row < MAX_ROW:
        raise ConfigError(f"rows are counted from 0: there is no row {row}")
    check_numbers(wish.seeds, wish.seed, wish.samples)
    opened = open_model(model)
    rows = _row(file, row, schema_of(opened), labels, progress)
    found = explain_row(
        Scorer(opened), rows, 0, seeds=wish.seeds, seed=wish.seed, samples=wish.samples, limit=wish.limit
    )
    return msgspec.structs.replace(found, row=row, source=printable(file))


def document(explanation: Explanation) -> Document:
    """What it says, for a terminal."""
    from botwarden.learn import explanation_document  # noqa: PLC0415

    return explanation_document.document(explanation)


def explanation_json(explanation: Explanation) -> bytes:
    """The explanation as JSON."""
    return msgspec.json.format(msgspec.json.encode(explanation), indent=2) + b"\n"


def check_files(outputs: list[Path], model: Path, file: str) -> None:
    """Make sure that the outputs can be written and overwrite neither. Raises ConfigError, OSError."""
    check_outputs(outputs, [str(model), file])


def write_json(explanation: Explanation, path: Path) -> None:
    """Write the explanation as JSON. Raises OSError."""
    write_file(path, explanation_json(explanation))


def write_figure(explanation: Explanation, path: Path) -> None:
    """Write its bar charts as PNG. Raises ConfigError without the extra ``train``, OSError."""
    from botwarden.learn.explanation_document import figure  # noqa: PLC0415 - draws

    drawn = figure(explanation)
    if drawn is None:
        raise ConfigError("there is nothing to draw")
    write_file(path, drawn.png)


def _row(
    file: str,
    row: int,
    schema: FeatureSchema,
    labels: Path | None,
    progress: Callable[[float | None, int], None] | None,
) -> Rows:
    """That row alone. What comes after it is not read."""
    stream = open_rows([file], schema, labels=labels)
    for rows in stream:
        if progress is not None:
            progress(stream.progress(), stream.count)
        at = row - (stream.count - len(rows))
        if at < len(rows):
            return rows.take(slice(at, at + 1))
    raise ConfigError(
        f"{printable(file)}: there is no row {row:,}; it has {plural(stream.count, 'row')}, counted from 0"
    )
