import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from botwarden.core.records.mqtt import MqttRecord
from botwarden.protocols.analyzers.mqtt import MAX_PUBLISHED, MAX_SUBSCRIBES, MqttAnalyzer
from protocols.conversation import Talk, Turn, only, talk
from protocols.test_mqtt import connect_body, field, packet


def said(turns: list[Turn], split: int = 0) -> list[MqttRecord]:
    return only(talk(MqttAnalyzer, turns, split=split), MqttRecord)


CONNECT = (True, packet(0x10, connect_body()))
ACCEPTED = (False, packet(0x20, b"\x00\x00"))
SUBSCRIBE = (True, packet(0x82, b"\x00\x01" + field(b"cam/cmd") + b"\x01"))
ORDER = (False, packet(0x30, field(b"cam/cmd") + b"reboot"))
STATE = (True, packet(0x31, field(b"cam/state") + b"\x01\x02"))
SESSION = [CONNECT, ACCEPTED, SUBSCRIBE, ORDER, STATE, STATE, ORDER, (True, b"\xe0\x00")]


@pytest.mark.parametrize("split", [0, 1, 2, 3, 7, 20])
def test_a_session(split: int) -> None:
    connect, subscribe, order, state = said(SESSION, split)
    assert (connect.action, connect.version, connect.client_id) == ("connect", "3.1.1", "cam-1")
    assert (connect.username, connect.dictionary, connect.connect_status) == ("admin", None, "accepted")
    assert (subscribe.action, subscribe.topics, subscribe.qos) == ("subscribe", ("cam/cmd",), 1)
    assert (order.action, order.is_orig, order.topic, order.payload_text) == ("publish", False, "cam/cmd", "reboot")
    assert (state.is_orig, state.retain, state.payload_len, state.payload_text) == (True, True, 2, None)


def test_a_known_password_is_named_and_none_is_kept() -> None:
    login = (True, packet(0x10, connect_body(user=b"root", password=b"xc3511")))
    (record,) = said([login, (False, packet(0x20, b"\x00\x05"))])
    assert record.dictionary is not None
    assert "mirai" in record.dictionary
    assert record.connect_status == "not authorized"
    assert b"xc3511" not in msgspec.json.encode(record)


def test_a_connect_without_an_answer_is_told_at_the_end() -> None:
    (record,) = said([CONNECT])
    assert (record.ts, record.connect_status) == (1000.0, None)


def test_the_service_is_confirmed_by_a_connect_only() -> None:
    talking = Talk(MqttAnalyzer)
    talking.say(*CONNECT)
    assert talking.flow.services == ["mqtt"]
    for stranger in [(True, b"GET / HTTP/1.1\r\n\r\n"), (True, packet(0x10, b"")), (False, b"\x30\x05\x00\x01tab")]:
        talking = Talk(MqttAnalyzer)
        talking.say(*stranger)
        assert talking.flow.done
        assert not talking.finish()
        assert talking.flow.services == []


def test_what_is_told_of_one_connection_is_limited() -> None:
    turns = [CONNECT, ACCEPTED]
    turns += [(True, packet(0x30, field(b"t%d" % n) + b"x")) for n in range(500)]
    turns += [SUBSCRIBE] * 500
    actions = [record.action for record in said(turns)]
    assert actions.count("publish") == MAX_PUBLISHED
    assert actions.count("subscribe") == MAX_SUBSCRIBES


def test_a_gap_between_packets_ends_a_direction_and_both_end_it() -> None:
    talking = Talk(MqttAnalyzer)
    talking.say(*CONNECT)
    talking.analyzer.gap(1001.0, True, 10)
    talking.say(*SUBSCRIBE)
    talking.say(*ACCEPTED)
    assert [record.action for record in only(talking.records, MqttRecord)] == ["connect"]
    assert not talking.flow.done
    talking.analyzer.gap(1002.0, False, 10)
    assert talking.flow.done


def test_matches_the_client_over_tcp() -> None:
    assert MqttAnalyzer.matches(CONNECT[1], True, "tcp")
    assert not MqttAnalyzer.matches(CONNECT[1], False, "tcp")
    assert not MqttAnalyzer.matches(CONNECT[1], True, "udp")


@given(st.data())
def test_hostile_bytes(data: st.DataObject) -> None:
    turns = [(is_orig, bytearray(text)) for is_orig, text in SESSION]
    for _ in range(data.draw(st.integers(0, 6))):
        _, text = turns[data.draw(st.integers(0, len(turns) - 1))]
        text[data.draw(st.integers(0, len(text) - 1))] = data.draw(st.integers(0, 255))
    whole = [(is_orig, bytes(text)) for is_orig, text in turns] + [(True, data.draw(st.binary(max_size=60)))]
    plain, split = (
        [(r.action, r.is_orig, r.topic, r.topics, r.username, r.payload_text) for r in said(whole, size)]
        for size in (0, data.draw(st.integers(1, 40)))
    )
    assert plain == split
