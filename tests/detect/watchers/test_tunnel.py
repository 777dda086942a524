import base64
import hashlib
import random
from typing import Any

import pytest

from botwarden.core.record import Record
from botwarden.detect.watchers.tunnel import MAX_ZONES, Tunnels
from detect.records import CAMERA, LAPTOP, ROUTER, START, dns, heard, is_local, watch
from detect.traffic import SHARED

NDPI = SHARED / "protocols" / "ndpi"
HERE = ("192.0.2.1",)


def blob(n: int, size: int = 30) -> str:
    return base64.b32encode(random.Random(n).randbytes(size)).decode().lower().rstrip("=")


def queries(
    n: int = 60, size: int = 60, every: float = 1.0, domain: str = "t.example.com", **fields: Any
) -> list[Record]:
    labels = (blob(k, size) for k in range(n))
    return [
        dns(every * k, f"{label[:60]}.{label[60:] or 'x'}.{domain}", HERE, **fields) for k, label in enumerate(labels)
    ]


@pytest.mark.parametrize("qtype", ["TXT", "NULL", "CNAME"])
def test_a_tunnel(qtype: str) -> None:
    (claim,) = watch(Tunnels, queries(qtype=qtype))
    assert (claim.serial, claim.label, claim.role, claim.target) == (10, "cnc.tunnel", "attacker", "example.com")
    assert claim.confidence > 0.9
    names = claim.evidence["names"]
    assert 57 <= names <= claim.evidence["queries"] == 60, "some share a bit of the sketch"
    assert claim.reason.startswith(
        f"asked for {names} different names below example.com in 59 s, 99 characters long on average; that carries 5."
    )
    assert claim.reason.endswith(
        f" kB out; 100 % of the questions are for {qtype} records, whose answers have room; "
        "hardly any name was asked for twice"
    )
    assert claim.evidence["types"] == {qtype: 60}
    assert (claim.first_ts, claim.last_ts) == (START, START + 59)


def test_a_slow_one_and_one_that_asks_for_addresses_only() -> None:
    assert watch(Tunnels, queries(every=60, qtype="TXT"))
    assert watch(Tunnels, queries(400))


def test_a_file_in_a_single_name() -> None:
    (claim,) = watch(Tunnels, [dns(0, "h4sicn03*2qaa3rlc3qudhh0aavjycxwakjehel-.test.txt", HERE)])
    assert claim.reason == (
        "put what begins like a gzip archive into a name that it asked for, below test.txt: "
        "h4sicn03*2qaa3rlc3qudhh0aavjycxwakjehel-"
    )
    assert claim.confidence == 0.7


def md5(n: int) -> str:
    return hashlib.md5(str(n).encode()).hexdigest()


HONEST: dict[str, list[Record]] = {
    "content network": [
        dns(k, f"e{1000 + k % 80}.dsce{k % 9}.akamaiedge.net", HERE, qtype=qtype)
        for k in range(500)
        for qtype in ("A", "AAAA")
    ],
    "video": [dns(9 * k, f"rr{k % 6}---sn-4g5ed{md5(k % 90)[:3]}.googlevideo.com", HERE) for k in range(600)],
    "a cloud's long names": [
        dns(60 * k, f"a{md5(k % 4)[:12]}-ats.iot.eu-central-1.amazonaws.com", HERE) for k in range(500)
    ],
    "virus scanner": [dns(k, f"{blob(k)}.avqs.mcafee.com", HERE) for k in range(500)],
    "list of spammers": [dns(k, f"{k % 200}.{k % 7}.2.192.zen.example.org", HERE) for k in range(900)],
    "the same of IPv6": [dns(k, ".".join(md5(k)) + ".bl.example.org", HERE) for k in range(500)],
    "reverse": [dns(k, f"{k % 250}.0.168.192.in-addr.arpa", ("host",), qtype="PTR") for k in range(900)],
    "certificate transparency": [
        dns(k, f"{blob(k)}.hash.pilot.ct.googleapis.com", ("TXT 9 x",), qtype="TXT") for k in range(90)
    ],
    "advertisements": [
        dns(300 * k, f"{md5(k)}.safeframe.ads.example.net", HERE, qtype=qtype)
        for k in range(50)
        for qtype in ("A", "AAAA")
    ],
    "mail settings": [
        dns(k, f"_dmarc.{name}.example.com", ("TXT 6 v=spf1",), qtype="TXT") for k, name in enumerate("abc")
    ],
    "the house": [dns(k, f"{blob(k)}.fritz.box", HERE, qtype="TXT") for k in range(90)],
    "mDNS": queries(qtype="TXT", resp_p=5353, resp_h="224.0.0.251"),
    "a few": queries(19, qtype="TXT"),
    "from outside": queries(orig_h="203.0.113.5", qtype="TXT"),
}


@pytest.mark.parametrize("kind", HONEST)
def test_honest_names(kind: str) -> None:
    assert not watch(Tunnels, HONEST[kind])


def test_the_name_server_of_the_house_is_not_blamed() -> None:
    asked = queries(qtype="TXT")
    passed_on = queries(qtype="TXT", device=ROUTER, resp_h="9.9.9.9")
    assert [claim.serial for claim in watch(Tunnels, asked, passed_on)] == [10]
    assert [claim.serial for claim in watch(Tunnels, passed_on)] == [1], "its own"


def test_memory_is_bounded() -> None:
    watcher = Tunnels(is_local)
    for k in range(2000):
        watcher.update(dns(k, f"www.site-{k}.example", HERE))
        watcher.update(dns(k, f"www.site-{k}.com", HERE, device=LAPTOP))
    zones = dict(watcher._zones.items())
    assert len(zones[LAPTOP]) == MAX_ZONES
    assert CAMERA not in zones


@pytest.mark.parametrize(
    ("name", "domain"),
    [
        ("dns-tunnel-iodine.pcap", "pirate.sea"),
        ("dns_exfiltration.pcap", None),
        ("bad-dns-traffic.pcap", "skullseclabs.org"),
        ("dns-exf.pcap", "test.txt"),
    ],
)
def test_tunnels_recorded_by_others(name: str, domain: str | None) -> None:
    (claim,) = heard(Tunnels, NDPI / name)
    assert claim.target == domain


@pytest.mark.parametrize("name", ["dns.pcap", "googledns_android10.pcap", "dns_long_domainname.pcap", "xiaomi.pcap"])
def test_honest_captures(name: str) -> None:
    assert not heard(Tunnels, NDPI / name)


def test_devices_while_they_are_set_up() -> None:
    for path in sorted((SHARED / "iot_sentinel").glob("*/*.pcap"))[::10]:
        assert not heard(Tunnels, path), path
