"""Reports into files: all of a file or nothing of it, never a half under the final name."""

import os
import tempfile
from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from botwarden.core.report import DevicesReport, Report


def json_bytes(report: Report | DevicesReport) -> bytes:
    """The report in its documented JSON schema, indented, UTF-8, with a newline at its end."""
    try:
        encoded = msgspec.json.encode(report, enc_hook=_plain)
    except UnicodeEncodeError:  # a path or name of bytes that are no text carries lone surrogates
        encoded = msgspec.json.encode(_encodable(msgspec.to_builtins(report, enc_hook=_plain)))
    return msgspec.json.format(encoded, indent=2) + b"\n"


def check_writable(path: Path) -> None:
    """Raise OSError, which names ``path``, where a file could not be written there."""
    if path.is_dir():
        raise IsADirectoryError(21, "is a directory, not a file to write to", str(path))
    if _is_special(path):
        if not os.access(path, os.W_OK):
            raise PermissionError(13, "cannot be written to", str(path))
        return
    target = path.resolve()
    if not target.parent.is_dir():
        raise FileNotFoundError(2, "its directory does not exist", str(path))
    try:
        descriptor, temporary = tempfile.mkstemp(prefix=".botwarden-", dir=target.parent)
    except OSError as error:
        raise type(error)(error.errno, f"cannot be written: {error.strerror}", str(path)) from error
    os.close(descriptor)
    Path(temporary).unlink()


def write_file(path: Path, content: bytes) -> None:
    """Write ``content`` to ``path``: beside it first, then under its name, so that readers see all of it or nothing.

    A symbolic link stays one and its target is replaced; a pipe or device is written to as it is. Raises OSError.
    """
    if _is_special(path):
        path.write_bytes(content)
        return
    target = path.resolve()
    temporary = target.with_name(f".{target.name[:200]}.{os.getpid()}.tmp")  # a file name has 255 bytes
    try:
        with temporary.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        if target.exists():
            temporary.chmod(target.stat().st_mode & 0o777)
        temporary.replace(target)
    except OSError as error:  # of a full disk Python does not say which
        if error.errno is None:
            raise
        raise type(error)(error.errno, error.strerror, str(path)) from error
    finally:
        temporary.unlink(missing_ok=True)


def _is_special(path: Path) -> bool:
    """Whether something other than a file is there: replacing /dev/null or a pipe would destroy it."""
    return path.exists() and not path.is_file()


def _plain(value: Any) -> Any:
    """numpy's scalars and arrays as JSON values: evidence is often computed with them."""
    if isinstance(value, np.generic | np.ndarray):
        return value.tolist()
    raise TypeError(f"{type(value).__name__} has no place in a report")


def _encodable(value: Any) -> Any:
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode("utf-8")
    if isinstance(value, dict):
        return {_encodable(key): _encodable(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_encodable(item) for item in value]
    return value
