"""The scan pipeline: source to detector to report."""

import secrets
import time
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from botwarden._version import __version__
from botwarden.app.devices import identity
from botwarden.app.pipeline import Pipeline, Progress
from botwarden.core.ports import Source
from botwarden.core.report import DeviceReport, Report, ScanResult, ScanStats, Series
from botwarden.core.verdict import Verdict
from botwarden.detect.behaviours import CLAIMS
from botwarden.detect.claim import Claim
from botwarden.detect.detector import Findings
from botwarden.detect.fusion import rank, verdicts
from botwarden.detect.networks import parse_networks
from botwarden.protocols.naming import DeviceNames

if TYPE_CHECKING:
    from botwarden.app.comparing import Judge
    from botwarden.detect.models.scorer import Scorer


def run_scan(
    source: Source,
    paths: Sequence[str | Path],
    lan: Sequence[str],
    progress: Progress | None,
    seed: int | None,
    scorer: "Scorer | None" = None,
    judge: "Judge | None" = None,
) -> ScanResult:
    """Scan everything that a source delivers.

    scorer : a model that judges the packets as well; judge : holds the verdicts against a labels file

    Ctrl-C ends the reading; what was read so far is reported, and ``stats.interrupted`` says so.
    """
    started = time.monotonic()
    pipeline = Pipeline(parse_networks(lan), secrets.randbits(62) if seed is None else seed, scorer=scorer)
    pipeline.read(judge.stops(source, lambda: _so_far(pipeline)) if judge is not None else source, progress)
    findings, heard = pipeline.finish()
    stats = ScanStats(
        **msgspec.structs.asdict(source.stats)
        | {
            "sources": [str(path) for path in paths],
            "local_networks": [str(net) for net in findings.networks],
            "evictions": findings.evictions | pipeline.evictions,
            "not_run": pipeline.failed,
            "model": scorer.model.title if scorer is not None else None,
            "duration": round(time.monotonic() - started, 3),
        }
    )
    devices = device_reports(findings, heard, pipeline.names)
    if pipeline.inventory is not None:
        pipeline.inventory.describe([report for report, _ in devices])
    report = Report(botwarden=__version__, stats=stats, devices=[report for report, _ in devices])
    if judge is not None:
        report.comparison = judge.compare(report)
    return ScanResult(report, [series for _, series in devices])


def _so_far(pipeline: Pipeline) -> list[DeviceReport]:
    return [report for report, _ in device_reports(*pipeline.so_far(), pipeline.names)]


def judge(findings: Findings, heard: Iterable[Claim] = ()) -> dict[int, list[Verdict]]:
    """The verdicts of all behaviours, by the device's serial; ``heard`` : claims of watchers."""
    return verdicts([*(claim for claims in CLAIMS for claim in claims(findings)), *heard])


def device_reports(findings: Findings, heard: list[Claim], names: DeviceNames) -> list[tuple[DeviceReport, Series]]:
    """Every device that sent anything or has a verdict, with its series; those with the worst verdict first."""
    found = judge(findings, heard)
    reports = [
        (DeviceReport(**identity(seen, names), verdicts=found.get(seen.serial, [])), seen.series)
        for seen in findings.devices
        if seen.packets_sent or seen.serial in found
    ]
    reports.sort(key=lambda pair: _order(pair[0]), reverse=True)
    return reports


def _order(device: DeviceReport) -> tuple[bool, tuple[int, bool, float, float] | tuple[()], int]:
    worst = rank(device.verdicts[0]) if device.verdicts else ()
    return bool(device.verdicts), worst, device.packets_sent + device.packets_received
