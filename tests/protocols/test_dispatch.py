from typing import ClassVar

import pytest

from botwarden.core.record import Record
from botwarden.protocols.analyzer import HEAD, Analyzer, Flow, Session
from botwarden.protocols.dispatch import MAX_HANDOVERS, MAX_KEPT, Choices, Conversation


class Recorder:
    """An analyzer that writes down what it is given."""

    name: ClassVar[str] = "recorder"
    tcp_ports: ClassVar[frozenset[int]] = frozenset({7000})
    udp_ports: ClassVar[frozenset[int]] = frozenset({7000})
    word: ClassVar[bytes] = b"REC"

    def __init__(self, flow: Flow) -> None:
        self.flow = flow
        self.heard: list[object] = []
        flow.session.made.append(self)  # type: ignore[attr-defined]

    @classmethod
    def matches(cls, head: bytes, is_orig: bool, proto: str) -> bool | None:
        if len(head) < len(cls.word):
            return None if cls.word.startswith(head) else False
        return head.startswith(cls.word)

    def data(self, ts: float, is_orig: bool, data: bytes) -> None:
        self.heard.append((is_orig, data))
        if data.endswith(b"SWITCH"):
            self.flow.hand_over = ""
        if data.endswith(b"DONE"):
            self.flow.done = True

    def gap(self, ts: float, is_orig: bool, size: int) -> None:
        self.heard.append((is_orig, size))

    def eof(self, ts: float, is_orig: bool) -> None:
        self.heard.append((is_orig, "eof"))

    def end(self, ts: float) -> None:
        self.heard.append("end")


class Other(Recorder):
    name: ClassVar[str] = "other"
    tcp_ports: ClassVar[frozenset[int]] = frozenset({8000})
    udp_ports: ClassVar[frozenset[int]] = frozenset()
    word: ClassVar[bytes] = b"OTH"


KINDS: tuple[type[Analyzer], ...] = (Recorder, Other)


def conversation(port: int = 9999, proto: str = "tcp", session: Session | None = None) -> Conversation:
    here = session or Session(list[Record]().append, lambda _: False)
    here.made = []  # type: ignore[attr-defined]
    return Conversation(Flow(here, "C1", 1.0, proto, ("10.0.0.1", 40000), ("10.0.0.2", port)), Choices(KINDS))


def made(talk: Conversation) -> list[Recorder]:
    return talk.flow.session.made  # type: ignore[attr-defined, no-any-return]


def say(talk: Conversation, is_orig: bool, data: bytes) -> None:
    side = 0 if is_orig else 1
    talk.segment(2.0, side, talk.streams[side].next, data, 0, -1)


def test_content_decides_on_any_port() -> None:
    talk = conversation(7000)  # the recorder's port
    say(talk, True, b"OTHER words")
    assert [type(analyzer) for analyzer in made(talk)] == [Other]


def test_what_was_said_before_is_replayed() -> None:
    talk = conversation()
    say(talk, True, b"O")
    say(talk, False, b"OT")
    assert not made(talk)
    say(talk, False, b"H, yes")
    assert made(talk)[0].heard == [(True, b"O"), (False, b"OT"), (False, b"H, yes")]


def test_a_server_that_speaks_first_is_recognised() -> None:
    talk = conversation()
    say(talk, False, b"RECord")
    say(talk, True, b"\0\0\0")
    assert made(talk)[0].heard == [(False, b"RECord"), (True, b"\0\0\0")]


def test_the_port_decides_where_the_content_says_nothing() -> None:
    talk = conversation(8000)
    say(talk, True, b"???")
    assert not made(talk)
    say(talk, False, b"!!!")
    assert isinstance(made(talk)[0], Other)


def test_the_port_decides_at_the_end_too() -> None:
    talk = conversation(8000)
    say(talk, True, b"???")
    talk.end(3.0)
    assert made(talk)[0].heard == [(True, b"???"), "end"]


def test_what_nobody_knows_is_let_go() -> None:
    talk = conversation(9999)
    say(talk, True, b"???")
    say(talk, False, b"!!!")
    assert talk.over
    assert not made(talk)


def test_little_is_kept_of_what_stays_unknown() -> None:
    talk = conversation(9999)
    for _ in range(100):
        if not talk.over:
            say(talk, True, b"x" * HEAD)
    assert talk.over


def test_an_analyzer_that_is_done_gets_no_more_and_is_ended() -> None:
    talk = conversation()
    say(talk, True, b"REC DONE")
    assert talk.over
    assert made(talk)[0].heard == [(True, b"REC DONE"), "end"]
    talk.end(9.0)
    assert made(talk)[0].heard.count("end") == 1


def test_another_protocol_may_follow() -> None:
    talk = conversation()
    say(talk, True, b"REC SWITCH")
    say(talk, True, b"OTH is this")
    assert [analyzer.heard for analyzer in made(talk)] == [[(True, b"REC SWITCH"), "end"], [(True, b"OTH is this")]]


def test_after_a_switch_the_port_says_nothing() -> None:
    talk = conversation(7000)
    say(talk, True, b"REC SWITCH")
    say(talk, True, b"???")
    say(talk, False, b"!!!")
    assert talk.over
    assert len(made(talk)) == 1


def test_switches_are_bounded() -> None:
    talk = conversation()
    for _ in range(MAX_HANDOVERS + 5):
        if not talk.over:
            say(talk, True, b"REC SWITCH")
    assert talk.over
    assert len(made(talk)) == MAX_HANDOVERS + 1


def test_gaps_and_ends_are_told_in_their_place() -> None:
    talk = conversation()
    say(talk, True, b"REC")
    talk.segment(2.0, 0, 10, b"later", 0, -1)
    talk.close(2.0, 0)
    assert made(talk)[0].heard == [(True, b"REC")]
    talk.segment(3.0, 1, 0, b"", 0, 15)
    assert made(talk)[0].heard == [(True, b"REC"), (True, 7), (True, b"later")]
    talk.close(3.0, 0)
    talk.end(4.0)
    assert made(talk)[0].heard[-2:] == [(True, "eof"), "end"]


def test_an_expected_connection_is_given_to_who_expects_it() -> None:
    session = Session(list[Record]().append, lambda _: False)
    session.expect("10.0.0.2", 5555, "tcp", "other", "context")
    talk = conversation(5555, session=session)
    say(talk, False, b"anything")
    assert isinstance(made(talk)[0], Other)
    assert talk.flow.context == "context"


def test_datagrams_by_content_by_port_and_not_at_all() -> None:
    for port, data, kinds in ((9999, b"RECord", [Recorder]), (7000, b"???", [Recorder]), (9999, b"???", [])):
        talk = conversation(port, "udp")
        talk.datagram(1.0, 0, data)
        assert [type(analyzer) for analyzer in made(talk)] == kinds


def test_an_analyzer_without_udp_ports_is_not_asked_there() -> None:
    talk = conversation(9999, "udp")
    for _ in range(10):
        talk.datagram(1.0, 0, b"OTHER")
    assert not made(talk)
    assert talk.over


@pytest.mark.parametrize("split", [1, 2, 3, 5])
def test_the_same_analyzer_however_the_bytes_are_split(split: int) -> None:
    talk = conversation()
    data = b"RECorded message"
    for at in range(0, len(data), split):
        say(talk, True, data[at : at + split])
    assert b"".join(part for _, part in made(talk)[0].heard) == data  # type: ignore[misc, attr-defined]


def test_what_follows_a_switch_in_the_same_bytes_is_not_lost() -> None:
    talk = conversation()
    say(talk, True, b"REC")
    talk.flow.rest = False, b"OTHer words"
    say(talk, False, b"SWITCH")
    assert [analyzer.heard for analyzer in made(talk)][1] == [(False, b"OTHer words")]


def test_what_a_conversation_may_hold_is_known() -> None:
    talk = conversation()
    talk.segment(1.0, 0, 0, b"REC" + bytes(97), 0, -1)
    talk.segment(1.0, 0, 110, bytes(50), 0, -1)
    assert talk.weight == 100 + 50, "what was given to an analyzer, and what waits"
    for k in range(3):
        talk.segment(1.0, 0, 100 + 60_000 * k, bytes(60_000), 0, -1)
    assert talk.weight == MAX_KEPT
    datagrams = conversation(proto="udp")
    for _ in range(3):
        datagrams.datagram(1.0, 0, b"REC")
    assert datagrams.weight == 9
