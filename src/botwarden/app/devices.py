"""The inventory of the local network: a scan's devices, without what it concluded about them."""

from typing import Any

from botwarden.core.address import mac_text
from botwarden.core.device import Device
from botwarden.core.report import DevicesReport, ScanResult
from botwarden.detect.detector import Seen
from botwarden.protocols.naming import DeviceNames
from botwarden.stores.vendor import is_random, vendor


def inventory_of(result: ScanResult) -> DevicesReport:
    """The devices of a scan that sent anything, the busiest first."""
    report = result.report
    devices = [
        Device(**{name: getattr(device, name) for name in Device.__struct_fields__})
        for device in report.devices
        if device.packets_sent
    ]
    devices.sort(key=lambda device: device.packets_sent + device.packets_received, reverse=True)
    return DevicesReport(botwarden=report.botwarden, stats=report.stats, devices=devices)


def identity(seen: Seen, names: DeviceNames) -> dict[str, Any]:
    """The fields of a `Device` that come from its packets and its registered MAC prefix."""
    mac = None if seen.mac is None else mac_text(seen.mac)
    leased = names.addresses(seen.mac) if seen.mac is not None else ()
    return {
        "mac": mac,
        "random_mac": mac is not None and is_random(mac),
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
