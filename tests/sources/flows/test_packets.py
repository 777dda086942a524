import itertools
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from botwarden.core.packet import SYN, PacketBatch
from botwarden.core.record import Record
from botwarden.core.records.conn import ConnRecord
from botwarden.sources.flows import packets as module
from botwarden.sources.flows.packets import FlowPackets, packets_of
from records import PATIENT, records

ENDS: dict[str, Any] = {"uid": "CA", "orig_h": "10.0.0.1", "orig_p": 4000, "resp_h": "1.2.3.4", "resp_p": 80}


def conn(ts: float, **fields: Any) -> ConnRecord:
    return ConnRecord(**ENDS | {"ts": ts, "proto": "tcp", "conn_state": "SF", "history": "ShADadFf"} | fields)


def run(found: list[ConnRecord], window: int = 1 << 17) -> tuple[list[PacketBatch], FlowPackets]:
    flow = FlowPackets(window)
    batches = [batch for record in found for batch in flow.add(record)]
    return [*batches, *flow.finish()], flow


def test_packets_come_in_the_order_of_time() -> None:
    found = [conn(ts, orig_pkts=20, resp_pkts=30, duration=50.0) for ts in (30.0, 10.0, 20.0)]
    packets = packets_of(found)
    assert len(packets) == 150
    assert (np.diff(packets["ts"]) >= 0).all()
    assert packets["ts"][0] == 10.0
    assert packets["ts"][-1] <= 80.0


def test_a_connection_at_one_instant_keeps_its_order() -> None:
    flags = packets_of([conn(1.0, orig_pkts=4, resp_pkts=3, orig_bytes=7)])["tcp_flags"].tolist()
    assert flags == [2, 18, 16, 24, 24, 17, 17]


def test_bytes_add_up_and_data_goes_on_where_it_left_off() -> None:
    packets = packets_of([conn(1.0, orig_pkts=40, resp_pkts=7, orig_bytes=12_345, orig_ip_bytes=15_000, duration=9.0)])
    sent = packets[packets["src_port"] == 4000]
    assert sent["payload_len"].sum() == 12_345
    assert sent["wire_len"].sum(dtype=int) == pytest.approx(15_000 + 14 * 40, abs=5)
    data = sent[sent["payload_len"] > 0]
    ends = (data["tcp_seq"] + data["payload_len"]).tolist()
    assert data["tcp_seq"].tolist()[1:] == ends[:-1]


def test_no_train_keeps_perfect_time() -> None:
    packets = packets_of([conn(0.0, proto="udp", conn_state="S0", history="D", orig_pkts=100, duration=1000.0)])
    gaps = np.diff(packets["ts"])
    assert (np.abs(gaps / gaps.mean() - 1) > 0.2).all()


def test_a_small_window_makes_no_difference_where_order_is_good(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "CHUNK", 16)
    found = [conn(float(n), orig_pkts=12, resp_pkts=9, duration=float(n % 7)) for n in range(500)]
    found.sort(key=lambda record: record.ts + (record.duration or 0))
    batches, flow = run(found, window=32)
    assert len(batches) > 5
    assert flow.cut == 0
    packets = np.concatenate([batch.packets for batch in batches])
    assert (np.diff(packets["ts"]) >= 0).all()
    assert np.sort(packets["ts"]).tolist() == pytest.approx(packets_of(found)["ts"].tolist())
    assert [batch.first for batch in batches] == [0, *itertools.accumulate(map(len, batches))][:-1]


def test_what_comes_too_late_is_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "CHUNK", 4)
    early = [conn(float(n), conn_state="S0", history="S", orig_pkts=1) for n in range(1000, 1100)]
    long = conn(0.0, orig_pkts=1000, resp_pkts=1000, duration=1095.0)
    short = conn(5.0, orig_pkts=5, resp_pkts=5, duration=1.0)
    batches, flow = run([*early[:80], long, short, *early[80:]], window=8)
    packets = np.concatenate([batch.packets for batch in batches])
    assert flow.cut == 1
    assert (np.diff(packets["ts"]) >= 0).all()
    assert 111 < len(packets) < 500
    assert np.count_nonzero(packets["tcp_flags"] == SYN) == 102


def test_batches_stay_small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "BATCH", 100)
    instant = [conn(5.0, orig_pkts=9, resp_pkts=9) for _ in range(100)]
    spread = [conn(10.0, orig_pkts=900, resp_pkts=900, duration=100.0) for _ in range(3)]
    batches, _ = run(instant + spread)
    assert max(map(len, batches)) <= 300
    assert sum(map(len, batches)) == 1800 + 5400


@pytest.mark.parametrize("batch", [1, 10, 100])
def test_any_number_of_packets_can_have_one_time(monkeypatch: pytest.MonkeyPatch, batch: int) -> None:
    monkeypatch.setattr(module, "BATCH", batch)
    batches, _ = run([conn(1.7e9, proto="udp", conn_state="S0", orig_pkts=50) for _ in range(20)])
    assert sum(map(len, batches)) == 1000
    assert max(map(len, batches)) <= 2 * batch + 50


def test_memory_stays_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MAX_TRAINS", 50)
    _, flow = run([conn(float(n), orig_pkts=50, resp_pkts=50, duration=1e6) for n in range(100)])
    assert flow.cut > 0


def test_work_stays_bounded_whatever_a_log_claims(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "BUDGET", 10_000)
    claims = {"proto": "udp", "conn_state": "S0", "orig_pkts": 2**64 - 1, "duration": 1e11}
    _, flow = run([conn(float(n), **claims) for n in range(100)])
    assert flow.made < 30_000
    assert flow.cut >= 100


@given(st.lists(records(ConnRecord), max_size=8))
@PATIENT
def test_any_conversations_make_packets(found: list[Record]) -> None:
    batches, flow = run([record for record in found if isinstance(record, ConnRecord)])
    packets = np.concatenate([np.zeros(0, module.PACKET), *(batch.packets for batch in batches)])
    assert len(packets) == flow.made
    assert np.isfinite(packets["ts"]).all()
