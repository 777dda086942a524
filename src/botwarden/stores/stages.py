"""Finished stages of long work in files, so that it can go on after it was stopped."""

import hashlib
import re
from pathlib import Path
from typing import Any, Final, TypeVar

import msgspec

from botwarden.stores.report import write_file

MOST_BYTES: Final = 1 << 30
_NAME: Final = re.compile(r"[a-z0-9][a-z0-9_-]{0,99}")
_DIGEST: Final = 32

T = TypeVar("T")


class Stages:
    """A folder with a file per stage: the SHA-256 of what it depends on, and what came of it as MessagePack."""

    def __init__(self, folder: Path) -> None:
        """Nothing is read or written yet."""
        self.folder = folder

    def load(self, name: str, key: object, kind: type[T]) -> T | None:
        """What came of a stage that depends on ``key``; None where it was not finished, or depended on other things."""
        path = self._path(name)
        try:
            if path.stat().st_size > MOST_BYTES:
                return None
            content = path.read_bytes()
        except OSError:
            return None
        if content[:_DIGEST] != _digest(key):
            return None
        try:
            return msgspec.msgpack.decode(content[_DIGEST:], type=kind)
        except (msgspec.MsgspecError, ValueError, RecursionError):
            return None

    def save(self, name: str, key: object, found: Any) -> None:
        """Keep what came of a stage. Raises OSError."""
        self.folder.mkdir(parents=True, exist_ok=True)
        write_file(self._path(name), _digest(key) + msgspec.msgpack.encode(found))

    def _path(self, name: str) -> Path:
        if not _NAME.fullmatch(name):
            raise ValueError(f"{name!r} cannot name a stage")
        return self.folder / f"{name}.stage"


def _digest(key: object) -> bytes:
    return hashlib.sha256(msgspec.json.encode(key)).digest()
