import csv
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from botwarden.app.api import read
from botwarden.core.record import Record
from botwarden.core.records.conn import ConnRecord
from botwarden.core.records.files import FileRecord
from botwarden.core.records.ssdp import SsdpRecord
from botwarden.protocols.packets import Unwrapper
from botwarden.protocols.tracker import Tracker
from captures import ACK, FIN, PSH
from protocols.exchange import CLIENT, LOCAL, SERVER, TcpTalk, batches, datagram, logs_of

SHARED = Path(__file__).parents[3] / "shared" / "data"
SEARCH = b"M-SEARCH * HTTP/1.1\r\nHOST: 239.255.255.250:1900\r\nST: ssdp:all\r\n\r\n"


def test_what_is_said_carries_its_connections_identifier() -> None:
    records = logs_of(datagram(1.0, CLIENT, 50_000, "239.255.255.250", 1900, SEARCH))
    search = next(record for record in records if isinstance(record, SsdpRecord))
    conn = next(record for record in records if isinstance(record, ConnRecord))
    assert search.uid == conn.uid
    assert conn.service == "ssdp"


def test_a_short_download_ends_where_its_connection_ends() -> None:
    talk = TcpTalk()
    frames = talk.open() + talk.say(True, b"GET /a HTTP/1.0\r\n\r\n")
    frames += talk.say(False, b"HTTP/1.0 200 OK\r\n\r\n\x7fELF" + bytes(60)) + talk.packet(False, FIN | ACK)
    file = next(record for record in logs_of(frames) if isinstance(record, FileRecord))
    assert not file.timedout
    assert file.sha256 is not None


def test_identifiers_depend_on_the_seed_only() -> None:
    frames = datagram(1.0, CLIENT, 50_000, SERVER, 9999)
    assert logs_of(frames, seed=3) == logs_of(frames, seed=3)
    assert logs_of(frames, seed=3) != logs_of(frames, seed=4)


def test_bytes_come_in_order_whatever_the_packets_did() -> None:
    talk = TcpTalk(resp=(SERVER, 1883))
    opening = talk.open()
    connect = bytes.fromhex("101000044d5154540402003c0004") + b"plug"
    pieces = [talk.packet(True, PSH | ACK, connect[at : at + 4], seq=1001 + at) for at in range(0, len(connect), 4)]
    frames = opening + pieces[0] + [frame for piece in reversed(pieces[1:]) for frame in piece]
    frames = [(1000.0 + k, frame) for k, (_, frame) in enumerate(frames)]
    conn = next(record for record in logs_of(frames) if isinstance(record, ConnRecord))
    assert conn.service == "mqtt"


def test_a_fault_in_an_analyzer_costs_one_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    from botwarden.protocols.analyzers.ssdp import SsdpAnalyzer

    def fails(self: object, ts: float, is_orig: bool, data: bytes) -> None:
        raise RuntimeError("a bug")

    monkeypatch.setattr(SsdpAnalyzer, "data", fails)
    records: list[Record] = []
    tracker = Tracker(records.append, LOCAL)
    frames = datagram(1.0, CLIENT, 50_000, "239.255.255.250", 1900, SEARCH) + datagram(2.0, CLIENT, 7, SERVER, 9999)
    for batch in batches(frames):
        tracker.update(batch)
    tracker.end()
    assert tracker.faults == 1
    assert Counter(record.path for record in records) == {"conn": 2, "weird": 1}


def test_connections_that_hold_too_much_make_room(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("botwarden.protocols.talks.MAX_BYTES_OF_PAIR", 20_000)
    records: list[Record] = []
    tracker = Tracker(records.append, LOCAL)
    talks = [TcpTalk(orig=(CLIENT, 40_000 + k), now=1000.0) for k in range(5)]
    frames = [frame for talk in talks for frame in talk.open()]
    for talk in talks:
        talk.seq[0] += 1  # a byte is missing
        frames += [frame for _ in range(6) for frame in talk.say(True, b"x" * 1000)]
    for batch in batches(frames):
        tracker.update(batch)
    tracker.end()
    assert tracker.evictions == {"conversations being read": 2}
    assert sum(isinstance(record, ConnRecord) for record in records) == 5, "they are connections all the same"


def test_records_of_connections_that_are_left_out_go_elsewhere() -> None:
    told: list[Record] = []
    rest: list[Record] = []
    frames = [frame for k in range(6) for frame in datagram(1.0 + k, CLIENT, 5000 + k, SERVER, 9999)]
    tracker = Tracker(told.append, LOCAL, wants=lambda rows: rows["port"][:, 0] % 2 == 0, rest=rest.append)
    for batch in batches(frames):
        tracker.update(batch)
    tracker.end()
    ports = [[record.orig_p for record in found if isinstance(record, ConnRecord)] for found in (told, rest)]
    assert [sorted(found) for found in ports] == [[5000, 5002, 5004], [5001, 5003, 5005]]


def test_connections_that_nobody_wants_are_still_read() -> None:
    records: list[Record] = []
    tracker = Tracker(records.append, LOCAL, wants=lambda rows: rows["serial"] < 0)
    for batch in batches(datagram(1.0, CLIENT, 50_000, "239.255.255.250", 1900, SEARCH)):
        tracker.update(batch)
    tracker.end()
    assert [record.path for record in records] == ["ssdp"]


@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(
    st.lists(
        st.tuples(st.booleans(), st.integers(0, 63), st.binary(max_size=60), st.integers(-100, 200), st.integers(0, 3)),
        max_size=40,
    )
)
def test_any_packets_give_one_record_per_connection(steps: list[tuple[bool, int, bytes, int, int]]) -> None:
    talks = [TcpTalk(resp=(SERVER, port)) for port in (80, 23, 21, 6667)]
    frames = []
    for from_orig, flags, payload, shift, which in steps:
        talk = talks[which]
        frames += talk.packet(from_orig, flags, payload, seq=talk.seq[0 if from_orig else 1] + shift)
    records = logs_of(sorted(frames))
    uids = [record.uid for record in records if isinstance(record, ConnRecord)]
    assert len(uids) == len(set(uids))
    assert sum(r.orig_pkts + r.resp_pkts for r in records if isinstance(r, ConnRecord)) == len(frames)


def shared_captures(folder: str) -> list[Path]:
    return sorted(path for path in (SHARED / folder).rglob("*") if path.suffix in (".pcap", ".pcapng", ".cap"))


def tracked(path: Path) -> tuple[list[Record], Tracker]:
    records: list[Record] = []
    tracker, unwrapper = Tracker(records.append, LOCAL), Unwrapper()
    for batch in read(path):
        tracker.update(*unwrapper.update(batch))
    tracker.end()
    return records, tracker


@pytest.mark.skipif(not SHARED.is_dir(), reason="the shared data is not here")
@pytest.mark.parametrize("folder", ["protocols", "scans", "iot_sentinel", "malformed"])
def test_real_captures_bring_no_analyzer_down(folder: str) -> None:
    faults = {}
    for path in shared_captures(folder):
        try:
            records, tracker = tracked(path)
        except ValueError:  # no capture, or of a link type that is refused by name
            continue
        if tracker.faults:
            faults[path.name] = [r.addl for r in records if r.path == "weird" and r.name == "analyzer_error"]  # type: ignore[attr-defined]
    assert faults == {}


@pytest.mark.skipif(not SHARED.is_dir(), reason="the shared data is not here")
def test_hakai_gives_the_published_connections() -> None:
    records, _ = tracked(SHARED / "iot23" / "8-1_hakai.pcap")
    with (SHARED / "iot23" / "8-1_hakai_flows.csv").open(newline="") as file:
        published = Counter(
            (
                row["id.orig_h"], row["id.orig_p"], row["id.resp_h"], row["id.resp_p"], row["proto"],
                row["conn_state"], row["history"], row["orig_bytes"], row["resp_bytes"], row["orig_pkts"],
                row["orig_ip_bytes"], row["resp_pkts"], row["resp_ip_bytes"],
            )
            for row in csv.DictReader(file)
        )  # fmt: skip
    ours = Counter(
        tuple(
            "" if value is None else str(value)
            for value in (
                r.orig_h, r.orig_p, r.resp_h, r.resp_p, r.proto, r.conn_state, r.history, r.orig_bytes,
                r.resp_bytes, r.orig_pkts, r.orig_ip_bytes, r.resp_pkts, r.resp_ip_bytes,
            )
        )
        for r in records
        if isinstance(r, ConnRecord)
    )  # fmt: skip
    assert sum(published.values()) == 10_403
    assert (published & ours).total() >= 0.99 * published.total()
