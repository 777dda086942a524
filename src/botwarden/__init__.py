"""botwarden: finds the device on a network that acts like a bot, and says why.

Three lines in a notebook::

    import botwarden
    values, names = botwarden.features("capture.pcap")
    report = botwarden.scan("capture.pcap").report
"""

from typing import TYPE_CHECKING, Any

from botwarden._version import __version__

if TYPE_CHECKING:
    from botwarden.app.api import features, read, scan, snapshots

__all__ = ["__version__", "features", "read", "scan", "snapshots"]


def __getattr__(name: str) -> Any:  # loads numba only when something is asked for
    if name in __all__:
        from botwarden.app import api

        return getattr(api, name)
    raise AttributeError(f"module 'botwarden' has no attribute {name!r}")
