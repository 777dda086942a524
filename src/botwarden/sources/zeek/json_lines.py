"""Records out of the lines of Zeek's JSON logs, and of its JSON streaming logs, whose lines name their log."""

from collections.abc import Callable, Sequence
from operator import attrgetter
from typing import Any, Final

import msgspec

from botwarden.core.record import Record, columns
from botwarden.core.records import RECORDS
from botwarden.core.records.files import FileRecord
from botwarden.sources.zeek.columns import ALIASES, HOSTS, defaults, old_file
from botwarden.sources.zeek.faults import Faults
from botwarden.sources.zeek.values import checker, from_json

PATH: Final = "_path"

Row = Callable[[bytes], Record]


class _Tag(msgspec.Struct):
    """The name of a line's log."""

    path: str = msgspec.field(name=PATH)


class JsonReader:
    """Reads the lines of one log.

    log : the log's name where the lines do not say it; None: only lines that do are read
    """

    def __init__(self, log: str | None) -> None:
        """JSON has no header."""
        self._rows = {name: _reader(RECORDS[name]) for name in (log,) if name in RECORDS}
        self._own = self._rows.get(log or "")
        self._tag = msgspec.json.Decoder(_Tag)

    def read(self, offset: int, lines: Sequence[bytes], faults: Faults) -> list[Record]:
        """The records of lines, the first of which begins at ``offset``. What makes no sense goes to ``faults``."""
        records = []
        for index, line in enumerate(lines):
            try:
                row = self._named(line) if b'"_path"' in line else self._own
                if row is not None and line and not line.isspace():
                    records.append(row(line))
            except (ValueError, RecursionError) as error:
                faults.add(offset, lines, index, _reason(error))
        return records

    def _named(self, line: bytes) -> Row | None:
        """A function for a line that may name its log."""
        try:
            path = self._tag.decode(line).path
        except msgspec.ValidationError:
            return self._own
        if path not in self._rows and path in RECORDS:
            self._rows[path] = _reader(RECORDS[path])
        return self._rows.get(path)


def _reader(kind: type[Record]) -> Row:
    """A function from a line to a record. It raises ValueError or RecursionError."""
    decode = msgspec.json.Decoder(kind).decode
    found = [(column.attribute, check) for column in columns(kind) if (check := checker(column)) is not None]
    get = attrgetter(*(name for name, _ in found))
    checks = [check for _, check in found]
    convert = _converter(kind)

    def row(line: bytes) -> Record:
        try:
            record = decode(line)
            for value, check in zip(get(record), checks, strict=True):
                if value is not None:
                    check(value)
        except ValueError:
            return convert(msgspec.json.decode(line))
        return record

    return row


def _converter(kind: type[Record]) -> Callable[[Any], Record]:
    """A function for lines that are not quite as Zeek writes them by default: other times, older columns."""
    aliases = ALIASES.get(kind.path, {})
    plan = [(column.name, column.attribute, from_json(column)) for column in columns(kind)]
    base = defaults(kind)

    def convert(line: Any) -> Record:
        if not isinstance(line, dict):
            raise ValueError("no object")
        values = base.copy()
        try:
            for name, attribute, read in plan:
                value = line.get(name, line.get(aliases.get(name, "")))
                if value is not None:
                    values[attribute] = read(value)
        except ValueError as error:
            raise ValueError(f"{name}: {error}") from None
        if kind is FileRecord and "id.orig_h" not in line:
            values |= old_file(values | {name: _texts(line.get(name)) for name in HOSTS})
        try:
            return kind(**values)
        except TypeError:
            raise ValueError("a field that must be there is absent") from None

    return convert


def _texts(value: Any) -> tuple[str, ...]:
    return tuple(item for item in value if isinstance(item, str)) if isinstance(value, list) else ()


def _reason(error: Exception) -> str:
    return "nested too deeply" if isinstance(error, RecursionError) else str(error)
