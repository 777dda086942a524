"""A small house whose traffic the detector's tests make: devices, a gateway, the outside, and what they say.

Everything is real frames through the real decoder. A step of traffic is a list of (ts, frame); steps are joined with
``+`` and put in order by `detect`. Times are seconds after `START`, a full hour.
"""

import ipaddress
import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from botwarden.app.api import scan
from botwarden.core.address import IPNetwork, mac_text
from botwarden.core.packet import PacketBatch
from botwarden.core.verdict import Verdict
from botwarden.detect.behaviours import CLAIMS
from botwarden.detect.detector import Detector, Findings
from botwarden.detect.fusion import verdicts
from captures import ACK, FIN, PSH, RST, SYN, arp_frame, batches_of, icmp_frame, pcap, tcp_frame, udp_frame

START = 1_700_001_000.0 - 1_700_001_000.0 % 3600
GATEWAY_MAC = "02:00:00:00:00:01"

Traffic = list[tuple[float, bytes]]
Found = dict[str, list[Verdict]]


@dataclass(frozen=True)
class Host:
    """A machine; one outside is behind the gateway's MAC."""

    ip: str
    mac: str = GATEWAY_MAC


GATEWAY = Host("192.168.0.1")
CAMERA = Host("192.168.0.10", "02:00:00:00:00:0a")
DVR = Host("192.168.0.11", "02:00:00:00:00:0b")
LAPTOP = Host("192.168.0.12", "02:00:00:00:00:0c")
CLOUD = Host("203.0.113.5")
VICTIM = Host("203.0.113.80")


def outside(n: int) -> Host:
    """The n-th of many machines on the internet."""
    return Host(str(ipaddress.ip_address("198.18.0.0") + n))


def neighbour(n: int) -> Host:
    """The n-th of 200 machines on the local network."""
    return Host(f"192.168.0.{50 + n}", f"02:00:00:00:01:{n:02x}")


# -- packets ------------------------------------------------------------------------------------------------------


def tcp(
    ts: float,
    a: Host,
    b: Host,
    dport: int,
    flags: int = SYN,
    *,
    sport: int = 40000,
    payload: bytes = b"",
    seq: int = 7,
) -> Traffic:
    frame = tcp_frame(a.ip, sport, b.ip, dport, flags, payload=payload, src_mac=a.mac, dst_mac=b.mac, seq=seq)
    return [(START + ts, frame)]


def udp(ts: float, a: Host, b: Host, dport: int, *, sport: int = 40000, payload: bytes = b"") -> Traffic:
    return [(START + ts, udp_frame(a.ip, sport, b.ip, dport, payload=payload, src_mac=a.mac, dst_mac=b.mac))]


def icmp(ts: float, a: Host, b: Host, kind: int = 8, code: int = 0, body: bytes = b"") -> Traffic:
    return [(START + ts, icmp_frame(a.ip, b.ip, kind, code, body, src_mac=a.mac, dst_mac=b.mac))]


def arp_request(ts: float, a: Host, ip: str) -> Traffic:
    return [(START + ts, arp_frame(1, sender_mac=a.mac, sender_ip=a.ip, target_ip=ip))]


def arp_reply(ts: float, a: Host, b: Host) -> Traffic:
    return [(START + ts, arp_frame(2, sender_mac=a.mac, sender_ip=a.ip, target_mac=b.mac, target_ip=b.ip))]


# -- conversations ------------------------------------------------------------------------------------------------


def refused(ts: float, a: Host, b: Host, port: int, *, sport: int = 40000, seq: int = 7) -> Traffic:
    """A connection request that a RST answers."""
    return tcp(ts, a, b, port, sport=sport, seq=seq) + tcp(ts + 0.01, b, a, sport, RST | ACK, sport=port)


def half_open(ts: float, a: Host, b: Host, port: int, *, sport: int = 40000) -> Traffic:
    """A connection that is broken off as soon as it is answered."""
    return (
        tcp(ts, a, b, port, sport=sport)
        + tcp(ts + 0.01, b, a, sport, SYN | ACK, sport=port)
        + tcp(ts + 0.02, a, b, port, RST, sport=sport)
    )


def session(
    ts: float, a: Host, b: Host, port: int, said: Sequence[tuple[str, bytes]] = (), *, sport: int = 40000
) -> Traffic:
    """A whole connection; `said` by the client (``"c"``) or the server (``"s"``), 10 ms apart."""
    out = tcp(ts, a, b, port, sport=sport)
    out += tcp(ts + 0.01, b, a, sport, SYN | ACK, sport=port)
    out += tcp(ts + 0.02, a, b, port, ACK, sport=sport)
    at = ts + 0.03
    for who, payload in said:
        if who == "c":
            out += tcp(at, a, b, port, PSH | ACK, sport=sport, payload=payload)
            out += tcp(at + 0.001, b, a, sport, ACK, sport=port)
        else:
            out += tcp(at, b, a, sport, PSH | ACK, sport=port, payload=payload)
            out += tcp(at + 0.001, a, b, port, ACK, sport=sport)
        at += 0.01
    out += tcp(at, a, b, port, FIN | ACK, sport=sport)
    out += tcp(at + 0.001, b, a, sport, FIN | ACK, sport=port)
    return out + tcp(at + 0.002, a, b, port, ACK, sport=sport)


def asked(ts: float, a: Host, b: Host, port: int, *, sport: int = 40000, size: int = 40, answer: int = 60) -> Traffic:
    """A UDP question and its answer."""
    return udp(ts, a, b, port, sport=sport, payload=bytes(size)) + udp(
        ts + 0.02, b, a, sport, sport=port, payload=bytes(answer)
    )


def household(until: float = 60.0, every: float = 20.0) -> Traffic:
    """Ordinary life: each device asks the gateway for names and reads a page of its cloud now and then."""
    out: Traffic = []
    for k in range(int(until / every)):
        ts = k * every
        for n, device in enumerate((CAMERA, DVR, LAPTOP)):
            sport = 50000 + 3 * k + n
            out += arp_request(ts, device, GATEWAY.ip) + arp_reply(ts + 0.001, GATEWAY, device)
            out += asked(ts + 0.1, device, GATEWAY, 53, sport=sport)
            out += session(ts + 0.2, device, CLOUD, 443, [("c", bytes(200)), ("s", bytes(1000))], sport=sport)
    return out


# -- verdicts -----------------------------------------------------------------------------------------------------


def ordered(traffic: Iterable[tuple[float, bytes]]) -> Traffic:
    return sorted(traffic, key=lambda timed: timed[0])


def observe(
    traffic: Iterable[tuple[float, bytes]], lan: Sequence[IPNetwork] = (), *, link_type: int = 1, in_order: bool = True
) -> Findings:
    frames = ordered(traffic) if in_order else list(traffic)
    detector = Detector(lan, seed=1)
    for batch in batches_of(pcap(frames, link_type=link_type)):
        detector.update(batch)
    return detector.findings(final=True)


def judged(findings: Findings) -> Found:
    """Verdicts by MAC address, by IP address where a device has no MAC."""
    by_serial = verdicts(claim for claims in CLAIMS for claim in claims(findings))
    names = {seen.serial: seen.ips[0] if seen.mac is None else mac_text(seen.mac) for seen in findings.devices}
    return {names[serial]: found for serial, found in by_serial.items()}


def detect(
    traffic: Iterable[tuple[float, bytes]], lan: Sequence[IPNetwork] = (), *, link_type: int = 1, in_order: bool = True
) -> Found:
    return judged(observe(traffic, lan, link_type=link_type, in_order=in_order))


def labels(found: Found) -> set[tuple[str, str, str]]:
    """(device, label, role) of every verdict."""
    return {(name, verdict.label, verdict.role) for name, several in found.items() for verdict in several}


def one(found: Found, host: Host, label: str, role: str = "attacker") -> Verdict:
    """The verdict of a kind on a device; fails where there is none."""
    matching = [v for v in found.get(host.mac, []) if (v.label, v.role) == (label, role)]
    assert matching, f"no {label} ({role}) on {host.ip}; there is {sorted(labels(found))}"
    return matching[0]


def packets_of(traffic: Iterable[tuple[float, bytes]]) -> PacketBatch:
    (batch,) = batches_of(pcap(ordered(traffic)))
    return batch


# -- recorded by others ----------------------------------------------------------------------------------------------

REPOSITORY = Path(__file__).parents[2]
SHARED = Path(os.environ.get("BOTWARDEN_SHARED", REPOSITORY.parent / "shared")) / "data"
EXAMPLE = REPOSITORY / "examples" / "house.pcapng"


def recorded(path: Path) -> set[tuple[str, str, str]]:
    """(device's first address, label, role) of every verdict on a capture; skips where there is none."""
    if not path.exists():
        pytest.skip(f"{path} is not here")
    report = scan(path, seed=1).report
    return {(device.ips[0], v.label, v.role) for device in report.devices for v in device.verdicts}
