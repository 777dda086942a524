"""Logs as Parquet: a column each with its own type, for DuckDB, pandas, Spark and the like."""

import math
from collections.abc import Callable, Sequence
from operator import attrgetter
from typing import IO, Any, ClassVar, Final

from botwarden.core.errors import ConfigError
from botwarden.core.record import Column, Record, columns
from botwarden.stores.encoders import COMPRESSION
from botwarden.stores.logs.json_lines import encodable

_MAX_COUNT: Final = (1 << 63) - 1
"""Counts are signed here, as many readers know no others; a larger one is cut to this."""
_MAX_TS: Final = 9.2e12  # s: as microseconds it fits 63 bits


class ParquetEncoder:
    """Parquet with a row group of `batch` records. Times are UTC in microseconds, intervals seconds, sets lists."""

    suffix: ClassVar[str] = ".parquet"
    batch: ClassVar[int] = 1 << 13

    def __init__(self, file: IO[bytes], kind: type[Record]) -> None:
        """Start the file. Raises ConfigError where pyarrow is missing."""
        self._arrow = need_parquet()
        from pyarrow import parquet  # noqa: PLC0415 - an extra, and slow to load

        self._columns = columns(kind)
        fields = [self._arrow.field(c.name, self._type(c)) for c in self._columns]
        self._schema = self._arrow.schema(fields)
        self._plan = [(attrgetter(column.attribute), _values(column)) for column in self._columns]
        self._writer = parquet.ParquetWriter(file, self._schema, compression=COMPRESSION)

    def write(self, records: Sequence[Record]) -> None:
        """Append records as a row group. Raises OSError."""
        try:
            arrays = self._arrays(records)
        except UnicodeEncodeError:  # lone surrogates
            arrays = self._arrays([encodable(record) for record in records])
        self._writer.write_table(self._arrow.Table.from_arrays(arrays, schema=self._schema))

    def close(self) -> None:
        """Write the index. Raises OSError."""
        self._writer.close()

    def _arrays(self, records: Sequence[Record]) -> list[Any]:
        found = zip(self._plan, self._schema, strict=True)
        return [
            self._arrow.array([clean(get(record)) for record in records], field.type) for (get, clean), field in found
        ]

    def _type(self, column: Column) -> Any:
        item = column.type.partition("[")[2].removesuffix("]") if column.many else column.type
        pa = self._arrow
        found = {
            "time": pa.timestamp("us", "UTC"),
            "interval": pa.float64(),
            "double": pa.float64(),
            "count": pa.int64(),
            "int": pa.int64(),
            "port": pa.int32(),
            "bool": pa.bool_(),
        }.get(item, pa.string())
        return pa.list_(found) if column.many else found


def need_parquet() -> Any:
    """The module ``pyarrow``. Raises ConfigError where it is not installed."""
    try:
        import pyarrow  # noqa: PLC0415 - an extra, and slow to load
        import pyarrow.parquet  # noqa: PLC0415
    except ImportError:
        raise ConfigError("Parquet needs another package: pip install 'botwarden[parquet]'") from None
    return pyarrow


def _values(column: Column) -> Callable[[Any], Any]:
    if column.many:
        return _same if "count" not in column.type else _counts
    return {"time": _microseconds, "count": _count}.get(column.type, _same)


def _same(value: Any) -> Any:
    return value


def _microseconds(ts: float | None) -> int | None:
    return None if ts is None or not math.isfinite(ts) or abs(ts) > _MAX_TS else round(ts * 1e6)


def _count(value: int | None) -> int | None:
    return None if value is None else min(value, _MAX_COUNT)


def _counts(values: tuple[int, ...] | None) -> list[int] | None:
    return None if values is None else [min(value, _MAX_COUNT) for value in values]
