import pytest
from hypothesis import given
from hypothesis import strategies as st

from botwarden.core.records.irc import IrcMessageRecord
from botwarden.protocols.analyzers.bashlite import MAX_MESSAGES, MAX_TEXT, BashliteAnalyzer
from protocols.conversation import Talk, Turn, only, talk

SESSION = [
    (True, b"BUILD MIPS\n"),
    (False, b"PING\n"),
    (True, b"PONG\n"),
    (False, b"!* SCANNER ON\n!* UDP 203.0.113.5 80 60 32 0 10\r\n"),
    (True, b"REPORT 198.51.100.7:root:admin\n"),
]


def said(turns: list[Turn], split: int = 0) -> list[tuple[bool, str, str | None]]:
    records = only(talk(BashliteAnalyzer, turns, split=split), IrcMessageRecord)
    return [(record.is_orig, record.command, record.text) for record in records]


@pytest.mark.parametrize("split", [0, 1, 3, 10])
def test_a_session(split: int) -> None:
    assert said(SESSION, split) == [
        (True, "REPORT", "BUILD MIPS"),
        (False, "ORDER", "!* SCANNER ON"),
        (False, "ORDER", "!* UDP 203.0.113.5 80 60 32 0 10"),
        (True, "REPORT", "REPORT 198.51.100.7:root:admin"),
    ]


def test_the_service_and_what_matches() -> None:
    talking = Talk(BashliteAnalyzer)
    talking.say(False, b"PING\n")
    assert not talking.flow.services
    talking.say(False, b"!* HOLD 203.0.113.5 80 60\n")
    assert talking.flow.services == ["bashlite"]
    assert BashliteAnalyzer.matches(b"BUILD ARM\n", True, "tcp")
    assert not BashliteAnalyzer.matches(b"BUILD ARM\n", True, "udp")


def test_what_does_not_begin_like_it_is_not() -> None:
    for turn in [(True, b"hello\n"), (False, b"220 ready\r\n")]:
        talking = Talk(BashliteAnalyzer)
        talking.say(*turn)
        assert talking.flow.done
        assert not talking.records
    assert said([*SESSION[:4], (False, b"a banner\n")])[-1][2] == "!* UDP 203.0.113.5 80 60 32 0 10"


def test_gaps_and_limits() -> None:
    talking = Talk(BashliteAnalyzer)
    talking.say(False, b"!* UDP 203.0")
    talking.analyzer.gap(1001.0, False, 10)
    talking.say(False, b" 60\n!* TCP 203.0.113.5 80 60\n")
    assert [record.text for record in only(talking.records, IrcMessageRecord)] == ["!* TCP 203.0.113.5 80 60"]
    many = said([(False, b"!* UDP " + b"9" * 400 + b"\n")] * 500)
    assert len(many) == MAX_MESSAGES
    assert {len(text or "") for _, _, text in many} == {MAX_TEXT}


@given(st.lists(st.tuples(st.booleans(), st.binary(max_size=40))), st.integers(1, 9))
def test_hostile_bytes(turns: list[Turn], size: int) -> None:
    assert said(turns) == said(turns, size)
