"""Whether a model fits together: everything that its manifest promises is there, and is what it should be."""

import math
import re
from collections.abc import Iterator
from typing import Final

import numpy as np

from botwarden.core.errors import ModelError
from botwarden.core.model import FORMAT, TAIL_SHARES, ClassifierPart, DetectorPart, Model, Part
from botwarden.core.row import PROTOCOLS
from botwarden.core.text import printable
from botwarden.detect.models.graph import check_network
from botwarden.detect.models.parts import scaler_of
from botwarden.detect.models.scaling import KINDS

PART_NAME: Final = re.compile(r"[A-Za-z0-9_-]{1,64}")
MAX_WINDOW: Final = 100_000
MAX_COLUMNS: Final = 10_000
MAX_CLASSES: Final = 1_000


def check_model(model: Model) -> None:
    """Raise ModelError, which says what is wrong, for a model that cannot be used as its manifest says."""
    manifest = model.manifest
    if manifest.format > FORMAT:
        raise ModelError(f"the model is of format {manifest.format}: a newer version of botwarden can read it")
    columns = manifest.schema.columns
    if not columns or len(columns) > MAX_COLUMNS or len(set(columns)) != len(columns):
        raise ModelError("the model's schema must name its columns, each once")
    parts: list[Part] = [*manifest.detectors, *manifest.classifiers]
    if not parts:
        raise ModelError("the model has no part that could judge anything")
    names = [part.name for part in parts]
    for name in names:
        if not PART_NAME.fullmatch(name) or names.count(name) > 1:
            raise ModelError(f"the part name '{printable(name, 64)}' is not allowed, or there twice")
    _check_owners(model, names)
    for part in parts:
        for problem in _problems(part, model):
            raise ModelError(f"the model's part '{part.name}': {problem}")


def _check_owners(model: Model, names: list[str]) -> None:
    owners = set(names)
    stray = [name for name in model.networks if name not in owners]
    stray += [key for key in model.arrays if key.partition(".")[0] not in owners]
    if stray:
        raise ModelError(f"the model holds '{printable(stray[0], 64)}', which belongs to no part of it")


def _problems(part: Part, model: Model) -> Iterator[str]:
    columns = set(model.manifest.schema.columns)
    missing = [name for name in part.columns if name not in columns]
    if missing:
        yield f"its column '{printable(missing[0], 64)}' is not in the schema"
    if not part.columns or len(set(part.columns)) != len(part.columns):
        yield "it must have columns, each once"
    if part.protocol is not None and (part.protocol not in PROTOCOLS or not part.protocol):
        yield f"there is no protocol '{printable(part.protocol, 20)}'"
    if part.device is not None and not part.device.strip():
        yield "its device has no name"
    if part.scaler not in KINDS:
        yield f"there is no scaling '{printable(part.scaler, 20)}'"
    yield from _array_problems(part, model)
    if part.name not in model.networks:
        yield "its network is missing"
    try:
        scaler_of(part, model)
        check_network(model.networks[part.name])
    except ModelError as error:
        yield str(error)
    if isinstance(part, DetectorPart):
        yield from _detector_problems(part, model)
    if isinstance(part, ClassifierPart) and not (
        1 <= len(part.classes) == len(set(part.classes)) <= MAX_CLASSES and all(part.classes)
    ):
        yield "it must have classes, each once"


def _array_problems(part: Part, model: Model) -> Iterator[str]:
    for key, array in model.arrays.items():
        if key.partition(".")[0] != part.name:
            continue
        if array.dtype not in (np.float32, np.float64) or not np.isfinite(array).all():
            yield f"its array '{printable(key, 64)}' holds what is no number"


def _detector_problems(part: DetectorPart, model: Model) -> Iterator[str]:
    if not math.isfinite(part.threshold):
        yield "its threshold is no number"
    if not 1 <= part.window <= MAX_WINDOW:
        yield f"its window must be 1 to {MAX_WINDOW:,} rows"
    tail = model.arrays.get(f"{part.name}.tail")
    if tail is None or tail.shape != (len(TAIL_SHARES),) or (np.diff(tail) < 0).any():
        yield f"its array 'tail' must hold {len(TAIL_SHARES)} scores, rising"
    normal = model.arrays.get(f"{part.name}.normal")
    if normal is None or normal.shape != (5, len(part.columns)):
        yield "its array 'normal' must hold 5 numbers per column"
