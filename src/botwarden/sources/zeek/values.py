"""Values of Zeek's types: from text, as its TSV logs have them, and from JSON. What makes no sense raises ValueError.

Logs come from strangers too: a number that is none, a time in the far future or an address that no host can have
spoils its line, and no more than that.
"""

import ipaddress
import math
from collections.abc import Callable
from datetime import datetime
from functools import lru_cache
from typing import Any, Final

from botwarden.core.escape import unescape
from botwarden.core.record import Column

MAX_TS: Final = 1e11
"""s: the year 5138. JSON logs may have milliseconds, which lie beyond it since 1973."""
TS: Final = "ts"
"""The column with a record's own time, which is after 1970 in any log."""
MAX_COUNT: Final = (1 << 64) - 1
MAX_DIGITS: Final = 40
"""Of a number. Zeek's have 20."""
CACHED: Final = 65536
"""Addresses that are known to be some."""

_SIGNED: Final = 1 << 63
_SAFE_DIGITS: Final = 19  # fewer never exceed MAX_COUNT

Parse = Callable[[str], Any]
"""Text, escapes included, to a value."""


def text(cell: str) -> str:
    """Text, with escapes resolved."""
    return unescape(cell.encode("utf-8", "replace")) if "\\" in cell else cell


@lru_cache(CACHED)
def addr(cell: str) -> str:
    """An IP address as Python writes it."""
    try:
        found = ipaddress.ip_address(cell)
    except ValueError:
        raise ValueError("no address") from None
    if "%" in cell:
        raise ValueError("no address")
    return str(found)


def count(cell: str) -> int:
    """A number from 0 to 2⁶⁴ − 1."""
    if len(cell) < _SAFE_DIGITS and cell.isdigit() and cell.isascii():
        return int(cell)
    if not (cell.isascii() and cell.isdigit() and len(cell) <= MAX_DIGITS):
        raise ValueError("no count")
    return _in_range(int(cell), 0, MAX_COUNT, "count")


def integer(cell: str) -> int:
    """A signed number of 64 bits."""
    digits = cell.removeprefix("-")
    if not (digits.isascii() and digits.isdigit() and len(digits) <= MAX_DIGITS):
        raise ValueError("no integer")
    return _in_range(int(cell), -_SIGNED, _SIGNED - 1, "integer")


def port(cell: str) -> int:
    """A number from 0 to 65535."""
    return _in_range(count(cell), 0, 65535, "port")


def double(cell: str) -> float:
    """A finite number."""
    if len(cell) > MAX_DIGITS or "_" in cell:
        raise ValueError("no number")
    try:
        value = float(cell)
    except ValueError:
        raise ValueError("no number") from None
    if not math.isfinite(value):
        raise ValueError("no number")
    return value


def interval(cell: str) -> float:
    """Seconds; negative where clocks disagree."""
    return _span(double(cell))


def time(cell: str) -> float:
    """Seconds since 1970, or before: clocks of devices that are not set tell such times in NTP."""
    return _moment(double(cell))


def ts(cell: str) -> float:
    """The time of a record."""
    return _since_1970(double(cell))


def boolean(cell: str) -> bool:
    """``T`` or ``F``."""
    if cell in ("T", "1"):
        return True
    if cell in ("F", "0"):
        return False
    raise ValueError("neither T nor F")


_PARSE: Final[dict[str, Parse]] = {
    "time": time,
    "interval": interval,
    "double": double,
    "count": count,
    "int": integer,
    "port": port,
    "bool": boolean,
    "addr": addr,
}


def parser(column: Column, set_separator: str, empty: str, unset: str) -> Parse:
    """A function that reads the cells of a column that are set."""
    if column.name == TS:
        return ts
    if not column.many:
        parse = _PARSE.get(column.type)
        return parse or _with_empty(text, empty)
    item = _item(column)
    one = _PARSE.get(item) or _with_empty(text, empty)

    def many(cell: str) -> tuple[Any, ...]:
        if cell == empty or not cell:
            return ()
        return tuple([one(part) for part in cell.split(set_separator) if part != unset])

    return many


def _with_empty(parse: Parse, empty: str) -> Parse:
    def with_empty(cell: str) -> Any:
        return "" if cell == empty else parse(cell)

    return with_empty


def from_json(column: Column) -> Callable[[Any], Any]:
    """A function that reads a column's values out of JSON."""
    if column.name == TS:
        return _json_ts
    if not column.many:
        return _FROM_JSON.get(column.type, _json_text)
    one: Callable[[Any], Any] = _FROM_JSON.get(_item(column), _json_text)

    def many(value: Any) -> tuple[Any, ...]:
        if not isinstance(value, list):
            raise ValueError("no list")
        return tuple([one(item) for item in value if item is not None])

    return many


def checker(column: Column) -> Callable[[Any], Any] | None:
    """A function for values that have the right type for Python already; None where any will do."""
    if column.name == TS:
        return _since_1970
    item = _item(column) if column.many else column.type
    one = _CHECK.get(item)
    if one is None or not column.many:
        return one
    check = one

    def many(values: tuple[Any, ...]) -> None:
        for value in values:
            check(value)

    return many


def _item(column: Column) -> str:
    return column.type.partition("[")[2].removesuffix("]")


def _in_range(value: int, least: int, most: int, what: str) -> int:
    if not least <= value <= most:
        raise ValueError(f"no {what}")
    return value


def _finite(value: float) -> float:
    if not math.isfinite(value):
        raise ValueError("no number")
    return value


def _moment(seconds: float) -> float:
    if not -MAX_TS <= seconds <= MAX_TS:
        raise ValueError("no time")
    return seconds


def _since_1970(seconds: float) -> float:
    if not 0 <= seconds <= MAX_TS:
        raise ValueError("no time")
    return seconds


def _span(seconds: float) -> float:
    if not -MAX_TS <= seconds <= MAX_TS:
        raise ValueError("no interval")
    return seconds


def _json_text(value: Any) -> str:
    if not isinstance(value, str):
        raise ValueError("no text")
    return value


def _json_number(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ValueError("no number")
    try:
        return _finite(float(value))
    except OverflowError:
        raise ValueError("no number") from None


def _json_count(value: Any) -> int:
    whole = int(_json_number(value)) if isinstance(value, float) else value
    if isinstance(value, bool) or not isinstance(whole, int) or whole != value:
        raise ValueError("no count")
    return _in_range(whole, 0, MAX_COUNT, "count")


def _json_integer(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise ValueError("no integer")
    return _in_range(value, -_SIGNED, _SIGNED - 1, "integer")


def _json_bool(value: Any) -> bool:
    if not isinstance(value, bool):
        raise ValueError("neither true nor false")
    return value


def _json_time(value: Any) -> float:
    """Seconds, milliseconds or ISO 8601: what Zeek's option ``json_timestamps`` makes."""
    if not isinstance(value, str):
        number = _json_number(value)
        return _moment(number / 1000 if number > MAX_TS else number)
    try:
        moment = datetime.fromisoformat(value[:MAX_DIGITS])
        return _moment(moment.timestamp() if moment.tzinfo else datetime.fromisoformat(f"{value}+00:00").timestamp())
    except (ValueError, OverflowError):
        raise ValueError("no time") from None


def _json_ts(value: Any) -> float:
    return _since_1970(_json_time(value))


def _check_port(value: int) -> None:
    _in_range(value, 0, 65535, "port")


def _check_count(value: int) -> None:
    _in_range(value, 0, MAX_COUNT, "count")


_FROM_JSON: Final[dict[str, Callable[[Any], Any]]] = {
    "time": _json_time,
    "interval": lambda value: _span(_json_number(value)),
    "double": _json_number,
    "count": _json_count,
    "int": _json_integer,
    "port": lambda value: _in_range(_json_count(value), 0, 65535, "port"),
    "bool": _json_bool,
    "addr": lambda value: addr(_json_text(value)),
}
_CHECK: Final[dict[str, Callable[[Any], Any]]] = {
    "time": _moment,
    "interval": _span,
    "double": _finite,
    "count": _check_count,
    "port": _check_port,
    "addr": addr,
}
