import pytest

from botwarden.core.packet import FRAGMENT
from botwarden.core.records.conn import ConnRecord
from botwarden.protocols.conn.state import CONNECTIONS
from botwarden.protocols.tracker import Tracker
from captures import ACK, FIN, PSH, SYN, batch_of, ethernet, ipv4, tcp_frame, udp_frame
from protocols.exchange import CLIENT, LOCAL, SERVER, TcpTalk, batches, conns_of, datagram, logs_of


def states(frames: list[tuple[float, bytes]]) -> list[tuple[str, str | None]]:
    return [(conn.conn_state, conn.history) for conn in conns_of(frames)]


def test_an_unanswered_attempt_ends_after_five_seconds() -> None:
    frames = [(ts, tcp_frame(CLIENT, 40000, SERVER, 23, SYN, seq=7)) for ts in (0.0, 1.0, 3.0, 8.0)]
    conns = conns_of(frames)
    assert [(conn.ts, conn.orig_pkts, conn.duration) for conn in conns] == [(0.0, 3, 3.0), (8.0, 1, None)]
    assert {conn.conn_state for conn in conns} == {"S0"}


def test_an_answered_one_does_not() -> None:
    talk = TcpTalk()
    frames = talk.open()
    talk.now += 200
    assert len(conns_of(frames + talk.say(True, b"x"))) == 1


@pytest.mark.parametrize(("port", "wait", "conns"), [(80, 290, 1), (80, 310, 2), (23, 3000, 1), (23, 3700, 2)])
def test_silence_ends_a_connection(port: int, wait: float, conns: int) -> None:
    talk = TcpTalk(resp=(SERVER, port))
    frames = talk.open()
    talk.now += wait
    assert len(conns_of(frames + talk.packet(True, ACK))) == conns


def test_udp_ends_after_a_minute() -> None:
    frames = [frame for ts in (0, 50, 100, 170) for frame in datagram(ts, CLIENT, 5000, SERVER, 9999)]
    assert [(conn.orig_pkts, conn.orig_bytes) for conn in conns_of(frames)] == [(3, 6), (1, None)]


def test_udp_states() -> None:
    ask, answer = datagram(1, CLIENT, 5000, SERVER, 9999), datagram(2, SERVER, 9999, CLIENT, 5000)
    assert states(ask) == [("S0", "D")]
    assert states(ask + answer) == [("SF", "Dd")]
    assert states(answer) == [("S0", "D")]


def test_an_answer_alone_is_turned_round() -> None:
    (conn,) = conns_of(datagram(2, SERVER, 3544, CLIENT, 5000, b"\x01"))
    assert (conn.orig_h, conn.resp_p, conn.conn_state, conn.history) == (CLIENT, 3544, "SHR", "^d")


def test_a_packet_to_a_group_is_not() -> None:
    (conn,) = conns_of(datagram(2, CLIENT, 123, "224.0.1.1", 5000, b"\x01"))
    assert (conn.orig_h, conn.history) == (CLIENT, "D")


def test_both_directions_are_one_connection_whichever_address_sorts_first() -> None:
    for ends in ((("192.168.0.10", 40000), ("8.8.4.4", 80)), (("8.8.4.4", 40000), ("192.168.0.10", 80))):
        talk = TcpTalk(*ends)
        (conn,) = conns_of(talk.open() + talk.say(True, b"x") + talk.say(False, b"y") + talk.close())
        assert (conn.orig_h, conn.resp_h) == (ends[0][0], ends[1][0])
        assert (conn.local_orig, conn.local_resp) == (ends[0][0] == CLIENT, ends[1][0] == CLIENT)


def test_other_transports_are_conversations_too() -> None:
    (conn,) = conns_of([(1.0, ethernet(ipv4(b"x" * 20, proto=132)))])
    assert (conn.proto, conn.ip_proto, conn.conn_state) == ("unknown_transport", 132, "OTH")


def test_what_cannot_be_followed_is_passed_over() -> None:
    arp = b"\xff" * 6 + b"\x02" * 6 + b"\x08\x06" + bytes(28)
    assert conns_of([(1.0, arp), (2.0, b"\x00" * 10)]) == []


def test_the_same_records_however_the_packets_are_cut_into_batches() -> None:
    talk = TcpTalk()
    frames = talk.open() + talk.say(True, b"x" * 300) + talk.say(False, b"y" * 300) + talk.close()
    assert logs_of(frames, piece=100) == logs_of(frames)


def test_a_clock_that_is_set_back_ends_nothing() -> None:
    talk = TcpTalk()
    frames = talk.open()
    talk.now -= 900
    assert len(conns_of(frames + talk.say(True, b"x"))) == 1


def test_memory_is_bounded_and_what_made_room_is_written_and_counted() -> None:
    n = CONNECTIONS + 20_000
    records: list[object] = []
    tracker = Tracker(records.append, LOCAL)
    for start in range(0, n, 10_000):
        frames = [
            (1.0 + k / 1e5, udp_frame(f"10.{k >> 16}.{k >> 8 & 255}.{k & 255}", 9, SERVER, 9999, payload=b"\xff" * 4))
            for k in range(start, min(start + 10_000, n))
        ]
        for batch in batches(frames):
            tracker.update(batch)
    evicted = tracker.evictions["conversations"]
    tracker.end()
    assert len(records) == n
    assert 20_000 <= evicted <= n


def test_a_conversation_outlasts_a_flood_of_attempts() -> None:
    talk = TcpTalk(resp=(SERVER, 23))
    records: list[object] = []
    tracker = Tracker(records.append, LOCAL)
    flood = [
        (10.0 + k / 1e4, udp_frame(f"10.{k >> 16}.{k >> 8 & 255}.{k & 255}", 9, SERVER, 9999, payload=b"\xff" * 4))
        for k in range(2 * CONNECTIONS)
    ]
    before = talk.open() + talk.say(False, b"login: ") + talk.say(True, b"root\r\n")
    after = talk.say(False, b"Password: ") + talk.close()
    for frames in (before, flood, after):
        for batch in batches(frames):
            tracker.update(batch)
    tracker.end()
    assert tracker.evictions["conversations"] > CONNECTIONS / 2
    found = [record for record in records if isinstance(record, ConnRecord) and record.resp_p == 23]
    assert [conn.history for conn in found] == ["ShAdDFf"]


def test_a_budget_leaves_room_for_others() -> None:
    flood = [
        (1.0, udp_frame(CLIENT, 1024 + k, SERVER, 53, payload=bytes(12), src_mac="02:00:00:00:00:0a"))
        for k in range(500)
    ]
    other = [
        (
            1.5,
            udp_frame(
                "192.168.0.77", 1900, SERVER, 1900, payload=b"M-SEARCH * HTTP/1.1\r\n\r\n", src_mac="02:00:00:00:00:77"
            ),
        )
    ]
    records: list[object] = []
    tracker = Tracker(records.append, LOCAL, budget=50)
    for batch in batches(flood + other):
        tracker.update(batch)
    tracker.end()
    assert tracker.evictions["unread packets"] == 450
    assert [record.path for record in records if record.path not in ("conn", "weird", "dns")] == ["ssdp"]  # type: ignore[attr-defined]


def asked(ts: float, host: int, to: str = "02:00:00:00:00:01") -> tuple[float, bytes]:
    """A question from a fresh port."""
    src, port = f"02:00:00:00:00:{host:02x}", 1024 + round(ts * 1000) % 60000
    payload = bytes(5) + b"\x01" + bytes(11)
    return ts, udp_frame(f"192.168.0.{host}", port, SERVER, 53, payload=payload, src_mac=src, dst_mac=to)


def unread(frames: list[tuple[float, bytes]], budget: int) -> int:
    tracker = Tracker(lambda record: None, LOCAL, budget=budget)
    for batch in batches(frames, 4096):
        tracker.update(batch)
    return tracker.evictions.get("unread packets", 0)


def test_a_budget_is_renewed_every_second() -> None:
    assert unread([asked(1.0 + k / 1000, 10) for k in range(900)], 50) == 850, "however the packets come"
    assert unread([asked(1.0 + k / 100, 10) for k in range(900)], 100) == 0


def test_two_pairs_of_devices_have_a_budget_each() -> None:
    gateway, camera = "02:00:00:00:00:01", "02:00:00:00:00:02"
    frames = [asked(1.0 + k / 1000, 10, camera if k % 2 else gateway) for k in range(100)]
    assert unread(frames, 50) == 0
    assert unread(frames, 40) == 20


def test_what_is_read_has_a_budget_of_its_own() -> None:
    same = [(1.0 + k / 1000, asked(1.0, 10)[1]) for k in range(300)]
    others = [asked(1.0 + k / 1000, 10) for k in range(1, 11)]
    assert unread(sorted(same[:150] + others), 20) == 0
    assert unread(same, 20) == 300 - 1 - 8 * 20


def test_fragments_without_a_header_have_no_ports() -> None:
    batch = batch_of([(1.0, ethernet(ipv4(b"x" * 16, proto=17, fragment_offset=2)))])
    assert batch.packets["flags"][0] & FRAGMENT
    records: list[object] = []
    tracker = Tracker(records.append, LOCAL)
    tracker.update(batch)
    tracker.end()
    assert records == []


def test_everything_is_written_once() -> None:
    frames = []
    for k in range(300):
        talk = TcpTalk(orig=(CLIENT, 10_000 + k), now=1000.0 + k)
        frames += talk.open() + talk.packet(True, PSH | ACK, b"x") + talk.packet(True, FIN | ACK)
    uids = [conn.uid for conn in conns_of(sorted(frames))]
    assert len(uids) == len(set(uids)) == 300
