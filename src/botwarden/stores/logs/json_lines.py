"""Logs as Zeek's JSON writer makes them: an object a line, absent fields left out."""

import re
from collections.abc import Sequence
from typing import IO, ClassVar, Final

import msgspec

from botwarden.core.escape import escape
from botwarden.core.record import Record, columns

# No text matches: a quotation mark inside one has a backslash before it.
_ABSENT: Final = re.compile(rb',"[A-Za-z0-9_.]+":null')


class JsonEncoder:
    """JSON lines under Zeek's field names. Numbers that JSON has no word for, such as NaN, are left out too."""

    suffix: ClassVar[str] = ".log"
    batch: ClassVar[int] = 512

    def __init__(self, file: IO[bytes], kind: type[Record]) -> None:
        """JSON needs no header."""
        self._file = file
        self._encoder = msgspec.json.Encoder()

    def write(self, records: Sequence[Record]) -> None:
        """Append records, a line each. Raises OSError."""
        try:
            lines = self._encoder.encode_lines(records)
        except UnicodeEncodeError:  # lone surrogates
            lines = self._encoder.encode_lines([encodable(record) for record in records])
        self._file.write(_ABSENT.sub(b"", lines))

    def close(self) -> None:
        """Nothing is held back."""


def encodable(record: Record) -> Record:
    r"""The record with every lone surrogate written as the bytes it stands for, ``\xNN`` each."""
    changes = {column.attribute: _safe(getattr(record, column.attribute)) for column in columns(type(record))}
    return msgspec.structs.replace(record, **changes)


def _safe(value: object) -> object:
    if isinstance(value, str) and not _is_text(value):
        return "".join(c if _is_text(c) else escape(c) for c in value)
    if isinstance(value, tuple):
        return tuple(_safe(item) for item in value)
    return value


def _is_text(value: str) -> bool:
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return True
