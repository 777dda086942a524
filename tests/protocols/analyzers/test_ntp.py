from hypothesis import given
from hypothesis import strategies as st

from botwarden.core.records.ntp import NtpRecord
from botwarden.protocols.analyzers.ntp import NtpAnalyzer
from protocols.conversation import Talk, Turn, only, talk
from protocols.test_ntp import CLIENT, MONLIST_ASKED, MONLIST_GIVEN, READVAR, ntp


def said(turns: list[Turn]) -> list[NtpRecord]:
    return only(talk(NtpAnalyzer, turns, proto="udp", resp=("198.51.100.7", 123)), NtpRecord)


def test_a_record_for_each_message() -> None:
    asked, answered = said([(True, CLIENT), (False, ntp())])
    assert (asked.mode, asked.stratum, asked.ref_id, asked.xmt_time) == (3, 0, "\0\0\0\0", 1002.0)
    assert (answered.mode, answered.stratum, answered.ref_id, answered.poll) == (4, 2, "192.0.2.1", 64.0)
    assert (answered.ts, answered.num_exts, answered.req_code) == (1000.5, 0, None)


def test_private_and_control_messages_have_their_code() -> None:
    monlist, readvar = said([(True, MONLIST_ASKED), (True, READVAR)])
    assert (monlist.mode, monlist.req_code, monlist.response, monlist.stratum) == (7, 42, False, None)
    assert (readvar.mode, readvar.req_code, readvar.response) == (6, 2, False)


def test_of_the_packets_of_an_amplified_answer_the_first_is_told() -> None:
    turns = [(False, MONLIST_GIVEN)] * 100 + [(True, MONLIST_ASKED)] + [(False, MONLIST_GIVEN)] * 100
    assert [record.response for record in said(turns)] == [True, False, True]


def test_the_service_is_confirmed_by_a_message() -> None:
    talking = Talk(NtpAnalyzer, proto="udp")
    talking.say(True, CLIENT)
    talking.say(False, b"?")
    assert (talking.flow.services, talking.flow.done) == (["ntp"], False)
    garbage = Talk(NtpAnalyzer, proto="udp")
    garbage.say(True, b"?")
    assert (garbage.flow.services, garbage.flow.done) == ([], True)


def test_ntp_is_known_over_udp() -> None:
    assert NtpAnalyzer.matches(CLIENT, True, "udp") is True
    assert NtpAnalyzer.matches(CLIENT, True, "tcp") is False
    assert NtpAnalyzer.matches(bytes(48), True, "udp") is False


@given(st.lists(st.tuples(st.booleans(), st.binary(max_size=80) | st.sampled_from([CLIENT, MONLIST_GIVEN]))))
def test_any_bytes_are_survived(turns: list[Turn]) -> None:
    said(turns)
