"""Small tables for tests.

Import it as ``from tables import ...``.
"""

import gzip
from pathlib import Path

import numpy as np

from botwarden.core.row import Group, Rows
from botwarden.core.snapshot import FeatureSchema
from botwarden.sources.tables.source import open_table

TWO = FeatureSchema("two", ("a", "b"))
BENIGN = Group()


def read_all(path: Path, schema: FeatureSchema = TWO, default: Group = BENIGN) -> list[Rows]:
    return list(open_table(path, schema, default).rows())


def written(path: Path, text: str | bytes) -> Path:
    """A file with this content, packed where its name says so."""
    data = text.encode() if isinstance(text, str) else text
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(gzip.compress(data, mtime=0) if path.name.endswith(".gz") else data)
    return path


def csv_of(values: np.ndarray, columns: tuple[str, ...]) -> str:
    lines = [",".join(map(repr, row)) for row in values.tolist()]
    return "\n".join([",".join(columns), *lines]) + "\n"
