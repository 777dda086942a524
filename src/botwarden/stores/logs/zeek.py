"""Logs as Zeek writes them: tab-separated values below a header that names and types the columns."""

from collections.abc import Callable, Iterable, Sequence
from operator import attrgetter
from typing import IO, Any, ClassVar, Final

from botwarden.core.escape import escape, needs_escape
from botwarden.core.record import Column, Record, columns
from botwarden.core.text import utc

UNSET: Final = "-"
EMPTY: Final = "(empty)"
SET_SEPARATOR: Final = ","

_RESERVED: Final[dict[str | None, str]] = {None: UNSET, "": EMPTY, UNSET: r"\x2d", EMPTY: r"\x28empty)"}
_NEVER: Final = "1970-01-01-00-00-00"  # for a first or last time that no calendar holds

Cells = Callable[[Sequence[Any]], Iterable[str]]
"""The values of a column as text."""


class ZeekEncoder:
    """Zeek's format, with the separators that it uses by default.

    Empty text and empty sets are both written as ``(empty)``, as Zeek does. The times in ``#open`` and ``#close`` are
    those of the first and the latest record: equal records make equal files.
    """

    suffix: ClassVar[str] = ".log"
    batch: ClassVar[int] = 512

    def __init__(self, file: IO[bytes], kind: type[Record]) -> None:
        """The header is written with the first records."""
        self._file = file
        self._kind = kind
        self._get = attrgetter(*(column.attribute for column in columns(kind)))
        self._plan = [_cells(column) for column in columns(kind)]
        self._last: float | None = None

    def write(self, records: Sequence[Record]) -> None:
        """Append records, a line each. Raises OSError."""
        if self._last is None:
            self._file.write(_header(self._kind, records[0].ts))
            self._last = records[0].ts
        self._last = max(self._last, *(record.ts for record in records))
        values = zip(*map(self._get, records), strict=True)
        cells = [encode(column) for column, encode in zip(values, self._plan, strict=True)]
        lines = map("\t".join, zip(*cells, strict=True))
        self._file.write(("\n".join(lines) + "\n").encode())

    def close(self) -> None:
        """Write the line that ends the log. Raises OSError."""
        if self._last is not None:
            self._file.write(f"#close\t{_moment(self._last)}\n".encode())


def _header(kind: type[Record], opened: float) -> bytes:
    found = columns(kind)
    lines = [
        "#separator \\x09",
        f"#set_separator\t{SET_SEPARATOR}",
        f"#empty_field\t{EMPTY}",
        f"#unset_field\t{UNSET}",
        f"#path\t{kind.path}",
        f"#open\t{_moment(opened)}",
        "\t".join(["#fields", *(column.name for column in found)]),
        "\t".join(["#types", *(column.type for column in found)]),
    ]
    return ("\n".join(lines) + "\n").encode()


def _moment(ts: float) -> str:
    moment = utc(ts)
    return f"{moment:%Y-%m-%d-%H-%M-%S}" if moment else _NEVER


def _cells(column: Column) -> Cells:
    if column.many:
        return _many(column.type.partition("[")[2].removesuffix("]"))
    return _ONE.get(column.type, _texts)


def _times(values: Sequence[float | None]) -> Iterable[str]:
    return [UNSET if value is None else f"{value:.6f}" for value in values]


def _numbers(values: Sequence[float | None]) -> Iterable[str]:
    return [UNSET if value is None else str(value) for value in values]


def _bools(values: Sequence[bool | None]) -> Iterable[str]:
    return [UNSET if value is None else "T" if value else "F" for value in values]


def _texts(values: Sequence[str | None]) -> Iterable[str]:
    found = _RESERVED
    cells: list[Any] = [found.get(value, value) for value in values]
    # one look at all of them is much faster than one at each
    return map(_text, values) if needs_escape("".join([value for value in values if value])) else cells


def _text(value: str | None) -> str:
    return _RESERVED.get(value) or escape(value or "")


def _many(item: str) -> Cells:
    one = _ONE.get(item)

    def cells(values: Sequence[tuple[Any, ...] | None]) -> list[str]:
        return [UNSET if value is None else _list(value, one) if value else EMPTY for value in values]

    return cells


def _list(value: tuple[Any, ...], one: Cells | None) -> str:
    if one is not None:
        return SET_SEPARATOR.join(one(value))
    return SET_SEPARATOR.join([_text(item).replace(SET_SEPARATOR, r"\x2c") for item in value])


_ONE: Final[dict[str, Cells]] = {
    "time": _times,
    "interval": _times,
    "double": _numbers,
    "count": _numbers,
    "int": _numbers,
    "port": _numbers,
    "bool": _bools,
}
"""By type; everything else is text."""
