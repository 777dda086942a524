"""Behaviours that understand protocols: what a *watcher* is, and the scene in which it makes its claims.

Meters count packets while they pass; a watcher reads finished records, whether they come from packets or from Zeek's
logs, and keeps what it needs in bounded memory. Records come roughly in the order in which things *end*, each with the
time at which it began.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import ClassVar, Protocol

from botwarden.core.record import Record
from botwarden.detect.claim import Claim
from botwarden.detect.detector import Findings


@dataclass(frozen=True, slots=True)
class Scene:
    """What is known when claims are made.

    findings : what the detector saw in the packets
    is_local : whether an address, as text, is on a local network
    serial : the device that an address, as text, belonged to at a time, by its serial; None for outside hosts
    last_ts : latest time of capture, s
    """

    findings: Findings
    is_local: Callable[[str], bool]
    serial: Callable[[str, float], int | None]
    last_ts: float


class Watcher(Protocol):
    """One behaviour over records. Made once a capture: ``Watcher(is_local)``."""

    name: ClassVar[str]
    """For people, such as ``telnet guessing``."""
    reads: ClassVar[tuple[type[Record], ...]]
    """The record types that it needs: without the first of them it cannot run."""

    def __init__(self, is_local: Callable[[str], bool]) -> None:
        """Know nothing yet."""
        ...

    def update(self, record: Record) -> None:
        """Take a record of one of the types in ``reads``. Never raises; memory stays within named limits."""
        ...

    def claims(self, scene: Scene) -> Iterable[Claim]:
        """What all records so far say. May be called more than once and changes nothing."""
        ...
