import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from botwarden.core.address import ip_halves, mac_value
from botwarden.core.labels import Interval, LabelledDevice, Labels
from botwarden.core.packet import ETHERTYPE_ARP, HAS_IP, PACKET
from botwarden.core.row import PROTOCOLS, Group
from botwarden.features.labelling import Labelling, label_rows, protocol_codes

GATE, CAM, DVR, NEW = (f"02:00:00:00:00:0{n}" for n in (1, 2, 3, 9))
GATE_IP, CAM_IP, DVR_IP, WEB, OUTSIDE = "10.0.0.1", "10.0.0.2", "10.0.0.3", "198.51.100.7", "203.0.113.9"
DEVICES = [
    LabelledDevice(mac=GATE, ips=[GATE_IP, "192.0.2.1"], role="gateway"),
    LabelledDevice(mac=CAM, ips=[CAM_IP, "fd00::2"], name="cam"),
    LabelledDevice(mac=DVR, ips=[DVR_IP]),
]


def packets(*rows: tuple[float, str, str, str, str]) -> np.ndarray:
    """(ts, source MAC, source IP, destination MAC, destination IP); no IP where that is empty."""
    made = np.zeros(len(rows), PACKET)
    for packet, (ts, src_mac, src, dst_mac, dst) in zip(made, rows, strict=True):
        packet["ts"], packet["src_mac"], packet["dst_mac"] = ts, mac_value(src_mac), mac_value(dst_mac)
        if src:
            packet["src_ip_hi"], packet["src_ip_lo"] = ip_halves(src)
            packet["dst_ip_hi"], packet["dst_ip_lo"] = ip_halves(dst)
            packet["flags"] = HAS_IP
    return made


def interval(label: str = "flood.syn", mac: str = CAM, start: float = 10, end: float = 20, **more: object) -> Interval:
    fields = {"role": "attacker", "target": None} | more
    return Interval(label=label, mac=mac, start=start, end=end, **fields)  # type: ignore[arg-type]


def labelled(made: np.ndarray, *intervals: Interval) -> list[Group]:
    groups, codes = label_rows(made, Labels(devices=DEVICES, intervals=list(intervals)))
    assert codes.dtype == np.int32
    assert len(set(groups)) == len(groups)
    return [groups[code] for code in codes]


def test_unlabelled_packets_are_benign_and_belong_to_the_device_at_one_end() -> None:
    made = packets(
        (1, CAM, CAM_IP, GATE, WEB),
        (1, GATE, WEB, CAM, CAM_IP),
        (1, DVR, DVR_IP, CAM, CAM_IP),
        (1, DVR, DVR_IP, GATE, GATE_IP),
        (1, GATE, GATE_IP, DVR, DVR_IP),
        (1, GATE, GATE_IP, NEW, "10.0.0.9"),
        (1, NEW, "10.0.0.9", GATE, WEB),
        (1, CAM, "", GATE, ""),
        (1, GATE, "", "ff:ff:ff:ff:ff:ff", ""),
    )
    assert [group.device for group in labelled(made)] == ["cam", "cam", DVR, DVR, DVR, GATE, "", "cam", GATE]
    assert all(group.benign for group in labelled(made))


def test_an_attack_may_have_no_verdict() -> None:
    made = packets((15, CAM, CAM_IP, GATE, WEB))
    assert labelled(made, interval("", botnet="hajime", attack="p2p")) == [Group("cam", "hajime", "p2p")]


def test_packets_are_told_their_device_and_their_interval() -> None:
    made = packets(
        (15, CAM, CAM_IP, GATE, WEB),
        (15, GATE, OUTSIDE, CAM, CAM_IP),
        (15, DVR, DVR_IP, CAM, CAM_IP),
        (15, NEW, "10.0.0.9", GATE, WEB),
        (25, CAM, CAM_IP, GATE, WEB),
    )
    suffering = interval("bruteforce.telnet", DVR, role="victim")
    both = Labels(devices=DEVICES, intervals=[interval(target=WEB), suffering, interval("exposure.telnet")])
    macs, numbers = Labelling(both).intervals(made)
    assert macs.tolist() == [mac_value(CAM), mac_value(CAM), mac_value(DVR), 0, mac_value(CAM)]
    assert numbers.tolist() == [0, -1, 1, -1, -1]


def test_an_interval_holds_both_directions_within_its_time() -> None:
    made = packets(
        (9.99, CAM, CAM_IP, GATE, WEB),
        (10, CAM, CAM_IP, GATE, WEB),
        (20, GATE, WEB, CAM, CAM_IP),
        (20.01, GATE, WEB, CAM, CAM_IP),
        (15, DVR, DVR_IP, GATE, WEB),
    )
    flooding = Group("cam", "", "syn")
    expected = [Group("cam"), flooding, flooding, Group("cam"), Group(DVR)]
    assert labelled(made, interval()) == expected
    assert labelled(made, interval(target="198.51.100.0/24")) == expected
    assert labelled(made, interval(target="2001:db8::/32"))[1] == Group("cam")


def test_forged_senders_are_told_by_their_mac_and_behind_nat_by_their_address() -> None:
    forged = packets((15, CAM, "8.8.8.8", GATE, WEB))
    assert labelled(forged, interval(target=WEB)) == [Group("cam", "", "syn")]
    outside = packets((15, NEW, CAM_IP, "02:00:00:00:00:08", WEB), (15, NEW, "192.0.2.1", NEW, WEB))
    assert labelled(outside, interval(target=WEB)) == [Group("cam", "", "syn"), Group(GATE)]
    assert labelled(outside, interval(mac=GATE))[1] == Group(GATE, "", "syn")


def test_a_gateway_is_not_who_it_passes_packets_on_for() -> None:
    made = packets((15, GATE, OUTSIDE, CAM, CAM_IP), (15, GATE, GATE_IP, CAM, CAM_IP))
    assert labelled(made, interval(mac=GATE)) == [Group("cam"), Group(GATE, "", "syn")]


def test_of_a_victim_the_target_is_its_own_address_and_the_source_the_other() -> None:
    made = packets((15, GATE, OUTSIDE, CAM, CAM_IP), (15, CAM, CAM_IP, GATE, OUTSIDE), (15, CAM, CAM_IP, GATE, WEB))
    suffered = interval("bruteforce.telnet", role="victim", target=CAM_IP, source=OUTSIDE)
    guessed = Group("cam", "", "bruteforce")
    assert labelled(made, suffered) == [guessed, guessed, Group("cam")]
    assert labelled(made, interval("infection", target=CAM_IP)) == [Group("cam", "", "infection")] * 3


def test_the_class_is_that_of_the_interval_or_else_of_its_label() -> None:
    made = packets((15, CAM, CAM_IP, GATE, WEB))
    assert labelled(made, interval("scan.mirai")) == [Group("cam", "mirai", "scan")]
    assert labelled(made, interval(botnet="mirai", attack="udpplain")) == [Group("cam", "mirai", "udpplain")]
    assert labelled(made, interval(botnet="gafgyt")) == [Group("cam", "gafgyt", "syn")]
    assert labelled(made, interval("exposure.telnet")) == [Group("cam")]
    assert labelled(made, interval("exposure.telnet", attack="guess")) == [Group("cam", "", "guess")]


def test_attackers_count_before_victims_and_the_later_before_the_earlier() -> None:
    made = packets((15, CAM, CAM_IP, DVR, DVR_IP))
    attack = interval("bruteforce.telnet", target=DVR_IP, start=10)
    suffered = interval("bruteforce.telnet", mac=DVR, role="victim", start=14)
    later = interval("exploit.http", start=14)
    for order in ([attack, suffered, later], [later, suffered, attack]):
        assert labelled(made, *order) == [Group("cam", "", "exploit")]
    assert labelled(made, suffered, attack) == [Group("cam", "", "bruteforce")]
    assert labelled(made, suffered) == [Group(DVR, "", "bruteforce")]


def test_a_device_that_is_in_intervals_only_is_known_by_its_mac() -> None:
    made = packets((15, NEW, "10.0.0.9", GATE, WEB), (5, NEW, "10.0.0.9", GATE, WEB))
    assert labelled(made, interval(mac=NEW.upper())) == [Group(NEW, "", "syn"), Group(NEW)]


def test_it_counts_what_intervals_held() -> None:
    labelling = Labelling(
        Labels(devices=DEVICES, intervals=[interval(), interval("exposure.telnet"), interval(mac=DVR)])
    )
    for _ in range(2):
        labelling.label(packets((15, CAM, CAM_IP, GATE, WEB), (30, CAM, CAM_IP, GATE, WEB)))
    assert labelling.matched.tolist() == [2, 0, 0]
    assert labelling.attacks == [True, False, True]


def test_no_packets_and_no_labels() -> None:
    assert label_rows(packets(), Labels())[0] == ()
    assert labelled(packets(), interval()) == []
    groups, codes = label_rows(packets((1, CAM, CAM_IP, DVR, DVR_IP)), Labels())
    assert groups == (Group(),)
    assert codes.tolist() == [0]


ends = st.sampled_from([(CAM, CAM_IP), (DVR, DVR_IP), (GATE, GATE_IP), (GATE, WEB), (CAM, OUTSIDE), (NEW, WEB)])


@given(
    st.lists(st.tuples(st.floats(0, 30), ends, ends), max_size=12),
    st.sampled_from([CAM, DVR, GATE]),
    st.sampled_from([None, WEB, "10.0.0.0/8", "0.0.0.0/0"]),
)
def test_it_does_what_it_says_packet_by_packet(rows: list, mac: str, target: str | None) -> None:
    """In pieces as at once, and in either direction alike."""
    made = packets(*[(ts, *one, *other) for ts, one, other in rows])
    turned = packets(*[(ts, *other, *one) for ts, one, other in rows])
    rule = interval(mac=mac, target=target)
    whole = labelled(made, rule)
    assert [labelled(made[n : n + 1], rule)[0] for n in range(len(made))] == whole
    assert [group.attack for group in labelled(turned, rule)] == [group.attack for group in whole]


@pytest.mark.parametrize(
    ("version", "proto", "ethertype", "expected"),
    [(4, 6, 0x800, "tcp"), (6, 17, 0x86DD, "udp"), (4, 1, 0x800, "icmp"), (6, 58, 0x86DD, "icmp"),
     (4, 47, 0x800, "other"), (0, 0, ETHERTYPE_ARP, "arp"), (0, 6, 0x88CC, "other")],
)  # fmt: skip
def test_protocols(version: int, proto: int, ethertype: int, expected: str) -> None:
    made = np.zeros(1, PACKET)
    made["ip_version"], made["proto"], made["ethertype"] = version, proto, ethertype
    assert PROTOCOLS[protocol_codes(made)[0]] == expected
