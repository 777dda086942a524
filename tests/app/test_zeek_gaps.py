from typing import Any

from botwarden.app.zeek_gaps import CONN, FORGED, PACKETS_ONLY, not_run
from botwarden.core.records import RECORDS
from botwarden.core.records.conn import ConnRecord
from botwarden.core.records.dns import DnsRecord
from botwarden.core.records.http import HttpRecord
from botwarden.core.records.ssh import SshRecord


def watcher(what: str, *needed: Any) -> Any:
    return type("Watcher", (), {"name": what, "reads": needed})


def gaps(*paths: str, macs: bool = True, watchers: Any = ()) -> list[str]:
    return not_run(paths, [], macs=macs, watchers=watchers)


def test_logs_are_no_packets() -> None:
    assert gaps("conn") == list(PACKETS_ONLY)
    assert not_run([], [ConnRecord], macs=True, watchers=()) == list(PACKETS_ONLY)


def test_without_mac_addresses_nobody_can_be_told_to_forge_his() -> None:
    assert gaps("conn", macs=False) == [*PACKETS_ONLY, FORGED]


def test_without_conversations_most_cannot_be_looked_for() -> None:
    assert gaps("dns", macs=False)[0] == CONN
    assert FORGED not in gaps("dns", macs=False)


def test_detectors_whose_logs_are_missing_are_named() -> None:
    found = (
        watcher("tunnels", DnsRecord),
        watcher("guessing", SshRecord, HttpRecord),
        watcher("rhythm", ConnRecord, DnsRecord),
        watcher("doors", HttpRecord, ConnRecord),
    )
    assert gaps("conn", watchers=found)[len(PACKETS_ONLY) :] == [
        "tunnels: there is no dns.log",
        "guessing: there is no ssh.log or http.log",
        "doors, as far as it needs http.log: not there",
    ]
    assert gaps(*RECORDS, watchers=found) == list(PACKETS_ONLY)


def test_all_detectors_can_be_asked() -> None:
    lines = not_run({"conn"}, [], macs=False)
    assert len(lines) > len(PACKETS_ONLY) + 1
    assert any("dns.log" in line for line in lines)
