"""A file of rows, in CSV, CSV in gzip, or Parquet: all of it under its name, or nothing."""

import contextlib
import os
import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import IO, Protocol, TypeVar

from botwarden.core.errors import ConfigError
from botwarden.core.text import printable

Format = TypeVar("Format")


class Closing(Protocol):
    """An encoder, as far as its file needs to know it."""

    def close(self) -> None:
        """Write what is still held back, and what ends the file. Raises OSError."""
        ...


class RowFile:
    """A file that gets its name when it is complete. A symbolic link stays one."""

    def __init__(self, path: Path) -> None:
        """Nothing is opened yet."""
        self.path = path
        self._target = path.resolve()
        self._partial = self._target.with_name(f".{self._target.name[:200]}.{secrets.token_hex(4)}.part")
        self._file: IO[bytes] | None = None

    def open(self) -> IO[bytes]:
        """Start the file. Raises OSError, which names the path."""
        if self._target.exists() and not self._target.is_file():
            raise FileExistsError(17, "is not a regular file", str(self.path))
        try:
            self._file = self._partial.open("xb")
        except OSError as error:
            raise type(error)(error.errno, error.strerror, str(self.path)) from error
        return self._file

    def finish(self, encoder: Closing) -> None:
        """End the file and give it its name. Raises OSError; `discard` then removes what there is."""
        assert self._file is not None
        encoder.close()
        self._file.close()
        if self._target.exists():
            self._partial.chmod(self._target.stat().st_mode & 0o777)
        self._partial.replace(self._target)

    def discard(self, encoder: Closing | None) -> None:
        """Remove what is left of an unfinished file; after a finished one there is nothing left."""
        if self._file is not None and not self._file.closed:
            # encoders that are not closed complain when they are collected; a full disk has room for that once emptied
            with contextlib.suppress(OSError, ValueError):
                os.truncate(self._file.fileno(), 0)
                os.lseek(self._file.fileno(), 0, os.SEEK_SET)
                if encoder is not None:
                    encoder.close()
            with contextlib.suppress(OSError):
                self._file.close()
        self._partial.unlink(missing_ok=True)


def format_of(path: Path, what: str, formats: Mapping[str, Format]) -> Format:
    """The format that the name of a file of ``what`` asks for, among ``formats`` by suffix.

    Raises ConfigError for a name of no known format or a format whose package is not installed.
    """
    suffix = next((suffix for suffix in formats if path.name.lower().endswith(suffix)), None)
    if suffix is None:
        *most, last = formats
        shown = printable(path.name)
        raise ConfigError(f"the name of {what} ends in {', '.join(most)} or {last}; '{shown}' does not")
    if suffix == ".parquet":
        try:
            import pyarrow.parquet  # noqa: F401, PLC0415 - an extra, and slow to load
        except ImportError:
            raise ConfigError("Parquet needs another package: pip install 'botwarden[parquet]'") from None
    return formats[suffix]
