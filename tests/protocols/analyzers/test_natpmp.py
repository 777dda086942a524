from hypothesis import given
from hypothesis import strategies as st

from botwarden.core.records.ssdp import UpnpRecord
from botwarden.protocols.analyzers.natpmp import MAX_PENDING, NatPmpAnalyzer
from protocols.conversation import Talk, Turn, only, talk
from protocols.test_natpmp import natpmp, pcp

ROUTER = ("192.168.0.1", 5351)


def said(turns: list[Turn]) -> list[UpnpRecord]:
    return only(talk(NatPmpAnalyzer, turns, proto="udp", resp=ROUTER), UpnpRecord)


def test_a_mapping_is_told_as_it_was_granted() -> None:
    (record,) = said([(True, natpmp(2, 23, 0, 7200)), (False, natpmp(2, 23, 40023, 3600, 0))])
    assert (record.ts, record.kind, record.action, record.protocol) == (1000.0, "nat-pmp", "AddPortMapping", "TCP")
    assert (record.external_port, record.internal_port, record.internal_client) == (40023, 23, "192.168.0.10")
    assert (record.lease, record.status_code) == (3600, 0)


def test_a_mapping_that_is_refused_is_told_as_it_was_asked_for() -> None:
    (record,) = said([(True, natpmp(1, 5000, 5001, 7200)), (False, natpmp(1, 5000, 0, 0, 2))])
    assert (record.protocol, record.external_port, record.lease, record.status_code) == ("UDP", 5001, 7200, 2)


def test_deletion_silence_and_pcp() -> None:
    deleted, mapped = said([(True, natpmp(2, 23, 0, 0)), (True, pcp(80, 8080, 600)), (True, pcp(80, 8080, 600))])
    assert (deleted.action, deleted.external_port, deleted.status_code) == ("DeletePortMapping", None, None)
    assert (mapped.action, mapped.external_port, mapped.internal_port) == ("AddPortMapping", 8080, 80)


def test_an_answer_alone_says_nothing_and_strangers_are_ignored() -> None:
    talking = Talk(NatPmpAnalyzer, proto="udp", resp=ROUTER)
    talking.say(False, natpmp(2, 23, 40023, 3600, 0))
    talking.say(True, b"\x00\x00")
    talking.say(True, b"rubbish")
    assert not talking.finish()
    assert not talking.flow.services


def test_what_waits_for_answers_is_limited() -> None:
    talking = Talk(NatPmpAnalyzer, proto="udp", resp=ROUTER)
    for port in range(1, 500):
        talking.say(True, natpmp(2, port, 0, 60))
    assert len(talking.records) == 499 - MAX_PENDING
    assert len(talking.finish()) == 499
    assert talking.flow.services == ["nat-pmp"]


def test_it_is_known_by_its_port_only() -> None:
    assert NatPmpAnalyzer.matches(natpmp(2, 23, 0, 7200), True, "udp") is False
    assert NatPmpAnalyzer.udp_ports == {5351}


@given(st.lists(st.tuples(st.booleans(), st.one_of(st.binary(max_size=70), st.sampled_from([
    natpmp(2, 23, 0, 7200), natpmp(2, 23, 40023, 3600, 0), pcp(80, 8080, 600), pcp(80, 8080, 600, result=0),
])))))  # fmt: skip
def test_hostile_datagrams(turns: list[Turn]) -> None:
    for record in said(turns):
        assert record.action
