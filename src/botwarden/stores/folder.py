"""A folder of files that belong together, such as a report with its pictures."""

from collections.abc import Mapping
from pathlib import Path

from botwarden.core.errors import ConfigError
from botwarden.stores.report import check_writable, write_file


def check_folder(folder: Path, mark: str) -> None:
    """Make sure that a folder can be written: it is not there, empty, or one that we wrote, in which ``mark`` lies.

    Raises ConfigError for a folder with other things in it, OSError where nothing can be written there.
    """
    if folder.is_symlink() and not folder.exists():
        raise FileNotFoundError(2, "is a link to nowhere", str(folder))
    if folder.exists() and not folder.is_dir():
        raise NotADirectoryError(20, "is a file, not a folder to write to", str(folder))
    if not folder.exists():
        ancestor = next(path for path in folder.absolute().parents if path.exists())
        check_writable(ancestor / ".botwarden-folder")
        return
    if any(folder.iterdir()) and not (folder / mark).is_file():
        raise ConfigError(f"{folder} holds other things; name a folder that is empty or not there yet")
    check_writable(folder / mark)


def write_folder(folder: Path, files: Mapping[str, bytes], mark: str) -> None:
    """Write files into a folder, which is made where there is none; ``mark`` is one of them, and is written last.

    Each file appears whole; of a new report that cannot be finished nothing remains. Pictures of an earlier report that
    this one lacks are removed. Raises as `check_folder`.
    """
    check_folder(folder, mark)
    folder.mkdir(parents=True, exist_ok=True)
    new = not (folder / mark).is_file()
    try:
        for name in sorted(files, key=lambda name: (name == mark, name)):
            write_file(folder / name, files[name])
    except BaseException:
        for name in files if new else ():  # without the mark they would be taken for another's
            (folder / name).unlink(missing_ok=True)
        raise
    for old in folder.glob("*.png"):
        if old.name not in files:
            old.unlink()
