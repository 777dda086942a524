import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from botwarden.app.zeek_scan import is_zeek, run_zeek_scan
from botwarden.core.record import Record
from botwarden.core.records.conn import ConnRecord
from botwarden.core.records.ssh import SshRecord
from botwarden.core.report import DeviceReport, Report
from botwarden.sources.zeek.source import ZeekSource
from botwarden.stores.logs.writer import LogWriter

SHARED = Path(os.environ.get("BOTWARDEN_SHARED", Path(__file__).parents[3] / "shared")) / "data"
MIRAI = SHARED / "iot23" / "34-1_mirai"
PORTS = SHARED / "zeek_logs" / "port_scans" / "vertical"
needs_shared = pytest.mark.skipif(not SHARED.is_dir(), reason="needs the shared data")


def conn(n: int, **fields: Any) -> ConnRecord:
    base = {
        "ts": 1e9 + n, "uid": f"C{n}", "orig_h": "192.168.1.7", "orig_p": 1024 + n, "resp_h": "1.2.3.4", "resp_p": 443,
        "proto": "tcp", "conn_state": "SF", "history": "ShADadFf", "duration": 0.5, "orig_pkts": 10, "resp_pkts": 8,
        "orig_ip_bytes": 1000, "resp_ip_bytes": 5000,
    }  # fmt: skip
    return ConnRecord(**base | fields)


def write(folder: Path, *records: Record, form: str = "zeek") -> Path:
    with LogWriter(folder, form) as logs:
        for record in records:
            logs.write(record)
    return folder


def scan(*paths: Path, lan: tuple[str, ...] = ()) -> Report:
    return run_zeek_scan(paths, lan, None, 1).report


def verdicts(report: Report) -> dict[str, list[str]]:
    return {device.ips[0]: [verdict.label for verdict in device.verdicts] for device in report.devices}


def device(report: Report, ip: str) -> DeviceReport:
    return next(device for device in report.devices if ip in device.ips)


def scanning(n: int) -> ConnRecord:
    return conn(
        n, ts=1e9 + n / 10, resp_h=f"5.6.{n // 250}.{n % 250 + 1}", resp_p=23, conn_state="S0", history="S",
        duration=None, orig_pkts=1, resp_pkts=0, orig_ip_bytes=40, resp_ip_bytes=0,
    )  # fmt: skip


@pytest.mark.parametrize("form", ["zeek", "json"])
def test_a_scan_of_addresses_shows_in_its_conversations(tmp_path: Path, form: str) -> None:
    report = scan(write(tmp_path, *(scanning(n) for n in range(100)), form=form))
    assert verdicts(report) == {"192.168.1.7": ["scan.horizontal"]}
    evidence = report.devices[0].verdicts[0].evidence
    assert (evidence["targets"], evidence["ports"]) == (100, [23])


def test_ordinary_conversations_are_no_offence(tmp_path: Path) -> None:
    report = scan(write(tmp_path, *(conn(n, resp_h=f"5.6.7.{n % 200 + 1}") for n in range(500))))
    assert verdicts(report) == {"192.168.1.7": []}


def test_counts_are_those_of_the_log(tmp_path: Path) -> None:
    flows = [conn(n, orig_pkts=50_000, resp_pkts=90_000, orig_ip_bytes=10**7, resp_ip_bytes=10**8) for n in range(3)]
    report = scan(write(tmp_path, *flows))
    found = device(report, "192.168.1.7")
    assert (found.packets_sent, found.packets_received) == (150_000, 270_000)
    assert found.bytes_sent == 3 * (10**7 + 14 * 50_000)
    assert (report.stats.packets, report.stats.records) == (420_000, 3)
    assert report.stats.not_run


def test_local_networks_can_be_given(tmp_path: Path) -> None:
    folder = write(tmp_path, *(msgspec.structs.replace(scanning(n), orig_h="9.9.9.9") for n in range(100)))
    report = scan(folder, lan=("9.9.9.0/24",))
    assert verdicts(report) == {"9.9.9.9": ["scan.horizontal"]}
    assert report.stats.local_networks[0] == "9.9.9.0/24"


def test_guessing_shows_in_a_log_of_its_own(tmp_path: Path) -> None:
    logins = [
        SshRecord(
            ts=1e9 + n, uid=f"C{n}", orig_h="192.168.1.7", orig_p=1024 + n, resp_h="1.2.3.4", resp_p=22, version=2,
            auth_success=False, auth_attempts=3,
        )
        for n in range(60)
    ]  # fmt: skip
    report = scan(write(tmp_path, *logins))
    assert verdicts(report)["192.168.1.7"] == ["bruteforce.ssh"]
    assert "there is no conn.log" in report.stats.not_run[0]


def test_a_single_log_can_be_named(tmp_path: Path) -> None:
    report = scan(write(tmp_path, *(scanning(n) for n in range(50))) / "conn.log")
    assert report.found
    assert report.stats.sources == [str(tmp_path / "conn.log")]


def test_a_watcher_that_fails_is_told_and_takes_nobody_down(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("no")

    monkeypatch.setattr("botwarden.detect.watchers.periodic.Periodic.update", broken)
    report = scan(write(tmp_path, *(scanning(n) for n in range(100))))
    assert report.found
    assert "RuntimeError: no" in report.stats.not_run[0]


def test_progress_and_its_end(tmp_path: Path) -> None:
    calls: list[tuple[float | None, int]] = []
    folder = write(tmp_path, *(conn(n) for n in range(5000)))
    run_zeek_scan([folder], (), lambda share, packets: calls.append((share, packets)), 1)
    assert len(calls) == 2
    assert all(share is not None and 0 <= share <= 1 for share, _ in calls)


def test_ctrl_c_reports_what_was_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = write(tmp_path, *(scanning(n) for n in range(200)))
    whole = ZeekSource.records

    def stopped(self: ZeekSource) -> Iterator[Record]:
        for n, record in enumerate(whole(self)):
            if n == 150:
                raise KeyboardInterrupt
            yield record

    monkeypatch.setattr(ZeekSource, "records", stopped)
    report = run_zeek_scan([folder], ("192.168.0.0/16",), None, 1).report
    assert report.stats.interrupted
    assert 150 <= report.stats.records < 200
    assert report.found


def test_what_is_zeeks(tmp_path: Path) -> None:
    logs = write(tmp_path / "logs", conn(1))
    both = write(tmp_path / "both", conn(1))
    for path in (both / "house.pcap", tmp_path / "x.pcap"):
        path.write_bytes(b"\xd4\xc3\xb2\xa1" + bytes(20))
    assert is_zeek(logs)
    assert is_zeek(logs / "conn.log")
    assert not is_zeek(both)
    assert not is_zeek("-")
    assert not is_zeek(tmp_path / "x.pcap")
    assert not is_zeek(tmp_path / "absent")


@needs_shared
def test_mirai_in_flows_of_iot23() -> None:
    report = scan(MIRAI)
    found = {verdict.label: verdict for verdict in device(report, "192.168.1.195").verdicts}
    assert {"flood.syn", "flood.tcp", "flood.udpplain"} <= found.keys()
    assert found["flood.udpplain"].evidence["packets"] == 18_444
    assert verdicts(report)["192.168.1.1"] == []


@needs_shared
def test_a_port_scan_of_nmap() -> None:
    report = scan(PORTS)
    assert verdicts(report) == {"192.168.1.9": ["scan.vertical"], "192.168.1.1": []}
    assert device(report, "192.168.1.9").mac == "c4:23:60:3d:fd:d3"


@needs_shared
@pytest.mark.parametrize("folder", ["006-zeek-scenario-ssh", "zeek_dhcpscan"])
def test_what_nobody_would_call_a_bot(folder: str) -> None:
    assert not scan(SHARED / "zeek_logs" / folder).found
