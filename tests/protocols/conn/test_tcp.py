import pytest

from botwarden.core.records.conn import ConnRecord
from captures import ACK, FIN, PSH, RST, SYN, tcp_frame
from protocols.exchange import TcpTalk, conns_of


def only(frames: list[tuple[float, bytes]]) -> ConnRecord:
    (conn,) = conns_of(frames)
    return conn


def test_a_whole_connection() -> None:
    talk = TcpTalk()
    conn = only(talk.open() + talk.say(True, b"x" * 10) + talk.say(False, b"y" * 20) + talk.close())
    assert (conn.conn_state, conn.history) == ("SF", "ShADdFf")
    assert (conn.orig_bytes, conn.resp_bytes, conn.missed_bytes) == (10, 20, 0)
    assert (conn.orig_pkts, conn.resp_pkts) == (5, 3)
    assert conn.orig_ip_bytes == 5 * 40 + 10


def test_the_last_acknowledgement_prolongs_nothing() -> None:
    talk = TcpTalk()
    frames = talk.open() + talk.packet(True, FIN | ACK) + talk.packet(False, FIN | ACK)
    assert only(frames + talk.packet(True, ACK)).duration == pytest.approx(0.4)


@pytest.mark.parametrize(
    ("steps", "state", "history"),
    [
        ([(True, SYN)], "S0", "S"),
        ([(True, SYN), (False, RST | ACK)], "REJ", "Sr"),
        ([(True, SYN), (False, SYN | ACK)], "OTH", "Sh"),
        ([(True, SYN), (False, SYN | ACK), (True, ACK)], "S1", "ShA"),
        ([(True, SYN), (False, SYN | ACK), (True, RST)], "RSTO", "ShR"),
        ([(True, SYN), (False, SYN | ACK), (True, ACK), (False, RST)], "RSTR", "ShAr"),
        ([(True, SYN), (True, RST)], "RSTOS0", "SR"),
        ([(True, SYN), (True, FIN)], "SH", "SF"),
        ([(False, SYN | ACK), (True, RST)], "RSTO", "^hR"),
        ([(True, SYN), (False, SYN | ACK), (True, ACK), (True, FIN | ACK)], "S2", "ShAF"),
        ([(True, SYN), (False, SYN | ACK), (True, ACK), (False, FIN | ACK)], "S3", "ShAf"),
        ([(True, PSH | ACK)], "OTH", "A"),
        ([(True, SYN | FIN)], "SH", "QSF"),
    ],
)
def test_states(steps: list[tuple[bool, int]], state: str, history: str) -> None:
    talk = TcpTalk()
    frames = [frame for from_orig, flags in steps for frame in talk.packet(from_orig, flags)]
    conn = only(frames)
    assert (conn.conn_state, conn.history) == (state, history)


def test_repeated_syn_is_one_letter_and_another_one_two() -> None:
    talk = TcpTalk()
    again = talk.packet(True, SYN, seq=1000) + talk.packet(True, SYN, seq=1000)
    assert only(again).history == "S"
    other = TcpTalk()
    assert only(other.packet(True, SYN, seq=1000) + other.packet(True, SYN, seq=99)).history == "SS"


def test_retransmissions_get_letters_at_1_10_100() -> None:
    talk = TcpTalk()
    frames = talk.open() + talk.say(True, b"hello")
    frames += [frame for _ in range(10) for frame in talk.packet(True, PSH | ACK, b"hello", seq=1001)]
    assert only(frames).history == "ShADTT"


def test_a_gap_is_counted_once_it_is_acknowledged() -> None:
    talk = TcpTalk()
    frames = talk.open() + talk.say(False, b"a" * 100)
    talk.seq[1] += 500  # never captured
    frames += talk.say(False, b"b" * 100)
    assert only(list(frames)).missed_bytes == 0
    frames += talk.packet(True, ACK)
    conn = only(frames)
    assert conn.missed_bytes == 500
    assert conn.resp_bytes == 700
    assert conn.history == "ShAdg"


def test_what_comes_late_is_no_gap() -> None:
    talk = TcpTalk()
    frames = talk.open()
    frames += talk.packet(False, PSH | ACK, b"b" * 100, seq=5101)
    frames += talk.packet(False, PSH | ACK, b"a" * 100, seq=5001)
    frames += talk.packet(True, ACK, ack=5201)
    conn = only(frames)
    assert (conn.missed_bytes, conn.resp_bytes) == (0, 200)


def test_sequence_numbers_wrap() -> None:
    talk = TcpTalk(seq=[2**32 - 5, 2**32 - 2])
    conn = only(talk.open() + talk.say(True, b"x" * 100) + talk.say(False, b"y" * 100) + talk.close())
    assert (conn.orig_bytes, conn.resp_bytes, conn.conn_state) == (100, 100, "SF")


def test_zero_window() -> None:
    talk = TcpTalk()
    frames = talk.open()
    closed = tcp_frame(*talk.resp, *talk.orig, ACK, seq=5001, ack=1001, window=0)
    assert only([*frames, (talk.now + 1, closed)]).history == "ShAaw"


def test_a_syn_opens_anew_after_the_end() -> None:
    talk = TcpTalk()
    first = talk.open() + talk.close()
    talk.seq[0] = 777_000
    second = talk.packet(True, SYN)
    assert [conn.conn_state for conn in conns_of(first + second)] == ["SF", "S0"]


def test_an_acknowledged_handshake_seen_late() -> None:
    talk = TcpTalk()
    frames = talk.open()[1:] + talk.say(True, b"x") + talk.close()
    conn = only(frames)
    assert (conn.orig_h, conn.history) == (talk.orig[0], "^hADFf")
