"""Ports that a device serves all at once."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from botwarden.core.record import Record
from botwarden.core.records.ftp import FtpRecord
from botwarden.detect.watchers.service import LEARN, MAX_HOSTS, MAX_PORTS, Services
from detect.watchers.scenes import BOT, CAM, CNC, DVR, LAPTOP, ROUTER, T0, conn, ends, is_local, judged, mapping, watch

SEEN: list[Record] = [conn(CAM, "203.0.113.10", 60 * n, 443) for n in range(60)]
LATER = LEARN + 600


def test_a_port_that_was_closed_and_serves_a_stranger() -> None:
    records = [*SEEN, conn(LAPTOP, CAM, 60, 48101, "REJ"), *(conn(BOT, CAM, LATER + n, 48101) for n in range(3))]
    (verdict,) = judged(Services, records)[CAM]
    assert verdict.label == "exposure.service"
    assert verdict.reasons == [
        f"serves TCP port 48101 since 15:10:00 UTC, which was closed at 14:31:00; to {BOT}, from outside"
    ]
    assert (verdict.severity, verdict.role) == ("high", "victim")
    assert verdict.confidence > 0.8


def test_a_port_that_nobody_had_tried() -> None:
    records = [*SEEN, conn(BOT, CAM, LATER, 41000), conn(CNC, CAM, LATER + 5, 41000)]
    (verdict,) = judged(Services, records)[CAM]
    assert "which nobody had used in the 40 min before" in verdict.reasons[0]
    assert verdict.severity == "medium"
    assert 0.5 <= verdict.confidence < 0.6


def test_a_udp_port_needs_several_strangers() -> None:
    one = [conn(BOT, CAM, LATER + n, 14737, proto="udp", history="Dd") for n in range(5)]
    assert judged(Services, [*SEEN, *one]) == {}
    (verdict,) = judged(Services, [*SEEN, *one, conn(CNC, CAM, LATER, 14737, proto="udp")])[CAM]
    assert "UDP port 14737" in verdict.reasons[0]


def test_many_neighbours_count_where_the_port_was_closed() -> None:
    neighbours = [conn(f"192.168.0.{n}", CAM, LATER + n, 5555) for n in range(100, 104)]
    assert judged(Services, [*SEEN, *neighbours]) == {}
    (verdict,) = judged(Services, [*SEEN, conn(LAPTOP, CAM, 60, 5555, "REJ"), *neighbours])[CAM]
    assert verdict.reasons[0].endswith("; to 4 local machines")


def again(client: str, port: int, **fields: object) -> list[Record]:
    return [conn(client, CAM, LATER + n, port, **fields) for n in range(4)]  # type: ignore[arg-type]


@pytest.mark.parametrize("records", [
    [*(conn(BOT, CAM, n, 41000) for n in range(4)), *again(BOT, 41000)],  # from the start
    again(BOT, 443),  # the owner's first visit from abroad
    again(LAPTOP, 41000),
    again(BOT, 41000, state="REJ"),
    again(BOT, 41000, state="S0"),
    again(BOT, 41000, history="^dADa"),  # a connection that was there before
    again(BOT, 5353, proto="udp"),
    [*again(BOT, 1900, proto="udp"), *again(CNC, 1900, proto="udp")],
    again(BOT, 41000)[:1],
    [conn(DVR, CAM, LATER + n, 40000 + n, orig_p=20) for n in range(4)],  # FTP, active mode
    [FtpRecord(ts=T0, **ends(BOT, CAM, 21), data_resp_h=CAM, data_resp_p=41000), *again(BOT, 41000)],
    [mapping(CAM, LATER, 41000, 41000), *again(BOT, 41000)],  # told as a mapping
    [conn(CAM, CNC, 5, 3478, proto="udp", orig_p=41000),  # a call through NAT
     *again(BOT, 41000, proto="udp"), *again(CNC, 41000, proto="udp")],
    [conn(BOT, ROUTER, 5, 8, proto="icmp")],
], ids=str)  # fmt: skip
def test_ordinary_life_opens_no_new_service(records: list[Record]) -> None:

    assert judged(Services, [*SEEN, *records]) == {}


def test_a_device_that_was_not_watched_has_nothing_new() -> None:
    assert judged(Services, again(BOT, 41000)) == {}


def test_memory_stays_within_its_limits() -> None:
    watcher = Services(is_local)
    for n in range(2 * MAX_HOSTS):
        watcher.update(conn(BOT, f"192.168.{n >> 8}.{n & 255}", n, 80))
    for n in range(10 * MAX_PORTS):
        watcher.update(conn(f"198.51.{n >> 8}.{n & 255}", CAM, n, n))
        watcher.update(conn(f"198.51.{n >> 8}.{n & 255}", CAM, n, 9))
        watcher.update(conn(CAM, BOT, n, 53, proto="udp"))
    hosts = dict(watcher._hosts.items())
    assert len(hosts) == MAX_HOSTS
    assert max(len(hosts[CAM].services), len(hosts[CAM].own)) <= MAX_PORTS


@given(st.lists(st.builds(
    conn,
    st.sampled_from([CAM, LAPTOP, BOT]), st.sampled_from([CAM, BOT]), st.floats(-1e9, 1e9), st.integers(0, 65535),
    st.sampled_from(["SF", "S0", "REJ", "OTH", ""]), proto=st.sampled_from(["tcp", "udp", "icmp", "x"]),
    history=st.none() | st.text("ShAaDd^", max_size=5),
), max_size=60))  # fmt: skip
def test_any_records_are_digested(records: list[Record]) -> None:
    for claim in watch(Services, records):
        assert claim.reason
