"""A scan held against a labels file, and looked at on its way: what it found, missed and raised falsely, and when."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np

from botwarden.core.capture import CaptureStats
from botwarden.core.comparison import Comparison
from botwarden.core.packet import PacketBatch
from botwarden.core.ports import Source
from botwarden.core.report import DeviceReport, Report
from botwarden.detect.comparing import Against
from botwarden.sources.labels import read_labels


class Judge:
    """The labels file of a scan."""

    def __init__(self, path: str | Path, captures: Sequence[str | Path]) -> None:
        """Read the labels file for ``captures``. Raises DataError, OSError."""
        self.path = str(path)
        self._against = Against(read_labels(Path(path), str(captures[0]) if len(captures) == 1 else ""))

    def stops(self, source: Source, verdicts: "Callable[[], Sequence[DeviceReport]]") -> Source:
        """The source, cut where there is something to look at.

        verdicts : the devices with the verdicts so far, once all packets that were handed out have been taken
        """
        return _Stops(source, self._against, verdicts)

    def compare(self, report: Report) -> Comparison:
        """What a whole scan found, missed and raised falsely."""
        return self._against.compare(self.path, report.devices, (report.stats.first_ts, report.stats.last_ts))


class _Stops:
    """A source that looks at the verdicts between packets."""

    def __init__(self, source: Source, against: Against, verdicts: Callable[[], Sequence[DeviceReport]]) -> None:
        self.stats: CaptureStats = source.stats
        self._source = source
        self._against = against
        self._verdicts = verdicts
        self._looks = against.looks()
        self._next = 0

    def progress(self) -> float | None:
        return self._source.progress()

    def batches(self) -> Iterator[PacketBatch]:
        """The packets, in pieces that end where a look is due; clocks that were set back are left as they are."""
        for batch in self._source.batches():
            newest = np.maximum.accumulate(batch.ts)
            taken = 0
            while self._next < len(self._looks) and len(batch) and self._looks[self._next] <= newest[-1]:
                due = self._looks[self._next]
                cut = int(np.searchsorted(newest, due))
                if cut > taken:
                    yield batch[taken:cut]
                    taken = cut
                if self._against.wanted(due):
                    self._against.look(due, self._verdicts())
                self._next += 1
            yield batch[taken:]
