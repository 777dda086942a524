"""The pipeline from packets to report, on the capture that the project brings."""

import json
from collections.abc import Iterator

import pytest

import botwarden
from botwarden.app.scan import run_scan
from botwarden.core.capture import CaptureStats
from botwarden.core.errors import ConfigError
from botwarden.core.packet import PacketBatch
from botwarden.core.report import DeviceReport, ScanResult
from botwarden.sources.capture import CaptureSource
from examples.recording import HOUSE, HOUSE_LABELS, number_of_frames

LABELS = json.loads(HOUSE_LABELS.read_text())


@pytest.fixture(scope="module")
def result() -> ScanResult:
    return botwarden.scan(HOUSE)


def by_mac(result: ScanResult) -> dict[str | None, DeviceReport]:
    return {device.mac: device for device in result.report.devices}


def test_every_labelled_attack_is_found_on_its_device_in_its_time(result: ScanResult) -> None:
    devices = by_mac(result)
    for interval in LABELS["intervals"]:
        named = [v for v in devices[interval["mac"]].verdicts if v.label == interval["label"]]
        assert [v.role for v in named] == [interval["role"]], interval
        same = [i for i in LABELS["intervals"] if (i["mac"], i["label"]) == (interval["mac"], interval["label"])]
        assert min(i["start"] for i in same) - 1 <= named[0].first_ts <= min(i["end"] for i in same)
        assert max(i["start"] for i in same) <= named[0].last_ts <= max(i["end"] for i in same) + 1


def test_nothing_is_found_on_anyone_else(result: ScanResult) -> None:
    accused = {device.mac for device in result.report.devices if device.verdicts}
    assert accused == {interval["mac"] for interval in LABELS["intervals"]}


def test_nothing_is_found_that_the_labels_do_not_name(result: ScanResult) -> None:
    for device in result.report.devices:
        named = [i for i in LABELS["intervals"] if i["mac"] == device.mac]
        allowed = {i["label"] for i in named} | {label for i in named for label in i["also"]}
        assert {v.label for v in device.verdicts} <= allowed


def test_the_devices_are_those_of_the_house_with_names_and_vendors(result: ScanResult) -> None:
    devices = by_mac(result)
    for known in LABELS["devices"]:
        seen = devices[known["mac"]]
        assert seen.vendor
        assert known["ips"][0] in seen.ips
        assert seen.gateway == (known["role"] == "gateway")
        if not seen.gateway:
            assert seen.name == known["name"]
    assert None not in devices


def test_the_worst_come_first_and_each_has_a_series(result: ScanResult) -> None:
    assert [bool(d.verdicts) for d in result.report.devices] == sorted(
        (bool(d.verdicts) for d in result.report.devices), reverse=True
    )
    assert len(result.series) == len(result.report.devices)
    for device, series in zip(result.report.devices, result.series, strict=True):
        assert series is not None
        assert series.packets_sent.sum() == device.packets_sent
        assert series.bytes_received.sum() == device.bytes_received


def test_the_same_capture_gives_the_same_report_whatever_the_seed() -> None:
    first, second = (botwarden.scan(HOUSE, seed=seed).report.devices for seed in (1, 2**61))
    assert first == second


def test_networks_can_be_given() -> None:
    report = botwarden.scan(HOUSE, lan=["192.168.10.0/24", "fd6b:1c2e:9a01::/48"]).report
    assert report.stats.local_networks[:2] == ["192.168.10.0/24", "fd6b:1c2e:9a01::/48"]
    assert report.found


def test_a_network_that_is_none_is_refused() -> None:
    with pytest.raises(ConfigError, match=r"'192\.168\.1\.0/33' is no network"):
        botwarden.scan(HOUSE, lan=["192.168.1.0/33"])


def test_progress_is_told() -> None:
    told: list[tuple[float | None, int]] = []
    botwarden.scan(HOUSE, progress=lambda share, packets: told.append((share, packets)))
    assert told[-1] == (1.0, number_of_frames(HOUSE))


class Interrupted:
    """A source whose user presses Ctrl-C after ``after`` batches."""

    def __init__(self, after: int) -> None:
        self.source = CaptureSource([HOUSE], chunk_bytes=1 << 16)
        self.after = after

    @property
    def stats(self) -> CaptureStats:
        return self.source.stats

    def progress(self) -> float | None:
        return self.source.progress()

    def batches(self) -> Iterator[PacketBatch]:
        batches = self.source.batches()
        for _ in range(self.after):
            yield next(batches)
        raise KeyboardInterrupt


def test_ctrl_c_reports_what_was_read() -> None:
    report = run_scan(Interrupted(after=3), [HOUSE], (), None, 0).report
    assert report.stats.interrupted
    assert 0 < report.stats.packets < number_of_frames(HOUSE)
    assert report.devices


def test_ctrl_c_before_the_first_packet_just_ends() -> None:
    with pytest.raises(KeyboardInterrupt):
        run_scan(Interrupted(after=0), [HOUSE], (), None, 0)
