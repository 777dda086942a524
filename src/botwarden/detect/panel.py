"""`Panel`: all watchers of a capture, fed record by record; one that fails is left out and named, the others go on."""

from collections.abc import Callable, Sequence
from typing import Final

from botwarden.core.record import Record
from botwarden.detect.claim import Claim
from botwarden.detect.detector import Findings, Seen
from botwarden.detect.watch import Scene, Watcher
from botwarden.detect.watchers import WATCHERS

MAX_ADDRESSES: Final = 65536
"""Addresses of devices that are told apart; a device has at most eight."""


class Panel:
    """Hands each record to the watchers that read its type.

    failed : watchers that raised, by name, with what: a fault of ours that must not take the others down
    """

    def __init__(self, is_local: Callable[[str], bool], watchers: Sequence[type[Watcher]] = WATCHERS) -> None:
        """Make the watchers."""
        self.failed: dict[str, str] = {}
        self._is_local = is_local
        self._watchers = [kind(is_local) for kind in watchers]
        self._readers: dict[type[Record], tuple[Watcher, ...]] = {}
        for watcher in self._watchers:
            for record in watcher.reads:
                self._readers[record] = (*self._readers.get(record, ()), watcher)

    def update(self, record: Record) -> None:
        """Let the watchers read a record."""
        for watcher in self._readers.get(type(record), ()):
            try:
                watcher.update(record)
            except Exception as error:  # bulkhead: per detector
                self._drop(watcher, error)

    def claims(self, findings: Findings, last_ts: float) -> list[Claim]:
        """What the watchers say, in the scene that the packets set."""
        scene = Scene(findings, self._is_local, serial_finder(findings.devices), last_ts)
        found: list[Claim] = []
        for watcher in list(self._watchers):
            try:
                found += list(watcher.claims(scene))
            except Exception as error:  # bulkhead: per detector
                self._drop(watcher, error)
        return found

    def _drop(self, watcher: Watcher, error: Exception) -> None:
        self.failed[watcher.name] = f"{type(error).__name__}: {error}"
        self._watchers.remove(watcher)
        for record, readers in self._readers.items():
            self._readers[record] = tuple(other for other in readers if other is not watcher)


def serial_finder(devices: Sequence[Seen]) -> Callable[[str, float], int | None]:
    """A function that says whose an address was at a time.

    Where several devices had it, the one that was there then; of these the one that sent most.
    """
    owners: dict[str, list[Seen]] = {}
    for device in devices:
        for ip in device.ips:
            if ip in owners or len(owners) < MAX_ADDRESSES:
                owners.setdefault(ip, []).append(device)

    def serial(ip: str, ts: float) -> int | None:
        found = owners.get(ip)
        if not found:
            return None
        if len(found) == 1:
            return found[0].serial
        present = [device for device in found if device.first_ts <= ts <= device.last_ts] or found
        return max(present, key=lambda device: device.packets_sent).serial

    return serial
