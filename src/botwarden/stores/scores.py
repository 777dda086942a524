"""Scores into a file: CSV, CSV in gzip, or Parquet; all of them or no file."""

import gzip
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Final, Protocol, Self

import numpy as np
from numpy.typing import NDArray

from botwarden.core.classes import MAX_NAME
from botwarden.core.row import Rows
from botwarden.core.score import Scores
from botwarden.core.text import printable
from botwarden.stores.digits import NUMBER, NUMBER_WIDTH, POWERS, TEXT, TIME, format_columns
from botwarden.stores.encoders import COMPRESSION, GZIP_LEVEL
from botwarden.stores.row_file import RowFile, format_of

COLUMNS: Final = ("score", "threshold", "anomalous", "label", "confidence")
"""What every file has; ``ts`` and ``device`` follow where the first rows have them."""

_DIGITS: Final = 9  # tell any two float32 apart
_LINES: Final = 4096
_LONGEST: Final = 4 * MAX_NAME + 2  # bytes of a text, with quotes


class _Encoder(Protocol):
    def write(self, scores: Scores, rows: Rows) -> None: ...

    def close(self) -> None: ...


class ScoreWriter:
    """Writes scores to a file, rows by rows.

    As a context manager: the file appears under its name when the block ends well; when it ends in an exception,
    Ctrl-C included, nothing is left.
    """

    def __init__(self, path: Path) -> None:
        """Prepare to write ``path``, whose suffix says the format.

        Raises ConfigError for a name of no known format or a format whose package is not installed.
        """
        self.path = path
        self._make = format_of(path, "a file of scores", _FORMATS)
        self._file = RowFile(path)
        self._open: IO[bytes] | None = None
        self._encoder: _Encoder | None = None

    def __enter__(self) -> Self:
        """Start the file. Raises OSError."""
        self._open = self._file.open()
        return self

    def write(self, scores: Scores, rows: Rows) -> None:
        """Append the scores of rows, in their order. Raises OSError."""
        assert self._open is not None
        if self._encoder is None:
            further = (("ts", bool(np.isfinite(rows.ts).any())), ("device", any(g.device for g in rows.groups)))
            self._encoder = self._make(self._open, [*COLUMNS, *(name for name, known in further if known)])
        self._encoder.write(scores, rows)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Give the file its name, or remove what there is of it."""
        assert self._open is not None
        try:
            if kind is None:
                if self._encoder is None:
                    self._encoder = self._make(self._open, list(COLUMNS))
                self._file.finish(self._encoder)
        finally:
            self._file.discard(self._encoder)


class _Csv:
    def __init__(self, file: IO[bytes], columns: list[str]) -> None:
        self._file = file
        self._columns = columns
        kinds = {"anomalous": TEXT, "label": TEXT, "device": TEXT, "ts": TIME}
        self._kinds = np.array([kinds.get(name, NUMBER) for name in columns], np.int64)
        self._out = np.empty(_LINES * len(columns) * max(NUMBER_WIDTH, _LONGEST + 1), np.uint8)
        file.write(",".join(columns).encode() + b"\n")

    def write(self, scores: Scores, rows: Rows) -> None:
        devices = [printable(group.device, MAX_NAME) for group in rows.groups]
        labels = [*(printable(label, MAX_NAME) for label in scores.labels), ""]  # -1 is the last
        texts = [_quoted(text).encode() for text in ("false", "true", *labels, *devices)]
        starts = np.cumsum([0, *map(len, texts)], dtype=np.int32)
        text = np.frombuffer(bytearray(b"".join(texts)) or bytearray(1), np.uint8)
        numbers = np.zeros((len(scores.score), len(self._columns)))
        ids = np.zeros(numbers.shape, np.int64)
        for j, name in enumerate(self._columns):
            if name == "anomalous":
                ids[:, j] = scores.anomalous
            elif name == "label":
                ids[:, j] = 2 + np.where(scores.label < 0, len(labels) - 1, scores.label)
            elif name == "device":
                ids[:, j] = 2 + len(labels) + rows.group
            else:
                numbers[:, j] = rows.ts if name == "ts" else _short(getattr(scores, name))
        for first in range(0, len(numbers), _LINES):
            part = slice(first, first + _LINES)
            size = format_columns(self._kinds, numbers[part], text, starts, ids[part], POWERS, self._out)
            self._file.write(self._out[:size].data)

    def close(self) -> None:
        """Nothing is held back."""


class _Gzip(_Csv):
    def __init__(self, file: IO[bytes], columns: list[str]) -> None:
        self._packed = gzip.GzipFile("", "wb", GZIP_LEVEL, file, mtime=0)
        super().__init__(self._packed, columns)  # type: ignore[arg-type]  # it has all that is used of IO[bytes]

    def close(self) -> None:
        self._packed.close()


class _Parquet:
    def __init__(self, file: IO[bytes], columns: list[str]) -> None:
        import pyarrow as pa  # noqa: PLC0415 - an extra, and slow to load
        from pyarrow import parquet  # noqa: PLC0415

        kinds = {"anomalous": pa.bool_(), "label": pa.string(), "device": pa.string(), "ts": pa.float64()}
        self._arrow: Any = pa
        self._schema = pa.schema([(name, kinds.get(name, pa.float32())) for name in columns])
        self._writer = parquet.ParquetWriter(file, self._schema, compression=COMPRESSION)

    def write(self, scores: Scores, rows: Rows) -> None:
        labels = np.array([*scores.labels, ""], object)
        devices = np.array([group.device for group in rows.groups], object)
        arrays = []
        for field in self._schema:
            if field.name == "label":
                values = labels[scores.label].tolist()
            elif field.name == "device":
                values = devices[rows.group].tolist()
            elif field.name == "ts":
                values = rows.ts
            else:
                values = getattr(scores, field.name)
            arrays.append(self._arrow.array(values, field.type))
        self._writer.write_table(self._arrow.Table.from_arrays(arrays, schema=self._schema))

    def close(self) -> None:
        self._writer.close()


_FORMATS: Final[Mapping[str, type[_Csv] | type[_Parquet]]] = {".csv": _Csv, ".csv.gz": _Gzip, ".parquet": _Parquet}


def _short(values: NDArray[np.float32]) -> NDArray[np.float64]:
    """With no more digits than tell any two float32 apart."""
    wide = values.astype(np.float64)
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        places = _DIGITS - 1 - np.floor(np.log10(np.abs(wide)))
        power = 10.0 ** np.clip(places, -300, 300)
        short = np.rint(wide * power) / power
    return np.where(np.isfinite(short), short, wide)


def _quoted(text: str) -> str:
    return '"' + text.replace('"', '""') + '"' if "," in text or '"' in text else text
