"""Feature rows into a file: CSV, CSV in gzip, or Parquet; all of them or no file."""

import contextlib
import os
import secrets
from pathlib import Path
from types import TracebackType
from typing import IO, Self

from botwarden.core.errors import ConfigError, SchemaMismatch
from botwarden.core.snapshot import FeatureSchema, Snapshots
from botwarden.stores.encoders import CsvEncoder, Encoder, GzipEncoder, ParquetEncoder
from botwarden.stores.kinds import RowKinds


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
        self._make_encoder = _format_of(path)
        self._target = path.resolve()  # a symbolic link stays one
        self._partial = self._target.with_name(f".{self._target.name[:200]}.{secrets.token_hex(4)}.part")
        self._file: IO[bytes] | None = None
        self._encoder: Encoder | None = None

    def __enter__(self) -> Self:
        """Start the file. Raises OSError."""
        if self._target.exists() and not self._target.is_file():
            raise FileExistsError(17, "is not a regular file", str(self.path))
        try:
            self._file = self._partial.open("xb")
        except OSError as error:
            raise type(error)(error.errno, error.strerror, str(self.path)) from error
        try:
            self._encoder = self._make_encoder(self._file, self.schema, labelled=self.labelled)
        except BaseException:
            self._discard()
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
            if kind is None and self._encoder is not None and self._file is not None:
                self._encoder.close()
                self._file.close()
                if self._target.exists():
                    self._partial.chmod(self._target.stat().st_mode & 0o777)
                self._partial.replace(self._target)
        finally:
            self._discard()

    def _discard(self) -> None:
        """Remove what is left of an unfinished file; after a finished one there is nothing left."""
        if self._file is not None and not self._file.closed:
            # encoders that are not closed complain when they are collected; a full disk has room for that once emptied
            with contextlib.suppress(OSError, ValueError):
                os.truncate(self._file.fileno(), 0)
                os.lseek(self._file.fileno(), 0, os.SEEK_SET)
                if self._encoder is not None:
                    self._encoder.close()
            with contextlib.suppress(OSError):
                self._file.close()
        self._partial.unlink(missing_ok=True)


def _format_of(path: Path) -> type[CsvEncoder] | type[ParquetEncoder]:
    name = path.name.lower()
    if name.endswith(".csv"):
        return CsvEncoder
    if name.endswith(".csv.gz"):
        return GzipEncoder
    if name.endswith(".parquet"):
        try:
            import pyarrow.parquet  # noqa: F401, PLC0415 - an extra, and slow to load
        except ImportError:
            raise ConfigError("Parquet needs another package: pip install 'botwarden[parquet]'") from None
        return ParquetEncoder
    raise ConfigError(f"the name of a table ends in .csv, .csv.gz or .parquet; '{path.name}' does not")
