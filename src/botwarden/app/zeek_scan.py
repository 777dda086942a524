"""The scan of Zeek's logs: records to watchers, conversations to packets to the detector, both to a report."""

import secrets
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

import msgspec

from botwarden._version import __version__
from botwarden.app.pipeline import Progress, failures_of
from botwarden.app.scan import device_reports
from botwarden.app.zeek_gaps import not_run
from botwarden.app.zeek_networks import look_for_networks, presence
from botwarden.core.address import IPNetwork
from botwarden.core.errors import ConfigError
from botwarden.core.packet import PacketBatch
from botwarden.core.record import Record, UidRecord
from botwarden.core.records.conn import ConnRecord
from botwarden.core.report import Report, ScanResult, ScanStats
from botwarden.detect.claim import Claim
from botwarden.detect.detector import Detector, Findings, Seen
from botwarden.detect.inventory.inventory import Inventory
from botwarden.detect.networks import given_networks, parse_networks
from botwarden.detect.panel import Panel
from botwarden.protocols.locality import locality
from botwarden.protocols.naming import DeviceNames
from botwarden.sources.flows.packets import FlowPackets
from botwarden.sources.paths import STDIN, capture_paths
from botwarden.sources.zeek.log import place_of
from botwarden.sources.zeek.paths import holds_zeek_logs
from botwarden.sources.zeek.source import ZeekSource

MAX_COUNTED: Final = 65536
"""Local addresses whose packets are counted by what the log says; those of others by what was made of it."""

_EVERY: Final = 4096  # records between two calls of the progress function
_ETHERNET: Final = 14


def is_zeek(path: str | Path) -> bool:
    """Whether a path is a log of Zeek's, or a folder that holds such and no captures. Never raises.

    Where both are in a folder the captures are read: they tell more than the logs that were made of them.
    """
    if str(path) == STDIN or not holds_zeek_logs(Path(path)):
        return False
    if not Path(path).is_dir():
        return True
    try:
        return not capture_paths([path])
    except ConfigError:  # there is none
        return True
    except OSError:
        return False


def run_zeek_scan(
    paths: Sequence[str | Path], lan: Sequence[str], progress: Progress | None, seed: int | None
) -> ScanResult:
    """Scan Zeek's logs: files, and folders for the logs in them.

    Ctrl-C ends the reading; what was read so far is reported, and ``stats.interrupted`` says so.

    Raises CaptureError, ConfigError or OSError for what a user can mend.
    """
    started = time.monotonic()
    networks = parse_networks(lan) or look_for_networks(paths)
    source = ZeekSource(paths)
    logs = {log.name for log in source.logs}
    view = LogView(networks, secrets.randbits(62) if seed is None else seed, conn=bool(logs & {ConnRecord.path, None}))
    interrupted = False
    try:
        for number, record in enumerate(source.records()):
            view.update(record)
            if progress and number % _EVERY == 0:
                progress(source.progress(), source.stats.packets)
    except KeyboardInterrupt:
        if not source.read:
            raise
        interrupted = True
    findings, heard = view.finish()
    devices = device_reports(findings, heard, DeviceNames())
    view.inventory.describe([report for report, _ in devices])
    stats = ScanStats(
        **msgspec.structs.asdict(source.stats)
        | {
            "interrupted": interrupted,
            "records": sum(source.read.values()),
            "not_run": [*view.failed, *not_run({name for name in logs if name}, source.read, macs=view.macs)],
            "sources": [str(path) for path in paths],
            "local_networks": [str(net) for net in findings.networks],
            "evictions": findings.evictions | view.evictions,
            "duration": round(time.monotonic() - started, 3),
        }
    )
    return ScanResult(
        Report(botwarden=__version__, stats=stats, devices=[report for report, _ in devices]),
        [series for _, series in devices],
    )


class LogView:
    """Everything that looks at records: watchers, the inventory, and the detector by way of packets.

    networks : the local ones
    conn : whether there is a conn.log; else other records must do to tell who was there
    macs : whether conversations came with MAC addresses
    """

    def __init__(self, networks: Sequence[IPNetwork], seed: int, *, conn: bool) -> None:
        """Know nothing yet."""
        is_local = locality(given_networks(networks))
        self.macs = False
        self.inventory = Inventory(is_local)
        self._panel = Panel(is_local)
        self._tally = Tally(is_local)
        self._detector = Detector(networks, seed)
        self._flows = FlowPackets()
        self._conn = conn
        self._last_ts = 0.0

    @property
    def evictions(self) -> dict[str, int]:
        """What was cut short to stay within bounds."""
        return {"conversations": self._flows.cut} if self._flows.cut else {}

    @property
    def failed(self) -> list[str]:
        """Detectors that raised and were left out, a sentence each."""
        return failures_of(self._panel)

    def update(self, record: Record) -> None:
        """Take the next record."""
        self._panel.update(record)
        self.inventory.update(record)
        self._last_ts = max(self._last_ts, place_of(record))
        if isinstance(record, ConnRecord):
            self.macs = self.macs or record.orig_l2_addr is not None
            self._tally.add(record)
            self._detect(self._flows.add(record))
        elif not self._conn and isinstance(record, UidRecord):
            self._detect(self._flows.add(presence(record)))

    def finish(self) -> tuple[Findings, list[Claim]]:
        """What was found: by the packets that the conversations must have had, and by the watchers."""
        self._detect(self._flows.finish())
        findings = self._detector.findings(final=True)
        findings = replace(findings, devices=self._tally.counted(findings.devices))
        return findings, self._panel.claims(findings, self._last_ts)

    def _detect(self, batches: Iterable[PacketBatch]) -> None:
        for batch in batches:
            self._detector.update(batch)


class Tally:
    """Packets and bytes of local addresses, as conn.log has them: not all of them are made for the detector."""

    def __init__(self, is_local: Callable[[str], bool]) -> None:
        """Nothing counted yet."""
        self._is_local = is_local
        self._counts: dict[str, list[int]] = {}

    def add(self, record: ConnRecord) -> None:
        """Count a conversation in."""
        sent, received = record.orig_pkts, record.resp_pkts
        sent_bytes = record.orig_ip_bytes + _ETHERNET * sent
        received_bytes = record.resp_ip_bytes + _ETHERNET * received
        self._add(record.orig_h, sent, sent_bytes, received, received_bytes)
        self._add(record.resp_h, received, received_bytes, sent, sent_bytes)

    def counted(self, devices: Sequence[Seen]) -> tuple[Seen, ...]:
        """The devices with these counts, where an address belongs to nobody else."""
        owners: dict[str, int] = {}
        for device in devices:
            for ip in device.ips:
                owners[ip] = owners.get(ip, 0) + 1
        return tuple(self._device(device, owners) for device in devices)

    def _add(self, ip: str, *amounts: int) -> None:
        counts = self._counts.get(ip)
        if counts is None:
            if len(self._counts) >= MAX_COUNTED or not self._is_local(ip):
                return
            counts = self._counts[ip] = [0, 0, 0, 0]
        for k, amount in enumerate(amounts):
            counts[k] += amount

    def _device(self, device: Seen, owners: dict[str, int]) -> Seen:
        found = [self._counts[ip] for ip in device.ips if ip in self._counts]
        if not found or any(owners[ip] > 1 for ip in device.ips):
            return device
        sent, sent_bytes, received, received_bytes = map(sum, zip(*found, strict=True))
        if not sent and not received:  # a log without counts
            return device
        return replace(
            device,
            packets_sent=sent,
            bytes_sent=sent_bytes,
            packets_received=received,
            bytes_received=received_bytes,
        )
