"""Which tables and captures a list of paths means, and what their paths say of their rows."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

from botwarden.core.errors import ConfigError, DataError
from botwarden.core.row import Group
from botwarden.core.text import plural, printable
from botwarden.sources.paths import STDIN, capture_paths
from botwarden.sources.stream import Stream, StreamError
from botwarden.sources.tables.folder import tables_in
from botwarden.sources.tables.names import group_named, group_of_part, table_stem
from botwarden.wire.capture import MAGIC_BYTES, is_capture

_LISTED: Final = 3


@dataclass(frozen=True, slots=True)
class TableInput:
    """A table to read.

    name : for the list of files that a model was trained on: its path within the folder that was named, printable
    default : what its path or the caller say of its rows; None where they say nothing
    """

    path: Path
    name: str
    default: Group | None


@dataclass(slots=True)
class Inputs:
    """What a list of paths means.

    captures : to be read together, in the order of time
    notes : what was left out, a line each
    """

    tables: list[TableInput] = field(default_factory=list)
    captures: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def inputs(paths: Sequence[str | Path], default: Group | None) -> Inputs:
    """Tell tables from captures, and look into folders.

    default : what the caller says of all rows. The path of a table can add device and attack to that; a table whose
        path says that it holds attacks cannot be given as benign, nor the other way round. In a folder, paths win.

    Raises ConfigError for no path, for one that is named twice and for such a contradiction, DataError for a folder
    that holds nothing, OSError.
    """
    if not paths:
        raise ConfigError("no table and no capture was named")
    found = Inputs()
    for path in paths:
        if str(path) == STDIN:
            found.captures.append(STDIN)
        elif Path(path).is_dir():
            _add_folder(found, Path(path), default)
        elif _is_capture(Path(path)):
            found.captures.append(str(path))
        else:
            name = printable(Path(path).name)
            found.tables.append(TableInput(Path(path), name, _named(Path(path), default)))
            found.notes += _doubts(Path(path), default)
    _refuse_twice([*(table.path for table in found.tables), *map(Path, found.captures)])
    return found


def _refuse_twice(paths: Sequence[Path]) -> None:
    """Rows that are read twice would be learned from in one place and measured by in another."""
    seen: set[Path] = set()
    for path in paths:
        if path.resolve() in seen and str(path) != STDIN:
            raise ConfigError(f"{printable(path)}: it is named twice")
        seen.add(path.resolve())


def _doubts(path: Path, default: Group | None) -> list[str]:
    """A note where a table is called as if it held the opposite of what the caller says."""
    group = group_of_part(path)
    if group is None or default is None or group.benign == default.benign:
        return []
    said = ("attacks", "benign") if default.benign else ("benign rows", "attacks")
    return [f"{printable(path)}: by its name it holds {said[0]}, but it was given as {said[1]}."]


def _add_folder(found: Inputs, path: Path, default: Group | None) -> None:
    folder = tables_in(path)
    if folder.packed:
        names = ", ".join(printable(packed.relative_to(path), 60) for packed in folder.packed[:_LISTED])
        more = ", …" if len(folder.packed) > _LISTED else ""
        found.notes.append(f"{printable(path)}: {names}{more} must be unpacked before it can be read.")
    if folder.skipped:
        names = ", ".join(printable(skipped.relative_to(path), 60) for skipped in folder.skipped[:_LISTED])
        more = ", …" if len(folder.skipped) > _LISTED else ""
        found.notes.append(f"{printable(path)}: not named as tables of N-BaIoT are, and left out: {names}{more}.")
    for table, group in folder.tables:
        name = printable(Path(path.absolute().name, table.relative_to(path)).as_posix())
        found.tables.append(TableInput(table, name, _combined(default, group)))
    try:
        captures = capture_paths([path])
    except ConfigError:
        captures = []
    if captures and folder.tables:
        held = f"{plural(len(folder.tables), 'table')} and {plural(len(captures), 'capture')}"
        raise ConfigError(f"{printable(path)}: it holds {held}: name the ones to read")
    if not captures and not folder.tables:
        raise DataError(f"{printable(path)}: no table (.csv, .csv.gz, .csv.zst, .parquet) and no capture is in it")
    found.captures += captures


def _named(path: Path, default: Group | None) -> Group | None:
    """What a table that was named by itself holds."""
    group = group_named(path)
    if group is not None and default is not None and group.benign != default.benign:
        said = "benign" if default.benign else "attacks"
        raise ConfigError(f"{printable(path)}: by its name it holds {group.label} rows, but it was given as {said}")
    return _combined(default, group)


def _combined(default: Group | None, group: Group | None) -> Group | None:
    """What a path says, with the device that the caller names where it names none."""
    if default is None or group is None:
        return group or default
    return group if group.device else replace(group, device=default.device)


def _is_capture(path: Path) -> bool:
    """Whether a path is a capture; of a pipe, which nobody may look into, its name decides."""
    if not path.is_file():
        path.stat()  # raises where there is nothing
        return table_stem(path) is None
    with Stream(str(path)) as stream:
        try:
            return is_capture(stream.read(MAGIC_BYTES).ljust(MAGIC_BYTES, b"\0"))
        except StreamError:
            return False
