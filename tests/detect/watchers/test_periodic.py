import random
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from botwarden.core.address import ip_halves
from botwarden.core.record import Record
from botwarden.core.records.conn import ConnRecord
from botwarden.core.records.http import HttpRecord
from botwarden.core.records.ssl import SslRecord
from botwarden.detect.state import ATTEMPT
from botwarden.detect.watchers.periodic import MAX_CHANNELS, MAX_ONCE, Periodic
from detect.records import CAMERA, LAPTOP, START, conn, dns, is_local, scene, watch
from detect.traffic import SHARED

CONTROLLER = "203.0.113.66"
CLOUD = "198.51.100.20"
DAY = 86_400


def calls(port: int, n: int = 80, every: float = 60.0, peer: str = CONTROLLER, **fields: Any) -> list[ConnRecord]:
    return [conn(100 + every * k, peer, port, **fields) for k in range(n)]


def house() -> list[Record]:
    """A camera and a laptop that talk to their clouds, for two hours."""
    found: list[Record] = []
    for k in range(0, 7200, 120):
        found += [dns(k, "cloud.example.net", [CLOUD]), conn(k + 0.1, CLOUD, 443, service="ssl", received=5000)]
        found.append(conn(k + 7, CLOUD, 443, service="ssl", device=LAPTOP))
    return found


HOUSE = house()


def test_an_answered_beacon_to_a_port_and_an_address_that_nobody_knows() -> None:
    (claim,) = watch(Periodic, HOUSE, calls(4444))
    assert (claim.serial, claim.label, claim.role, claim.target) == (10, "cnc.beacon", "attacker", CONTROLLER)
    assert (claim.confidence, claim.severity) == (0.7, "high")
    assert claim.reason == (
        "called 203.0.113.66, TCP port 4444, 80 times in 79 min, every 60 s, like clockwork; "
        "no usual service has that port; it never looked that address up by a name, as it does with others; "
        "they are alike, 200 bytes out and 400 in"
    )
    assert claim.evidence == {
        "target": CONTROLLER,
        "proto": "tcp",
        "port": 4444,
        "tries": 80,
        "failed": 0,
        "services": [],
        "points": {"port": 0.2, "unnamed": 0.2, "sizes": 0.1},
        "threshold": 0.5,
        "interval_s": 60.0,
        "regularity": 1.0,
        "beats": 80,
        "longest_s": 0.5,
    }


@pytest.mark.parametrize(
    "bot",
    [
        calls(443, service="irc"),
        calls(443),  # no TLS on it
        calls(80),
        calls(23),
        calls(6667, service="irc", state="S1"),
        calls(50, state="S0"),
        calls(50, state="REJ"),
        calls(53, proto="udp", service="irc"),
        calls(443, service="irc", sent=0),
    ],
)
def test_beacons_of_many_kinds(bot: list[ConnRecord]) -> None:
    (claim,) = watch(Periodic, HOUSE, bot)
    assert claim.target == CONTROLLER


def test_jitter_and_missed_calls_do_not_hide_it() -> None:
    chance = random.Random(1)
    bot = [
        conn(60 * (k + chance.uniform(-0.25, 0.25)) + 60, CONTROLLER, 4444) for k in range(110) if chance.random() > 0.1
    ]
    (claim,) = watch(Periodic, HOUSE, bot)
    assert "of the gaps fit" in claim.reason


def test_a_made_up_name_does_not_excuse_an_odd_port() -> None:
    (claim,) = watch(Periodic, HOUSE, [dns(50, "kdfjqwxzpvbn.com", [CONTROLLER])], calls(4444))
    assert "kdfjqwxzpvbn.com" in claim.reason
    assert "looks made up" in claim.reason


def test_a_long_silent_conversation_on_a_login_port() -> None:
    """Mirai's controller listens on port 23 and is told every minute that the bot lives."""
    (claim,) = watch(
        Periodic, HOUSE, [conn(100, CONTROLLER, 23, state="S1", duration=18_000.0, sent=600, received=600)]
    )
    assert claim.reason.startswith(
        "kept a conversation with 203.0.113.66, TCP port 23, for 5 h in which hardly a word fell, 1,200 bytes; "
    )
    assert claim.last_ts == START + 18_100


@pytest.mark.parametrize(
    "honest",
    [
        [dns(0, "mqtt.example.net", [CONTROLLER]), *calls(8883, every=30, service="ssl")],
        [dns(0, "mqtt.example.net", [CONTROLLER]), *calls(1883, every=30, service="mqtt")],
        [dns(0, "odd.example.net", [CONTROLLER]), *calls(10101, every=30)],
        [dns(0, "odd.example.net", [CONTROLLER]), *calls(10101, every=30, state="S0")],
        calls(443, service="ssl"),  # the name was looked up before the capture began
        calls(443, service="ssl", state="S0"),  # its maker has switched the server off: told as a beacon
        calls(123, proto="udp", service="ntp"),
        calls(123, proto="udp"),
        calls(123, proto="udp", state="S0"),
        calls(53, proto="udp", service="dns"),
        calls(8, proto="icmp"),
        calls(32_100, proto="udp"),  # a camera keeps its way through NAT open
        calls(9000, proto="udp", peer="239.255.255.250"),
        calls(9000, peer="192.168.0.77"),
        calls(9000, peer="10.8.0.1"),
        calls(4444, n=11),
        calls(4444, n=80, every=5),  # is over in seven minutes
        [conn(100, CONTROLLER, 5228, state="S1", duration=18_000.0, service="ssl", sent=600, received=600)],
        [conn(100, CONTROLLER, 9999, state="S1", duration=18_000.0, sent=600, received=600)],  # a camera's relay
        [conn(100, CONTROLLER, 23, state="S1", duration=18_000.0, sent=9_000, received=6_000_000)],
        [conn(100, CONTROLLER, 22, state="S1", duration=18_000.0, service="ssh", sent=600, received=600)],
    ],
)  # fmt: skip
def test_honest_devices(honest: list[Record]) -> None:
    assert not watch(Periodic, HOUSE, honest)


def test_a_house_that_is_offline() -> None:
    assert not watch(Periodic, calls(50, state="S0"), calls(51, state="S0", device=LAPTOP))


def test_names_in_tls_and_http_count_as_well() -> None:
    ends = {"ts": START, "uid": "C", "orig_h": CAMERA, "orig_p": 1, "resp_h": CONTROLLER, "resp_p": 4444}
    hello = SslRecord(**ends, server_name="cloud.example.org")
    assert not watch(Periodic, HOUSE, [hello], calls(4444, service="ssl"))
    request = HttpRecord(**ends, trans_depth=1, host="cloud.example.org")
    assert not watch(Periodic, HOUSE, [request], calls(4444, service="http"))
    assert watch(Periodic, HOUSE, [HttpRecord(**ends, trans_depth=1, host=CONTROLLER)], calls(4444, service="http"))


def test_a_certificate_that_is_its_own_authority() -> None:
    ends = {"ts": START, "uid": "C", "orig_h": CAMERA, "orig_p": 1, "resp_h": CONTROLLER, "resp_p": 4444}
    (claim,) = watch(Periodic, HOUSE, [SslRecord(**ends, subject="CN=x", issuer="CN=x")], calls(4444, service="ssl"))
    assert claim.evidence["points"]["certificate"] == 0.1


def test_calls_by_chance_have_no_beat() -> None:
    chance = random.Random(2)
    at, wild = 0.0, []
    for _ in range(100):
        at += chance.expovariate(1 / 60) + 2
        wild.append(conn(at, CONTROLLER, 4444))
    assert not watch(Periodic, HOUSE, wild)


def test_from_outside_to_a_device_is_none() -> None:
    calls_in = [conn(60.0 * k, CAMERA, 4444, device=CONTROLLER) for k in range(80)]
    assert not watch(Periodic, HOUSE, calls_in)


def test_of_failing_calls_the_packets_know_the_number() -> None:
    watcher = Periodic(is_local)
    for record in [*HOUSE, *calls(50, state="S0")]:
        watcher.update(record)
    counted = np.zeros(2, ATTEMPT)
    hi, lo = ip_halves(CONTROLLER)
    for row, port in zip(counted, (50, 51), strict=True):
        row["src"], row["dst_hi"], row["dst_lo"], row["proto"], row["port"] = 10, hi, lo, 6, port
        row["tries"], row["fails"], row["first_ts"], row["ts"] = 900 + port, 900, START + 60, START + 9000
    (claim,) = watcher.claims(scene(counted))
    assert claim.reason.startswith("called 203.0.113.66, TCP port 50, 950 times in 2 h 29 min, every 60 s")
    assert (claim.evidence["tries"], claim.evidence["failed"]) == (950, 900)


def scan() -> Iterator[ConnRecord]:
    for n in range(3 * MAX_ONCE):
        yield conn(n / 10, f"203.{n >> 16 & 255}.{n >> 8 & 255}.{n & 255}", 23, state="S0")


def test_a_scan_does_not_hide_an_answered_beacon_and_memory_is_bounded() -> None:
    (claim,) = watch(Periodic, HOUSE, calls(4444, peer="198.51.100.66"), scan())
    assert claim.target == "198.51.100.66"
    watcher = Periodic(is_local)
    for record in scan():
        watcher.update(record)
    assert sum(len(table) for table in watcher._once) <= MAX_ONCE
    for k in range(4):
        for port in range(1, 1000):
            watcher.update(conn(60 * k, CONTROLLER, port))
    assert {len(channels) for channels in watcher._channels.values()} == {MAX_CHANNELS}


def flows(name: str) -> Iterator[ConnRecord]:
    """The published flows of a capture with a bot on it."""
    path = SHARED / "iot23" / name
    if not path.exists():
        pytest.skip(f"{path} is not here")
    names: list[str] = []
    with path.open() as lines:
        for line in lines:
            if line.startswith("#"):
                names = line.split()[1:] if line.startswith("#fields") else names
                continue
            cells = line.rstrip("\n").split("," if path.suffix == ".csv" else None)
            if path.suffix == ".csv" and not names:
                names = cells
                continue
            row = {key: None if cell in ("", "-") else cell for key, cell in zip(names, cells, strict=False)}
            yield ConnRecord(
                ts=float(row["ts"] or 0),
                uid=row["uid"] or "",
                orig_h=(row["id.orig_h"] or "")
                .replace("192.168.100.", "192.168.0.")
                .replace("192.168.1.", "192.168.0."),
                orig_p=int(row["id.orig_p"] or 0),
                resp_h=row["id.resp_h"] or "",
                resp_p=int(row["id.resp_p"] or 0),
                proto=row["proto"] or "",
                service=row["service"],
                duration=float(row["duration"] or 0),
                orig_bytes=int(row["orig_bytes"] or 0),
                resp_bytes=int(row["resp_bytes"] or 0),
                conn_state=row["conn_state"] or "OTH",
                history=row["history"],
                orig_pkts=int(row["orig_pkts"] or 0),
                resp_pkts=int(row["resp_pkts"] or 0),
            )


def test_a_day_of_hakai() -> None:
    claims = watch(Periodic, flows("8-1_hakai_flows.csv"))
    assert {(claim.target, claim.evidence["port"]) for claim in claims} == {
        ("178.128.185.250", 50),
        ("128.185.250.50", 50),
    }
    assert {claim.evidence["tries"] for claim in claims} == {1028}


def test_a_day_of_mirai() -> None:
    (claim,) = watch(Periodic, flows("34-1_mirai/conn.log.labeled"))
    assert (claim.target, claim.evidence["port"], claim.evidence["services"]) == ("185.244.25.235", 6667, ["irc"])
    assert claim.confidence >= 0.9


def test_a_benign_speaker() -> None:
    assert not watch(Periodic, flows("honeypot-5-1_echo_flows.csv"))
