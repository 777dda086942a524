"""Feature rows into a file: CSV, CSV in gzip, or Parquet; all of them or no file."""

from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from botwarden.core.errors import SchemaMismatch
from botwarden.core.snapshot import FeatureSchema, Snapshots
from botwarden.stores.encoders import CsvEncoder, Encoder, GzipEncoder, ParquetEncoder
from botwarden.stores.kinds import RowKinds
from botwarden.stores.row_file import RowFile, format_of

_FORMATS: Final[Mapping[str, type[CsvEncoder] | type[ParquetEncoder]]] = {
    ".csv": CsvEncoder,
    ".csv.gz": GzipEncoder,
    ".parquet": ParquetEncoder,
}


class TableWriter:
    """Writes feature rows to a file, batch by batch.

    As a context manager: the file appears under its name when the block ends well; when it ends in an exception,
    Ctrl-C included, nothing is left.
    """

    def __init__(self, path: Path, schema: FeatureSchema, *, labelled: bool = False) -> None:
        """Prepare to write ``path``, whose suffix says the format; the folder must exist.

        labelled : whether rows come with what they belong to

        Raises ConfigError for a name of no known format or a format whose package is not installed.
        """
        self.path = path
        self.schema = schema
        self.labelled = labelled
        self.rows = 0
        self._make_encoder = format_of(path, "a table", _FORMATS)
        self._file = RowFile(path)
        self._encoder: Encoder | None = None

    def __enter__(self) -> Self:
        """Start the file. Raises OSError."""
        file = self._file.open()
        try:
            self._encoder = self._make_encoder(file, self.schema, labelled=self.labelled)
        except BaseException:
            self._file.discard(None)
            raise
        return self

    def write(self, snapshots: Snapshots, kinds: RowKinds | None = None) -> None:
        """Append rows, with what they belong to in a table of labelled rows.

        Raises SchemaMismatch for rows of another schema, OSError where the disk is full.
        """
        if snapshots.schema != self.schema:
            raise SchemaMismatch(f"rows of {snapshots.schema.name} cannot go into a table of {self.schema.name}")
        assert self._encoder is not None
        if (kinds is not None) != self.labelled:
            raise ValueError("rows of a labelled table, and no others, come with what they belong to")
        self._encoder.write(snapshots, kinds)
        self.rows += len(snapshots)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Give the file its name, or remove what there is of it."""
        try:
            if kind is None and self._encoder is not None:
                self._file.finish(self._encoder)
        finally:
            self._file.discard(self._encoder)
