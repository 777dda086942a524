"""The inventory, on the capture that the project brings."""

import json
import os
from pathlib import Path

import pytest

import botwarden
from botwarden.app.devices import identity, inventory_of
from botwarden.core.address import mac_value
from botwarden.core.device import Device
from botwarden.core.errors import ConfigError
from botwarden.core.report import DeviceReport, DevicesReport, Report, ScanResult, ScanStats
from botwarden.detect.detector import Detector
from botwarden.lab import plan
from botwarden.protocols.naming import DeviceNames
from captures import batch_of, tcp_frame
from examples.recording import HOUSE, HOUSE_LABELS, number_of_frames

SHARED = Path(os.environ.get("BOTWARDEN_SHARED", Path(__file__).parents[3] / "shared"))
LABELS = json.loads(HOUSE_LABELS.read_text())
KINDS = {device.name: device.kind for device in plan.DEVICES} | {"attic-ap": "router"}  # what access points look like


@pytest.fixture(scope="module")
def report() -> DevicesReport:
    return botwarden.devices(HOUSE)


def test_all_devices_with_names_addresses_and_kinds(report: DevicesReport) -> None:
    found = {device.mac: device for device in report.devices}
    assert found.keys() == {known["mac"] for known in LABELS["devices"]}
    for known in LABELS["devices"]:
        device = found[known["mac"]]
        assert device.vendor
        assert known["ips"][0] in [use.address for use in device.addresses]
        assert all(device.first_ts <= use.first_ts <= use.last_ts <= device.last_ts for use in device.addresses)
        assert device.guess
        assert device.guess.evidence
        assert 0.3 <= device.guess.confidence < 1
        if device.gateway:
            assert device.guess.type == "router"
        else:
            assert device.guess.type == KINDS[device.name or ""]


def test_services_and_what_they_say(report: DevicesReport) -> None:
    camera = next(device for device in report.devices if device.name == "porch-camera")
    assert [(service.port, service.name) for service in camera.services] == [(80, "http"), (554, "rtsp")]
    assert camera.banners == ["App-webs/"]
    assert "cloud.camera.example" in camera.domains
    assert camera.ja4
    assert camera.dhcp
    assert camera.dhcp.vendor_class == "udhcp 1.35.0"


def test_the_report_says_what_was_read(report: DevicesReport) -> None:
    assert report.stats.packets == number_of_frames(HOUSE)
    assert report.stats.sources == [str(HOUSE)]
    assert "192.168.0.0/16" in report.stats.local_networks
    assert report.botwarden == botwarden.__version__


def test_the_scan_report_has_the_same_facts(report: DevicesReport) -> None:
    scanned = {device.mac: device for device in botwarden.scan(HOUSE).report.devices}
    for device in report.devices:
        same = scanned[device.mac]
        assert (same.guess, same.services, same.host_names) == (device.guess, device.services, device.host_names)


def test_a_network_that_is_none_is_refused() -> None:
    with pytest.raises(ConfigError, match="is no network"):
        botwarden.devices(HOUSE, lan=["camera"])


def test_zeeks_logs_have_devices_too() -> None:
    logs = SHARED / "data" / "zeek_logs" / "zeek_mixed"
    if not logs.is_dir():
        pytest.skip("the shared logs are not there")
    found = botwarden.devices(logs).devices
    assert any(device.ja3 or device.user_agents for device in found)
    assert any(device.domains for device in found)


def test_who_sent_nothing_is_left_out() -> None:
    stats = ScanStats()
    quiet, loud = (DeviceReport(mac=None, ips=[ip], first_ts=1, last_ts=2) for ip in ("192.168.0.1", "192.168.0.2"))
    loud.packets_sent = 3
    result = ScanResult(Report(botwarden="1", stats=stats, devices=[quiet, loud]))
    assert [device.ips for device in inventory_of(result).devices] == [["192.168.0.2"]]


def test_a_random_mac_says_so() -> None:
    detector = Detector((), 1)
    detector.update(batch_of([(1.0, tcp_frame("192.168.0.10", src_mac="da:a1:19:00:00:01"))]))
    seen = [seen for seen in detector.findings(final=True).devices if seen.mac == mac_value("da:a1:19:00:00:01")]
    device = Device(**identity(seen[0], DeviceNames()))
    assert (device.random_mac, device.vendor, device.packets_sent) == (True, None, 1)
