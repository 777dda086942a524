"""`RowStream`: labelled feature rows out of tables, folders of tables, and captures: what models read."""

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import numpy as np

from botwarden.app.api import Paths, SnapshotStream, path_list
from botwarden.app.caching import mending
from botwarden.app.capture_labels import CaptureLabels
from botwarden.app.row_inputs import TableInput, inputs
from botwarden.app.summary import capture_notes
from botwarden.core.errors import ConfigError, DataError
from botwarden.core.model import DataFile
from botwarden.core.row import ATTACK, BENIGN, Group, Rows
from botwarden.core.snapshot import FeatureSchema, Snapshots
from botwarden.core.text import printable
from botwarden.features.labelling import protocol_codes
from botwarden.features.schema import NBAIOT115
from botwarden.sources.paths import STDIN
from botwarden.sources.tables.source import Table, open_table

_LISTED: Final = 5  # names of columns or files in a note


class RowStream:
    """Feature rows of several inputs, one after the other; iterate over it once. Memory stays bounded.

    paths : the files that are read, those in folders among them
    files : what was read to its end, with SHA-256 and number of rows
    notes : what a user should know about what was read, a line each
    count : rows so far
    """

    def __init__(
        self,
        paths: Paths,
        schema: FeatureSchema = NBAIOT115,
        default: Group | None = None,
        *,
        labels: Path | None = None,
        max_streams: int | None = None,
    ) -> None:
        """Find out what ``paths`` are: tables, captures, folders of either, ``-`` for a capture from standard input.

        schema : of the rows
        default : what rows belong to where neither a labels file nor columns nor the path say; None: they are benign
        labels : the labels file of the captures, which are read as one, in the order of time; it must know some of
            their packets as attacks, unless ``default`` says that they are benign
        max_streams : of captures, streams kept per family

        Raises ConfigError, DataError and OSError for what cannot be read at all.
        """
        self.files: list[DataFile] = []
        self.notes: list[str] = []
        self.count = 0
        self._schema = schema
        self._default = default or Group()
        self._benign = default is not None and default.benign  # so the caller says
        found = inputs(path_list(paths), default)
        self.notes += found.notes
        self._sizes = [_size(part.path) for part in found.tables]
        self._table: Table | None = None  # the one that is being read
        self._done = 0  # bytes of the tables before it
        self._captures: SnapshotStream | None = None
        self._labels: CaptureLabels | None = None
        if found.captures:
            self._captures = SnapshotStream(found.captures, schema.name, max_streams)
        if labels is not None:
            if self._captures is None:
                raise ConfigError(f"{printable(labels)}: a labels file is for captures, and none was named")
            self._labels = CaptureLabels(labels, self._captures.paths)
        self._tables = found.tables
        self.paths = [*(str(part.path) for part in found.tables), *found.captures]

    def __iter__(self) -> Iterator[Rows]:
        """Yield the rows, 8,192 at a time at most: those of the tables in the order named, then those of the captures.

        Raises DataError, which names file, line and column, for what cannot be used, CaptureError, OSError.
        """
        with mending():
            for part in self._tables:
                yield from self._counted(self._of_table(part))
            if self._captures is not None:
                yield from self._counted(self._of_captures(self._captures))

    def progress(self) -> float | None:
        """Share of the input read so far, 0 to 1, by bytes of tables or of captures; None where it is not known."""
        if None in self._sizes:
            return None
        total = sum(size for size in self._sizes if size is not None)
        read = self._done + (self._table.consumed if self._table else 0)
        tables = min(1.0, read / total) if total else 1.0
        if self._captures is None:
            return tables
        captures = self._captures.progress()
        if captures is None or not total:
            return captures
        return (tables + captures) / 2

    def _counted(self, chunks: Iterator[Rows]) -> Iterator[Rows]:
        for rows in chunks:
            self.count += len(rows)
            yield rows

    def _of_table(self, part: TableInput) -> Iterator[Rows]:
        table = open_table(part.path, self._schema, part.default or self._default)
        self._table = table
        kinds: set[bool] = set()
        for rows in table.rows():
            kinds |= {group.benign for group in rows.groups}
            yield rows
        self.files.append(DataFile(name=part.name, sha256=table.sha256, rows=table.count, label=_label(kinds)))
        self._done += table.consumed
        self._table = None
        if table.ignored:
            names = [printable(name, 40) for name in table.ignored[:_LISTED]]
            more = ", …" if len(table.ignored) > _LISTED else ""
            self.notes.append(f"{printable(part.path)}: not read: {', '.join(names)}{more}.")

    def _of_captures(self, captures: SnapshotStream) -> Iterator[Rows]:
        kinds: set[bool] = set()
        first = 0
        for snapshots in captures:
            rows = self._labelled(snapshots, first)
            kinds |= {group.benign for group in rows.groups}
            first += len(rows)
            yield rows
        if captures.stats.interrupted:
            raise KeyboardInterrupt
        if self._labels is not None:
            self.notes += self._labels.check(attacks_expected=not self._benign)
        for path, packets in zip(captures.paths, captures.packets_of(), strict=True):
            name = path if path == STDIN else printable(Path(path).name)
            self.files.append(DataFile(name=name, sha256=_sha256(path), rows=packets, label=_label(kinds)))
        self.notes += capture_notes(captures.stats)

    def _labelled(self, snapshots: Snapshots, first: int) -> Rows:
        assert self._captures is not None
        packets, values = snapshots.packets, snapshots.values
        source = self._captures.paths[0] if len(self._captures.paths) == 1 else ""
        if not np.isfinite(values).all():  # times beyond all measure
            row = int(np.flatnonzero(~np.isfinite(values).all(axis=1))[0])
            raise DataError(f"{printable(source)}: the statistics of packet {first + row + 1:,} are not finite")
        ts = np.array(packets["ts"])
        if self._labels is None:
            proto = protocol_codes(packets)
            return Rows.of(snapshots.schema, values, self._default, ts=ts, proto=proto, source=source, first=first)
        kinds = self._labels.kinds(packets)
        return Rows(snapshots.schema, values, kinds.groups, kinds.group, ts, kinds.proto, source, first)


def open_rows(
    paths: Paths,
    schema: FeatureSchema = NBAIOT115,
    default: Group | None = None,
    *,
    labels: Path | None = None,
    max_streams: int | None = None,
) -> RowStream:
    """The rows of ``paths`` as one stream: see `RowStream`.

    >>> stream = open_rows("rows.parquet", default=Group(attack="attack"))  # doctest: +SKIP
    >>> rows = collect(stream, seed=1)  # doctest: +SKIP
    """
    return RowStream(paths, schema, default, labels=labels, max_streams=max_streams)


def _label(kinds: set[bool]) -> str:
    """What the rows of a file were taken as: ``kinds`` tells whether they are benign."""
    return "labelled" if len(kinds) > 1 else BENIGN if True in kinds else ATTACK


def _size(path: Path) -> int | None:
    return path.stat().st_size if path.is_file() else None


def _sha256(path: str) -> str:
    """Of a file; empty for a pipe, which cannot be read again."""
    if path == STDIN or not Path(path).is_file():
        return ""
    with Path(path).open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
