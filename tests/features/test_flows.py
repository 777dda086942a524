import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from botwarden.core.address import ip_halves, mac_value
from botwarden.core.labels import Interval, LabelledDevice, Labels
from botwarden.core.packet import HAS_IP, PACKET, TCP, UDP
from botwarden.features import flows
from botwarden.features.flows import IDLE, Flow, Flows

CAM, GATE = "02:00:00:00:00:02", "02:00:00:00:00:01"
CAM_IP, WEB, VICTIM = "10.0.0.2", "198.51.100.7", "203.0.113.9"
FLOOD = Interval(
    label="flood.syn", mac=CAM, role="attacker", target=VICTIM, start=100, end=200, botnet="mirai", attack="syn"
)
LABELS = Labels(devices=[LabelledDevice(mac=CAM, ips=[CAM_IP], name="cam")], intervals=[FLOOD])


def packet(ts: float, src: str, sport: int, dst: str, dport: int, proto: int = TCP, size: int = 100) -> np.ndarray:
    made = np.zeros(1, PACKET)
    outgoing = src == CAM_IP
    made["ts"], made["wire_len"], made["flags"], made["proto"], made["ip_version"] = ts, size, HAS_IP, proto, 4
    made["src_mac"], made["dst_mac"] = mac_value(CAM if outgoing else GATE), mac_value(GATE if outgoing else CAM)
    for side, ip, port in (("src", src, sport), ("dst", dst, dport)):
        made[f"{side}_ip_hi"], made[f"{side}_ip_lo"] = ip_halves(ip)
        made[f"{side}_port"] = port
    return made


def joined(*batches: list[np.ndarray]) -> list[Flow]:
    made = Flows(LABELS)
    found = [flow for batch in batches for flow in made.update(np.concatenate(batch))]
    return sorted([*found, *made.finish()])


def test_both_directions_are_one_flow_whose_source_spoke_first() -> None:
    answered = [packet(1, WEB, 443, CAM_IP, 5000), packet(2, CAM_IP, 5000, WEB, 443, size=60)]
    assert (
        joined(answered)
        == joined(answered[:1], answered[1:])
        == [Flow(1, 2, "tcp", WEB, 443, CAM_IP, 5000, CAM, 2, 160, None)]
    )


def test_what_differs_in_protocol_port_or_interval_is_another_flow() -> None:
    sent = [packet(1, CAM_IP, 5000, WEB, 53), packet(1, CAM_IP, 5000, WEB, 53, UDP), packet(1, CAM_IP, 5001, WEB, 53)]
    assert len(joined(sent)) == 3
    before, during = packet(99, CAM_IP, 9, VICTIM, 80), packet(101, CAM_IP, 9, VICTIM, 80)
    benign, flood = joined([before, during])
    assert (benign.interval, flood.interval) == (None, FLOOD)


def test_after_a_pause_a_new_flow_begins() -> None:
    times = [1.0, 1 + IDLE, 2 + 2 * IDLE + 0.1, 3 + 2 * IDLE]
    sent = [packet(ts, CAM_IP, 5000, WEB, 443) for ts in times]
    for found in (joined(sent), joined(sent[:2], sent[2:]), joined(*([one] for one in sent))):
        assert [(flow.ts, flow.end, flow.packets) for flow in found] == [(1, 1 + IDLE, 2), (times[2], times[3], 2)]


def test_without_ports_and_addresses_the_fields_are_empty() -> None:
    ping = packet(1, CAM_IP, 0, WEB, 0, proto=1)
    arp = packet(1, CAM_IP, 0, WEB, 0)
    arp["flags"], arp["proto"], arp["ip_version"] = 0, 0, 0
    found = {flow.proto: flow for flow in joined([ping, arp])}
    assert (found["icmp"].src_port, found["icmp"].dst) == (None, WEB)
    assert (found["other"].src, found["other"].dst, found["other"].device) == ("", "", CAM)


def test_memory_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(flows, "MAX_FLOWS", 10)
    made = Flows(LABELS)
    found = [flow for n in range(100) for flow in made.update(packet(n / 10, CAM_IP, n + 1, WEB, 443))]
    assert len(found) >= 90
    assert len([*found, *made.finish()]) == 100


@given(st.lists(st.tuples(st.integers(0, 300), st.integers(0, 3), st.booleans()), min_size=1, max_size=60))
def test_no_packet_is_lost_or_counted_twice(drawn: list[tuple[int, int, bool]]) -> None:
    ends = [(CAM_IP, 5000), (VICTIM, 80)]
    sent = []
    for ts, port, turned in sorted(drawn):
        (src, sport), (dst, dport) = reversed(ends) if turned else ends
        sent.append(packet(ts, src, sport + port * (not turned), dst, dport + port * turned))
    found = joined(sent[::2] or sent, sent[1::2] or [sent[0][:0]])
    assert sum(flow.packets for flow in found) == len(sent)
    assert sum(flow.bytes for flow in found) == 100 * len(sent)
    held = sum(flow.packets for flow in found if flow.interval)
    assert held == sum(100 <= ts <= 200 for ts, _, _ in drawn)
