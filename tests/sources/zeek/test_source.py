import os
from pathlib import Path
from typing import Any

import pytest

from botwarden.core.errors import ConfigError
from botwarden.core.record import Record
from botwarden.core.records.conn import ConnRecord
from botwarden.core.records.dns import DnsRecord
from botwarden.sources.zeek import log as log_module
from botwarden.sources.zeek import source as module
from botwarden.sources.zeek.log import place_of
from botwarden.sources.zeek.source import ZeekSource
from botwarden.stores.logs.writer import LogWriter

SHARED = Path(os.environ.get("BOTWARDEN_SHARED", Path(__file__).parents[4] / "shared")) / "data"
MIRAI = SHARED / "iot23" / "34-1_mirai" / "conn.log.labeled"
MIXED = SHARED / "zeek_logs" / "zeek_mixed"

ENDS: dict[str, Any] = {"uid": "CA", "orig_h": "10.0.0.1", "orig_p": 1234, "resp_h": "1.2.3.4", "resp_p": 80}


def conn(ts: float, duration: float | None = None, **more: Any) -> ConnRecord:
    return ConnRecord(ts=ts, **ENDS, proto="tcp", conn_state="SF", duration=duration, **more)


def dns(ts: float) -> DnsRecord:
    return DnsRecord(ts=ts, **ENDS, proto="udp")


def write(folder: Path, *records: Record, rotated: str = "") -> None:
    with LogWriter(folder, "json") as logs:
        for record in records:
            logs.write(record)
    if rotated:
        (folder / "conn.log").rename(folder / f"conn.{rotated}.log")


def test_logs_are_merged_by_when_they_were_written(tmp_path: Path) -> None:
    write(tmp_path, conn(1.0), dns(2.5), conn(0.0, 3.0), dns(4.0), conn(5.0))
    assert list(ZeekSource([tmp_path]).records()) == [conn(1.0), dns(2.5), conn(0.0, 3.0), dns(4.0), conn(5.0)]


def test_rotated_logs_follow_one_another_whatever_their_names(tmp_path: Path) -> None:
    for name, times in {"b": (0, 10), "a": (10, 20), "c": (20, 30)}.items():
        write(tmp_path, *(conn(float(ts)) for ts in range(*times)), rotated=name)
    assert [record.ts for record in ZeekSource([tmp_path]).records()] == list(map(float, range(30)))


def test_lines_of_one_log_keep_their_order(tmp_path: Path) -> None:
    write(tmp_path, conn(9.0), conn(1.0), dns(5.0), conn(2.0), dns(10.0))
    found = [record.ts for record in ZeekSource([tmp_path]).records()]
    assert found == [5.0, 9.0, 1.0, 2.0, 10.0]


@pytest.mark.parametrize("size", [1, 50, 1000])
def test_where_a_log_is_cut_makes_no_difference(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, size: int) -> None:
    records = [record for n in range(20) for record in (conn(n * 1.0, 0.5), dns(n + 0.7))]
    write(tmp_path, *records)
    monkeypatch.setattr(log_module, "CHUNK_BYTES", size)
    monkeypatch.setattr(log_module, "_FIRST", size)
    assert list(ZeekSource([tmp_path]).records()) == records


def test_stats_tell_of_packets_and_times(tmp_path: Path) -> None:
    write(tmp_path, conn(1.0, 4.0, orig_pkts=3, resp_pkts=2, orig_ip_bytes=300, resp_ip_bytes=200), dns(2.0))
    source = ZeekSource([tmp_path])
    assert source.progress() == 0.0
    list(source.records())
    stats = source.stats
    assert (stats.packets, stats.bytes, stats.first_ts, stats.last_ts) == (5, 500, 1.0, 5.0)
    assert source.read == {ConnRecord: 1, DnsRecord: 1}
    assert source.progress() == 1.0


def test_damage_is_told_also_of_logs_with_nothing_else(tmp_path: Path) -> None:
    write(tmp_path, dns(1.0))
    (tmp_path / "conn.log").write_bytes(b'{"ts":"x"}\n{"ts":1}\n')
    (tmp_path / "http.log").write_bytes(b"text")
    source = ZeekSource([tmp_path])
    assert list(source.records()) == [dns(1.0)]
    assert [(Path(damage.path).name, damage.lines) for damage in source.stats.damaged] == [
        ("http.log", 0),
        ("conn.log", 2),
    ]


def test_too_many_logs_at_one_time_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in "abc":
        write(tmp_path, conn(0.0), conn(9.0), rotated=name)
    monkeypatch.setattr(module, "MAX_OVERLAPPING", 2)
    with pytest.raises(ConfigError, match="more than 2 logs overlap"):
        list(ZeekSource([tmp_path]).records())


@pytest.mark.skipif(not MIRAI.is_file(), reason="needs the shared data")
def test_flows_of_iot23_as_published() -> None:
    source = ZeekSource([MIRAI])
    records = list(source.records())
    assert len(records) == 23_145
    assert source.stats.damaged == []
    assert sum(record.conn_state == "OTH" and record.history == "C" for record in records) == 14_252


@pytest.mark.skipif(not MIXED.is_dir(), reason="needs the shared data")
def test_a_folder_of_json_logs_as_users_have_them() -> None:
    source = ZeekSource([MIXED])
    records = list(source.records())
    assert source.stats.damaged == []
    counts = {kind.path: count for kind, count in source.read.items()}
    assert counts == {"conn": 576, "dhcp": 5, "dns": 239, "http": 516, "files": 936, "ssl": 205, "notice": 18}
    assert max(map(place_of, records)) == source.stats.last_ts
