import base64
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from botwarden.core.records.files import FileRecord
from botwarden.core.records.ftp import FtpRecord
from botwarden.core.records.weird import WeirdRecord
from botwarden.protocols.analyzers.ftp import Channel, FtpAnalyzer, FtpDataAnalyzer
from protocols.conversation import Talk, Turn, only, talk


def s(text: str | bytes) -> Turn:
    return False, (text.encode() if isinstance(text, str) else text) + b"\r\n"


def c(text: str | bytes) -> Turn:
    return True, (text.encode() if isinstance(text, str) else text) + b"\r\n"


LOGIN = [s("220 FTP ready"), c("USER admin"), s("331 Password required"), c("PASS admin"), s("230 Logged in")]
SESSION = [
    *LOGIN,
    c("PWD"), s('257 "/pub" is current'), c("CWD bins"), s("250 ok"), c("TYPE I"), s("200 ok"),
    c("PASV"), s("227 Entering Passive Mode (198,51,100,7,221,90)"),
    c("RETR mirai.arm7"), s("150 Opening BINARY mode data connection for 'mirai.arm7' (1234 bytes)."),
    s("226-Transfer\r\n226 complete"), c("DELE /etc/passwd"), s("550 Permission denied"), c("QUIT"), s("221 Bye"),
]  # fmt: skip


def ftp(turns: list[Turn], split: int = 0) -> list[FtpRecord]:
    return only(talk(FtpAnalyzer, turns, split=split, resp=("198.51.100.7", 21)), FtpRecord)


def test_what_is_logged() -> None:
    login, passive, retr, dele = ftp(SESSION)
    assert (login.command, login.user, login.reply_code, login.arg) == ("PASS", "admin", 230, None)
    assert login.dictionary == ("mirai", "default")
    assert (passive.command, passive.data_passive, passive.data_orig_h) == ("PASV", True, "192.168.0.10")
    assert (passive.data_resp_h, passive.data_resp_p) == ("198.51.100.7", 56666)
    assert (retr.command, retr.arg) == ("RETR", "ftp://198.51.100.7/pub/bins/mirai.arm7")
    assert (retr.reply_code, retr.reply_msg, retr.file_size) == (226, "complete", 1234)
    assert (dele.arg, dele.reply_code, dele.data_resp_p) == ("ftp://198.51.100.7/etc/passwd", 550, None)
    assert [record.ts for record in (login, passive, retr, dele)] == [1001.5, 1005.5, 1006.5, 1008.0]


@pytest.mark.parametrize("split", [1, 2, 3, 7, 50])
def test_the_same_however_it_is_split(split: int) -> None:
    assert ftp(SESSION, split) == ftp(SESSION)


def test_telnets_commands_are_no_part_of_ftps() -> None:
    turns = [*LOGIN, (True, b"\xff\xf4\xff\xf2DELE \xff\xffa\r\n"), s("250 ok")]
    for split in (0, 1):
        assert ftp(turns, split)[-1].arg == "ftp://198.51.100.7/./\\xffa"


def test_a_refused_login() -> None:
    (record,) = ftp([s("220 ready"), c("USER root"), s("331 ?"), c("PASS hunter2"), s("530 Login incorrect.")])
    assert (record.user, record.reply_code, record.reply_msg, record.dictionary) == (
        "root",
        530,
        "Login incorrect.",
        None,
    )


def test_logins_that_need_no_password() -> None:
    (let_in,) = ftp([s("220 ready"), c("USER ftp"), s("230 Anonymous user logged in")])
    assert (let_in.command, let_in.arg, let_in.reply_code) == ("USER", "ftp", 230)
    (refused,) = ftp([s("220 ready"), c("USER root"), s("530 This server is anonymous only.")])
    assert (refused.command, refused.reply_code) == ("USER", 530)


def test_no_password_is_kept_even_where_the_server_repeats_it() -> None:
    talking = Talk(FtpAnalyzer)
    for turn in [
        s("220 ready"),
        c("USER bob"),
        s("331 ?"),
        c("PASS s3cret-word"),
        s("230 PASS s3cret-word ok"),
        c("ACCT s3cret-word"),
    ]:
        talking.say(*turn)
    assert "s3cret-word" not in repr(talking.analyzer.__dict__)
    records = talking.finish()
    assert "s3cret-word" not in repr(records)
    assert only(records, FtpRecord)[0].reply_msg == "PASS <hidden> ok"


def test_a_long_password_is_not_kept_in_part() -> None:
    word = "s3cret-word" * 100
    records = ftp([s("220 ready"), c("USER bob"), s("331 ?"), c(f"PASS {word}"), s(f"230 PASS {word} ok")])
    assert "s3cret" not in repr(records)


def test_active_mode() -> None:
    talking = Talk(FtpAnalyzer)
    for turn in [*LOGIN, c("PORT 192,168,0,10,131,46"), s("200 ok"), c("EPRT |2|2001:DB8::5|33582|"), s("200 ok")]:
        talking.say(*turn)
    port, eprt = only(talking.finish(), FtpRecord)[1:]
    assert (port.data_passive, port.data_orig_h, port.data_resp_h, port.data_resp_p) == (
        False,
        "198.51.100.7",
        "192.168.0.10",
        33582,
    )
    assert (eprt.data_resp_h, eprt.data_resp_p) == ("2001:db8::5", 33582)
    expected = talking.session.expected("192.168.0.10", 33582, "tcp")
    assert expected is not None and expected[0] == "ftp-data"
    assert talking.session.expected("2001:db8::5", 33582, "tcp") is None  # another machine's: told, and not followed


def test_extended_passive_mode_leads_to_the_server() -> None:
    talking = Talk(FtpAnalyzer)
    for turn in [*LOGIN, c("EPSV"), s("229 Entering Extended Passive Mode (|||38141|)")]:
        talking.say(*turn)
    assert talking.session.expected("198.51.100.7", 38141, "tcp") is not None


def test_the_file_and_the_command_know_each_other() -> None:
    talking = Talk(FtpAnalyzer)
    for turn in SESSION[:-6]:
        talking.say(*turn)
    name, context = talking.session.expected("198.51.100.7", 56666, "tcp") or ("", None)
    assert name == FtpDataAnalyzer.name
    data = Talk(FtpDataAnalyzer, session=talking.session, context=context, resp=("198.51.100.7", 56666))
    data.say(False, b"#!/bin/sh\nwget x\n")
    data.analyzer.eof(data.now, False)
    for turn in SESSION[-6:]:
        talking.say(*turn)
    records = talking.finish()
    (file,) = only(records, FileRecord)
    retr = next(record for record in only(records, FtpRecord) if record.command == "RETR")
    assert file.filename == "mirai.arm7"
    assert (file.source, file.is_orig, file.seen_bytes) == ("FTP_DATA", False, 17)
    assert file.fuid == retr.fuid
    assert retr.mime_type == file.mime_type is not None
    assert data.flow.services == ["ftp-data"]


def test_data_without_an_announcement_to_it() -> None:
    for split in (0, 1):
        (file,) = only(talk(FtpDataAnalyzer, [(True, b"hello\n")], split=split), FileRecord)
        assert (file.is_orig, file.seen_bytes, file.filename, file.timedout) == (True, 6, None, False)
    assert talk(FtpDataAnalyzer, []) == []


def test_data_that_is_cut_short() -> None:
    talking = Talk(FtpDataAnalyzer, context=Channel(True, "a", "b", 1, filename="x", size=100))
    talking.say(False, b"half")
    talking.analyzer.gap(talking.now, False, 10)
    (file,) = only(talking.finish(eof=False), FileRecord)
    assert (file.filename, file.total_bytes, file.missing_bytes, file.timedout) == ("x", 100, 10, True)


def test_tls_takes_over() -> None:
    talking = Talk(FtpAnalyzer)
    for turn in [s("220 ready"), c("AUTH TLS"), s("234 Proceed")]:
        talking.say(*turn)
    assert talking.flow.hand_over == ""
    assert talking.flow.services == ["ftp"]
    talking = Talk(FtpAnalyzer)
    for turn in [s("220 ready"), c("AUTH TLS"), s("530 no")]:
        talking.say(*turn)
    assert talking.flow.hand_over is None


def test_tls_inside_the_replies() -> None:
    hello = base64.b64encode(b"\x16\x03\x01\x00\x05\x01\x00\x00\x01\x03").decode()
    talking = Talk(FtpAnalyzer)
    for turn in [
        s("220 GridFTP ready"), c("AUTH GSSAPI"), s("334 ADAT must follow"), c(f"ADAT {hello}"), s("335 ADAT=!!!"),
        c("ADAT %%%"), s("235 ok"), c("ENC x"), s("632 y"),
    ]:  # fmt: skip
        talking.say(*turn)
    assert "ftp" in talking.flow.services
    assert talking.flow.hand_over is None
    assert only(talking.finish(), FtpRecord) == []


def test_commands_sent_before_the_replies_come() -> None:
    turns = [
        c("USER bob\r\nPASS x\r\nPASV\r\nRETR a"),
        s("220 ready\r\n331 ?\r\n230 in\r\n227 (198,51,100,7,1,0)\r\n150 x\r\n226 done"),
    ]
    assert [(record.command, record.reply_code) for record in ftp(turns)] == [
        ("PASS", 230),
        ("PASV", 227),
        ("RETR", 226),
    ]


def test_a_capture_that_begins_later() -> None:
    assert [
        (r.command, r.reply_code) for r in ftp([c("PASV"), s("227 (198,51,100,7,1,0)"), c("RETR a"), s("550 no")])
    ] == [
        ("PASV", 227),
        ("RETR", 550),
    ]


def test_replies_that_were_lost_do_not_shift_the_others() -> None:
    talking = Talk(FtpAnalyzer)
    for turn in [*LOGIN, c("DELE a")]:
        talking.say(*turn)
    talking.analyzer.gap(talking.now, False, 20)
    talking.say(*s(" of the lost one"))
    talking.say(*c("DELE b"))
    talking.say(*s("250 gone"))
    assert [(record.command, record.reply_code) for record in only(talking.finish(), FtpRecord)][1:] == [
        ("DELE", None),
        ("DELE", 250),
    ]


@pytest.mark.parametrize("line", ["SYST not supported", "230_no_space", "99 invalid"])
def test_a_server_that_breaks_the_protocol_speaks_it_not(line: str) -> None:
    talking = Talk(FtpAnalyzer)
    for turn in [*LOGIN, c("SYST"), s(line), c("QUIT"), s("221 Bye")]:
        talking.say(*turn)
    assert talking.flow.services == []
    assert talking.flow.done
    assert [record.command for record in only(talking.finish(), FtpRecord)] == ["PASS"]


def test_a_command_that_is_too_long() -> None:
    talking = Talk(FtpAnalyzer)
    for turn in [*LOGIN, c("TYPE" + "E" * 200), c("SYST" + "T" * 200)]:
        talking.say(*turn)
    assert talking.flow.violations == 1
    assert not talking.flow.done
    assert [weird.name for weird in only(talking.finish(), WeirdRecord)] == ["FTP_max_command_length_exceeded"]


def test_commands_that_nobody_answers() -> None:
    talking = Talk(FtpAnalyzer)
    for i in range(1000):
        talking.say(*c(f"DELE {i}"))
    assert len(talking.analyzer._pending) <= 20
    records = talking.finish()
    assert [weird.name for weird in only(records, WeirdRecord)] == ["FTP_too_many_pending_commands"]


@pytest.mark.parametrize(
    ("head", "is_orig", "expected"),
    [
        (b"220 (vsFTPd 3.0.3)\r\n", False, True), (b"220-FileZilla Server\r\n220 FTP\r\n", False, True),
        (b"220 ready\r\n", False, None), (b"220 mail.example ESMTP Postfix\r\n", False, False), (b"22", False, None),
        (b"SSH-2.0", False, False), (b"HTTP/1.1 200 OK\r\n", False, False), (b"USER bob\r\n", True, True),
        (b"USER bob * * :bob\r\n", True, False), (b"USE", True, None), (b"AUTH TLS\r\n", True, True),
        (b"AUTH LOGIN\r\n", True, False), (b"EHLO x\r\n", True, False), (b"NICK bob\r\n", True, False),
        (b"GET / HTTP/1.1\r\n", True, False), (b"feat\r\n", True, True), (b"\x16\x03\x01", True, False),
        (b"QUIT\r\n", True, False),
    ],
)  # fmt: skip
def test_matches(head: bytes, is_orig: bool, expected: bool | None) -> None:
    assert FtpAnalyzer.matches(head, is_orig, "tcp") is expected
    assert FtpAnalyzer.matches(head, is_orig, "udp") is False
    assert FtpDataAnalyzer.matches(head, is_orig, "tcp") is False


PARTS = st.sampled_from(
    [turn[1] for turn in SESSION]
    + [b"220-", b"PASV\r\n", b"AUTH GSSAPI\r\n", b"334 x\r\n", b"ADAT FgMB\r\n", b"\xff\xf4", b"\r", b"\n"]
)
TURNS = st.lists(
    st.tuples(st.booleans(), st.lists(PARTS | st.binary(max_size=6), max_size=4).map(b"".join)), max_size=14
)


@settings(max_examples=200, deadline=None)
@given(TURNS, st.randoms(use_true_random=False))
def test_any_conversation_gives_the_same_however_split(turns: list[Turn], chance: random.Random) -> None:
    whole = talk(FtpAnalyzer, turns)
    assert talk(FtpAnalyzer, turns, split=1) == whole
    talking = Talk(FtpAnalyzer)
    for is_orig, data in turns:
        if chance.random() < 0.2:
            talking.analyzer.gap(talking.now, is_orig, 10)
        talking.say(is_orig, data)
    talking.finish()
