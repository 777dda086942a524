"""botwarden: finds the device on a network that acts like a bot, and says why.

Three lines in a notebook::

    import botwarden
    values, names = botwarden.features("capture.pcap")
    report = botwarden.scan("capture.pcap").report
"""

import sys
from types import ModuleType
from typing import TYPE_CHECKING, Any

import botwarden.features  # noqa: F401 - the room's name alone: it loads nothing
from botwarden._version import __version__

if TYPE_CHECKING:
    from botwarden.app.api import devices, features, read, scan, snapshots

__all__ = ["__version__", "devices", "features", "read", "scan", "snapshots"]


def __getattr__(name: str) -> Any:  # loads numba only when something is asked for
    if name in __all__:
        from botwarden.app import api

        return getattr(api, name)
    raise AttributeError(f"module 'botwarden' has no attribute {name!r}")


class _Room(ModuleType):
    """``botwarden.features`` is a room and a function: it can be imported from, and called."""

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        from botwarden.app import api

        return api.features(*args, **kwargs)


sys.modules["botwarden.features"].__class__ = _Room
