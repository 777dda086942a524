"""The pipeline of ``botwarden logs``: packets to records to a folder of logs."""

import secrets
import time
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final

import msgspec

from botwarden.app.pipeline import Pipeline, Progress
from botwarden.app.scan import judge
from botwarden.core.capture import CaptureStats
from botwarden.core.ports import Source
from botwarden.core.records.notice import NoticeRecord
from botwarden.core.verdict import Verdict
from botwarden.detect.detector import Seen
from botwarden.detect.networks import parse_networks
from botwarden.protocols.settings import Settings
from botwarden.stores.logs.writer import LogWriter

_MORE: Final = "\n"  # between a notice's further reasons


class LogsResult(msgspec.Struct, kw_only=True):
    """What ``botwarden logs`` wrote."""

    directory: str
    """The folder."""
    format: str
    """zeek, json, ecs or parquet."""
    records: dict[str, int]
    """Records written, per log."""
    stats: CaptureStats
    """What was read."""
    evictions: dict[str, int]
    """Connections given up early, to stay within the memory limit."""
    faults: int
    """Connections that could not be read to their end for a fault of ours."""
    duration: float
    """Seconds that it took."""


def run_logs(
    source: Source,
    directory: Path,
    format: str,  # noqa: A002 - the users' word
    lan: Sequence[str],
    progress: Progress | None,
    seed: int | None,
    settings: Settings,
) -> LogsResult:
    """Write the logs of everything that a source delivers.

    Ctrl-C ends the reading; what was read so far is written, and ``stats.interrupted`` says so.

    Raises ConfigError, CaptureError and OSError; then no log is left.
    """
    started = time.monotonic()
    with LogWriter(directory, format) as writer:
        pipeline = Pipeline(parse_networks(lan), _seed(seed), (writer.write,), thorough=True, settings=settings)
        pipeline.read(source, progress)
        findings, heard = pipeline.finish()
        for notice in notices(findings.devices, judge(findings, heard)):
            writer.write(notice)
    return LogsResult(
        directory=str(directory),
        format=format,
        records=writer.records,
        stats=source.stats,
        evictions=pipeline.evictions,
        faults=pipeline.faults,
        duration=round(time.monotonic() - started, 3),
    )


def notices(devices: Iterable[Seen], found: dict[int, list[Verdict]]) -> list[NoticeRecord]:
    """The verdicts as notices, in the order of time."""
    rows = [_notice(device, verdict) for device in devices for verdict in found.get(device.serial, ())]
    return sorted(rows, key=lambda notice: notice.ts)


def _notice(device: Seen, verdict: Verdict) -> NoticeRecord:
    own = next((ip for ip in device.ips if ":" not in ip), device.ips[0] if device.ips else None)
    attacks = verdict.role == "attacker"
    first, *more = verdict.reasons or [""]
    return NoticeRecord(
        ts=verdict.first_ts,
        note=f"Botwarden::{verdict.label}",
        msg=first,
        sub=_MORE.join(more) or None,
        src=own if attacks else None,
        dst=None if attacks else own,
        confidence=verdict.confidence,
        severity=verdict.severity,
        role=verdict.role,
        last_ts=verdict.last_ts,
    )


def _seed(seed: int | None) -> int:
    return secrets.randbits(62) if seed is None else seed
