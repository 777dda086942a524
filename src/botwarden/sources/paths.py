"""Which captures a list of paths means."""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from botwarden.core.errors import ConfigError
from botwarden.sources.stream import Stream, StreamError
from botwarden.wire.capture import MAGIC_BYTES, is_capture

STDIN: Final = "-"

MAX_PATHS: Final = 10_000
"""Captures read in one run: more than a year of hourly files. A longer list is a mistake in a wildcard."""


def capture_paths(paths: Sequence[str | Path]) -> list[str]:
    """The captures that ``paths`` name: files, ``-`` for standard input, and directories for the captures in them.

    Raises ConfigError for none, too many, or a directory without any; OSError for a file that cannot be read.
    """
    if not paths:
        raise ConfigError("no capture was named")
    named: list[str] = []
    for path in map(str, paths):
        if path != STDIN and Path(path).is_dir():
            named += _captures_in(Path(path))
        else:
            named.append(path)
        if len(named) > MAX_PATHS:
            raise ConfigError(f"more than {MAX_PATHS:,} captures were named")
    if named.count(STDIN) > 1:
        raise ConfigError("standard input (-) can be read only once")
    for path in named:
        _check(path)
    return named


def _captures_in(directory: Path) -> list[str]:
    found = [str(path) for path in sorted(directory.iterdir()) if path.is_file() and _holds_capture(path)]
    if not found:
        raise ConfigError(f"{directory}: no capture is in this directory")
    return found


def _holds_capture(path: Path) -> bool:
    with Stream(str(path)) as stream:
        try:
            return is_capture(stream.read(MAGIC_BYTES))
        except StreamError:
            return False


def _check(path: str) -> None:
    """Raise OSError where a file cannot be opened. A named pipe is let be: opening it would take from it."""
    if path != STDIN and (Path(path).is_file() or not Path(path).exists()):
        with Path(path).open("rb"):
            pass
