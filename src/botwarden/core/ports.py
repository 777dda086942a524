"""The seams: small protocols that adapters fulfil."""

from collections.abc import Iterator
from typing import Protocol

from botwarden.core.capture import CaptureStats
from botwarden.core.packet import PacketBatch


class Source(Protocol):
    """Delivers packets."""

    stats: CaptureStats
    """What has been delivered so far; complete once `batches` is exhausted."""

    def batches(self) -> Iterator[PacketBatch]:
        """Yield the packets batch by batch, once.

        Raises CaptureError when nothing can be read at all; damage further in ends the iteration and is in `stats`.
        """
        ...

    def progress(self) -> float | None:
        """Share of the input read so far, 0 to 1; None where the end is not known."""
        ...
