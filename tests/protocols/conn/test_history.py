from captures import ACK, FIN, PSH
from protocols.exchange import TcpTalk, conns_of


def test_letters_are_upper_case_for_the_originator() -> None:
    talk = TcpTalk()
    (conn,) = conns_of(talk.open() + talk.say(True, b"a") + talk.say(False, b"b"))
    assert conn.history == "ShADd"


def test_what_happens_again_is_told_once() -> None:
    talk = TcpTalk()
    frames = talk.open() + [frame for _ in range(50) for frame in talk.say(True, b"a") + talk.packet(False, ACK)]
    (conn,) = conns_of(frames)
    assert conn.history == "ShADa"


def test_it_stays_short_under_a_flood_of_odd_packets() -> None:
    talk = TcpTalk()
    frames = talk.open()
    for n in range(400):  # every one has another sequence number
        frames += talk.packet(True, FIN | ACK, seq=10_000 * n)
    (conn,) = conns_of(frames)
    assert conn.history is not None
    assert len(conn.history) == 48


def test_a_push_without_payload_is_an_acknowledgement() -> None:
    talk = TcpTalk()
    (conn,) = conns_of(talk.open()[:2] + talk.packet(True, PSH | ACK))
    assert conn.history == "ShA"
