"""Who is who: devices, gateways, their addresses, their series."""

import pytest

from botwarden.core.address import ip_halves, mac_value
from botwarden.detect.detector import Detector, Seen
from botwarden.detect.networks import parse_networks
from botwarden.detect.state import SERIES_BINS
from captures import arp_frame, udp_frame
from detect.plain import empty_state, plain
from detect.traffic import (
    ACK,
    CAMERA,
    CLOUD,
    DVR,
    GATEWAY,
    GATEWAY_MAC,
    LAPTOP,
    START,
    SYN,
    Host,
    Traffic,
    asked,
    detect,
    household,
    labels,
    observe,
    outside,
    packets_of,
    refused,
    session,
    tcp,
    udp,
)

actors = plain("actors")
HOUSE = household(60)


def devices(traffic: Traffic, **how: object) -> dict[str, Seen]:
    """By first address."""
    return {device.ips[0]: device for device in observe(traffic, **how).devices if device.ips}  # type: ignore[arg-type]


def cooked(traffic: Traffic) -> Traffic:
    """The same as a Linux "cooked" capture, which knows the sender's MAC only (LINKTYPE_LINUX_SLL)."""
    return [(ts, b"\0\0\0\1\0\6" + frame[6:12] + b"\0\0" + frame[12:]) for ts, frame in traffic]


@pytest.mark.parametrize(
    ("text", "local"),
    [
        ("192.168.7.7", True),
        ("10.1.2.3", True),
        ("100.64.1.1", True),
        ("172.32.0.1", False),
        ("8.8.8.8", False),
        ("fe80::1", True),
        ("fd12::1", True),
        ("2001:db8::1", False),
    ],
)
def test_local_addresses(text: str, local: bool) -> None:
    assert actors.is_local(empty_state(), *ip_halves(text)) == local


@pytest.mark.parametrize(
    ("text", "group"),
    [
        *((text, True) for text in ("224.0.0.251", "255.255.255.255", "0.0.0.0", "ff02::fb", "::")),
        *((text, False) for text in ("223.255.255.255", "0.0.0.1", "fe80::1", "::1")),
    ],
)
def test_addresses_that_are_nobodys_own(text: str, group: bool) -> None:
    assert actors.is_group(*ip_halves(text)) == group


# -- devices ------------------------------------------------------------------------------------------------------


def test_devices_are_known_by_mac_and_counted() -> None:
    seen = devices(HOUSE)
    assert seen.keys() == {CAMERA.ip, DVR.ip, LAPTOP.ip, GATEWAY.ip}
    camera = seen[CAMERA.ip]
    assert camera.mac == mac_value(CAMERA.mac)
    sent = [(ts, frame) for ts, frame in HOUSE if frame[6:12] == bytes.fromhex(CAMERA.mac.replace(":", ""))]
    received = [(ts, frame) for ts, frame in HOUSE if frame[:6] == bytes.fromhex(CAMERA.mac.replace(":", ""))]
    assert (camera.packets_sent, camera.bytes_sent) == (len(sent), sum(len(frame) for _, frame in sent))
    assert (camera.packets_received, camera.bytes_received) == (len(received), sum(len(f) for _, f in received))
    assert camera.first_ts == START
    assert camera.last_ts == pytest.approx(max(ts for ts, _ in sent + received))


def test_the_address_used_most_comes_first() -> None:
    second = Host("192.168.0.99", CAMERA.mac)
    assert devices([*HOUSE, *udp(50, second, DVR, 5000)])[CAMERA.ip].ips == (CAMERA.ip, second.ip)


def test_outside_hosts_are_no_devices() -> None:
    assert CLOUD.ip not in {ip for device in observe(HOUSE).devices for ip in device.ips}


# -- gateways -----------------------------------------------------------------------------------------------------


def test_the_gateway_is_who_is_sent_what_goes_outside() -> None:
    seen = devices(HOUSE)
    assert [ip for ip, device in seen.items() if device.gateway] == [GATEWAY.ip]
    assert seen[GATEWAY.ip].ips == (GATEWAY.ip,)  # not the outside addresses it forwards for


def test_one_stray_frame_makes_no_gateway() -> None:
    stray = tcp(30, CAMERA, Host(CLOUD.ip, DVR.mac), 443)
    assert [ip for ip, device in devices(household(240) + stray).items() if device.gateway] == [GATEWAY.ip]


def test_a_gateway_is_not_blamed_for_what_it_forwards() -> None:
    attack = [p for k in range(60) for p in refused(30 + k * 0.1, outside(1), CAMERA, 1000 + k)]
    flood = [p for k in range(2000) for p in tcp(30 + k * 0.005, outside(k), CAMERA, 80)]
    assert {name for name, _, role in labels(detect(HOUSE + attack + flood)) if role == "attacker"} == set()


def test_in_a_capture_of_inbound_traffic_only_it_is_who_brings_it() -> None:
    flood = [p for k in range(2000) for p in tcp(k * 0.005, outside(k), CAMERA, 80)]
    assert labels(detect(flood)) == {(CAMERA.mac, "flood.syn", "victim")}


def test_devices_behind_a_gateway_are_told_apart_by_address() -> None:
    """The capture was made beyond an inner router: all that it sends has its MAC."""
    inner = [Host(f"10.0.0.{n}", "02:00:00:00:00:99") for n in range(1, 4)]
    talk = [p for k, host in enumerate(inner) for p in session(k, host, CLOUD, 443, [("c", b"x"), ("s", b"y")])]
    back = [p for k in range(10) for p in tcp(k, LAPTOP, Host(outside(k).ip, "02:00:00:00:00:99"), 443, ACK)]
    scan = [p for k in range(40) for p in tcp(20 + k * 0.1, inner[1], outside(k), 23)]
    found = detect(talk + back + scan)
    assert labels(found) == {(inner[1].ip, "scan.horizontal", "attacker")}


def test_ipv6_with_addresses_of_one_prefix() -> None:
    """No IPv4 at all, and two addresses per device: neighbour discovery tells what is local."""
    from detect.traffic import icmp

    a, b = Host("2001:db8:7::a", CAMERA.mac), Host("2001:db8:7::a2", CAMERA.mac)
    far = [Host(f"2001:db8:ffff::{n:x}") for n in range(1, 60)]
    ask = bytearray(icmp(0, a, GATEWAY_V6, 135)[0][1])
    ask[21] = 255  # hop limit
    talk = [p for k in range(20) for p in session(1 + k, (a, b)[k % 2], far[k], 443, [("c", b"x"), ("s", b"y")])]
    attack = [p for k in range(60) for p in refused(30 + k * 0.1, far[50], a, 1000 + k)]
    findings = observe([(START, bytes(ask)), *talk, *attack])
    assert [device.mac for device in findings.devices if device.gateway] == [mac_value(GATEWAY_MAC)]
    assert labels(detect([(START, bytes(ask)), *talk, *attack])) == {(CAMERA.mac, "scan.vertical", "victim")}


GATEWAY_V6 = Host("2001:db8:7::1")


# -- without MACs, with half of them, with public addresses -----------------------------------------------------


def without_macs(traffic: Traffic) -> Traffic:
    return [(ts, frame[14:]) for ts, frame in traffic if frame[12:14] in (b"\x08\x00", b"\x86\xdd")]


def test_without_macs_a_device_is_its_address() -> None:
    scan = [p for k in range(40) for p in tcp(30 + k * 0.1, CAMERA, outside(k), 23)]
    raw = without_macs(HOUSE + scan)
    assert labels(detect(raw, link_type=101)) == {(CAMERA.ip, "scan.horizontal", "attacker")}
    assert all(device.mac is None for device in observe(raw, link_type=101).devices)


def test_half_of_the_macs_are_worse_than_none() -> None:
    """The gateway's MAC stands before everything from outside: taken for a device, it would be the attacker."""
    benign = [p for k in range(60) for p in asked(30 + k * 0.1, LAPTOP, outside(k), 443)]
    attack = [p for k in range(60) for p in refused(30 + k * 0.1, outside(99), CAMERA, 1000 + k)]
    assert not detect(cooked(HOUSE + benign), link_type=113)
    assert labels(detect(cooked(HOUSE + attack), link_type=113)) == {(CAMERA.ip, "scan.vertical", "victim")}


def test_public_addresses_on_the_local_network() -> None:
    camera, laptop = Host("198.51.100.10", CAMERA.mac), Host("198.51.100.12", LAPTOP.mac)
    talk = [("c", b"x"), ("s", b"y")]
    house = [p for k in range(20) for p in session(k, laptop, outside(500 + k), 443, talk, sport=41000 + k)]
    house += [p for k in range(20) for p in session(k + 0.5, camera, outside(600 + k), 443, talk, sport=42000 + k)]
    scan = [p for k in range(40) for p in tcp(30 + k * 0.1, camera, outside(k), 23)]
    assert labels(detect(house + scan)) == {(CAMERA.mac, "scan.horizontal", "attacker")}
    given = parse_networks(["198.51.100.0/24"])
    assert labels(detect(house + scan, given)) == {(CAMERA.mac, "scan.horizontal", "attacker")}
    assert [device.mac for device in observe(house, given).devices if device.gateway] == [mac_value(GATEWAY_MAC)]


def test_networks_that_a_user_names_replace_the_guess() -> None:
    raw = without_macs([p for k in range(40) for p in tcp(k * 0.1, Host("203.0.113.9"), outside(k), 23)])
    raw += without_macs([p for k in range(99) for p in asked(k * 0.1, Host("10.0.0.1"), CLOUD, 443)])
    assert not detect(raw, link_type=101)
    named = detect(raw, parse_networks(["203.0.113.0/24"]), link_type=101)
    assert labels(named) == {("203.0.113.9", "scan.horizontal", "attacker")}


# -- forged addresses ---------------------------------------------------------------------------------------------


def test_new_ipv6_addresses_are_not_forged() -> None:
    dvr = Host("fd00::b", DVR.mac)
    days = [p for k in range(60) for p in udp(k, Host(f"fd00::{k + 256:x}", CAMERA.mac), dvr, 5000)]
    camera = next(d for d in observe(HOUSE + days).devices if d.mac == mac_value(CAMERA.mac))
    assert len(camera.ips) == 8
    assert camera.forged == 0


def test_who_asks_for_an_address_by_dhcp_forges_none() -> None:
    ask = udp_frame("0.0.0.0", 68, "255.255.255.255", 67, src_mac=CAMERA.mac, dst_mac="ff:ff:ff:ff:ff:ff")
    assert devices([*HOUSE, (START + 1, ask)])[CAMERA.ip].forged == 0


# -- series -------------------------------------------------------------------------------------------------------


def test_a_series_adds_up_to_what_was_sent() -> None:
    camera = devices(HOUSE)[CAMERA.ip]
    series = camera.series
    assert (series.start, series.width) == (START, 1.0)
    assert series.packets_sent.sum() == camera.packets_sent
    assert series.bytes_received.sum() == camera.bytes_received
    assert series.packets_sent[0] > 0
    assert series.packets_sent[5] == 0


def test_bins_fold_when_the_capture_outgrows_them() -> None:
    camera = devices(HOUSE + udp(86_400, CAMERA, DVR, 5000))[CAMERA.ip]
    series = camera.series
    assert series.width == 512.0
    assert len(series.packets_sent) == 86_400 // 512 + 1 <= SERIES_BINS
    assert series.packets_sent.sum() == camera.packets_sent
    assert series.packets_sent[-1] == 1


def test_every_series_covers_the_same_time() -> None:
    lengths = {len(d.series.packets_sent) for d in observe(HOUSE + udp(3000, CAMERA, DVR, 5000)).devices}
    assert len(lengths) == 1


# -- the usual -----------------------------------------------------------------------------------------------------


def test_the_most_of_the_last_half_hours_leaves_out_what_is_compared_with_it() -> None:
    s = empty_state()
    slot = 0
    a = s["actors"][slot]
    for window, new in enumerate([3, 7, 2, 40, 50, 1, 1]):
        actors.roll(a, START + 10 * window)
        a["new"] += new
        if new == 50:
            a["alarm"] = START + 10 * window
    actors.roll(a, START + 70)
    assert a["new_most"][0] == 7
    actors.roll(a, START + 2000)
    assert (a["new_most"][0], a["new_most"][1]) == (0, 7)
    actors.roll(a, START + 9000)
    assert a["new_most"].tolist() == [0, 0]


def test_a_full_table_gives_up_the_device_that_was_silent_longest() -> None:
    flood: Traffic = []
    for k in range(4000):
        mac = f"06:00:00:00:{k >> 8:02x}:{k & 255:02x}"
        flood.append((START + 70 + k * 0.001, arp_frame(sender_mac=mac, sender_ip="192.168.0.200")))
        flood += tcp(70 + k * 0.001, CAMERA, CLOUD, 443, SYN, sport=1) if k % 50 == 0 else []
    detector = Detector(seed=1)
    detector.update(packets_of(HOUSE))
    detector.update(packets_of(flood))
    findings = detector.findings(final=True)
    assert len(findings.devices) <= 1024
    assert findings.evictions["devices"] > 2000
    camera = next(d for d in findings.devices if d.mac == mac_value(CAMERA.mac))
    assert camera.first_ts == START  # it never made room
