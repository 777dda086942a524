"""`Report`: the result of a scan, whose JSON form is a documented, versioned schema."""

from dataclasses import dataclass, field
from typing import Final

import msgspec
import numpy as np
from numpy.typing import NDArray

from botwarden.core.capture import CaptureStats
from botwarden.core.comparison import Comparison
from botwarden.core.device import Device
from botwarden.core.verdict import Verdict

SCHEMA_VERSION: Final = 1


class DeviceReport(Device, kw_only=True):
    """A device with what was concluded about it."""

    verdicts: list[Verdict] = msgspec.field(default_factory=list)
    """Worst first."""


class ScanStats(CaptureStats, kw_only=True):
    """The capture's counts, and those of the detector's bounded tables."""

    sources: list[str] = msgspec.field(default_factory=list)
    """The paths that were read."""
    local_networks: list[str] = msgspec.field(default_factory=list)
    """Networks whose addresses counted as local, given or guessed."""
    evictions: dict[str, int] = msgspec.field(default_factory=dict)
    """Per bounded table: entries given up before their time, to stay within the memory limit."""
    records: int = 0
    """Lines of Zeek's logs that were read, where logs were scanned and no packets; the counts of packets are theirs."""
    not_run: list[str] = msgspec.field(default_factory=list)
    """What was not looked for, and why, in words: logs tell less than packets, and a detector may have failed."""
    model: str | None = None
    """Name and identity of the model that judged the packets as well; null where there was none."""
    duration: float = 0.0
    """Seconds that the scan took."""


class Report(msgspec.Struct, kw_only=True):
    """What ``botwarden scan --json`` writes."""

    schema: int = SCHEMA_VERSION
    """Version of this schema: it grows when a field changes its meaning or goes, not when one is added."""
    botwarden: str
    """Version of botwarden that wrote it."""
    stats: ScanStats
    """What was read, and how far it can be trusted."""
    devices: list[DeviceReport]
    """Every device of the local network that was seen, those with the worst verdict first."""
    comparison: Comparison | None = None
    """The verdicts held against a labels file; null where none was given."""

    @property
    def found(self) -> bool:
        """Whether there is any verdict."""
        return any(device.verdicts for device in self.devices)


class DevicesReport(msgspec.Struct, kw_only=True):
    """What ``botwarden devices --json`` writes."""

    schema: int = SCHEMA_VERSION
    """Version of this schema, as in the report of a scan."""
    botwarden: str
    """Version of botwarden that wrote it."""
    stats: ScanStats
    """What was read."""
    devices: list[Device]
    """Every device of the local network that sent anything, the busiest first."""


@dataclass(frozen=True, slots=True)
class Series:
    """A device's traffic over time, for plots: equal bins from ``start`` on.

    start : time of the first bin's left edge, s, UTC
    width : seconds per bin
    Each array is float64[bins], counts per bin: packets and bytes sent and received, addresses and ports
    contacted for the first time (`new_targets`), and attempts that failed (`failures`).
    """

    start: float
    width: float
    packets_sent: NDArray[np.float64]
    packets_received: NDArray[np.float64]
    bytes_sent: NDArray[np.float64]
    bytes_received: NDArray[np.float64]
    new_targets: NDArray[np.float64]
    failures: NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class ScanResult:
    """A report, and what only the drawn report needs.

    series : one per device, in the order of ``report.devices``; None for a device without any
    """

    report: Report
    series: list[Series | None] = field(default_factory=list)
