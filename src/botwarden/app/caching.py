"""Where compiled kernels are kept, on machines where numba finds no place by itself."""

import os
import stat
import sys
from pathlib import Path

SETTING = "NUMBA_CACHE_DIR"


def provide_cache() -> None:
    """Name a folder for compiled kernels if numba would find none and refuse to load them.

    That is so where botwarden was installed for all users and runs as one without a home, as services do.
    """
    if os.environ.get(SETTING):
        return
    folder = fallback(Path(__file__).parent, _home_cache())
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
