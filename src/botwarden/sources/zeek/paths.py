"""Which of Zeek's logs a list of paths means."""

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from botwarden.core.capture import Damage
from botwarden.core.errors import CaptureError, ConfigError
from botwarden.sources.zeek.log import Log, find

MAX_LOGS: Final = 100_000
"""Files read in one run: a year of hourly logs of a dozen types. A longer list is a mistake in a wildcard."""

_DAY: Final = re.compile(r"\d{4}-\d\d-\d\d")  # how ZeekControl names the folders of its archive


def zeek_logs(paths: Sequence[str | Path]) -> tuple[list[Log], list[Damage]]:
    """The logs that ``paths`` name, and what promised to be one and is none.

    A folder stands for the logs in it, and for those in folders below it that are named after days, as in the archive
    that ZeekControl keeps. Other files there, and logs of types that we do not read, are passed over.

    Raises ConfigError where there is none or too many; CaptureError for a file that was named itself and is no log;
    OSError for what cannot be read.
    """
    logs: list[Log] = []
    damage: list[Damage] = []
    for path in map(Path, paths):
        files = _files(path) if path.is_dir() else [path]
        for file in files:
            try:
                log = find(file)
            except ValueError as error:
                if file is path:
                    raise CaptureError(f"{file}: {error}") from None
                damage.append(Damage(path=str(file), offset=0, what=str(error)))
                continue
            if log is None and file is path:
                raise CaptureError(f"{file}: no log of Zeek's, or none of a type that is read; a log in JSON is known "
                                   "by its name, such as conn.log")  # fmt: skip
            logs += [log] if log else []
            if len(logs) > MAX_LOGS:
                raise ConfigError(f"more than {MAX_LOGS:,} logs were named")
    if not logs:
        raise ConfigError(damage[0].path + ": " + damage[0].what if damage else "none of Zeek's logs is in there")
    return logs, damage


def holds_zeek_logs(path: Path) -> bool:
    """Whether a path is, or by its name promises to be, a log of Zeek's or a folder with one. Never raises."""
    try:
        return any(_is_log(file) for file in (_files(path) if path.is_dir() else [path]))
    except OSError:
        return False


def _is_log(file: Path) -> bool:
    try:
        return file.is_file() and find(file) is not None
    except ValueError:
        return True


def _files(folder: Path) -> Iterator[Path]:
    found = sorted(folder.iterdir())
    yield from (path for path in found if path.is_file())
    for below in found:
        if below.is_dir() and _DAY.fullmatch(below.name):
            yield from (path for path in sorted(below.iterdir()) if path.is_file())
