from typing import Any

import numpy as np
import pytest
from hypothesis import given

from botwarden.core.packet import ICMP, ICMPV6, TCP, UDP
from botwarden.core.record import Record
from botwarden.core.records.conn import ConnRecord
from botwarden.sources.flows.rows import MAX_BYTES, MAX_DURATION, MAX_PACKETS, flow_rows, taken
from botwarden.sources.flows.shape import CONFIRMS
from records import PATIENT, records

ENDS: dict[str, Any] = {"ts": 1.0, "uid": "CA", "orig_h": "10.0.0.1", "orig_p": 1, "resp_h": "1.2.3.4", "resp_p": 2}


def row(**fields: Any) -> Any:
    return flow_rows([ConnRecord(**ENDS | {"proto": "tcp", "conn_state": "SF"} | fields)])[0]


def test_packets_besides_those_of_the_handshake_and_the_end() -> None:
    found = row(history="ShADadFf", orig_pkts=10, resp_pkts=8, orig_bytes=700, resp_bytes=900, orig_ip_bytes=1100)
    assert (found["orig_rest"], found["resp_rest"]) == (7, 6)
    assert (found["orig_payload"], found["resp_payload"]) == (700, 900)
    assert found["orig_wire"] == 14 + 110
    assert found["marks"] & CONFIRMS


def test_data_needs_a_packet_and_completes_the_handshake() -> None:
    found = row(history="ShADF", orig_pkts=3, orig_bytes=5)
    assert found["orig_rest"] == 1
    assert not found["marks"] & CONFIRMS


@pytest.mark.parametrize(
    ("fields", "proto", "packets"),
    [
        ({"proto": "udp", "conn_state": "S0", "orig_pkts": 3}, UDP, (3, 0)),
        ({"proto": "udp", "conn_state": "SF"}, UDP, (1, 1)),
        ({"proto": "udp", "conn_state": "SHR"}, UDP, (0, 1)),
        ({"proto": "icmp", "conn_state": "OTH", "orig_pkts": 2, "resp_pkts": 2}, ICMP, (2, 2)),
        ({"proto": "icmp", "conn_state": "OTH", "orig_h": "fe80::1", "resp_h": "fe80::2"}, ICMPV6, (1, 0)),
        ({"proto": "unknown_transport", "conn_state": "OTH", "ip_proto": 47}, 47, (1, 0)),
        ({"proto": "unknown_transport", "conn_state": "OTH"}, 255, (1, 0)),
        ({"proto": "tcp", "conn_state": "OTH", "history": "C"}, TCP, (0, 0)),
    ],
)
def test_protocols_and_their_packets(fields: dict[str, Any], proto: int, packets: tuple[int, int]) -> None:
    found = row(**fields)
    assert found["proto"] == proto
    assert (found["orig_rest"], found["resp_rest"]) == packets


def test_addresses_of_the_link_layer() -> None:
    found = row(orig_l2_addr="00:50:c2:12:34:ab", resp_l2_addr="33:33:00:01:00:02")
    assert found["src_mac"] == 0x0050C21234AB
    assert found["dst_mac"] == 0  # a group sends nothing


def test_numbers_are_bounded() -> None:
    huge = 2**64 - 1
    found = row(
        orig_pkts=huge, resp_pkts=huge, orig_bytes=huge, resp_bytes=huge, orig_ip_bytes=huge, duration=1e11, vlan=huge,
        orig_l2_addr="nonsense",
    )  # fmt: skip
    assert found["orig_rest"] <= MAX_PACKETS
    assert found["orig_payload"] == MAX_BYTES
    assert found["duration"] == MAX_DURATION
    assert row(duration=-5.0)["duration"] == 0


@given(records(ConnRecord))
@PATIENT
def test_every_conversation_has_a_row(record: Record) -> None:
    assert isinstance(record, ConnRecord)
    found = flow_rows([record])
    assert len(found) == 1
    assert all(np.isfinite(found[name]).all() for name in found.dtype.names)


def test_rows_are_taken_by_index_and_by_mask() -> None:
    rows = flow_rows([ConnRecord(**ENDS | {"ts": float(n)}, proto="tcp", conn_state="S0") for n in range(5)])
    assert taken(rows, np.array([3, 1]))["ts"].tolist() == [3.0, 1.0]
    assert taken(rows, rows["ts"] > 2).tolist() == rows[3:].tolist()
    assert len(taken(rows, rows["ts"] > 9)) == 0
    assert len(flow_rows([])) == 0
