"""`TextTable`: feature rows out of CSV, plain or compressed."""

import hashlib
from collections.abc import Iterator
from typing import Final

import numpy as np
from numpy.typing import NDArray

from botwarden.core.row import Group, Rows
from botwarden.core.snapshot import FeatureSchema
from botwarden.core.text import bytes_text, plural
from botwarden.sources.stream import Stream, StreamError
from botwarden.sources.tables.columns import TIME_COLUMN, Layout, header, layout
from botwarden.sources.tables.faults import fault, number_text
from botwarden.sources.tables.fields import BAD_NUMBER, FINE, OPEN_QUOTE, TIME_PLACE, Fields, Stop
from botwarden.sources.tables.kinds import Kinds

ROWS: Final = 8192
"""Rows handed on at a time: 7.5 MB of features."""
MAX_LINE: Final = 1 << 20
"""Longest line, bytes: a row of the 115 statistics has three thousand."""
_BLOCK: Final = 1 << 20  # bytes of text read at a time


class HashedStream(Stream):
    """A stream that takes the SHA-256 of the file as it is, compressed or not, while it reads."""

    def __init__(self, path: str) -> None:
        """Open ``path``. Raises OSError."""
        self._hash = hashlib.sha256()
        super().__init__(path)

    def _raw(self, size: int) -> bytes:
        data = super()._raw(size)
        self._hash.update(data)
        return data

    def digest(self) -> str:
        """Of what has been read; of the whole file once its end was reached."""
        while self._raw(_BLOCK):  # what a decompressor had no use for
            pass
        return self._hash.hexdigest()


class TextTable:
    """Reads one CSV file, block by block. Iterate over `rows` once.

    consumed, size : bytes of the file read so far, and in all; None for a pipe
    sha256 : of the file, once it was read to its end
    ignored : columns that are not read, but for those of our own tables
    """

    def __init__(self, path: str, schema: FeatureSchema, default: Group) -> None:
        """``default``: what rows belong to where their columns do not say."""
        self.path = path
        self.consumed = 0
        self.size: int | None = None
        self.count = 0
        self.sha256 = ""
        self.ignored: list[str] = []
        self._schema = schema
        self._default = default
        self._line = 1  # number of the next line

    def rows(self) -> Iterator[Rows]:
        """Yield the rows, ROWS at a time. Raises DataError for a table that cannot be used, OSError."""
        with HashedStream(self.path) as stream:
            self.size = stream.size
            try:
                yield from self._read(stream)
            except StreamError as error:
                raise fault(self.path, str(error), line=self._line) from None
            self.sha256 = stream.digest()
            self.consumed = stream.consumed
        if not self.count:
            raise fault(self.path, "it has a header and no rows")

    def _read(self, stream: HashedStream) -> Iterator[Rows]:
        columns, rest = self._first_line(stream)
        found = layout(self.path, columns, self._schema, line=1)
        self.ignored = found.ignored
        chunk = _Chunk(self.path, found, self._schema, self._default)
        more = True
        while more or rest:
            data = stream.read(_BLOCK)
            self.consumed = stream.consumed
            more = bool(data)
            text = rest + data if more else rest + b"\n"
            end = text.rfind(b"\n") + 1
            if not end and len(text) > MAX_LINE:
                raise self._too_long()
            at = 0
            while at < end:
                stop = chunk.take(text, at, end, self._line)
                self._line += stop.lines
                at = stop.at
                if chunk.full:
                    yield self._handed_on(chunk)
            rest = text[end:]
        if chunk.filled:
            yield self._handed_on(chunk)

    def _handed_on(self, chunk: "_Chunk") -> Rows:
        rows = chunk.rows(self.count)
        self.count += len(rows)
        return rows

    def _first_line(self, stream: HashedStream) -> tuple[list[str], bytes]:
        text = b""
        while b"\n" not in text:
            if len(text) > MAX_LINE:
                raise self._too_long()
            data = stream.read(_BLOCK)
            if not data:
                break
            text += data
        if not text.strip():
            raise fault(self.path, "the file is empty")
        line, _, rest = text.partition(b"\n")
        if len(line) > MAX_LINE:
            raise self._too_long()
        self._line = 2
        return header(self.path, line), rest

    def _too_long(self) -> Exception:
        return fault(self.path, f"the line is longer than {bytes_text(MAX_LINE)}: this is no table", line=self._line)


class _Chunk:
    """Rows that are being read, until there are enough of them."""

    def __init__(self, path: str, found: Layout, schema: FeatureSchema, default: Group) -> None:
        self.filled = 0
        self._path = path
        self._layout = found
        self._schema = schema
        self._fields = Fields(found.kinds, found.places, ROWS)
        self._kinds = Kinds(found.texts, default)
        self._groups: NDArray[np.int32] = np.zeros(ROWS, np.int32)
        self._protos: NDArray[np.int8] = np.zeros(ROWS, np.int8)

    @property
    def full(self) -> bool:
        return self.filled == ROWS

    def take(self, text: bytes, at: int, end: int, line: int) -> Stop:
        """Read lines of ``text[at:end]``, the first of which has the number ``line``, until the chunk is full."""
        stop = self._fields.read(np.frombuffer(text, np.uint8), at, end, self.filled)
        self._settle_unsure(text, at, stop, line)
        self._settle_kinds(text, at, stop, line)
        if stop.fault != FINE:
            raise self._fault(text, stop, line + stop.lines)
        self.filled = stop.rows
        return stop

    def rows(self, first: int) -> Rows:
        """What has been read, of which the first is row ``first`` of the table; begin anew."""
        fields, n = self._fields, self.filled
        groups, codes = self._kinds.used(self._groups[:n])
        protos = self._protos[:n].copy()
        done = Rows(self._schema, fields.values[:n], groups, codes, fields.times[:n], protos, self._path, first)
        fields.renew()
        self.filled = 0
        return done

    def _settle_unsure(self, text: bytes, at: int, stop: Stop, line: int) -> None:
        for row, place, start, end in self._fields.unsure[: stop.unsure].tolist():
            if row >= stop.rows:
                continue  # of the line that is at fault
            value = float(text[start:end].decode().strip().strip('"'))
            if not np.isfinite(value):
                where = line + text.count(b"\n", at, start)
                what = number_text(text[start:end].decode())
                named = TIME_COLUMN if place == TIME_PLACE else self._schema.columns[place]
                raise fault(self._path, what, line=where, column=named)
            if place == TIME_PLACE:
                self._fields.times[row] = value
            else:
                self._fields.values[row, place] = value

    def _settle_kinds(self, text: bytes, at: int, stop: Stop, line: int) -> None:
        """Give every new row its group; rows whose texts are those of the row before share its."""
        rows = slice(self.filled, stop.rows)
        if stop.rows == self.filled:
            return
        new = np.flatnonzero(~self._fields.same[rows])
        codes = np.empty((len(new), 2), np.int64)
        for i, spans in enumerate(self._fields.texts[rows][new].tolist()):
            try:
                codes[i] = self._kinds.codes(tuple(text[start:end] for start, end in spans))
            except ValueError as error:
                where = line + text.count(b"\n", at, spans[0][0])
                raise fault(self._path, str(error), line=where) from None
        counts = np.diff(np.append(new, stop.rows - self.filled))
        self._groups[rows] = np.repeat(codes[:, 0], counts)
        self._protos[rows] = np.repeat(codes[:, 1], counts)

    def _fault(self, text: bytes, stop: Stop, line: int) -> Exception:
        columns = self._layout.columns
        if stop.fault == BAD_NUMBER:
            what = number_text(text[stop.start : stop.end].decode("utf-8", "replace"))
            return fault(self._path, what, line=line, column=columns[stop.field])
        if stop.fault == OPEN_QUOTE:
            named = columns[stop.field] if stop.field < len(columns) else ""
            return fault(self._path, "a field in quotes does not end on its line", line=line, column=named)
        return fault(self._path, f"it has {plural(stop.field, 'field')}, the header {len(columns):,}", line=line)
