"""Where compiled kernels are kept: a place where numba finds none, and a way out when what is there is damaged."""

import os
import stat
import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

SETTING: Final = "NUMBA_CACHE_DIR"
PACKAGE: Final = Path(__file__).parents[1]
DAMAGED: Final = "the compiled kernels were damaged, as a power cut does; they are thrown away: run it again"


@contextmanager
def mending() -> Iterator[None]:
    """While in this context, throw compiled kernels away that cannot be loaded, and raise OSError to say so.

    Else they would stop every later run as well. The next one compiles them anew.
    """
    try:
        yield
    except Exception as error:
        if not _loads_kernels(error):
            raise
        forget_kernels()
        raise OSError(DAMAGED) from error


def _loads_kernels(error: Exception) -> bool:
    """Whether an error came up while numba read what it had kept."""
    frames = traceback.extract_tb(error.__traceback__)
    return any(Path(frame.filename).parts[-3:] == ("numba", "core", "caching.py") for frame in frames)


def forget_kernels() -> None:
    """Remove the indexes of our compiled kernels from where numba keeps them."""
    modules = {path.stem for path in PACKAGE.rglob("*.py")}
    named, home = os.environ.get(SETTING), _home_cache()
    for root in [Path(named)] if named else [PACKAGE, *([home / "numba"] if home else [])]:
        for index in root.rglob("*.nbi"):
            if index.name.partition(".")[0] in modules:
                index.unlink(missing_ok=True)


def forget_stale_kernels(package: Path = PACKAGE) -> None:
    """Remove compiled kernels that are older than a source they may be made of.

    numba looks at the file of the outermost function only: a change in one that it calls would go unnoticed.
    """
    indexes = {path: path.stat().st_mtime for path in package.rglob("*.nbi")}
    if not indexes:
        return
    oldest = min(indexes.values())
    changed = [(path, path.stat().st_mtime) for path in package.rglob("*.py")]
    newest = max((made for path, made in changed if made > oldest and _holds_kernels(path)), default=0.0)
    for index, made in indexes.items():
        if made < newest:
            index.unlink(missing_ok=True)


def _holds_kernels(path: Path) -> bool:
    return b"from numba import" in path.read_bytes()


def provide_cache() -> None:
    """Name a folder for compiled kernels if numba would find none and refuse to load them.

    That is so where botwarden was installed for all users and runs as one without a home, as services do.
    """
    with suppress(OSError):  # two programs may clear away the same
        forget_stale_kernels()
    if os.environ.get(SETTING):
        return
    folder = fallback(PACKAGE, _home_cache())
    if folder is None:
        return
    os.environ[SETTING] = str(folder)
    if "numba" in sys.modules:  # it has read its settings already
        sys.modules["numba"].config.CACHE_DIR = str(folder)


def _home_cache() -> Path | None:
    named = os.environ.get("XDG_CACHE_HOME")
    if named:
        return Path(named)
    try:
        return Path.home() / ".cache"
    except RuntimeError:  # a user whom the system does not know
        return None


def fallback(package: Path, home: Path | None, temporary: Path | None = None) -> Path | None:
    """A folder for compiled kernels, None where the package's own or the user's will do.

    It stays from run to run, unless somebody else has taken its name: what lies in it is run as code, so it must
    belong to this user, and to this user alone.
    """
    if _writable(package) or (home and _writable(home)):
        return None
    import tempfile  # noqa: PLC0415 - rarely needed, and slow to load

    folder = (temporary or Path(tempfile.gettempdir())) / f"botwarden-{os.geteuid()}"
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
        found = folder.lstat()
    except OSError:
        found = None
    if found and stat.S_ISDIR(found.st_mode) and found.st_uid == os.geteuid() and not found.st_mode & 0o077:
        return folder
    return Path(tempfile.mkdtemp(prefix="botwarden-", dir=temporary))


def _writable(folder: Path) -> bool:
    """Whether files can be made in a folder, which is made if need be."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError:
        return False
    return os.access(folder, os.W_OK | os.X_OK)
