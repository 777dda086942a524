"""Records out of the lines of Zeek's TSV logs."""

from collections.abc import Callable, Sequence
from typing import Any

from botwarden.core.record import Record, columns
from botwarden.core.records import RECORDS
from botwarden.core.records.files import FileRecord
from botwarden.sources.zeek.columns import ALIASES, HOSTS, defaults, old_file
from botwarden.sources.zeek.faults import Faults
from botwarden.sources.zeek.header import LABELS, Header
from botwarden.sources.zeek.values import parser, text

Row = Callable[[str], Record]


class TsvReader:
    """Reads the lines of one log. Its header may come again, and change, as in logs that were put together.

    log : the log's name where its header does not say it
    """

    def __init__(self, log: str | None) -> None:
        """No header so far."""
        self._log = log
        self._header = Header()
        self._row: Row | None = None
        self._skip = False  # a log that we have no records for

    def read(self, offset: int, lines: Sequence[bytes], faults: Faults) -> list[Record]:
        """The records of lines, the first of which begins at ``offset``. What makes no sense goes to ``faults``."""
        records = []
        for index, line in enumerate(lines):
            try:
                if line.startswith(b"#"):
                    self._take(line.removesuffix(b"\r"))
                elif line and not self._skip:
                    row = self._row or self._begin()
                    if row is not None:
                        records.append(row(line.removesuffix(b"\r").decode("utf-8", "backslashreplace")))
            except ValueError as error:
                faults.add(offset, lines, index, str(error))
        return records

    def _take(self, line: bytes) -> None:
        if line.startswith(b"#separator"):
            self._header = Header()
        self._row, self._skip = None, False
        self._header.read(line)

    def _begin(self) -> Row | None:
        """A function for the lines that follow, now that the header is complete; None where they are not read."""
        header = self._header
        if not header.fields:
            raise ValueError("no header (#fields) says what its columns are")
        kind = RECORDS.get(header.path or self._log or "")
        self._skip = kind is None
        self._row = _reader(kind, header) if kind else None
        return self._row


def _reader(kind: type[Record], header: Header) -> Row:
    """A function from a line to a record. It raises ValueError."""
    places = {name: place for place, name in reversed(list(enumerate(header.fields)))}
    aliases = ALIASES.get(kind.path, {})
    plan: list[tuple[int, str, Callable[[str], Any]]] = []
    for column in columns(kind):
        place = places.get(column.name, places.get(aliases.get(column.name, "")))
        if place is not None:
            parse = parser(column, header.set_separator, header.empty, header.unset)
            plan.append((place, column.attribute, parse))
    base = defaults(kind)
    hosts = [(places[name], name) for name in HOSTS if name in places and kind is FileRecord and "uid" not in places]
    separator, unset, width, labelled = header.separator, header.unset, len(header.fields), header.labelled

    def row(line: str) -> Record:
        cells = line.split(separator)
        if len(cells) != width:
            raise ValueError(f"{len(cells):,} columns where {width:,} were announced")
        if labelled:
            cells[-1] = cells[-1].partition(LABELS)[0]
        values = base.copy()
        try:
            for place, name, parse in plan:
                cell = cells[place]
                if cell != unset:
                    values[name] = parse(cell)
        except ValueError as error:
            raise ValueError(f"{name}: {error}") from None
        if hosts:
            values |= old_file(values | _hosts(cells))
        try:
            return kind(**values)
        except TypeError:
            raise ValueError("a column that must be there is absent") from None

    def _hosts(cells: list[str]) -> dict[str, tuple[str, ...]]:
        found = ((name, cells[place]) for place, name in hosts)
        return {name: tuple(map(text, cell.split(header.set_separator))) for name, cell in found if cell != unset}

    return row
