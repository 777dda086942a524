from hypothesis import given
from hypothesis import strategies as st

from botwarden.core.records.ssdp import SsdpRecord
from botwarden.protocols.analyzers.ssdp import MAX_TOLD, SsdpAnalyzer
from protocols.conversation import Talk, Turn, only, talk
from protocols.test_ssdp import ANSWER, NOTIFY, SEARCH


def said(turns: list[Turn]) -> list[SsdpRecord]:
    return only(talk(SsdpAnalyzer, turns, proto="udp", resp=("239.255.255.250", 1900)), SsdpRecord)


def test_a_search() -> None:
    (record,) = said([(True, SEARCH)])
    assert (record.method, record.target, record.ts) == ("M-SEARCH", "ssdp:all", 1000.0)


def test_an_announcement() -> None:
    (record,) = said([(True, NOTIFY)])
    assert (record.method, record.target, record.nts) == ("NOTIFY", "upnp:rootdevice", "ssdp:alive")
    assert (record.usn, record.location) == ("uuid:1::upnp:rootdevice", "http://192.168.0.9:80/d.xml")
    assert record.server == "Linux UPnP/1.0 cam/2"


def test_an_answer_from_the_usual_port_to_any() -> None:
    records = talk(SsdpAnalyzer, [(True, ANSWER)], proto="udp", orig=("192.168.0.9", 1900), resp=("192.168.0.10", 5000))
    (record,) = only(records, SsdpRecord)
    assert (record.method, record.target, record.usn) == ("RESPONSE", "upnp:rootdevice", "uuid:1")


def test_repetitions_are_told_once() -> None:
    assert len(said([(True, NOTIFY)] * 3 + [(True, NOTIFY.replace(b"rootdevice", b"other"))])) == 2


def test_what_is_told_of_one_connection_is_limited() -> None:
    assert len(said([(True, SEARCH.replace(b"all", b"%d" % n)) for n in range(1000)])) == MAX_TOLD


def test_what_does_not_begin_as_ssdp_is_not() -> None:
    talking = Talk(SsdpAnalyzer, proto="udp")
    talking.say(True, b"\x00\x01")
    assert talking.flow.done
    assert not talking.flow.services


def test_matches_datagrams_in_either_direction() -> None:
    assert SsdpAnalyzer.matches(ANSWER, False, "udp")
    assert not SsdpAnalyzer.matches(ANSWER, False, "tcp")


@given(st.lists(st.one_of(st.binary(max_size=60), st.binary(max_size=60).map(lambda tail: NOTIFY[:90] + tail))))
def test_hostile_datagrams(datagrams: list[bytes]) -> None:
    for record in said([(True, data) for data in datagrams]):
        assert record.method in ("M-SEARCH", "NOTIFY", "RESPONSE")
