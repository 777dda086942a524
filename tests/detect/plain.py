"""The detector's kernels as plain Python, so that a test can call any of them without compiling it."""

import importlib
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType
from typing import Any

import numba
import numpy as np

from botwarden.detect.networks import PRIVATE, network_rows
from botwarden.detect.state import new_state
from botwarden.detect.thresholds import HOLD, RAISE_AT, WINDOW

_ROOM = "botwarden.detect"


def plain(name: str, room: str = _ROOM) -> ModuleType:
    """A second copy of a module of a room, of whose functions none is compiled."""
    with _decorators_off(room):
        return importlib.import_module(f"{room}.{name}")


@contextmanager
def _decorators_off(room: str) -> Iterator[None]:
    kept = {key: sys.modules.pop(key) for key in list(sys.modules) if key.startswith(room + ".")}
    package = importlib.import_module(room)
    names = {key: value for key, value in vars(package).items() if isinstance(value, ModuleType)}
    before = numba.config.DISABLE_JIT
    numba.config.DISABLE_JIT = 1
    try:
        yield
    finally:
        numba.config.DISABLE_JIT = before
        for key in [key for key in sys.modules if key.startswith(room + ".")]:
            del sys.modules[key]
        sys.modules.update(kept)
        vars(package).update(names)


def empty_state(seed: int = 1) -> Any:
    """A STATE record as the detector makes it for a home network."""
    return new_state(seed, network_rows(PRIVATE), (WINDOW, RAISE_AT, HOLD))[0]


def text(payload: bytes) -> tuple[Any, int, int]:
    """``(buf, at, n)`` of a payload with other bytes around it."""
    return np.frombuffer(b"\xffpassword:" + payload + b"login:PASS ", np.uint8), 10, len(payload)
