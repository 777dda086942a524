import pytest
from hypothesis import given
from hypothesis import strategies as st

from botwarden.protocols.known import KNOWN

BY_NAME = {known.name: known for known in KNOWN}

SPOKEN = [
    ("rtsp", True, b"DESCRIBE rtsp://192.168.0.10/live RTSP/1.0\r\nCSeq: 2\r\n\r\n"),
    ("rtsp", True, b"OPTIONS * RTSP/1.0\r\n"),
    ("rtsp", False, b"RTSP/1.0 401 Unauthorized\r\n"),
    ("smtp", False, b"220 mail.example.org ESMTP Postfix\r\n"),
    ("smtp", True, b"EHLO client.example.org\r\n"),
    ("smb", True, b"\x00\x00\x00\x54\xffSMBr" + bytes(20)),
    ("smb", True, b"\x00\x00\x00\xd8\xfeSMB@" + bytes(20)),
    ("rdp", True, bytes.fromhex("0300002621e000000000 00436f6f6b6965")),
    ("adb", True, b"CNXN" + bytes(16) + bytes(byte ^ 0xFF for byte in b"CNXN")),
    ("rfb", False, b"RFB 003.008\n"),
    ("imap", False, b"* OK IMAP4rev1 ready\r\n"),
    ("pop3", False, b"+OK POP3 ready\r\n"),
    ("bittorrent", True, b"\x13BitTorrent protocol" + bytes(48)),
    ("dht", True, b"d1:ad2:id20:abcdefghij0123456789e1:q4:ping1:t2:aa1:y1:qe"),
    ("dht", False, b"d1:rd2:id20:mnopqrstuvwxyz123456e1:t2:aa1:y1:re"),
    ("sip", True, b"REGISTER sip:example.org SIP/2.0\r\n"),
    ("sip", False, b"SIP/2.0 200 OK\r\n"),
    ("dce_rpc", True, bytes.fromhex("05000b03100000004800000001000000")),
    ("krb_tcp", True, bytes.fromhex("000000f36a81f03081eda103020105")),
    ("krb", True, bytes.fromhex("6a81f03081eda103020105")),
    ("snmp", True, bytes.fromhex("302602010104067075626c6963a019")),
    ("redis", True, b"*1\r\n$4\r\nPING\r\n"),
    ("modbus", True, bytes.fromhex("000100000006010300000001")),
    ("socks", True, b"\x05\x01\x00"),
    ("socks", True, b"\x04\x01\x00\x50\x08\x08\x08\x08\x00"),
]


@pytest.mark.parametrize(("name", "is_orig", "head"), SPOKEN)
def test_it_is_recognised(name: str, is_orig: bool, head: bytes) -> None:
    assert BY_NAME[name].recognise(head, is_orig)


@pytest.mark.parametrize(("name", "is_orig", "head"), SPOKEN)
def test_nobody_else_takes_it(name: str, is_orig: bool, head: bytes) -> None:
    kin = {name, "krb", "krb_tcp"} if name.startswith("krb") else {name}
    takers = {known.name for known in KNOWN if known.recognise(head, is_orig)}
    assert takers <= kin


@pytest.mark.parametrize(("name", "is_orig", "head"), [row for row in SPOKEN if BY_NAME[row[0]].tcp])
def test_over_tcp_it_is_never_ruled_out_before_it_is_there(name: str, is_orig: bool, head: bytes) -> None:
    known = BY_NAME[name]
    answers = [known.recognise(head[:n], is_orig) for n in range(len(head) + 1)]
    first = answers.index(True) if True in answers else len(answers)
    assert False not in answers[:first]


OTHERS = [
    b"GET / HTTP/1.1\r\nHost: a\r\n\r\n",
    b"220 FTP server ready\r\n",
    b"login: ",
    b"SSH-2.0-x\r\n",
    b"\x16\x03\x01\x02\0",
]


@pytest.mark.parametrize("head", OTHERS)
def test_other_protocols_are_left_alone(head: bytes) -> None:
    assert [known.name for known in KNOWN if known.recognise(head, False)] == []


@given(st.binary(max_size=300), st.booleans())
def test_any_bytes_have_an_answer(head: bytes, is_orig: bool) -> None:
    for known in KNOWN:
        assert known.recognise(head, is_orig) in (True, False, None)
