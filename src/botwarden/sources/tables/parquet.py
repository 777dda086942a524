"""`ParquetTable`: feature rows out of Parquet, a row group at a time."""

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from botwarden.core.errors import ConfigError
from botwarden.core.row import Group, Rows
from botwarden.core.snapshot import FeatureSchema
from botwarden.core.text import printable
from botwarden.sources.tables.columns import TEXT_COLUMNS, TIME_COLUMN, Layout, layout
from botwarden.sources.tables.faults import fault
from botwarden.sources.tables.fields import IGNORED
from botwarden.sources.tables.kinds import Kinds

MAGIC: Final = b"PAR1"
_ROWS: Final = 8192
_MOST_WORDS: Final = 1 << 26  # bytes of the distinct texts of a column


class ParquetTable:
    """Reads one Parquet file. Iterate over `rows` once. The fields are those of `TextTable`."""

    def __init__(self, path: str, schema: FeatureSchema, default: Group) -> None:
        """``default``: what rows belong to where their columns do not say.

        Raises ConfigError where pyarrow is not installed.
        """
        try:
            import pyarrow.parquet  # noqa: F401, PLC0415 - an extra, and slow to load
        except ImportError:
            raise ConfigError("Parquet needs another package: pip install 'botwarden[parquet]'") from None
        self.path = path
        self.size: int | None = Path(path).stat().st_size
        self.consumed = 0
        self.count = 0
        self.sha256 = ""
        self.ignored: list[str] = []
        self._schema = schema
        self._default = default

    def rows(self) -> Iterator[Rows]:
        """Yield the rows, 8,192 at a time at most. Raises DataError for a table that cannot be used, OSError."""
        import pyarrow as pa  # noqa: PLC0415
        from pyarrow import parquet  # noqa: PLC0415

        with Path(self.path).open("rb") as file:
            try:
                fields = [field for field in parquet.read_schema(file) if field.name in TEXT_COLUMNS]
                texts = [field.name for field in fields if not pa.types.is_nested(field.type)]
                file.seek(0)
                table = parquet.ParquetFile(file, read_dictionary=texts, pre_buffer=False, buffer_size=1 << 16)
                yield from self._read(table, pa)
            except (pa.ArrowException, UnicodeDecodeError) as error:
                raise fault(self.path, f"it cannot be read as Parquet: {printable(error, 120)}") from None
            except OSError as error:
                if error.errno is not None:
                    raise
                raise fault(self.path, f"it cannot be read as Parquet: {printable(error, 120)}") from None
            file.seek(0)
            self.sha256 = hashlib.file_digest(file, "sha256").hexdigest()
        self.consumed = self.size or 0
        if not self.count:
            raise fault(self.path, "it has no rows")

    def _read(self, table: Any, pa: Any) -> Iterator[Rows]:
        found = layout(self.path, list(table.schema_arrow.names), self._schema)
        self.ignored = found.ignored
        kinds = Kinds(found.texts, self._default)
        total = max(1, table.metadata.num_rows)
        read = [name for name, kind in zip(found.columns, found.kinds, strict=True) if kind != IGNORED]
        for batch in table.iter_batches(batch_size=_ROWS, columns=read, use_threads=False):
            if not len(batch):
                continue
            rows = self._rows(batch, found, kinds, pa)
            self.count += len(rows)
            self.consumed = min(self.size or 0, (self.size or 0) * self.count // total)
            yield rows

    def _rows(self, batch: Any, found: Layout, kinds: Kinds, pa: Any) -> Rows:
        values = np.empty((len(batch), len(self._schema.columns)))
        for place, name in enumerate(self._schema.columns):
            values[:, place] = self._numbers(batch, name, pa)
        bad = np.flatnonzero(~np.isfinite(values).all(axis=1))
        if len(bad):
            row = int(bad[0])
            place = int(np.flatnonzero(~np.isfinite(values[row]))[0])
            raise self._not_finite(row, self._schema.columns[place], values[row, place])
        times = np.full(len(batch), np.nan)
        if TIME_COLUMN in found.columns:
            times = self._numbers(batch, TIME_COLUMN, pa, absent=True)
            endless = np.flatnonzero(np.isinf(times))
            if len(endless):
                raise self._not_finite(int(endless[0]), TIME_COLUMN, times[endless[0]])
        codes, protos = self._codes(batch, found, kinds, pa)
        groups, codes = kinds.used(codes)
        return Rows(self._schema, values, groups, codes, times, protos, self.path, self.count)

    def _numbers(self, batch: Any, name: str, pa: Any, *, absent: bool = False) -> NDArray[np.float64]:
        column = batch.column(name)
        if not (pa.types.is_floating(column.type) or pa.types.is_integer(column.type)):
            raise fault(self.path, f"the column holds {printable(column.type, 40)}, not numbers", column=name)
        numbers = np.asarray(column.to_numpy(zero_copy_only=False), np.float64)
        if column.null_count and not absent:
            missing = int(np.flatnonzero(column.is_null().to_numpy(zero_copy_only=False))[0])
            raise fault(self.path, "the number is missing", row=self.count + missing + 1, column=name)
        return numbers

    def _codes(self, batch: Any, found: Layout, kinds: Kinds, pa: Any) -> tuple[NDArray[np.int32], NDArray[np.int8]]:
        """The groups and protocols of all rows; those with the same texts are looked at once."""
        columns = [self._words(batch.column(name), name, pa) for name in found.texts]
        indexes = np.stack([np.zeros(len(batch), np.int64), *(index for index, _ in columns)], axis=1)
        distinct, first, places = np.unique(indexes, axis=0, return_index=True, return_inverse=True)
        codes = np.zeros((len(distinct), 2), np.int64)
        for place in np.argsort(first).tolist():
            words = zip(columns, distinct[place, 1:].tolist(), strict=True)
            try:
                codes[place] = kinds.codes(tuple(texts[index] for (_, texts), index in words))
            except ValueError as error:
                raise fault(self.path, str(error), row=self.count + int(first[place]) + 1) from None
        codes = codes[places.reshape(-1)]
        return codes[:, 0].astype(np.int32), codes[:, 1].astype(np.int8)

    def _words(self, column: Any, name: str, pa: Any) -> tuple[NDArray[np.int64], list[bytes]]:
        """The distinct texts of a column, and which of them each row has; the last one stands for none."""
        kind = column.type.value_type if pa.types.is_dictionary(column.type) else column.type
        if pa.types.is_nested(kind) or pa.types.is_temporal(kind):
            raise fault(self.path, f"the column holds {printable(column.type, 40)}, not names", column=name)
        encoded = column if hasattr(column, "dictionary") else column.dictionary_encode()
        words = encoded.dictionary
        if words.nbytes > _MOST_WORDS:
            raise fault(self.path, "its texts are too long for names", column=name)
        if pa.types.is_string(words.type) or pa.types.is_large_string(words.type):
            words = words.cast(pa.large_binary())  # nobody has made sure that they are UTF-8
        texts = [word if isinstance(word, bytes) else _encoded(word) for word in words.to_pylist()]
        indexes = encoded.indices.fill_null(len(texts)).to_numpy(zero_copy_only=False)
        return indexes.astype(np.int64), [*texts, b""]

    def _not_finite(self, row: int, name: str, value: float) -> Exception:
        return fault(self.path, f"'{value}' is not finite", row=self.count + row + 1, column=name)


def _encoded(word: object) -> bytes:
    return b"" if word is None else str(word).encode("utf-8", "replace")
