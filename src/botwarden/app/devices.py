"""The pipeline of ``botwarden devices``: packets to an inventory of the local network."""

import secrets
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import msgspec

from botwarden._version import __version__
from botwarden.app.pipeline import Pipeline
from botwarden.core.address import mac_text
from botwarden.core.device import Device
from botwarden.core.ports import Source
from botwarden.core.report import DevicesReport, ScanStats
from botwarden.detect.detector import Seen
from botwarden.detect.networks import parse_networks
from botwarden.protocols.naming import DeviceNames
from botwarden.stores.vendor import is_random, vendor

Progress = Callable[[float | None, int], None]


def run_devices(
    source: Source, paths: Sequence[str | Path], lan: Sequence[str], progress: Progress | None, seed: int | None
) -> DevicesReport:
    """List the devices of everything that a source delivers.

    Ctrl-C ends the reading; what was read so far is reported, and ``stats.interrupted`` says so.
    """
    started = time.monotonic()
    pipeline = Pipeline(parse_networks(lan), secrets.randbits(62) if seed is None else seed)
    interrupted = False
    try:
        for batch in source.batches():
            pipeline.update(batch)
            if progress:
                progress(source.progress(), source.stats.packets)
    except KeyboardInterrupt:
        if not source.stats.packets:
            raise
        interrupted = True
    findings, _ = pipeline.finish()
    devices = [Device(**identity(seen, pipeline.names)) for seen in findings.devices if seen.packets_sent]
    if pipeline.inventory is not None:
        pipeline.inventory.describe(devices)
    devices.sort(key=lambda device: device.packets_sent + device.packets_received, reverse=True)
    counts = msgspec.structs.asdict(source.stats) | {"interrupted": interrupted}
    stats = ScanStats(
        **counts,
        sources=[str(path) for path in paths],
        local_networks=[str(net) for net in findings.networks],
        evictions=findings.evictions | pipeline.evictions,
        duration=round(time.monotonic() - started, 3),
    )
    return DevicesReport(botwarden=__version__, stats=stats, devices=devices)


def identity(seen: Seen, names: DeviceNames) -> dict[str, Any]:
    """The fields of a `Device` that come from its packets and its registered MAC prefix."""
    mac = None if seen.mac is None else mac_text(seen.mac)
    leased = names.addresses(seen.mac) if seen.mac is not None else ()
    return {
        "mac": mac,
        "random_mac": bool(mac) and is_random(mac or ""),
        "ips": [*seen.ips, *(ip for ip in leased if ip not in seen.ips)],
        "vendor": vendor(mac) if mac else None,
        "name": names.name(seen.mac) if seen.mac is not None else None,
        "gateway": seen.gateway,
        "first_ts": seen.first_ts,
        "last_ts": seen.last_ts,
        "packets_sent": seen.packets_sent,
        "bytes_sent": seen.bytes_sent,
        "packets_received": seen.packets_received,
        "bytes_received": seen.bytes_received,
    }
