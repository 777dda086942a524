import random

import pytest

from captures import GRE, ip_frame, ipv4, udp_frame
from detect.traffic import (
    ACK,
    CAMERA,
    CLOUD,
    DVR,
    EXAMPLE,
    LAPTOP,
    PSH,
    RST,
    SHARED,
    START,
    VICTIM,
    Host,
    Traffic,
    asked,
    detect,
    household,
    icmp,
    labels,
    neighbour,
    observe,
    one,
    outside,
    recorded,
    session,
    tcp,
    udp,
)

HOUSE = household(120)
N, PACE = 900, 0.01


def many(n: int = N, pace: float = PACE, at: float = 60.0) -> list[tuple[int, float]]:
    return [(k, at + k * pace) for k in range(n)]


def syn(a: Host = CAMERA, b: Host = VICTIM, n: int = N, pace: float = PACE, at: float = 60.0) -> Traffic:
    return [p for k, ts in many(n, pace, at) for p in tcp(ts, a, b, 80, sport=1024 + k)]


def ack(a: Host = CAMERA, b: Host = VICTIM) -> Traffic:
    return [p for k, ts in many() for p in tcp(ts, a, b, 80, ACK, sport=1024 + k, payload=bytes(500))]


def udp_random(a: Host = CAMERA, b: Host = VICTIM, n: int = N) -> Traffic:
    port = random.Random(1)
    return [
        p
        for _, ts in many(n)
        for p in udp(ts, a, b, port.randrange(1, 65536), sport=port.randrange(1, 65536), payload=bytes(512))
    ]


def udp_plain(pace: float) -> Traffic:
    return [p for _, ts in many(3000, pace) for p in udp(ts, CAMERA, VICTIM, 27015, payload=bytes(512))]


def gre() -> Traffic:
    packet = ip_frame(bytes(4) + ipv4(bytes(100)), GRE, CAMERA.ip, VICTIM.ip, src_mac=CAMERA.mac, dst_mac=VICTIM.mac)
    return [(START + ts, packet) for _, ts in many(3000, 0.004)]


def dns() -> Traffic:
    return [p for k, ts in many() for p in asked(ts, CAMERA, VICTIM, 53, sport=1024 + k)]


def http() -> Traffic:
    request = b"GET / HTTP/1.1\r\nUser-Agent: x\r\n\r\n"
    talk = [("c", request), ("s", b"HTTP/1.1 200 OK\r\n\r\n")] * 9
    return [p for k, ts in many(100, 0.1) for p in session(ts, CAMERA, VICTIM, 80, talk, sport=1024 + k)]


KINDS = {
    "syn": syn,
    "ack": ack,
    "tcp": lambda: [p for k, ts in many() for p in tcp(ts, CAMERA, VICTIM, 80, 41, sport=1024 + k)],
    "udp": udp_random,
    "udpplain": lambda: udp_plain(0.004),
    "icmp": lambda: [p for _, ts in many() for p in icmp(ts, CAMERA, VICTIM)],
    "gre": gre,
    "dns": dns,
    "http": http,
}


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_of_flood(kind: str) -> None:
    found = detect(HOUSE + KINDS[kind]())
    assert labels(found) == {(CAMERA.mac, f"flood.{kind}", "attacker")}
    verdict = one(found, CAMERA, f"flood.{kind}")
    assert verdict.severity == "critical"
    assert verdict.first_ts == pytest.approx(START + 60, abs=1.1)
    assert verdict.evidence["target"] == VICTIM.ip
    assert verdict.evidence["forged_sources"] == 0
    assert verdict.evidence["packets"] == pytest.approx(3000 if kind in ("udpplain", "gre") else 900, abs=20)
    assert verdict.evidence["rate_per_s"] == pytest.approx(250 if kind in ("udpplain", "gre") else 100, rel=0.15)


def test_what_is_said_of_it() -> None:
    found = detect(HOUSE + syn())
    (reason,) = one(found, CAMERA, "flood.syn").reasons
    assert reason == (
        f"sent 900 connection requests to {VICTIM.ip}, port 80, 102 a second; none of them were completed; "
        "it sent at most 8 packets of any kind in 10 s in the 60 s before"
    )


def test_a_busy_client_that_completes_its_handshakes_is_none() -> None:
    busy = [p for k, ts in many() for p in session(ts, LAPTOP, CLOUD, 443, [("c", b"x"), ("s", b"y")], sport=1024 + k)]
    assert not detect(HOUSE + busy)


def test_a_download_and_an_upload_are_none() -> None:
    for a, b in ((CLOUD, LAPTOP), (LAPTOP, CLOUD)):
        bulk: Traffic = []
        for k, ts in many(2000, 0.005):
            bulk += tcp(ts, a, b, 5000, ACK, sport=443, payload=bytes(1400))
            bulk += tcp(ts + 0.001, b, a, 443, ACK, sport=5000) if k % 10 == 0 else []
        assert not detect(HOUSE + bulk)


def test_a_download_of_which_one_direction_was_captured_is_none() -> None:
    """Each packet goes on where the one before left off."""
    bulk = [
        p
        for k, ts in many(2000, 0.005)
        for p in tcp(ts, CLOUD, LAPTOP, 5000, ACK, sport=443, payload=bytes(1400), seq=1400 * k)
    ]
    assert not detect(HOUSE + bulk)
    jumbled = [p for k, ts in many() for p in tcp(ts, CAMERA, VICTIM, 80, ACK, payload=bytes(500), seq=7919 * k)]
    assert labels(detect(HOUSE + jumbled)) == {(CAMERA.mac, "flood.ack", "attacker")}


def test_a_slow_tunnel_that_nobody_answers_is_none() -> None:
    """Mirrored traffic for a collector."""
    assert not detect(HOUSE + gre()[::4])


def test_a_video_stream_with_reports_is_none_and_a_slow_one_without() -> None:
    stream = [p for _, ts in many(9000, 0.002) for p in udp(ts, CAMERA, DVR, 5004, sport=5004, payload=bytes(900))]
    reports = [p for k in range(5) for p in udp(60 + 5 * k, DVR, CAMERA, 5005, sport=5005, payload=bytes(40))]
    assert not detect(HOUSE + stream + reports)
    assert not detect(HOUSE + udp_plain(0.008))


def test_less_than_fifty_a_second_is_none() -> None:
    assert not detect(HOUSE + syn(n=900, pace=0.022))


def test_refusals_are_none() -> None:
    asks = syn(LAPTOP, DVR, n=400, pace=0.03)
    flags = [p for k, ts in many(400, 0.03) for p in tcp(ts + 0.001, DVR, LAPTOP, 1024 + k, RST | ACK, sport=80)]
    assert not {found for found in labels(detect(HOUSE + asks + flags)) if found[0] == DVR.mac}
    answers = [p for k, ts in many() for p in tcp(ts + 0.001, CAMERA, outside(k), 80, RST, sport=80)]
    asked_for = [p for k, ts in many() for p in tcp(ts, outside(k), CAMERA, 80, sport=80)]
    found = labels(detect(HOUSE + asked_for + answers))
    assert not {label for _, label, role in found if role == "attacker"}


# -- forged sources -----------------------------------------------------------------------------------------------


def test_forged_sources_are_held_against_the_machine_that_sends_them() -> None:
    forged = [p for k, ts in many() for p in tcp(ts, Host(outside(k).ip, CAMERA.mac), VICTIM, 80, sport=1024 + k)]
    found = detect(HOUSE + forged)
    assert labels(found) == {(CAMERA.mac, "flood.syn", "attacker")}
    verdict = one(found, CAMERA, "flood.syn")
    assert verdict.evidence["forged_sources"] == pytest.approx(N, abs=20)
    assert "carried a forged source address" in verdict.reasons[0]
    (seen,) = [device for device in observe(HOUSE + forged).devices if device.ips[0] == CAMERA.ip]
    assert seen.forged == N


def test_forged_local_sources_too() -> None:
    forged = [p for k, ts in many() for p in tcp(ts, Host(f"192.168.{k // 250}.{k % 250}", CAMERA.mac), VICTIM, 80)]
    assert one(detect(HOUSE + forged), CAMERA, "flood.syn").evidence["forged_sources"] > N - 30


def test_a_forged_plain_udp_flood_needs_no_higher_rate() -> None:
    forged = [
        (
            START + ts,
            udp_frame(outside(k).ip, 9, VICTIM.ip, 80, payload=bytes(99), src_mac=CAMERA.mac, dst_mac=VICTIM.mac),
        )
        for k, ts in many()
    ]
    assert labels(detect(HOUSE + forged)) == {(CAMERA.mac, "flood.udpplain", "attacker")}


# -- the victim ---------------------------------------------------------------------------------------------------


def test_many_sources_flood_a_device() -> None:
    found = detect(HOUSE + [p for k, ts in many(3000, 0.003) for p in tcp(ts, outside(k), CAMERA, 80)])
    assert labels(found) == {(CAMERA.mac, "flood.syn", "victim")}
    verdict = one(found, CAMERA, "flood.syn", "victim")
    assert "from 3,000 addresses" in verdict.reasons[0]
    assert verdict.evidence["sources"] == 3000
    assert verdict.evidence["first_sources"][0] == outside(0).ip
    assert "main_source" not in verdict.evidence


def test_a_flood_inside_the_house_has_an_attacker_and_a_victim() -> None:
    found = detect(HOUSE + syn(CAMERA, DVR, n=3000, pace=0.003))
    assert labels(found) == {(CAMERA.mac, "flood.syn", "attacker"), (DVR.mac, "flood.syn", "victim")}


def test_the_victim_is_told_who_did_it_and_since_when_whoever_else_came_before() -> None:
    """A meter of the victim's runs all the time: the laptop looks at the DVR's page every two seconds."""
    visits = [
        p for k in range(60) for p in session(2 * k, LAPTOP, DVR, 80, [("c", b"x"), ("s", b"y")], sport=41000 + k)
    ]
    earlier = session(3, CAMERA, DVR, 80)
    found = detect(HOUSE + visits + earlier + syn(CAMERA, DVR, n=3000, pace=0.003))
    verdict = one(found, DVR, "flood.syn", "victim")
    assert f"from {CAMERA.ip}, 33" in verdict.reasons[0]
    assert verdict.evidence["main_source"] == CAMERA.ip
    assert START + 59 <= verdict.first_ts <= START + 61
    assert START + 67 <= verdict.last_ts <= START + 70
    assert verdict.evidence["packets"] == pytest.approx(3000, abs=30)
    assert not found.get(LAPTOP.mac)


# -- one flood, several episodes ----------------------------------------------------------------------------------


def test_a_flood_that_pauses_is_one_episode_and_one_that_comes_back_another() -> None:
    house = household(400)
    once = detect(house + syn(at=60) + syn(at=80))
    assert "episodes" not in one(once, CAMERA, "flood.syn").evidence
    twice = one(detect(house + syn(at=60) + syn(at=200)), CAMERA, "flood.syn")
    assert [round(e["first_ts"] - START) for e in twice.evidence["episodes"]] == [60, 200]
    assert [round(e["last_ts"] - START) for e in twice.evidence["episodes"]] == [69, 209]
    assert (round(twice.first_ts - START), round(twice.last_ts - START)) == (60, 209)


# -- connections for nothing ---------------------------------------------------------------------------------------


def combo(a: Host = CAMERA, b: Host = VICTIM, n: int = N, pace: float = PACE, at: float = 60.0) -> Traffic:
    """Connections that are opened, given junk, and closed; what the other end then says nobody waits for."""
    out: Traffic = []
    for k, ts in many(n, pace, at):
        out += session(ts, a, b, 80, [("c", b"Rj8" * 300)], sport=1024 + k)[:-2]
        out += tcp(ts + 0.05, b, a, 1024 + k, PSH | ACK, sport=80, payload=b"what?")
        out += tcp(ts + 0.051, a, b, 80, RST, sport=1024 + k)
    return out


def test_connections_for_nothing_are_a_flood() -> None:
    found = detect(HOUSE + combo())
    assert labels(found) == {(CAMERA.mac, "flood.tcp", "attacker")}
    verdict = one(found, CAMERA, "flood.tcp")
    assert verdict.reasons == [
        f"opened 900 connections to {VICTIM.ip}, port 80, 102 a second; the other end got to say something on none of "
        "them; it sent at most 8 packets of any kind in 10 s in the 60 s before"
    ]
    assert (verdict.evidence["kind"], verdict.evidence["packets"], verdict.evidence["answered"]) == ("connect", 900, 0)


def test_so_are_connections_on_which_nobody_says_anything() -> None:
    silent = [p for k, ts in many() for p in session(ts, CAMERA, VICTIM, 80, sport=1024 + k)[:3]]
    assert labels(detect(HOUSE + silent)) == {(CAMERA.mac, "flood.tcp", "attacker")}


def test_their_victim_is_told() -> None:
    found = detect(HOUSE + combo(CAMERA, DVR, n=3000, pace=0.004))
    assert labels(found) == {(CAMERA.mac, "flood.tcp", "attacker"), (DVR.mac, "flood.tcp", "victim")}
    (reason,) = one(found, DVR, "flood.tcp", "victim").reasons
    assert f"connections on port 80 from {CAMERA.ip}, 25" in reason
    assert reason.endswith("it got to say something on none of them")
    several = detect(HOUSE + [p for k in range(300) for p in combo(outside(k), DVR, n=10, pace=0.9, at=60 + k * 0.003)])
    assert "from several addresses" in one(several, DVR, "flood.tcp", "victim").reasons[0]


@pytest.mark.parametrize("first", ["combo", "syn"])
def test_a_flood_of_connections_and_one_of_requests_are_two_whichever_comes_first(first: str) -> None:
    """Closer together than the hold of a meter."""
    at = {"combo": 60.0, "syn": 80.0} if first == "combo" else {"combo": 80.0, "syn": 60.0}
    found = detect(HOUSE + combo(at=at["combo"]) + syn(at=at["syn"], n=2000, pace=0.005))
    assert labels(found) == {(CAMERA.mac, "flood.tcp", "attacker"), (CAMERA.mac, "flood.syn", "attacker")}
    for label, started in (("flood.tcp", at["combo"]), ("flood.syn", at["syn"])):
        assert one(found, CAMERA, label).first_ts == pytest.approx(START + started, abs=1.1)
        assert one(found, CAMERA, label).last_ts == pytest.approx(START + started + 9.5, abs=2.1)


def test_a_browser_that_opens_thirty_connections_at_once_is_none() -> None:
    """And again for each of twenty pages, whose answers take a while."""
    out: Traffic = []
    for k in range(600):
        ts = 60 + 0.5 * (k // 30)
        out += session(ts, LAPTOP, CLOUD, 443, [("c", bytes(700)), ("c", bytes(500))], sport=2000 + k)[:-3]
        out += tcp(ts + 0.4, CLOUD, LAPTOP, 2000 + k, PSH | ACK, sport=443, payload=bytes(1200))
    assert not detect(HOUSE + out)


# -- browsers -----------------------------------------------------------------------------------------------------


def visit(n: int, names: int, a: Host = CAMERA, b: Host = DVR) -> Traffic:
    ok = b"HTTP/1.1 200 OK\r\n\r\n"
    out: Traffic = []
    for k in range(n):
        request = b"GET /?%d HTTP/1.1\r\nHost: x\r\nUser-Agent: Mozilla/%d\r\n\r\n" % (k, k % names)
        out += session(60 + 5 * k, a, b, 80, [("c", request), ("s", ok)], sport=30000 + k)
    return out


def test_a_slow_web_attack_is_known_by_its_many_browsers() -> None:
    found = detect(HOUSE + visit(60, 30))
    assert labels(found) == {(CAMERA.mac, "flood.http", "attacker"), (DVR.mac, "flood.http", "victim")}
    verdict = one(found, CAMERA, "flood.http")
    assert verdict.reasons == [f"sent {DVR.ip} 60 web requests in 5 min, under the names of 30 different browsers"]
    assert (verdict.confidence, verdict.severity) == (0.6, "medium")


def test_one_browser_many_times_and_many_machines_with_one_each_are_none() -> None:
    assert not detect(HOUSE + visit(100, 2))
    assert not detect(HOUSE + [p for k in range(30) for p in visit(4, 1, neighbour(k))])


# -- recorded -----------------------------------------------------------------------------------------------------

FLOODS = SHARED / "floods"


def test_recorded_floods() -> None:
    assert recorded(FLOODS / "pkt.TCP.DOMINATE.syn.ecn.cwr.pcapng") == {("10.10.10.10", "flood.syn", "victim")}
    assert recorded(FLOODS / "cic_ddos2019" / "CIC-DDoS-2019-SynFlood.pcap") == {
        ("172.16.0.5", "flood.syn", "attacker"),
        ("192.168.50.4", "flood.syn", "victim"),
    }
    assert recorded(FLOODS / "cic_ddos2019" / "CIC-DDoS-2019-WebDDoS.pcap") == {
        ("172.16.0.5", "flood.http", "attacker"),
        ("192.168.50.1", "flood.http", "victim"),
    }


def test_the_example() -> None:
    found = {(ip, label, role) for ip, label, role in recorded(EXAMPLE) if label.startswith("flood.")}
    assert found == {("192.168.10.20", "flood.syn", "attacker"), ("192.168.10.20", "flood.udp", "attacker")}


def test_a_flood_is_found_between_packets_that_come_late() -> None:
    late = [p for _, ts in many() for p in udp(ts - 5, LAPTOP, DVR, 5000)]
    mixed = [p for pair in zip(udp_random(), late, strict=True) for p in pair]
    assert (CAMERA.mac, "flood.udp", "attacker") in labels(detect([*HOUSE, *mixed], in_order=False))
