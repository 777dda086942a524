import pytest

from captures import ipv4, ipv6
from captures import udp as udp_header
from detect.traffic import (
    CAMERA,
    DVR,
    EXAMPLE,
    GATEWAY,
    LAPTOP,
    SHARED,
    START,
    Host,
    Traffic,
    arp_reply,
    arp_request,
    asked,
    detect,
    half_open,
    household,
    icmp,
    labels,
    neighbour,
    one,
    outside,
    recorded,
    refused,
    session,
    tcp,
    udp,
)

HOUSE = household(120)


def silent(n: int, port: int, *, every: float = 0.1, at: float = 60.0) -> Traffic:
    """SYNs to n new addresses, none of which answers."""
    return [packet for k in range(n) for packet in tcp(at + k * every, CAMERA, outside(k), port, sport=30000 + k)]


def test_an_ordinary_house_is_silent() -> None:
    assert not detect(HOUSE)


@pytest.mark.parametrize("port", [23, 8081, 443])
def test_new_addresses_that_do_not_answer_are_a_scan_on_any_port(port: int) -> None:
    found = detect(HOUSE + silent(40, port))
    assert labels(found) == {(CAMERA.mac, "scan.horizontal", "attacker")}
    verdict = one(found, CAMERA, "scan.horizontal")
    assert verdict.reasons[0].startswith(f"tried 40 addresses on port {port} in 4 s; 100 % did not let it in")
    assert "3 is the most it tried in 10 s in the 60 s before" in verdict.reasons[0]
    assert verdict.first_ts == pytest.approx(START + 60)
    assert verdict.last_ts == pytest.approx(START + 63.9)
    assert verdict.severity == "high"
    assert verdict.evidence | {"first_targets": []} == {
        "targets": 40,
        "failed": 40,
        "answered": 0,
        "refused": 0,
        "peak": 40,
        "window_s": 10.0,
        "threshold": 15.0,
        "before_peak_10s": 3,
        "watched_before_s": 60.0,
        "first_targets": [],
        "ports": [port],
        "mirai_marks": 0,
    }
    assert verdict.evidence["first_targets"] == [outside(n).ip for n in range(6)]


def test_fewer_than_the_threshold_are_none() -> None:
    assert not detect(HOUSE + silent(14, 23))


def test_the_same_address_again_and_again_is_none() -> None:
    assert not detect(HOUSE + [p for k in range(60) for p in tcp(60 + k * 0.5, CAMERA, outside(1), 23, sport=3000 + k)])


def test_answered_connections_are_none() -> None:
    said = [("c", b"hello"), ("s", b"welcome")]
    browsing = [p for k in range(60) for p in session(60 + k * 0.1, LAPTOP, outside(k), 443, said, sport=30000 + k)]
    assert not detect(HOUSE + browsing)


def test_mostly_answered_connections_are_none() -> None:
    browsing = [p for k in range(40) for p in session(60 + k * 0.1, CAMERA, outside(100 + k), 443, sport=40100 + k)]
    assert not detect(HOUSE + browsing + silent(20, 443, every=0.2))


def test_trying_each_site_over_a_broken_second_way_too_is_none() -> None:
    """As browsers do where IPv6 does not work: half of all new addresses fail."""
    browsing = [p for k in range(40) for p in session(60 + k * 0.1, CAMERA, outside(100 + k), 443, sport=40100 + k)]
    assert not detect(HOUSE + browsing + silent(40, 443, every=0.1))


def test_sites_that_answer_over_tcp_but_not_over_quic_are_none() -> None:
    """As where a firewall blocks UDP port 443."""
    sites = [(60 + k * 0.1, outside(100 + k), 40100 + k) for k in range(60)]
    tcp_and_quic = [
        p
        for ts, site, sport in sites
        for p in udp(ts, LAPTOP, site, 443, sport=sport) + session(ts + 0.05, LAPTOP, site, 443, sport=sport)
    ]
    assert not detect(HOUSE + tcp_and_quic)


def test_refusals_count_as_failures() -> None:
    found = detect(HOUSE + [p for k in range(30) for p in refused(60 + k * 0.1, CAMERA, outside(k), 23)])
    assert one(found, CAMERA, "scan.horizontal").evidence["refused"] == 30


def test_half_open_connections_count_as_failures() -> None:
    found = detect(HOUSE + [p for k in range(30) for p in half_open(60 + k * 0.1, CAMERA, outside(k), 80)])
    assert one(found, CAMERA, "scan.horizontal").evidence["failed"] == 30


def test_a_scan_of_the_local_network_is_one_too() -> None:
    found = detect(HOUSE + [p for k in range(30) for p in refused(60 + k * 0.1, CAMERA, neighbour(k), 23)])
    assert labels(found) == {(CAMERA.mac, "scan.horizontal", "attacker")}


def test_a_patient_scan_is_seen_over_an_hour() -> None:
    found = detect(household(4000, 400) + silent(80, 23, every=45.0))
    verdict = one(found, CAMERA, "scan.horizontal")
    assert verdict.evidence["window_s"] == 3600
    assert verdict.confidence <= 0.85
    assert not detect(household(4000, 400) + silent(40, 23, every=90.0))


def test_ipv6() -> None:
    camera = Host("fd00::a", CAMERA.mac)
    probes = [p for k in range(40) for p in tcp(60 + k * 0.1, camera, Host(f"2001:db8::{k + 1:x}"), 23)]
    assert labels(detect(HOUSE + probes)) == {(CAMERA.mac, "scan.horizontal", "attacker")}


# -- ports of one machine -----------------------------------------------------------------------------------------


def test_many_closed_ports_of_one_machine() -> None:
    found = detect(HOUSE + [p for k in range(60) for p in refused(60 + k * 0.1, CAMERA, DVR, 1000 + k)])
    assert labels(found) == {(CAMERA.mac, "scan.vertical", "attacker"), (DVR.mac, "scan.vertical", "victim")}
    attacker, victim = one(found, CAMERA, "scan.vertical"), one(found, DVR, "scan.vertical", "victim")
    assert attacker.reasons[0].startswith(f"tried 60 ports of {DVR.ip} that are closed in 6 s")
    assert victim.reasons == [f"{CAMERA.ip} tried 60 ports of it that are closed in 6 s"]
    assert (attacker.severity, victim.severity) == ("high", "low")
    assert attacker.evidence["first_ports"][0] in (1000, 1001)


def test_scanned_from_outside() -> None:
    found = detect(HOUSE + [p for k in range(40) for p in refused(60 + k * 0.1, outside(5), CAMERA, 1000 + k)])
    assert labels(found) == {(CAMERA.mac, "scan.vertical", "victim")}
    assert one(found, CAMERA, "scan.vertical", "victim").evidence["source"] == outside(5).ip


@pytest.mark.parametrize("tries", [1, 2])
def test_a_thousand_ports_in_two_seconds_are_a_scan_and_no_flood(tries: int) -> None:
    probes = [
        p
        for t in range(tries)
        for k in range(1000)
        for p in tcp(60 + t * 2 + k / 500, CAMERA, DVR, 1 + k, sport=50 + t)
    ]
    found = detect(HOUSE + probes)
    assert labels(found) == {(CAMERA.mac, "scan.vertical", "attacker"), (DVR.mac, "scan.vertical", "victim")}


def test_many_ports_that_answer_are_none() -> None:
    """A peer-to-peer video call, a passive FTP client."""
    transfers = [p for k in range(60) for p in session(60 + k * 0.1, LAPTOP, DVR, 30000 + k, [("s", b"x")])]
    assert not detect(HOUSE + transfers)


# -- UDP ----------------------------------------------------------------------------------------------------------


def test_udp_to_many_addresses_of_which_none_answers() -> None:
    found = detect(HOUSE + [p for k in range(60) for p in udp(60 + k * 0.2, CAMERA, outside(k), 1900)])
    assert labels(found) == {(CAMERA.mac, "scan.udp", "attacker")}
    assert "on UDP port 1900" in one(found, CAMERA, "scan.udp").reasons[0]


def test_udp_to_many_ports_of_one_machine() -> None:
    found = detect(HOUSE + [p for k in range(60) for p in udp(60 + k * 0.2, CAMERA, DVR, 1000 + k)])
    assert labels(found) == {(CAMERA.mac, "scan.udp", "attacker"), (DVR.mac, "scan.udp", "victim")}


def test_questions_that_are_answered_are_no_udp_scan() -> None:
    assert not detect(HOUSE + [p for k in range(60) for p in asked(60 + k * 0.2, LAPTOP, outside(k), 443)])


@pytest.mark.parametrize("v6", [False, True])
def test_a_traceroute_is_no_udp_scan(v6: bool) -> None:
    """Ninety ports of one address, and routers on the way that say that the packets died there."""
    source, target = (Host("fd00::c", LAPTOP.mac), Host("2001:db8::9")) if v6 else (LAPTOP, outside(9))
    trace: Traffic = []
    for k in range(90):
        asks = udp_header(bytes(24), sport=40000, dport=33434 + k)
        ends = {"src": source.ip, "dst": target.ip}
        quoted = ipv6(asks, next_header=17, **ends) if v6 else ipv4(asks, proto=17, **ends)
        router = Host(f"2001:db8:1::{k // 3 + 1:x}") if v6 else outside(1000 + k // 3)
        trace += udp(60 + k * 0.05, source, target, 33434 + k, payload=bytes(24))
        trace += icmp(60.03 + k * 0.05, router, source, 3 if v6 else 11, body=quoted)
    assert not detect(HOUSE + trace)
    unheard = [packet for packet in trace if packet[1][6:12] == bytes.fromhex(LAPTOP.mac.replace(":", ""))]
    assert labels(detect(HOUSE + unheard)) == {(LAPTOP.mac, "scan.udp", "attacker")}


def test_closed_udp_ports_are_a_scan_although_the_target_says_so() -> None:
    probes: Traffic = []
    for k in range(60):
        quoted = ipv4(udp_header(b"", sport=40000, dport=1000 + k), src=CAMERA.ip, dst=outside(9).ip, proto=17)
        probes += udp(60 + k * 0.1, CAMERA, outside(9), 1000 + k)
        probes += icmp(60.03 + k * 0.1, outside(9), CAMERA, 3, 3, quoted)
    assert (CAMERA.mac, "scan.udp", "attacker") in labels(detect(HOUSE + probes))


# -- ARP and ping sweeps ------------------------------------------------------------------------------------------


def sweep(host: Host, n: int) -> Traffic:
    return [p for k in range(n) for p in arp_request(60 + k * 0.05, host, f"192.168.0.{k + 20}")]


def test_arp_requests_for_the_whole_network() -> None:
    found = detect(HOUSE + sweep(CAMERA, 100))
    assert labels(found) == {(CAMERA.mac, "scan.arp", "attacker")}
    verdict = one(found, CAMERA, "scan.arp")
    assert verdict.reasons[0].startswith("asked for 100 local addresses in 5 s")
    assert verdict.first_ts == pytest.approx(START + 60)  # not when it last asked for its gateway


def test_answered_arp_requests_count_too() -> None:
    answers = [p for k in range(100) for p in arp_reply(60.01 + k * 0.05, neighbour(k), CAMERA)]
    assert labels(detect(HOUSE + sweep(CAMERA, 100) + answers)) == {(CAMERA.mac, "scan.arp", "attacker")}


def test_a_gateway_may_ask_for_everyone() -> None:
    assert not detect(HOUSE + sweep(Host(GATEWAY.ip), 100))


def test_a_few_neighbours_announcements_and_probes_are_none() -> None:
    announcements = [p for k in range(100) for p in arp_request(60 + k * 0.1, neighbour(k), neighbour(k).ip)]
    nobody = Host("0.0.0.0", CAMERA.mac)
    probes = [p for k in range(60) for p in arp_request(60 + k * 0.1, nobody, f"192.168.0.{20 + k}")]
    assert not detect(HOUSE + sweep(CAMERA, 20) + announcements + probes)


def test_a_ping_sweep() -> None:
    found = detect(HOUSE + [p for k in range(30) for p in icmp(60 + k * 0.1, CAMERA, neighbour(k))])
    assert labels(found) == {(CAMERA.mac, "scan.icmp", "attacker")}
    assert one(found, CAMERA, "scan.icmp").reasons[0].startswith("pinged 30 addresses in 3 s")


def test_pinging_one_address_for_long_is_none() -> None:
    assert not detect(HOUSE + [p for k in range(60) for p in icmp(60 + k, LAPTOP, outside(1))])


# -- Mirai --------------------------------------------------------------------------------------------------------


def marked(n: int) -> Traffic:
    targets = [outside(7 * k + 1) for k in range(n)]
    seqs = [int.from_bytes(bytes(map(int, target.ip.split("."))), "big") for target in targets]
    return [
        p
        for k in range(n)
        for p in tcp(60 + 20 * k, CAMERA, targets[k], (23, 2323)[k % 2], seq=seqs[k], sport=20000 + k)
    ]


def test_the_mark_of_mirai_on_three_targets_is_enough() -> None:
    found = detect(HOUSE + marked(3))
    assert labels(found) == {(CAMERA.mac, "scan.mirai", "attacker")}
    verdict = one(found, CAMERA, "scan.mirai")
    assert verdict.confidence == 0.99
    assert verdict.severity == "critical"
    assert verdict.evidence["ports"] == [23, 2323]
    assert verdict.evidence["mirai_marks"] == 3
    assert not detect(HOUSE + marked(2))


def test_other_sequence_numbers_are_no_mark() -> None:
    found = detect(HOUSE + silent(40, 23))
    assert (CAMERA.mac, "scan.mirai", "attacker") not in labels(found)


# -- recorded -----------------------------------------------------------------------------------------------------


def test_recorded_sweeps() -> None:
    assert recorded(SHARED / "scans" / "arp_scan.pcap") == {("192.168.1.247", "scan.arp", "attacker")}
    assert recorded(SHARED / "scans" / "icmp_sweep.pcap") == {("192.168.1.109", "scan.icmp", "attacker")}


def test_the_example() -> None:
    found = {(ip, label, role) for ip, label, role in recorded(EXAMPLE) if label.startswith("scan.")}
    camera = "192.168.10.20"
    assert found == {(camera, "scan.mirai", "attacker"), (camera, "scan.horizontal", "attacker")}
