"""`Table`: one file of feature rows, whatever its format."""

from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

from botwarden.core.row import Group, Rows
from botwarden.core.snapshot import FeatureSchema
from botwarden.sources.tables.parquet import MAGIC, ParquetTable
from botwarden.sources.tables.text import TextTable

_BENIGN = Group()


class Table(Protocol):
    """A file of feature rows that is read once, in bounded memory.

    path : for messages
    consumed, size : bytes of the file read so far, and in all; None for a pipe
    count : rows read so far
    sha256 : of the file, in hexadecimal, once it was read to its end
    ignored : columns that are not read, but for those of our own tables
    """

    path: str
    consumed: int
    size: int | None
    count: int
    sha256: str
    ignored: list[str]

    def rows(self) -> Iterator[Rows]:
        """Yield the rows in their order, 8,192 at a time at most; values are float64 and finite.

        Raises DataError, which names file, line and column, for a table that cannot be used; OSError.
        """
        ...


def open_table(path: str | Path, schema: FeatureSchema, default: Group = _BENIGN) -> Table:
    """A table, CSV (plain, gzip, zstd) or Parquet, as its first bytes say; it is read when `Table.rows` is.

    schema : the features that it must have, under exactly these names, in any order; others are ignored
    default : what its rows belong to, where its columns ``device``, ``botnet``, ``attack``, ``label`` do not say

    Raises OSError for a file that cannot be read, ConfigError where pyarrow would be needed and is not installed.
    """
    if Path(path).is_file() or not Path(path).exists():  # a named pipe is let be: opening it would take from it
        with Path(path).open("rb") as file:
            if file.read(len(MAGIC)) == MAGIC:
                return ParquetTable(str(path), schema, default)
    return TextTable(str(path), schema, default)
