"""What a notebook, a script or the command line calls: `read`, `features`, `snapshots`, `scan`."""

import secrets
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from botwarden.app.caching import mending
from botwarden.app.comparing import Judge
from botwarden.app.compiling import telling
from botwarden.app.devices import inventory_of
from botwarden.app.logs import LogsResult, run_logs
from botwarden.app.scan import run_scan
from botwarden.app.zeek_scan import is_zeek, run_zeek_scan
from botwarden.core.capture import CaptureStats
from botwarden.core.errors import ConfigError
from botwarden.core.packet import PacketBatch
from botwarden.core.report import DevicesReport, ScanResult
from botwarden.core.snapshot import Snapshots
from botwarden.features.extractor import MAX_STREAMS, Extractor
from botwarden.features.schema import SCHEMAS
from botwarden.protocols.settings import parse_settings
from botwarden.sources.capture import CaptureSource

if TYPE_CHECKING:
    from botwarden.detect.models.scorer import Scorer

_ROWS: Final = 8192
"""Rows handed on at a time: 7.5 MB of features, so that writers stay small too."""

Paths = str | Path | Sequence[str | Path]


def path_list(paths: Paths) -> list[str | Path]:
    """One path or several, as a list."""
    return [paths] if isinstance(paths, str | Path) else list(paths)


def read(paths: Paths) -> Iterator[PacketBatch]:
    """Yield the packets of captures, batch by batch, in the order of time.

    paths : a capture, a folder of captures, ``-`` for standard input, or several of these

    Raises CaptureError for what is no capture, OSError for what cannot be read.

    >>> sum(len(batch) for batch in botwarden.read("examples/house.pcapng"))  # doctest: +SKIP
    """
    return _mended(CaptureSource(path_list(paths)))


def _mended(source: CaptureSource) -> Iterator[PacketBatch]:
    with mending():
        yield from source.batches()


class SnapshotStream:
    """Feature rows of captures, batch by batch; iterate over it once.

    ``stats`` counts what was read, ``evictions`` the streams that made room for others.
    """

    def __init__(self, paths: Paths, schema: str = "nbaiot115", max_streams: int | None = None) -> None:
        """Raise ConfigError for an unknown schema or an unusable limit, OSError for a file that cannot be read."""
        if schema not in SCHEMAS:
            raise ConfigError(f"there is no feature schema '{schema}'; there is {', '.join(sorted(SCHEMAS))}")
        streams = MAX_STREAMS if max_streams is None else max_streams
        self._extractor = Extractor(SCHEMAS[schema], streams, seed=secrets.randbits(62))
        self._source = CaptureSource(path_list(paths))

    @property
    def stats(self) -> CaptureStats:
        """What has been read so far."""
        return self._source.stats

    @property
    def paths(self) -> list[str]:
        """The captures that are read, folders replaced by what is in them."""
        return self._source.paths

    def packets_of(self) -> list[int]:
        """Packets read so far of each of ``paths``."""
        return self._source.packets_of()

    @property
    def evictions(self) -> dict[str, int]:
        """Streams given up so far to stay within the limit, per table."""
        return self._extractor.evictions

    def progress(self) -> float | None:
        """Share of the input read so far, 0 to 1; None where the end is not known."""
        return self._source.progress()

    def __iter__(self) -> Iterator[Snapshots]:
        with mending():
            for batch in self._source.batches():
                for start in range(0, len(batch), _ROWS):
                    yield self._extractor.update(batch[start : start + _ROWS])


def snapshots(paths: Paths, schema: str = "nbaiot115", max_streams: int | None = None) -> SnapshotStream:
    """Feature rows of captures as a stream: memory stays bounded however long they are.

    max_streams : streams kept per family; the oldest make room for new ones
    """
    return SnapshotStream(paths, schema, max_streams)


def features(
    paths: Paths, schema: str = "nbaiot115", max_streams: int | None = None
) -> tuple[NDArray[np.float64], tuple[str, ...]]:
    """All feature rows of captures at once: ``(float64[n, k], names)``, one row per frame, in capture order.

    >>> values, names = botwarden.features("examples/house.pcapng")  # doctest: +SKIP
    """
    stream = snapshots(paths, schema, max_streams)
    parts = [rows.values for rows in stream]
    columns = SCHEMAS[schema].columns
    return np.concatenate(parts) if parts else np.zeros((0, len(columns))), columns


def logs(
    paths: Paths,
    directory: str | Path,
    *,
    format: str = "zeek",  # noqa: A002 - the users' word
    lan: Sequence[str] = (),
    settings: Sequence[str] = (),
    progress: Callable[[float | None, int], None] | None = None,
    notice: Callable[[str], None] | None = None,
    seed: int | None = None,
) -> LogsResult:
    """Write what was said in captures as a folder of logs.

    format : zeek, json, ecs or parquet
    settings : ``NAME=VALUE`` of `botwarden.protocols.settings.Settings`

    The other arguments are those of `scan`.

    Raises CaptureError, ConfigError or OSError for what a user can mend.
    """
    chosen = parse_settings(settings)
    with telling(notice), mending():
        return run_logs(CaptureSource(path_list(paths)), Path(directory), format, lan, progress, seed, chosen)


def devices(
    paths: Paths,
    *,
    lan: Sequence[str] = (),
    progress: Callable[[float | None, int], None] | None = None,
    notice: Callable[[str], None] | None = None,
    seed: int | None = None,
) -> DevicesReport:
    """List the devices of the local network: what they are, what they serve, what they call themselves.

    The arguments, and what it raises, are those of `scan`.
    """
    return inventory_of(scan(paths, lan=lan, progress=progress, notice=notice, seed=seed))


def scan(
    paths: Paths,
    *,
    lan: Sequence[str] = (),
    progress: Callable[[float | None, int], None] | None = None,
    notice: Callable[[str], None] | None = None,
    seed: int | None = None,
    model: str | Path | None = None,
    labels: str | Path | None = None,
) -> ScanResult:
    """Find the devices that act like bots.

    paths : as for `read`; or logs that Zeek wrote, and folders of them, but not both in one call
    lan : networks that are local, such as ``192.168.1.0/24``; guessed where none is given
    progress : called now and then with the share read (None: unknown) and the packets so far
    notice : called with a line that a user should see meanwhile
    seed : of the detector's tables; the default is one that nobody can predict
    model : a model file (`botwarden train`), which judges what each device sends as well
    labels : a labels file of the captures: the report then says what was found, missed and false
        (``report.comparison``)

    Raises CaptureError, ConfigError, DataError, ModelError or OSError for what a user can mend.
    """
    listed = path_list(paths)
    logs = [path for path in listed if is_zeek(path)]
    if logs and len(logs) < len(listed):
        raise ConfigError(f"{logs[0]} holds Zeek's logs: scan them and captures one after the other")
    judge = Judge(labels, listed) if labels is not None else None
    with telling(notice), mending():
        if logs:
            if model is not None:
                raise ConfigError(f"{logs[0]} holds Zeek's logs, and a model judges packets: scan it without a model")
            result = run_zeek_scan(listed, lan, progress, seed)
            if judge is not None:
                result.report.comparison = judge.compare(result.report)
            return result
        scorer = _scorer(model) if model is not None else None
        return run_scan(CaptureSource(listed), listed, lan, progress, seed, scorer, judge)


def _scorer(path: str | Path) -> "Scorer":
    from botwarden.app.models import open_scorer  # noqa: PLC0415 - a scan without a model needs none

    return open_scorer(path)
