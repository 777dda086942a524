"""Half-done training in a file: numpy's npz without pickle, and never a half of one."""

import hashlib
import io
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from botwarden.stores.report import check_writable, write_file

_KEY: Final = "__key__"
_ENCRYPTED: Final = 1  # among the flags of a member


def checkpoint_key(*parts: bytes) -> str:
    """SHA-256 over what a training depends on: plan, data, versions."""
    digest = hashlib.sha256()
    for part in parts:
        digest.update(len(part).to_bytes(8, "big"))
        digest.update(part)
    return digest.hexdigest()


class CheckpointFile:
    """See `botwarden.learn.estimator.Checkpoint`. What was saved under another key counts as nothing.

    found : whether there was something to go on from, once `load` was called
    """

    def __init__(self, path: Path, key: str) -> None:
        """Say where it is kept, and under which circumstances it may be used; nothing is read or written yet."""
        self.path = path
        self.found = False
        self._key = key

    def check(self) -> None:
        """Raise OSError where nothing can be saved."""
        check_writable(self.path)

    def load(self) -> dict[str, NDArray[np.generic]] | None:
        """The state saved last; None where there is none, or it belongs to another training, or is damaged."""
        state = _read(self.path, self._key)
        self.found = state is not None
        return state

    def save(self, state: Mapping[str, NDArray[np.generic]]) -> None:
        """Keep a state in place of the last. Raises OSError, and ValueError for arrays that only pickle could keep."""
        buffer = io.BytesIO()
        arrays: dict[str, Any] = {key: np.asarray(value) for key, value in state.items()}
        if any(array.dtype.hasobject for array in arrays.values()):
            raise ValueError("a checkpoint holds numbers only")
        arrays[_KEY] = np.frombuffer(self._key.encode(), np.uint8)
        np.savez(buffer, **arrays)
        write_file(self.path, buffer.getvalue())

    def remove(self) -> None:
        """It is done: nothing to go on from remains."""
        self.path.unlink(missing_ok=True)


def beside(path: Path) -> Path:
    """Where the checkpoint of a model that will be written to ``path`` is kept."""
    return path.with_name(f".{path.name[:200]}.part")


def _read(path: Path, key: str) -> dict[str, NDArray[np.generic]] | None:
    try:
        with zipfile.ZipFile(path) as packed:
            if not all(_is_plain(info) for info in packed.infolist()):
                return None
        with np.load(path, allow_pickle=False) as arrays:
            if _KEY not in arrays.files or arrays[_KEY].tobytes() != key.encode():
                return None
            return {name: arrays[name] for name in arrays.files if name != _KEY}
    except (ValueError, KeyError, EOFError, OSError, zipfile.BadZipFile, NotImplementedError, MemoryError):
        return None  # a damaged one is like none: training begins anew


def _is_plain(info: zipfile.ZipInfo) -> bool:
    """Whether a member is kept as `CheckpointFile.save` keeps it: what is packed could be larger than the file."""
    return info.compress_type == zipfile.ZIP_STORED and not info.flag_bits & _ENCRYPTED
