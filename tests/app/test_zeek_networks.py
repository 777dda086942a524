from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from botwarden.app.zeek_networks import look_for_networks, networks_of, presence
from botwarden.core.record import Record
from botwarden.core.records.conn import ConnRecord
from botwarden.core.records.dns import DnsRecord
from botwarden.detect.networks import PRIVATE
from botwarden.stores.logs.writer import LogWriter
from records import PATIENT, records


def conn(orig: str, resp: str, **fields: Any) -> ConnRecord:
    base = {"ts": 1.0, "uid": "CA", "orig_p": 1, "resp_p": 2, "proto": "tcp", "conn_state": "SF", "orig_pkts": 10**9}
    return ConnRecord(**base | {"orig_h": orig, "resp_h": resp} | fields)


def own(*found: Record) -> list[str]:
    """The networks that are local besides the private ones."""
    return [str(net) for net in networks_of(found) if net not in PRIVATE]


def test_private_addresses_are_local() -> None:
    assert "192.168.0.0/16" in map(str, networks_of([conn("192.168.1.2", "1.2.3.4")]))
    assert own(conn("192.168.1.2", "1.2.3.4")) == []


def test_without_any_the_address_that_takes_part_in_most_conversations_is() -> None:
    assert own(*(conn(f"1.2.3.{n}", "9.9.9.9") for n in range(20))) == ["9.9.9.9/32"]


def test_what_zeek_calls_local_is() -> None:
    flows = [
        conn("192.168.1.2", "81.2.69.7", local_resp=True), conn("2a00::1:2", "1.2.3.4", local_orig=True),
        conn("8.8.8.8", "224.0.0.1", local_orig=False, local_resp=True), conn("8.8.8.8", "::", local_resp=True),
        conn("8.8.8.8", "198.18.0.1", local_resp=True), conn("8.8.8.8", "255.255.255.255", local_resp=True),
    ]  # fmt: skip
    assert own(*flows) == ["81.2.69.7/32", "2a00::/64"]


def test_neighbours_over_ipv6_share_a_network() -> None:
    solicitation = conn("2a00::1:2", "2a00::1:3", proto="icmp", orig_p=135, resp_p=136, conn_state="OTH")
    assert own(conn("192.168.1.2", "1.2.3.4"), solicitation) == ["2a00::/64"]


def test_other_logs_tell_too() -> None:
    dns = DnsRecord(ts=1.0, uid="CA", orig_h="9.9.9.9", orig_p=1, resp_h="1.2.3.4", resp_p=53, proto="udp")
    assert own(dns, dns) != []


def test_nothing_is_known_of_nothing() -> None:
    assert own() == []


def test_only_the_first_records_are_looked_at(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with LogWriter(tmp_path) as logs:
        for n in range(10):
            logs.write(conn("1.1.1.1", f"1.2.3.{n}"))
        for n in range(30):
            logs.write(conn("9.9.9.9", f"1.2.3.{n}"))
    monkeypatch.setattr("botwarden.app.zeek_networks.LOOK", 10)
    found = [str(net) for net in look_for_networks([tmp_path]) if net not in PRIVATE]
    assert found == ["1.1.1.1/32"]


def test_presence_is_no_attempt() -> None:
    dns = DnsRecord(ts=1.0, uid="CA", orig_h="9.9.9.9", orig_p=1, resp_h="1.2.3.4", resp_p=53, proto="udp")
    assert presence(dns).proto == "unknown_transport"


@given(st.lists(records(), max_size=6))
@PATIENT
def test_any_records_give_networks(found: list[Record]) -> None:
    assert networks_of(found)
