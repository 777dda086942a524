from botwarden.protocols.analyzers.known import KNOWN_ANALYZERS, MAX_CHUNKS
from botwarden.protocols.known import KNOWN
from protocols.conversation import Talk
from protocols.exchange import TcpTalk, conns_of, datagram

BY_NAME = {kind.name: kind for kind in KNOWN_ANALYZERS}


def test_there_is_one_for_each() -> None:
    assert list(BY_NAME) == [known.name for known in KNOWN]
    assert all(kind.tcp_ports or kind.udp_ports for kind in KNOWN_ANALYZERS)


def test_it_names_the_service_and_is_done() -> None:
    talk = Talk(BY_NAME["rtsp"])
    talk.say(True, b"OPTIONS * RTSP/1.0\r\n\r\n")
    assert talk.flow.services == ["rtsp"]
    assert talk.flow.done
    assert talk.finish() == []


def test_a_port_alone_names_nothing() -> None:
    talk = Talk(BY_NAME["rtsp"], resp=("198.51.100.7", 554))
    talk.say(True, b"\x01\x02\x03\x04 something else")
    assert talk.flow.services == []
    assert talk.flow.done


def test_it_is_found_on_any_port() -> None:
    talk = TcpTalk(resp=("8.8.4.4", 8123))
    (conn,) = conns_of(talk.open() + talk.say(False, b"RFB 003.008\n") + talk.close())
    assert conn.service == "rfb"


def test_the_hash_table_of_bots_is_found_on_any_port() -> None:
    ping = b"d1:ad2:id20:abcdefghij0123456789e1:q4:ping1:t2:aa1:y1:qe"
    (conn,) = conns_of(datagram(1.0, "192.168.0.10", 14_737, "8.8.4.4", 31_337, ping))
    assert conn.service == "dht"


def test_tls_may_follow() -> None:
    hello = b"\x16\x03\x01\x00\x05hello"
    talk = Talk(BY_NAME["smtp"])
    for is_orig, said in ((False, b"220 mail ESMTP\r\n"), (True, b"STARTTLS\r\n"), (False, b"220 go ahead\r\n")):
        talk.say(is_orig, said)
    assert not talk.flow.done
    talk.say(True, hello)
    assert (talk.flow.hand_over, talk.flow.rest) == ("ssl", (True, hello))


def test_where_it_does_not_it_is_soon_let_go() -> None:
    talk = Talk(BY_NAME["smtp"])
    talk.say(False, b"220 mail ESMTP\r\n")
    for _ in range(MAX_CHUNKS):
        talk.say(True, b"MAIL FROM:<a@example.org>\r\n")
    assert talk.flow.done
    assert talk.flow.services == ["smtp"]
