"""Which column of a table is read as what."""

import csv
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from botwarden.core.snapshot import FeatureSchema
from botwarden.core.text import printable
from botwarden.sources.tables.faults import columns_text, fault
from botwarden.sources.tables.fields import IGNORED, NUMBER, TEXT, TIME

TIME_COLUMN: Final = "ts"
TEXT_COLUMNS: Final = ("device", "botnet", "attack", "label", "proto")
"""Columns that say what a row belongs to, where a table has them."""
ADDRESSES: Final = ("src_mac", "src", "dst")
"""Columns of our own tables that say nothing to a model."""


@dataclass(frozen=True, slots=True)
class Layout:
    """The columns of a table, in its order.

    kinds : int8[f], IGNORED, NUMBER, TIME or TEXT
    places : int32[f], where the value goes: the feature's index in the schema, the text's in ``texts``
    texts : the TEXT_COLUMNS that there are
    """

    columns: tuple[str, ...]
    kinds: NDArray[np.int8]
    places: NDArray[np.int32]
    texts: tuple[str, ...]

    @property
    def ignored(self) -> list[str]:
        """Columns that are not read and might have been meant to be."""
        pairs = zip(self.columns, self.kinds, strict=True)
        return [name for name, kind in pairs if kind == IGNORED and name not in ADDRESSES]


def layout(path: str, columns: list[str], schema: FeatureSchema, line: int | None = None) -> Layout:
    """How to read a table with these columns.

    Raises DataError where features of the schema are missing, or a column that is read occurs twice.
    """
    features = {name: place for place, name in enumerate(schema.columns)}
    known = set(columns)
    missing = [name for name in schema.columns if name not in known]
    if missing:
        raise fault(path, columns_text(missing, len(schema.columns)), line=line)
    texts = tuple(name for name in TEXT_COLUMNS if name in known)
    kinds = np.zeros(len(columns), np.int8)
    places = np.zeros(len(columns), np.int32)
    seen: set[str] = set()
    for i, name in enumerate(columns):
        if name in features:
            kinds[i], places[i] = NUMBER, features[name]
        elif name == TIME_COLUMN:
            kinds[i] = TIME
            places[i] = -1
        elif name in texts:
            kinds[i], places[i] = TEXT, texts.index(name)
        else:
            continue
        if name in seen:
            raise fault(path, "there are two columns of this name", line=line, column=name)
        seen.add(name)
    return Layout(tuple(columns), kinds, places, texts)


def header(path: str, line: bytes) -> list[str]:
    """The names in the first line of a table. Raises DataError where it is no text, or holds numbers."""
    try:
        text = line.decode("utf-8-sig")
        columns = next(csv.reader([text.rstrip("\r\n")], strict=True), [])
    except (UnicodeDecodeError, csv.Error):
        raise fault(path, "it is no table: its first line is no text of fields between commas", line=1) from None
    if "\0" in text:
        raise fault(path, "it is no table: its first line holds zero bytes", line=1)
    for separator, named in ((";", "semicolons"), ("\t", "tabs"), ("|", "bars")):
        if len(columns) == 1 and separator in text:
            raise fault(path, f"its fields are separated by {named}, not by commas", line=1)
    if columns and all(_is_number(name) for name in columns):
        count = f"{len(columns)} numbers" if len(columns) > 1 else f"'{printable(columns[0], 40)}'"
        raise fault(path, f"it has no header: the first line must name the columns, and holds {count}", line=1)
    return columns


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True
