from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from botwarden.core.packet import ACK, FIN, HAS_IP, HAS_PORTS, RST, SYN
from botwarden.core.records.conn import ConnRecord
from botwarden.sources.flows.rows import flow_rows
from botwarden.sources.flows.trains import HEAD, HEAD_RATE, MAX_PLAIN, TAIL, TAIL_RATE, trains_of

ENDS: dict[str, Any] = {
    "ts": 100.0,
    "uid": "CA",
    "orig_h": "10.0.0.1",
    "orig_p": 4000,
    "resp_h": "1.2.3.4",
    "resp_p": 80,
}


def trains(limit: float = np.inf, **fields: Any) -> NDArray[Any]:
    return trains_of(flow_rows([ConnRecord(**ENDS | {"proto": "tcp", "conn_state": "SF"} | fields)]), limit)


def told(found: NDArray[Any]) -> list[tuple[int, int, int]]:
    """From port, TCP flags, packets."""
    return [(int(t["packet"]["src_port"]), int(t["packet"]["tcp_flags"]), int(t["count"])) for t in found]


def test_a_connection_from_handshake_to_end() -> None:
    found = trains(history="ShADadFf", orig_pkts=6, resp_pkts=5, duration=8.0)
    assert told(found) == [
        (4000, SYN, 1), (80, SYN | ACK, 1), (4000, ACK, 1), (4000, 24, 3), (80, 24, 3), (4000, FIN | ACK, 1),
        (80, FIN | ACK, 1),
    ]  # fmt: skip
    starts = found["start"].tolist()
    assert starts[:3] == pytest.approx([100.0, 100.05, 100.1])
    assert starts == sorted(starts)
    assert (found["start"] + found["step"] * found["count"] <= 108.0).all()


def test_refused_ones() -> None:
    assert told(trains(conn_state="REJ", history="Sr", orig_pkts=1, resp_pkts=1)) == [
        (4000, SYN, 1),
        (80, RST | ACK, 1),
    ]
    again = trains(conn_state="REJ", history="Sr", orig_pkts=3, resp_pkts=3, duration=1.0)
    assert told(again) == [(4000, SYN, 1), (4000, SYN, 2), (80, RST, 2), (80, RST | ACK, 1)]
    assert again["start"].tolist() == pytest.approx([100.0, 100 + 1 / 3, 100 + 1 / 3 + 0.05, 100.05])


def test_unanswered_ones_are_sent_again() -> None:
    found = trains(conn_state="S0", history="S", orig_pkts=3, duration=3.0)
    assert told(found) == [(4000, SYN, 1), (4000, SYN, 2)]
    assert found["start"].tolist() == [100.0, 101.0]


def test_an_answer_takes_as_long_as_the_log_says() -> None:
    found = trains(proto="udp", history="Dd", orig_pkts=1, resp_pkts=1, duration=3.0)
    assert found["start"].tolist() == [100.0, 103.0]
    assert told(found) == [(4000, 0, 1), (80, 0, 1)]


def test_packets_with_a_wrong_checksum_count() -> None:
    assert told(trains(conn_state="OTH", history="CCCC")) == [(4000, 0, 1000)]


def test_what_packets_have_in_common() -> None:
    packet = trains(orig_l2_addr="00:50:c2:12:34:ab", resp_l2_addr="00:50:c2:12:34:ac", vlan=7)[1]["packet"]
    assert (packet["src_mac"], packet["dst_mac"]) == (0x0050C21234AC, 0x0050C21234AB)
    assert packet["src_ip_lo"] == 0xFFFF << 32 | 0x01020304
    assert packet["flags"] == HAS_IP | HAS_PORTS
    assert (packet["ip_version"], packet["ethertype"], packet["vlan"]) == (4, 0x0800, 7)
    assert packet["cap_len"] == packet["payload"]  # nothing was captured


def test_icmp() -> None:
    ping = trains(proto="icmp", conn_state="OTH", orig_p=8, resp_p=0, orig_pkts=2, resp_pkts=2, duration=1.0)
    assert [(t["packet"]["icmp_type"], t["packet"]["icmp_code"]) for t in ping] == [(8, 0), (0, 0)]
    unreachable = trains(proto="icmp", conn_state="OTH", orig_p=3, resp_p=1)
    assert [(t["packet"]["icmp_type"], t["packet"]["icmp_code"]) for t in unreachable] == [(3, 1)]
    ends = {"orig_h": "fe80::1", "resp_h": "fe80::2"}
    neighbour = trains(proto="icmp", conn_state="OTH", orig_p=135, resp_p=136, orig_pkts=1, resp_pkts=1, **ends)
    assert [(t["packet"]["icmp_type"], t["packet"]["ttl"]) for t in neighbour] == [(135, 255), (136, 255)]
    assert not neighbour["packet"]["flags"][0] & HAS_PORTS


def test_large_conversations_are_thinned_and_keep_their_bytes() -> None:
    found = trains(history="ShADadFf", orig_pkts=100_003, resp_pkts=50_002, orig_bytes=10**8, duration=60.0)
    body = found[found["count"] > 1]
    assert body["count"].tolist() == [MAX_PLAIN, MAX_PLAIN]
    assert (body["payload"] * body["count"]).tolist() == pytest.approx([1e8, 0])
    assert (body["wire"] * body["count"])[0] == pytest.approx((14 + 40 + 1e8 / 100_003) * 100_000)


def test_what_nobody_answers_is_made_packet_by_packet() -> None:
    found = trains(proto="udp", conn_state="S0", history="D", orig_pkts=18_444, orig_bytes=75_546_624, duration=24.1)
    assert told(found) == [(4000, 0, 18_444)]


@pytest.mark.parametrize(("rate", "hours"), [(5_000, 1), (500, 1), (500, 100), (30, 10)])
def test_a_long_flood_stays_one(rate: int, hours: int) -> None:
    seconds = hours * 3600
    head, tail = trains(proto="udp", conn_state="S0", orig_pkts=rate * seconds, duration=float(seconds))
    assert head["count"] == HEAD * min(rate, HEAD_RATE)
    assert tail["start"] == 100.0 + HEAD
    length = min(seconds - HEAD, TAIL)
    assert tail["count"] == pytest.approx(length * min(rate, TAIL_RATE), rel=0.001)
    assert tail["step"] * tail["count"] == pytest.approx(length)


def test_many_answered_datagrams_may_be_a_flood_at_first() -> None:
    fields: dict[str, Any] = {"proto": "udp", "resp_p": 53, "orig_pkts": 10**6, "resp_pkts": 10**6, "duration": 1000.0}
    assert [count for _, _, count in told(trains(**fields))] == [60_000, MAX_PLAIN, 60_000, MAX_PLAIN]


def test_a_limit_holds_for_all() -> None:
    found = trains(5, proto="udp", conn_state="S0", orig_pkts=10**9, duration=1e6)
    assert found["count"].tolist() == [5, 5]


def test_no_conversations_make_no_trains() -> None:
    assert len(trains_of(flow_rows([]))) == 0
