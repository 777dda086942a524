"""Feature rows as the bytes of a file format."""

import gzip
from typing import IO, Any, Final, Protocol

import numpy as np
from numpy.typing import NDArray

from botwarden.core.snapshot import FeatureSchema, Snapshots
from botwarden.stores.digits import NUMBER_WIDTH, POWERS, format_rows
from botwarden.stores.ends import EndTexts, end_texts
from botwarden.stores.kinds import COLUMNS, LONGEST, RowKinds, joined, kind_texts

ENDS: Final = ("src_mac", "src", "dst")
LEADING: Final = ("ts", *ENDS)
"""Columns before the features: time of capture in s, the sender's MAC address, and the source and destination, which
are IP addresses, or MAC addresses where the frame has no IP addresses."""

CSV_ROWS: Final = 512
"""Lines formatted at a time: 1.5 MB of text at most, which stays in the cache."""
ROW_GROUP: Final = 1 << 13
"""Rows of a Parquet row group: 8 MB are held until it is full."""
GZIP_LEVEL: Final = 1
"""Higher levels save a fifth of the size and take several times as long."""

COMPRESSION: Final = "snappy"
"""Of Parquet columns: two thirds of the size; zstd gives three fifths and takes half as long again."""

_LONGEST_ADDRESS = 45  # an IPv6 address with an IPv4 address in it


class Encoder(Protocol):
    """Writes rows to an open file. The file is closed by who opened it."""

    def write(self, snapshots: Snapshots, kinds: RowKinds | None = None) -> None:
        """Append rows; ``kinds`` says what they belong to, in a table of labelled rows. Raises OSError."""
        ...

    def close(self) -> None:
        """Write what is still held back, and what ends the file. Raises OSError."""
        ...


class CsvEncoder:
    """CSV as in RFC 4180 but for its line ends, which are single line feeds; numbers have 12 digits."""

    def __init__(self, file: IO[bytes], schema: FeatureSchema, *, labelled: bool = False) -> None:
        """Write the header."""
        self._file = file
        names = (*LEADING, *(COLUMNS if labelled else ()))
        row_bytes = (1 + len(schema.columns)) * NUMBER_WIDTH + len(ENDS) * (_LONGEST_ADDRESS + 1)
        row_bytes += len(COLUMNS) * (LONGEST + 1) if labelled else 0
        self._out = np.empty(CSV_ROWS * row_bytes, np.uint8)
        self._file.write(",".join((*names, *schema.columns)).encode() + b"\n")

    def write(self, snapshots: Snapshots, kinds: RowKinds | None = None) -> None:
        """Append rows, a line each. Raises OSError."""
        text, starts, ids = _texts(snapshots, kinds, quoted=True)
        ts = np.ascontiguousarray(snapshots.packets["ts"])
        values = np.require(snapshots.values, np.float64, ["C_CONTIGUOUS", "ALIGNED", "WRITEABLE"])
        for first in range(0, len(values), CSV_ROWS):
            rows = slice(first, first + CSV_ROWS)
            size = format_rows(ts[rows], text, starts, ids[rows], values[rows], POWERS, self._out)
            self._file.write(self._out[:size].data)

    def close(self) -> None:
        """Nothing is held back."""


class GzipEncoder(CsvEncoder):
    """The same in gzip (RFC 1952), without a name or time in its header: equal rows make equal files."""

    def __init__(self, file: IO[bytes], schema: FeatureSchema, *, labelled: bool = False) -> None:
        """Write the header."""
        self._packed = gzip.GzipFile("", "wb", GZIP_LEVEL, file, mtime=0)
        super().__init__(self._packed, schema, labelled=labelled)  # type: ignore[arg-type]  # it has all that is used of IO[bytes]

    def close(self) -> None:
        """Write the rest and the checksum. Raises OSError."""
        self._packed.close()


class ParquetEncoder:
    """Parquet with row groups of ROW_GROUP rows: doubles, and text for the addresses."""

    def __init__(self, file: IO[bytes], schema: FeatureSchema, *, labelled: bool = False) -> None:
        """Start the file. Raises ImportError where pyarrow is missing."""
        import pyarrow as pa  # noqa: PLC0415 - an extra, and slow to load
        from pyarrow import parquet  # noqa: PLC0415

        self._arrow: Any = pa
        names = (*ENDS, *(COLUMNS if labelled else ()))
        fields = [("ts", pa.float64()), *((name, pa.string()) for name in names)]
        fields += [(name, pa.float64()) for name in schema.columns]
        self._schema = pa.schema(fields)
        self._writer = parquet.ParquetWriter(
            file, self._schema, compression=COMPRESSION, use_dictionary=list(names), write_statistics=["ts"]
        )
        self._numbers = np.empty((1 + len(schema.columns), ROW_GROUP))
        self._ends: list[list[Any]] = [[] for _ in names]
        self._rows = 0

    def write(self, snapshots: Snapshots, kinds: RowKinds | None = None) -> None:
        """Take rows over, and write the row groups that they fill. Raises OSError."""
        first = 0
        texts = _texts(snapshots, kinds, quoted=False)
        while first < len(snapshots):
            taken = min(len(snapshots) - first, ROW_GROUP - self._rows)
            self._take(snapshots, texts, slice(first, first + taken))
            first += taken
            if self._rows == ROW_GROUP:
                self._write_group()

    def close(self) -> None:
        """Write the last row group and the index. Raises OSError."""
        if self._rows:
            self._write_group()
        self._writer.close()

    def _take(self, snapshots: Snapshots, texts: EndTexts, rows: slice) -> None:
        packets = snapshots.packets[rows]
        place = slice(self._rows, self._rows + len(packets))
        self._numbers[0, place] = packets["ts"]
        self._numbers[1:, place] = snapshots.values[rows].T
        for column, parts in enumerate(self._ends):
            spread = _spread(texts.text, texts.starts, texts.ids[rows, column])
            parts.append(self._array(self._arrow.string(), *spread))
        self._rows += len(packets)

    def _write_group(self) -> None:
        doubles = self._arrow.float64()
        ts, *values = (self._array(doubles, column[: self._rows]) for column in self._numbers)
        ends = [self._arrow.chunked_array(parts) for parts in self._ends]
        self._writer.write_table(self._arrow.Table.from_arrays([ts, *ends, *values], schema=self._schema))
        self._ends = [[] for _ in self._ends]
        self._rows = 0

    def _array(self, kind: Any, *buffers: NDArray[Any]) -> Any:
        """An Arrow array over numpy's memory. ``pyarrow.array`` would load pandas where it is installed, 40 MB."""
        length = len(buffers[0]) - (len(buffers) - 1)  # texts have one offset more than there are of them
        parts = [None, *map(self._arrow.py_buffer, buffers)]
        return self._arrow.Array.from_buffers(kind, length, parts)


def _texts(snapshots: Snapshots, kinds: RowKinds | None, *, quoted: bool) -> EndTexts:
    """What is text in each row."""
    ends = end_texts(snapshots.packets)
    return ends if kinds is None else joined(ends, kind_texts(kinds, quoted=quoted))


def _spread(
    text: NDArray[np.uint8], starts: NDArray[np.int32], ids: NDArray[np.int64]
) -> tuple[NDArray[np.int32], NDArray[np.uint8]]:
    """The texts ``ids`` one after the other, and where each begins. Arrow's ``take`` would load 11 MB of code."""
    lengths = np.diff(starts)[ids]
    offsets = np.zeros(len(ids) + 1, np.int32)
    np.cumsum(lengths, out=offsets[1:])
    shift = np.repeat(starts[ids] - offsets[:-1], lengths)
    return offsets, text[np.arange(offsets[-1]) + shift]
