"""Models against rows: ``botwarden evaluate``."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import msgspec

from botwarden.app.extra import DRAWING, need_extra
from botwarden.app.given_rows import GivenRows
from botwarden.app.models import open_model, schema_of
from botwarden.core.document import Document, figures
from botwarden.core.errors import ConfigError, SchemaMismatch
from botwarden.core.model import DataFile, Model
from botwarden.core.snapshot import FeatureSchema
from botwarden.core.text import duration_text, plural, printable
from botwarden.features.schema import NBAIOT115
from botwarden.learn.results import Evaluation
from botwarden.stores.folder import check_folder, write_folder

RESULTS: Final = "results.json"
"""The file that marks a folder as a report of ours: it is written last."""

Progress = Callable[[float | None, int, str], None]
"""Told the share of the work that is done, the rows so far, and what is being done."""


@dataclass(frozen=True, slots=True)
class Evaluated:
    """What an evaluation found, what a user should know about what was read, and what spoils the numbers."""

    evaluation: Evaluation
    notes: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    seconds: float = 0.0


def evaluate_models(
    models: Mapping[str, Model],
    benign: Sequence[str | Path],
    attack: Sequence[str | Path],
    data: Sequence[str | Path] = (),
    *,
    labels: Path | None = None,
    seed: int = 0,
    dates: bool = True,
    progress: Progress | None = None,
) -> Evaluated:
    """Judge the rows of tables and captures by models; ``models``: by the name that is shown.

    benign, attack : paths whose rows are taken as such; of a folder or a labelled table only those that are
    data : paths whose rows say themselves what they are: the layout of N-BaIoT, columns, a labels file
    labels : the labels file of the captures in ``data``, or, without any ``data``, of all captures
    dates : whether references are fitted with and without the columns that carry the date

    Raises ConfigError, DataError, ModelError, SchemaMismatch, CaptureError and OSError for what a user can mend.
    """
    from botwarden.detect.models.scorer import Scorer  # noqa: PLC0415 - loads ONNX Runtime
    from botwarden.learn.evaluation import Subject, about, evaluate  # noqa: PLC0415 - slow, and may lack its packages

    started = time.monotonic()
    if not (benign or attack or data):
        raise ConfigError("there is nothing to judge: name rows with --benign, --attack or --data")
    given = GivenRows(benign, attack, data, _schema(models), labels=labels)
    subjects = [Subject(about(name, model), Scorer(model)) for name, model in models.items()]

    def told(what: str, rows: int) -> None:
        if progress is not None:
            progress(given.progress(), rows, what.capitalize())

    found = evaluate(subjects, given, seed=seed, dates=dates, told=told)
    return Evaluated(found, given.notes, learned_from(models, given.files), time.monotonic() - started)


def learned_from(models: Mapping[str, Model], files: Sequence[DataFile]) -> list[str]:
    """A warning for each model that was trained on one of the files that it is judged on."""
    judged = {file.sha256 for file in files if file.sha256}
    found = []
    for name, model in models.items():
        known = [printable(file.name, 80) for file in model.manifest.training.files if file.sha256 in judged]
        if known:
            listed = ", ".join(known[:3]) + (f" and {len(known) - 3} more" if len(known) > 3 else "")
            found.append(f"{name} learned from {listed}: on those rows it looks better than it is.")
    return found


def read_models(paths: Sequence[Path]) -> dict[str, Model]:
    """The models in files, checked, by a short name.

    Raises ConfigError for a file that is named twice, ModelError, which names the file, OSError.
    """
    return {name: open_model(path) for name, path in zip(model_names(paths), paths, strict=True)}


def model_names(paths: Sequence[Path]) -> list[str]:
    """A short name for each: that of its file, with its folder where two files have the same name.

    Raises ConfigError for a file that is named twice.
    """
    if len({path.resolve() for path in paths}) < len(paths):
        raise ConfigError("a model is named twice")
    for name in (lambda path: path.name, lambda path: f"{path.absolute().parent.name}/{path.name}"):
        names = [printable(name(path), 60) for path in paths]
        if len(set(names)) == len(names):
            return names
    return [printable(path.absolute(), 200) for path in paths]


def check_report(folder: Path) -> None:
    """Make sure that a report can be drawn, and written there.

    Raises ConfigError without the extra ``train`` and for a folder with other things, OSError.
    """
    need_extra("a report", *DRAWING)
    check_folder(folder, RESULTS)


def report(evaluated: Evaluated) -> Document:
    """The report, to be written or to be made part of another."""
    from botwarden.learn.chapters import document  # noqa: PLC0415 - draws, with packages of the extra `train`

    made = f"Made {datetime.now(UTC):%Y-%m-%d %H:%M} UTC in {duration_text(evaluated.seconds)}."
    whole = document(evaluated.evaluation, _title(evaluated), made)
    return _noted(whole, evaluated)


def overview(evaluated: Evaluated) -> Document:
    """The same in short, without pictures, for a terminal."""
    from botwarden.learn import digest  # noqa: PLC0415

    short = digest.overview(evaluated.evaluation, _title(evaluated))
    return _noted(short, evaluated)


def _noted(document: Document, evaluated: Evaluated) -> Document:
    summary, warnings = [*document.summary, *evaluated.notes], [*evaluated.warnings, *document.warnings]
    return msgspec.structs.replace(document, summary=summary, warnings=warnings)


def _title(evaluated: Evaluated) -> str:
    models = evaluated.evaluation.models
    return f"Evaluation of {models[0].about.name if len(models) == 1 else plural(len(models), 'model')}"


def write_report(document: Document, results: msgspec.Struct, folder: Path) -> list[str]:
    """Write ``report.html``, ``report.md`` with its pictures, and ``results.json``; returns the names of all files.

    Raises ConfigError for a folder that holds other things, OSError.
    """
    from botwarden.web import document as page  # noqa: PLC0415 - jinja2 loads only where a page is asked for
    from botwarden.web import markdown  # noqa: PLC0415

    files = {f"{name}.png": figure.png for name, figure in figures(document).items()}
    files["report.html"] = page.render(document).encode("utf-8", "replace")
    files["report.md"] = markdown.render(document).encode("utf-8", "replace")
    files[RESULTS] = msgspec.json.format(msgspec.json.encode(results), indent=1) + b"\n"
    write_folder(folder, files, RESULTS)
    return sorted(files)


def _schema(models: Mapping[str, Model]) -> FeatureSchema:
    """That of all models. Raises SchemaMismatch where they differ or read rows of a schema that is not known."""
    names = sorted({model.manifest.schema.name for model in models.values()})
    if len(names) > 1:
        raise SchemaMismatch(f"models of different schemas cannot be compared: {', '.join(map(printable, names))}")
    return [NBAIOT115, *map(schema_of, models.values())][-1]
