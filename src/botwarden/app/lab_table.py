"""The table of a data set of the lab: the rows of its runs, each with what it belongs to."""

from collections.abc import Sequence
from pathlib import Path
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from botwarden.app.api import snapshots
from botwarden.app.caching import mending
from botwarden.app.capture_labels import CaptureLabels
from botwarden.core.snapshot import Snapshots
from botwarden.features.schema import DECAYS, NBAIOT115
from botwarden.stores.kinds import RowKinds
from botwarden.stores.table import TableWriter

CAPTURE: Final = "lan.pcapng"
LABELS: Final = "labels.json"
TABLE: Final = "rows.parquet"
TABLE_WITHOUT_ARROW: Final = "rows.csv.gz"
MEMORY: Final = 5 / min(DECAYS)
"""s: five half-lives of the longest memory; after them a statistic holds 3 % of what went in."""


class Written(NamedTuple):
    """A table. ``left_out``: benign rows that are not in it."""

    name: str
    left_out: int


def write_table(out: Path, names: Sequence[str]) -> Written:
    """One table with the rows of all runs, in the order given.

    Statistics start anew with each run, as its lab did. Benign rows of a device that attacks, or has attacked (or
    suffered an attack) within `MEMORY`, are left out: their statistics are those of the attack.

    Raises ConfigError, CaptureError, DataError, OSError.
    """
    name = TABLE
    try:
        import pyarrow  # noqa: F401, PLC0415 - an extra, and slow to load
    except ImportError:
        name = TABLE_WITHOUT_ARROW
    left_out = 0
    with mending(), TableWriter(out / name, NBAIOT115, labelled=True) as table:
        for run in names:
            stream = snapshots(out / run / CAPTURE)
            labelling = CaptureLabels(out / run / LABELS, stream.paths)
            aftermath = Aftermath()
            for rows in stream:
                kinds = labelling.kinds(rows.packets)
                kept = ~aftermath.update(rows.packets["ts"], kinds)
                left_out += len(kept) - int(kept.sum())
                table.write(*_only(rows, kinds, kept))
            if stream.stats.interrupted:
                raise KeyboardInterrupt
    return Written(name, left_out)


def _only(rows: Snapshots, kinds: RowKinds, kept: NDArray[np.bool_]) -> tuple[Snapshots, RowKinds]:
    return (
        Snapshots(rows.schema, rows.packets[kept], rows.values[kept]),
        RowKinds(kinds.groups, kinds.group[kept], kinds.proto[kept]),
    )


class Aftermath:
    """Tells, batch by batch in the order of time, benign rows whose device was part of an attack within `MEMORY`."""

    def __init__(self) -> None:
        """Nobody has attacked yet."""
        self._latest: dict[str, float] = {}

    def update(self, ts: NDArray[np.float64], kinds: RowKinds) -> NDArray[np.bool_]:
        """bool[n], of rows at ``ts`` (float64[n], s)."""
        told = np.zeros(len(ts), np.bool_)
        attack = np.array([not group.benign for group in kinds.groups], np.bool_)[kinds.group]
        devices = np.array([group.device for group in kinds.groups])[kinds.group]
        for device in {group.device for group in kinds.groups}:
            own = devices == device
            latest = np.maximum.accumulate(np.where(attack[own], ts[own], self._latest.get(device, -np.inf)))
            told[own] = ~attack[own] & (ts[own] - latest <= MEMORY)
            if len(latest):
                self._latest[device] = float(latest[-1])
        return told
