"""Which tables a folder holds."""

import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from botwarden.core.errors import DataError
from botwarden.core.row import Group
from botwarden.core.text import plural, printable
from botwarden.sources.tables.names import group_named, group_of_part, table_stem

MAX_TABLES: Final = 10_000
"""Tables in a folder: a hundred times the 89 of N-BaIoT. More are a mistake in the path."""
_DEPTH: Final = 4  # folders below the one named: N-BaIoT in a folder of its own has two
_PACKED: Final = (".rar", ".zip", ".7z", ".tar", ".tgz", ".tar.gz")


@dataclass(slots=True)
class Folder:
    """The tables below a folder, by path.

    tables : each with what its path says of its rows, None where it says nothing
    skipped : tables beside those of N-BaIoT, such as its list of features
    packed : archives, whose content is not read
    """

    tables: list[tuple[Path, Group | None]] = field(default_factory=list)
    skipped: list[Path] = field(default_factory=list)
    packed: list[Path] = field(default_factory=list)


def tables_in(directory: Path) -> Folder:
    """The tables in a folder and in the folders below it. Where some are named as in N-BaIoT, only those count.

    Raises DataError where there are too many, OSError for a folder that cannot be read.
    """
    found = Folder()
    names: list[Path] = []
    for parent, folders, files in os.walk(directory, onerror=_raise):
        folders.sort()
        if len(Path(parent).relative_to(directory).parts) >= _DEPTH:
            folders.clear()
        folders[:] = [name for name in folders if not name.startswith(".")]
        for path in (Path(parent) / name for name in sorted(files) if not name.startswith(".")):
            if table_stem(path) is not None:
                names.append(path)
            elif path.name.lower().endswith(_PACKED):
                found.packed.append(path)
        if len(names) + len(found.packed) > MAX_TABLES:
            raise DataError(f"{printable(directory)}: it holds more than {plural(MAX_TABLES, 'table')}")
    published = [path for path in names if group_named(path) is not None]
    if published:
        found.tables = [(path, group_named(path)) for path in published]
        found.skipped = [path for path in names if group_named(path) is None]
    else:
        found.tables = [(path, group_of_part(path)) for path in names]
    return found


def _raise(error: OSError) -> None:
    raise error
