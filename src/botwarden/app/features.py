"""Feature rows of captures into a file."""

import time
from collections.abc import Callable
from pathlib import Path

import msgspec

from botwarden.app.api import Paths, path_list, snapshots
from botwarden.app.capture_labels import CaptureLabels
from botwarden.app.compiling import telling
from botwarden.core.report import ScanStats
from botwarden.features.schema import SCHEMAS
from botwarden.stores.table import TableWriter


def write_features(
    paths: Paths,
    out: Path,
    schema: str = "nbaiot115",
    max_streams: int | None = None,
    *,
    labels: Path | None = None,
    progress: Callable[[float | None, int], None] | None = None,
    notice: Callable[[str], None] | None = None,
) -> ScanStats:
    """Write the feature rows of captures to ``out``, one per frame, in capture order; return what was read.

    out : its suffix, ``.csv``, ``.csv.gz`` or ``.parquet``, says the format
    labels : a labels file of the captures; what it says of each row is written in columns of their own
    progress, notice : as in `botwarden.app.api.scan`

    The file appears when it is complete: not when this raises CaptureError, ConfigError, DataError or OSError for what
    a user can mend, nor when it is stopped.
    """
    started = time.monotonic()
    stream = snapshots(paths, schema, max_streams)
    labelling = CaptureLabels(labels, stream.paths) if labels is not None else None
    with telling(notice), TableWriter(out, SCHEMAS[schema], labelled=labelling is not None) as table:
        for rows in stream:
            table.write(rows, labelling.kinds(rows.packets) if labelling else None)
            if progress is not None:
                progress(stream.progress(), table.rows)
        if stream.stats.interrupted:
            raise KeyboardInterrupt
        if labelling and notice:
            for line in labelling.check():
                notice(line)
        elif labelling:
            labelling.check()
    return ScanStats(
        **msgspec.structs.asdict(stream.stats),
        sources=[str(path) for path in path_list(paths)],
        evictions=stream.evictions,
        duration=time.monotonic() - started,
    )
