"""Rows through a model into a file of scores."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from botwarden.app.api import Paths
from botwarden.app.compiling import telling
from botwarden.app.models import open_model, schema_of
from botwarden.app.output import check_outputs
from botwarden.app.rows import open_rows
from botwarden.core.document import Column, Document, Section, Table
from botwarden.core.model import Model
from botwarden.core.row import Rows
from botwarden.core.score import Scores
from botwarden.core.text import count_text, duration_text, plural, printable
from botwarden.detect.models.scorer import Scorer
from botwarden.detect.models.window import MAX_STREAMS, Windows
from botwarden.stores.scores import ScoreWriter

LISTED: Final = 40
"""Devices of a summary."""


@dataclass(slots=True)
class DeviceScores:
    """What became of a device's rows.

    anomalous : rows above the threshold; alarmed : rows after which most of the window was; window : its size
    unjudged : rows for which the model has no part
    """

    rows: int = 0
    anomalous: int = 0
    alarmed: int = 0
    window: int = 1
    unjudged: int = 0


@dataclass(slots=True)
class ScoreSummary:
    """What was scored.

    devices : by name, the empty one for rows of which none is known; labels : rows by what they were called
    seconds : in all; scoring : of these, in the model
    notes : what a user should know, a line each
    """

    model: Model
    out: Path
    devices: dict[str, DeviceScores] = field(default_factory=dict)
    labels: dict[str, int] = field(default_factory=dict)
    seconds: float = 0.0
    scoring: float = 0.0
    notes: list[str] = field(default_factory=list)

    @property
    def rows(self) -> int:
        """Rows of all devices."""
        return sum(device.rows for device in self.devices.values())

    @property
    def anomalous(self) -> int:
        """Anomalous rows of all devices."""
        return sum(device.anomalous for device in self.devices.values())


def write_scores(
    model: Path,
    paths: Paths,
    out: Path,
    *,
    labels: Path | None = None,
    max_streams: int | None = None,
    threads: int = 1,
    progress: Callable[[float | None, int], None] | None = None,
    notice: Callable[[str], None] | None = None,
) -> ScoreSummary:
    """Score every row of tables, folders and captures by the model in a file, and write them to ``out`` in that order.

    labels, max_streams : of captures, as in `botwarden.app.rows.open_rows`; threads : that a network may use

    Raises ModelError, SchemaMismatch, DataError, CaptureError, ConfigError, OSError for what a user can mend; then,
    and when stopped, no file is left.
    """
    started = time.monotonic()
    held = open_model(model)
    scorer = Scorer(held, threads)
    summary = ScoreSummary(held, out)
    stream = open_rows(paths, schema_of(held), labels=labels, max_streams=max_streams)
    check_outputs([out], [str(model), *stream.paths, *([str(labels)] if labels else [])])
    windows = Windows()
    codes: dict[str, int] = {}
    with telling(notice), ScoreWriter(out) as writer:
        scorer.score(np.zeros((1, len(held.manifest.schema.columns))))  # so that loading and compiling count apart
        for rows in stream:
            before = time.monotonic()
            scores = scorer.score_rows(rows)
            summary.scoring += time.monotonic() - before
            writer.write(scores, rows)
            _count(summary, scorer, windows, codes, rows, scores)
            if progress is not None:
                progress(stream.progress(), stream.count)
    summary.notes += stream.notes
    summary.seconds = time.monotonic() - started
    return summary


def _count(
    summary: ScoreSummary, scorer: Scorer, windows: Windows, codes: dict[str, int], rows: Rows, scores: Scores
) -> None:
    """Add the scores of the next rows to the summary."""
    names = [group.device for group in rows.groups]
    place = np.array([codes.setdefault(name, len(codes)) for name in names] or [0], np.int64)[rows.group]
    for name in dict.fromkeys(names):
        at = np.flatnonzero(place == codes[name])
        if not len(at):
            continue
        part = scorer.detector_for(name)
        device = summary.devices.setdefault(name if len(codes) <= MAX_STREAMS else "", DeviceScores())
        device.window = part.window if part else 1
        device.rows += len(at)
        device.anomalous += int(np.count_nonzero(scores.anomalous[at]))
        device.alarmed += int(np.count_nonzero(windows.update(codes[name], scores.anomalous[at], device.window)))
        device.unjudged += int(np.count_nonzero(_unjudged(scores)[at]))
    for code, number in enumerate(np.bincount(scores.label[scores.label >= 0], minlength=len(scores.labels)).tolist()):
        if number:
            summary.labels[scores.labels[code]] = summary.labels.get(scores.labels[code], 0) + number


def _unjudged(scores: Scores) -> NDArray[np.bool_]:
    return np.isnan(scores.threshold) & (scores.label < 0)


def document(summary: ScoreSummary) -> Document:
    """The summary, to be shown."""
    rows = summary.rows
    speed = f"{count_text(rows / summary.scoring)} rows/s in the model" if summary.scoring > 0 else ""
    points = [
        f"Model `{printable(summary.model.manifest.name, 60)}`, identity `{summary.model.identity[:16]}…`.",
        f"{plural(rows, 'row')} in {duration_text(summary.seconds)}{f' ({speed})' if speed else ''}: {summary.out}",
    ]
    unjudged = sum(device.unjudged for device in summary.devices.values())
    warnings = [f"The model has no part for {plural(unjudged, 'row')}: they have no score."] if unjudged else []
    sections = [Section(title="", tables=[_by_device(summary)])] if rows else []
    if summary.labels:
        ranked = sorted(summary.labels.items(), key=lambda pair: -pair[1])
        cells = [[printable(name, 64), count_text(number), _share(number, rows)] for name, number in ranked[:LISTED]]
        columns = [Column("Most likely"), Column("Rows", number=True), Column("Share", number=True)]
        sections.append(Section(title="", tables=[Table(columns=columns, rows=cells)]))
    found = summary.anomalous
    return Document(
        title="Scores",
        headline=f"{count_text(found)} of {plural(rows, 'row')} anomalous ({_share(found, rows)})",
        summary=[*points, *(f"note: {note}" for note in summary.notes)],
        warnings=warnings,
        sections=sections,
    )


def _by_device(summary: ScoreSummary) -> Table:
    ranked = sorted(summary.devices.items(), key=lambda pair: (-pair[1].anomalous, pair[0]))
    cells = [
        [
            printable(name, 64) or "unknown",
            count_text(device.rows),
            count_text(device.anomalous),
            _share(device.anomalous, device.rows),
            str(device.window),
            count_text(device.alarmed),
        ]
        for name, device in ranked[:LISTED]
    ]
    columns = [Column("Device"), *(Column(title, number=True) for title in ("Rows", "Anomalous", "Share", "Window"))]
    more = f" {plural(len(ranked) - LISTED, 'more device')} not shown." if len(ranked) > LISTED else ""
    return Table(
        columns=[*columns, Column("Alarmed", number=True)],
        rows=cells,
        text=f"Alarmed: rows after which most of the last `Window` rows of the device were anomalous.{more}",
    )


def _share(part: int, whole: int) -> str:
    if not whole or not part:
        return "0 %"
    percent = 100 * part / whole
    return f"{percent:.2g} %" if percent < 10 else f"{percent:.1f} %"
