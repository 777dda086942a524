"""`LogWriter`: a folder of logs; all of them or none."""

import contextlib
import os
import secrets
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import TracebackType
from typing import IO, ClassVar, Final, Protocol, Self

from botwarden.core.errors import ConfigError
from botwarden.core.record import Record
from botwarden.core.records import RECORDS
from botwarden.stores.logs.ecs import EcsEncoder
from botwarden.stores.logs.json_lines import JsonEncoder
from botwarden.stores.logs.parquet import ParquetEncoder, need_parquet
from botwarden.stores.logs.zeek import ZeekEncoder


class LogEncoder(Protocol):
    """A format: writes records of one type to an open file. The file is closed by who opened it."""

    suffix: ClassVar[str]
    """The file's name is the log's with this behind it."""
    batch: ClassVar[int]
    """Records to hand over at a time."""

    def __init__(self, file: IO[bytes], kind: type[Record]) -> None:
        """Prepare to write records of a type."""
        ...

    def write(self, records: Sequence[Record]) -> None:
        """Append records; there is at least one. Raises OSError."""
        ...

    def close(self) -> None:
        """Write what ends the file. Raises OSError."""
        ...


FORMATS: Final[dict[str, type[LogEncoder]]] = {
    "zeek": ZeekEncoder,
    "json": JsonEncoder,
    "ecs": EcsEncoder,
    "parquet": ParquetEncoder,
}
"""The formats by the names that users give them."""

_BUFFER: Final = 1 << 17  # bytes held back per file


class LogWriter:
    """Writes records into a folder, a file per record type: ``conn.log``, ``dns.log``; ``.ndjson`` and ``.parquet``.

    As a context manager: the files appear under their names when the block ends well, in place of logs that an earlier
    run left under the same names; no other file is touched. When it ends in an exception, Ctrl-C included, nothing is
    left, unless `commit` was called. One file is open per record type that occurs, and up to a batch of its records
    is held in memory.

    records : how many of each log were written, by its name
    left : once finished, names of files that an earlier run left for logs that this one had no record of
    """

    def __init__(self, directory: Path, format: str = "zeek") -> None:  # noqa: A002 - the users' word
        """Prepare to write. Raises ConfigError for an unknown format, or one whose package is not installed."""
        if format not in FORMATS:
            raise ConfigError(f"there is no log format '{format}'; there is {', '.join(FORMATS)}")
        self._encoder = FORMATS[format]
        if format == "parquet":
            need_parquet()
        self.directory = directory
        self.records: dict[str, int] = {}
        self.left: list[str] = []
        self._logs: dict[type[Record], _Log] = {}
        self._made: list[Path] = []  # folders that were not there before
        self._done = False

    def __enter__(self) -> Self:
        """Make the folder if there is none. Raises OSError, which names it."""
        folder = self.directory
        missing = [path for path in (folder, *folder.parents) if not path.exists()]
        for path in reversed(missing):
            path.mkdir()
            self._made.append(path)
        if not folder.is_dir():
            raise NotADirectoryError(20, "is no folder to write logs to", str(folder))
        return self

    def write(self, record: Record) -> None:
        """Append a record to its log. Raises OSError, which names the file, where the disk is full."""
        log = self._logs.get(type(record)) or self._open(type(record))
        batch = log.batch
        batch.append(record)
        if len(batch) >= log.full:
            log.flush()

    def commit(self) -> None:
        """Finish all files and give them their names; nothing can be written after that. Raises OSError."""
        if self._done:
            return
        for log in self._logs.values():
            log.finish()
        self.records = {log.path.stem: log.written for log in self._logs.values()}
        for log in self._logs.values():
            log.publish()
        known = {f"{path}{self._encoder.suffix}" for path in RECORDS if path not in self.records}
        self.left = sorted(name for name in known if (self.directory / name).exists())
        self._done = True

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Commit, or remove what there is."""
        try:
            if kind is None:
                self.commit()
        finally:
            for log in self._logs.values():
                log.discard()
            if not self._done:
                with contextlib.suppress(OSError):
                    for folder in reversed(self._made):
                        folder.rmdir()

    def _open(self, kind: type[Record]) -> "_Log":
        if self._done:
            raise ValueError("these logs are finished")
        log = self._logs[kind] = _Log(self.directory / f"{kind.path}{self._encoder.suffix}", kind, self._encoder)
        return log


class _Log:
    """One file: written beside its name first."""

    def __init__(self, path: Path, kind: type[Record], encoder: type[LogEncoder]) -> None:
        self.path = path
        self.batch: list[Record] = []
        self.full = encoder.batch
        self.written = 0
        self._target = path.resolve()  # a symbolic link stays one
        self._partial = self._target.with_name(f".{self._target.name[:200]}.{secrets.token_hex(4)}.part")
        if self._target.exists() and not self._target.is_file():
            raise FileExistsError(17, "is not a regular file", str(path))
        with self._named():
            self._file: IO[bytes] = self._partial.open("xb", buffering=_BUFFER)
        try:
            self._encoder = encoder(self._file, kind)
        except BaseException:
            self._file.close()
            self._partial.unlink(missing_ok=True)
            raise

    def flush(self) -> None:
        """Hand the batch to the encoder."""
        batch, self.batch = self.batch, []
        if batch:
            with self._named():
                self._encoder.write(batch)
            self.written += len(batch)

    def finish(self) -> None:
        """Write what is held back, and close."""
        self.flush()
        with self._named():
            self._encoder.close()
            self._file.close()

    def publish(self) -> None:
        """Give the finished file its name."""
        with self._named():
            if self._target.exists():
                self._partial.chmod(self._target.stat().st_mode & 0o777)
            self._partial.replace(self._target)

    def discard(self) -> None:
        """Remove what is left of an unfinished file; of a published one there is nothing left."""
        if not self._file.closed:
            # encoders that are not closed complain when they are collected; a full disk has room for that once emptied
            with contextlib.suppress(OSError, ValueError):
                os.truncate(self._file.fileno(), 0)
                os.lseek(self._file.fileno(), 0, os.SEEK_SET)
                self._encoder.close()
            with contextlib.suppress(OSError):
                self._file.close()
        self._partial.unlink(missing_ok=True)

    @contextlib.contextmanager
    def _named(self) -> Iterator[None]:
        """Have errors name the log."""
        try:
            yield
        except OSError as error:
            raise type(error)(error.errno, error.strerror, str(self.path)) from error
