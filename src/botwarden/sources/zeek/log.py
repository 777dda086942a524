"""`Log`: one file that Zeek wrote, from its bytes to records."""

import math
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import Final, Protocol

import msgspec

from botwarden.core.capture import Damage
from botwarden.core.record import Record
from botwarden.core.records import RECORDS
from botwarden.sources.stream import Stream, StreamError
from botwarden.sources.zeek.columns import log_of
from botwarden.sources.zeek.faults import Faults
from botwarden.sources.zeek.header import Header
from botwarden.sources.zeek.json_lines import PATH, JsonReader
from botwarden.sources.zeek.lines import MAX_LINE, chunks
from botwarden.sources.zeek.tsv import TsvReader

CHUNK_BYTES: Final = 1 << 18
"""Bytes of a log read at a time: some 2,000 conversations, a few MB as records."""
_HEAD: Final = 1 << 14  # bytes by which a log is told from other files
_FIRST: Final = 1 << 16  # bytes read at a time to find the first record
_NO_LOG: Final = "no log of Zeek's: it has neither a header (#fields), which zeek-cut -C keeps, nor JSON in it"


class LineReader(Protocol):
    """Makes records of a log's lines: `TsvReader` or `JsonReader`."""

    def read(self, offset: int, lines: list[bytes], faults: Faults) -> list[Record]:
        """The records of lines, the first of which begins at ``offset``; what makes no sense goes to ``faults``."""
        ...


class Log:
    """A log of a type that we have records for, or one in JSON whose lines say of which type they are.

    path : the file
    name : the log's name, such as ``conn``; None where its lines say it
    consumed, size : bytes of the file read so far, and in all
    damage : what could not be read, once reading is over
    """

    def __init__(self, path: Path, name: str | None, *, tsv: bool) -> None:
        """Name the file; `find` does it for files that are not known yet."""
        self.path = str(path)
        self.name = name
        self.size = path.stat().st_size
        self.consumed = 0
        self.damage: list[Damage] = []
        self._tsv = tsv

    def first(self) -> float:
        """The time by which the first record has its place (`place_of`), s; infinity where there is none.

        The file is read up to there and closed again. Raises OSError.
        """
        peek = self._read(_FIRST, [])
        first = next(peek, None)
        peek.close()
        return place_of(first[0]) if first else math.inf

    def batches(self) -> Iterator[list[Record]]:
        """Yield the records in the order of the file, some at a time and never none. Raises OSError."""
        yield from self._read(CHUNK_BYTES, self.damage)
        self.consumed = self.size

    def _read(self, size: int, damage: list[Damage]) -> Generator[list[Record], None, None]:
        reader: LineReader = TsvReader(self.name) if self._tsv else JsonReader(self.name)
        faults = Faults()
        at = 0
        with Stream(self.path) as stream:
            try:
                for offset, lines in chunks(stream, size):
                    at = offset
                    self.consumed = stream.consumed
                    if lines is None:
                        faults.add(offset, (), 0, f"a line is longer than {MAX_LINE:,} bytes")
                    elif records := reader.read(offset, lines, faults):
                        yield records
            except StreamError as error:
                damage.append(Damage(path=self.path, offset=at, what=str(error)))
        damage += faults.damage(self.path)


def place_of(record: Record) -> float:
    """The time at which a record was about to be written, s: the end of what it tells, where it says how long it took.

    Zeek writes a conversation when it is over, so that logs are in this order, more or less, and not in that of ``ts``.
    """
    duration = getattr(record, "duration", None)
    return record.ts + duration if duration else record.ts


def find(path: Path) -> Log | None:
    """The log that a file is; None for one of a type that we do not read, or no log of Zeek's.

    Raises ValueError, in words, for one whose name promises a log and whose content is none, and OSError.
    """
    promised = log_of(path.name)
    try:
        with Stream(str(path)) as stream:
            head = stream.read(_HEAD)
    except StreamError as error:
        if promised is None:
            return None
        raise ValueError(str(error)) from None
    if head.startswith(b"#"):
        return _tsv(path, head, promised)
    if head.lstrip().startswith(b"{"):
        return _json(path, head, promised)
    if promised is None or not head.strip():
        return None
    raise ValueError(_NO_LOG)


def _tsv(path: Path, head: bytes, promised: str | None) -> Log | None:
    header = Header()
    for line in head.split(b"\n"):
        if not line.startswith(b"#"):
            break
        try:
            header.read(line.removesuffix(b"\r"))
        except ValueError as error:
            if promised is None:
                return None
            raise ValueError(f"its header cannot be read: {error}") from None
    if not header.fields:
        if promised is None:
            return None
        raise ValueError(_NO_LOG)
    name = header.path or promised
    return Log(path, name, tsv=True) if name in RECORDS else None


def _json(path: Path, head: bytes, promised: str | None) -> Log | None:
    line = head.lstrip().partition(b"\n")[0]
    try:
        first = msgspec.json.decode(line)
    except (ValueError, RecursionError):
        first = {}  # damaged, or longer than the head: the name must do
    if PATH in first:
        return Log(path, None, tsv=False)
    return Log(path, promised, tsv=False) if promised else None
