import random

from hypothesis import given, settings
from hypothesis import strategies as st

from botwarden.core.records.files import FileRecord
from botwarden.core.records.irc import IrcMessageRecord, IrcRecord
from botwarden.protocols.analyzers.irc import IrcAnalyzer, IrcDataAnalyzer
from protocols.conversation import Talk, Turn, only, talk


def s(text: str) -> Turn:
    return False, text.encode() + b"\r\n"


def c(text: str) -> Turn:
    return True, text.encode() + b"\r\n"


SESSION = [
    s(":irc.example NOTICE AUTH :*** Looking up your hostname..."),
    c("PASS s3cret"), c("NICK kaiten"), c("USER bot 0 * :Kaiten the Bot"),
    s(":irc.example 001 kaiten :Welcome"), s("PING :123"), c("PONG :123"),
    c("JOIN #bots,#spare s3cret"), s(":irc.example 332 kaiten #bots :!* SCANNER ON"),
    s(":boss!b@h PRIVMSG #bots :!* UDP 203.0.113.9 80 60"), c("PRIVMSG #bots :done"), c("NICK kaiten2"),
    s(":boss!b@h TOPIC #bots :!* SCANNER OFF"), c("PRIVMSG NickServ :IDENTIFY s3cret"), c("QUIT :bye"),
]  # fmt: skip


def test_commands() -> None:
    records = only(talk(IrcAnalyzer, SESSION, resp=("198.51.100.7", 8000)), IrcRecord)
    assert [(r.nick, r.user, r.command, r.value, r.addl) for r in records] == [
        (None, None, "NICK", "kaiten", None),
        ("kaiten", None, "USER", "bot", "0 * Kaitenthe Bot "),  # joined as Zeek joins it
        ("kaiten", "bot", "JOIN", "#bots", ""),
        ("kaiten", "bot", "JOIN", "#spare", ""),
        ("kaiten", "bot", "NICK", "kaiten2", ""),
    ]


def test_what_is_said() -> None:
    records = only(talk(IrcAnalyzer, SESSION), IrcMessageRecord)
    assert [(r.is_orig, r.command, r.sender, r.target, r.text) for r in records] == [
        (False, "TOPIC", "irc.example", "#bots", "!* SCANNER ON"),
        (False, "PRIVMSG", "boss", "#bots", "!* UDP 203.0.113.9 80 60"),
        (True, "PRIVMSG", "kaiten", "#bots", "done"),
        (False, "TOPIC", "boss", "#bots", "!* SCANNER OFF"),
        (True, "PRIVMSG", "kaiten2", "NickServ", "IDENTIFY <hidden>"),
    ]


def test_no_password_is_kept() -> None:
    assert "s3cret" not in repr(talk(IrcAnalyzer, SESSION))


def test_the_same_however_it_is_split() -> None:
    for split in (1, 2, 3, 7, 50):
        assert talk(IrcAnalyzer, SESSION, split=split) == talk(IrcAnalyzer, SESSION)


def test_service_is_confirmed_by_the_client() -> None:
    talking = Talk(IrcAnalyzer)
    talking.say(*SESSION[0])
    assert talking.flow.services == []
    talking.say(*SESSION[2])
    assert talking.flow.services == ["irc"]


def test_a_file_over_dcc() -> None:
    talking = Talk(IrcAnalyzer, orig=("10.0.0.7", 59069))
    for turn in [
        c("NICK tim"),
        c("USER tim x y :Tim"),
        c("JOIN #t"),
        c("PRIVMSG bob :\x01DCC SEND a.sh 167772167 59130 17\x01"),
    ]:
        talking.say(*turn)
    name, context = talking.session.expected("10.0.0.7", 59130, "tcp") or ("", None)
    assert name == IrcDataAnalyzer.name
    data = Talk(
        IrcDataAnalyzer, session=talking.session, context=context, orig=("10.0.0.22", 1), resp=("10.0.0.7", 59130)
    )
    data.say(False, b"#!/bin/sh\n")
    data.say(True, b"\0\0\0\x0a")
    data.say(False, b"wget x\n")
    data.finish()
    assert data.flow.services == ["irc-dcc-data"]
    records = talking.finish()
    (file,) = only(records, FileRecord)
    assert (file.source, file.filename, file.seen_bytes, file.total_bytes, file.timedout) == (
        "IRC_DATA",
        "a.sh",
        17,
        17,
        False,
    )
    dcc = only(records, IrcRecord)[-1]
    assert (dcc.command, dcc.nick, dcc.user, dcc.value, dcc.orig_h) == ("DCC", "tim", "tim", "#t", "10.0.0.7")
    assert (dcc.dcc_file_name, dcc.dcc_file_size, dcc.fuid) == ("a.sh", 17, file.fuid)
    assert dcc.dcc_mime_type == file.mime_type is not None


def test_data_that_never_came_leaves_no_record() -> None:
    assert talk(IrcDataAnalyzer, []) == []
    assert len(only(talk(IrcDataAnalyzer, [(False, b"x")]), FileRecord)) == 1


def test_limits() -> None:
    talking = Talk(IrcAnalyzer)
    for i in range(1000):
        talking.say(*c(f"PRIVMSG {'x' * 300} :{i} {'y' * 500}"))
        talking.say(*c(f"JOIN #{i},#a{i}"))
        talking.say(*c(f"PRIVMSG bob :\x01DCC SEND f 167772167 {1000 + i} 1\x01"))
    records = talking.finish()
    said = only(records, IrcMessageRecord)
    assert len(said) == 64
    assert max(len(record.text or "") for record in said) == 200
    assert max(len(record.target or "") for record in said) == 64
    assert len(only(records, IrcRecord)) == 256
    assert sum(talking.session.expected("10.0.0.7", 1000 + i, "tcp") is not None for i in range(1000)) == 16


def test_what_is_not_irc_is_given_up() -> None:
    talking = Talk(IrcAnalyzer)
    for _ in range(30):
        talking.say(False, b"\x00\x01\x02 nothing of the kind\n")
    assert talking.flow.done
    assert talking.finish() == []
    assert talking.flow.services == []


def test_tls_takes_over() -> None:
    talking = Talk(IrcAnalyzer)
    for turn in [c("STARTTLS"), s(":irc.example 670 bob :STARTTLS successful")]:
        talking.say(*turn)
    assert talking.flow.hand_over == ""


def test_a_line_with_a_hole_in_it_is_not_read() -> None:
    talking = Talk(IrcAnalyzer)
    talking.say(True, b"PRIVMSG #a :he")
    talking.analyzer.gap(talking.now, True, 10)
    talking.say(True, b"llo\r\nPRIVMSG #b :x\r\n")
    assert [record.target for record in only(talking.finish(), IrcMessageRecord)] == ["#b"]


PARTS = st.sampled_from(
    [data for _, data in SESSION] + [b"PRIVMSG x :\x01DCC SEND a 1 2 3\x01\r\n", b"\r", b"\n", b":", b" "]
)
TURNS = st.lists(
    st.tuples(st.booleans(), st.lists(PARTS | st.binary(max_size=6), max_size=4).map(b"".join)), max_size=14
)


@settings(max_examples=200, deadline=None)
@given(TURNS, st.randoms(use_true_random=False))
def test_any_conversation_gives_the_same_however_split(turns: list[Turn], chance: random.Random) -> None:
    assert talk(IrcAnalyzer, turns, split=1) == talk(IrcAnalyzer, turns)
    talking = Talk(IrcAnalyzer)
    for is_orig, data in turns:
        if chance.random() < 0.2:
            talking.analyzer.gap(talking.now, is_orig, 10)
        talking.say(is_orig, data)
    talking.finish()
