import io
import json
from typing import Any

import pytest
from hypothesis import given

from botwarden.core.record import Record, columns
from botwarden.core.records import RECORDS
from botwarden.core.records.conn import ConnRecord
from botwarden.core.records.dns import DnsRecord
from botwarden.core.records.http import HttpRecord
from botwarden.core.records.notice import NoticeRecord
from botwarden.core.records.ssl import SslRecord
from botwarden.core.records.weird import WeirdRecord
from botwarden.stores.logs.ecs import EcsEncoder
from records import ENDS, PATIENT, records


def written(record: Record) -> dict[str, Any]:
    file = io.BytesIO()
    encoder = EcsEncoder(file, type(record))
    encoder.write([record])
    encoder.close()
    line = file.getvalue()
    assert line.endswith(b"\n")
    assert line.count(b"\n") == 1
    document: dict[str, Any] = json.loads(line)
    return document


def flat(document: dict[str, Any], before: str = "") -> dict[str, Any]:
    found = {}
    for key, value in document.items():
        found |= flat(value, f"{before}{key}.") if isinstance(value, dict) else {f"{before}{key}": value}
    return found


def test_a_conversation_by_the_schemas_names() -> None:
    record = ConnRecord(
        ts=1545403816.962094, **ENDS, proto="tcp", service="http", conn_state="SF", duration=1.477656, orig_bytes=149,
        local_orig=True, orig_l2_addr="00:50:c2:12:34:ab", vlan=7, ip_proto=6,
    )  # fmt: skip
    found = flat(written(record))
    assert found == {
        "@timestamp": "2018-12-21T14:50:16.962094Z", "ecs.version": "8.17.0",
        "event.kind": "event", "event.category": ["network"], "event.type": ["connection", "info"],
        "event.module": "zeek", "event.dataset": "zeek.conn", "event.id": "CHhAvVGS1DHFjwGM9",
        "event.duration": 1_477_656_000,
        "source.ip": "192.168.1.195", "source.port": 41040, "source.bytes": 149, "source.packets": 0,
        "source.mac": "00-50-C2-12-34-AB",
        "destination.ip": "185.244.25.235", "destination.port": 80, "destination.packets": 0,
        "network.transport": "tcp", "network.protocol": "http", "network.type": "ipv4", "network.vlan.id": "7",
        "network.iana_number": "6", "network.community_id": found["network.community_id"],
        "zeek.conn.conn_state": "SF", "zeek.conn.local_orig": True, "zeek.conn.missed_bytes": 0,
        "zeek.conn.orig_ip_bytes": 0, "zeek.conn.resp_ip_bytes": 0,
    }  # fmt: skip
    assert found["network.community_id"].startswith("1:")


def test_a_query_has_the_community_id_of_its_conversation() -> None:
    conn = written(ConnRecord(ts=1.0, **ENDS, proto="udp", conn_state="SF"))
    dns = written(DnsRecord(ts=1.0, **ENDS, proto="udp", query="example.org", trans_id=12))
    assert dns["network"]["community_id"] == conn["network"]["community_id"]
    assert dns["dns"] == {"question": {"name": "example.org"}, "id": "12"}


@pytest.mark.parametrize(
    ("version", "expected"),
    [
        ("TLSv12", {"version": "1.2", "version_protocol": "tls"}),
        ("DTLSv10", {"version": "1.0", "version_protocol": "dtls"}),
        ("SSLv3", {"version": "3", "version_protocol": "ssl"}),
        ("unknown-4711", {"version": "unknown-4711"}),
    ],
)
def test_versions_of_tls(version: str, expected: dict[str, str]) -> None:
    document = written(SslRecord(ts=1.0, **ENDS, version=version))
    assert document["tls"] == expected | {"resumed": False, "established": False}
    assert document["network"]["transport"] == ("udp" if version.startswith("D") else "tcp")


def test_addresses_of_version_6() -> None:
    ends = ENDS | {"orig_h": "fe80::1", "orig_p": 135, "resp_h": "fe80::2", "resp_p": 136}
    network = written(ConnRecord(ts=1.0, **ends, proto="icmp", conn_state="OTH"))["network"]
    assert (network["type"], network["transport"]) == ("ipv6", "ipv6-icmp")


def test_verdicts_are_alerts() -> None:
    document = written(NoticeRecord(ts=1.0, note="Botwarden::scan", msg="tried 20 addresses", src="10.0.0.1"))
    assert document["event"]["kind"] == "alert"
    assert document["event"]["code"] == "Botwarden::scan"
    assert document["message"] == "tried 20 addresses"
    assert document["source"] == {"ip": "10.0.0.1"}


def test_ends_are_source_and_destination_in_every_log() -> None:
    document = written(WeirdRecord(ts=1.0, name="odd", orig_h="10.0.0.1", orig_p=5))
    assert document["source"] == {"ip": "10.0.0.1", "port": 5}


@pytest.mark.parametrize("kind", RECORDS.values(), ids=RECORDS)
def test_no_name_lies_below_another(kind: type[Record]) -> None:
    names = [c.ecs or f"zeek.{kind.path}.{c.name}" for c in columns(kind)]
    assert len(set(names)) == len(names)
    assert not [(a, b) for a in names for b in names if b.startswith(a + ".")]


@given(records())
@PATIENT
def test_every_record_is_one_object(record: Record) -> None:
    assert written(record)["event"]["dataset"] == f"zeek.{record.path}"


@pytest.mark.parametrize("ts", [float("nan"), float("inf"), 1e30])
def test_times_outside_the_calendar_are_null(ts: float) -> None:
    record = ConnRecord(ts=ts, **ENDS, proto="tcp", conn_state="S0", duration=float("inf"))
    assert written(record)["@timestamp"] is None


def test_lone_surrogates_become_bytes() -> None:
    assert written(HttpRecord(ts=1.0, **ENDS, trans_depth=1, uri="\udcff"))["url"] == {"original": "\\xff"}
