import struct

from hypothesis import given
from hypothesis import strategies as st

from botwarden.protocols.hellos import (
    MAX_CERTIFICATES,
    MAX_NAME,
    MAX_PROTOCOLS,
    parse_certificates,
    parse_client_hello,
    parse_curve,
    parse_retry,
    parse_server_hello,
    parse_v2_client_hello,
    parse_v2_server_hello,
)
from protocols.tls_messages import (
    RETRY,
    TLS12_CBC,
    alpn,
    block,
    certificates,
    client_hello,
    extension,
    numbers,
    server_hello,
    sni,
)

FULL = client_hello(
    sni(b"cam.example"),
    extension(10, block(numbers([29, 23]), 2)),
    extension(11, b"\x01\x00"),
    extension(13, block(numbers([0x0403, 0x0804]), 2)),
    alpn(b"h2", b"http/1.1"),
    extension(35, b"ticket"),
    extension(43, block(numbers([0x0304, 0x0303]), 1)),
    extension(41, b"\0"),
    session_id=b"s" * 32,
)


def test_reads_what_a_client_offers() -> None:
    hello = parse_client_hello(FULL)
    assert hello is not None
    assert hello.version == 0x0303
    assert hello.session_id == b"s" * 32
    assert hello.ciphers == (0x1301, TLS12_CBC)
    assert hello.extensions == (0, 10, 11, 13, 16, 35, 43, 41)
    assert hello.groups == (29, 23)
    assert hello.point_formats == b"\0"
    assert hello.signatures == (0x0403, 0x0804)
    assert hello.supported_versions == (0x0304, 0x0303)
    assert hello.alpn == (b"h2", b"http/1.1")
    assert hello.server_name == "cam.example"
    assert hello.ticket
    assert hello.psk


def test_a_hello_without_extensions() -> None:
    hello = parse_client_hello(client_hello())
    assert hello is not None
    assert (hello.ciphers, hello.extensions, hello.server_name, hello.ticket) == ((0x1301, TLS12_CBC), (), None, False)


def test_an_empty_ticket_only_says_that_tickets_are_known() -> None:
    hello = parse_client_hello(client_hello(extension(35)))
    assert hello is not None
    assert not hello.ticket


def test_dtls_has_a_cookie() -> None:
    hello = parse_client_hello(client_hello(sni(b"cam"), version=0xFEFD, session_id=b"id", cookie=b"c" * 20), True)
    assert hello is not None
    assert (hello.session_id, hello.server_name, hello.ciphers) == (b"id", "cam", (0x1301, TLS12_CBC))


def test_a_cut_hello_gives_what_is_whole() -> None:
    cut = FULL[: FULL.index(b"h2")]
    hello = parse_client_hello(cut)
    assert hello is not None
    assert hello.extensions == (0, 10, 11, 13)
    assert parse_client_hello(FULL[:70]) is None, "in the suites"


def test_names_that_are_no_text_and_names_without_end() -> None:
    odd = parse_client_hello(client_hello(sni(b"caf\xe9")))
    long = parse_client_hello(client_hello(sni(b"a" * 5000)))
    assert odd is not None
    assert long is not None
    assert odd.server_name == "caf\\xe9"
    assert long.server_name == "a" * MAX_NAME


def test_the_first_host_name_counts() -> None:
    def name(kind: int, text: bytes) -> bytes:
        return bytes([kind]) + block(text, 2)

    hello = parse_client_hello(client_hello(extension(0, block(name(7, b"x") + name(0, b"a") + name(0, b"b"), 2))))
    assert hello is not None
    assert hello.server_name == "a"


def test_protocols_are_bounded() -> None:
    hello = parse_client_hello(client_hello(alpn(*[b"x"] * 100)))
    assert hello is not None
    assert len(hello.alpn) == MAX_PROTOCOLS


def test_reads_what_a_server_chose() -> None:
    hello = parse_server_hello(
        server_hello(
            extension(43, b"\x03\x04"), extension(51, b"\0\x1d" + block(b"k" * 32, 2)), alpn(b"h2"), cipher=0x1302
        )
    )
    assert hello is not None
    assert (hello.version, hello.selected_version, hello.cipher) == (0x0303, 0x0304, 0x1302)
    assert (hello.group, hello.alpn, hello.extensions) == (29, b"h2", (43, 51, 16))
    assert not hello.retry


def test_a_server_may_ask_for_another_hello() -> None:
    hello = parse_server_hello(server_hello(extension(51, b"\0\x17"), random=RETRY))
    assert hello is not None
    assert (hello.retry, hello.group) == (True, 23)


def test_drafts_of_tls_13_left_out_fields() -> None:
    body = struct.pack(">H", 0x7F12) + bytes(32) + struct.pack(">H", 0x1301) + block(extension(40, b"\0\x1d\0\1x"), 2)
    hello = parse_server_hello(body)
    assert hello is not None
    assert (hello.version, hello.cipher, hello.group) == (0x7F12, 0x1301, 29)
    retry = parse_retry(struct.pack(">HH", 0x7F12, 0x1301) + block(extension(40, b"\0\x17"), 2))
    assert retry is not None
    assert (retry.retry, retry.cipher, retry.group) == (True, 0x1301, 23)


def test_a_server_hello_may_end_early() -> None:
    assert parse_server_hello(server_hello()[:30]) is None
    assert parse_server_hello(server_hello(session_id=b"s" * 32)[:-30]) is None


def test_reads_a_chain() -> None:
    assert parse_certificates(certificates(b"leaf", b"root")) == [b"leaf", b"root"]
    assert parse_certificates(certificates(b"leaf", b"root")[:-1]) == [b"leaf"], "the cut one is left out"
    assert parse_certificates(b"") == []
    assert len(parse_certificates(certificates(*[b"x"] * 100))) == MAX_CERTIFICATES


def test_reads_the_named_curve() -> None:
    assert parse_curve(b"\3\0\x17" + b"point", with_hint=False) == 23
    assert parse_curve(b"\0\2hi\3\0\x1d", with_hint=True) == 29
    assert parse_curve(b"\1\0\x17", with_hint=False) is None, "explicit parameters"
    assert parse_curve(b"\xff\xff", with_hint=True) is None
    assert parse_curve(b"\3\0", with_hint=False) is None


def test_reads_sslv2() -> None:
    suites = b"\x07\x00\xc0" + b"\x00\x00\x2f"
    hello = parse_v2_client_hello(b"\x01\x03\x01" + struct.pack(">HHH", 6, 0, 16) + suites + bytes(16))
    assert hello is not None
    assert (hello.version, hello.ciphers) == (0x0301, (0x0700C0, 0x2F))
    answer = b"\x04\x00\x01\x00\x02" + struct.pack(">HHH", 4, 3, 16) + b"cert" + b"\x07\x00\xc0" + bytes(16)
    assert parse_v2_server_hello(answer) == (2, 0x0700C0, b"cert")
    assert parse_v2_client_hello(b"\x01") is None
    assert parse_v2_server_hello(b"\x04") is None


@given(st.binary(max_size=300))
def test_any_bytes_are_read(data: bytes) -> None:
    for datagram in (False, True):
        parse_client_hello(data, datagram)
    parse_server_hello(data)
    parse_retry(data)
    parse_certificates(data)
    parse_v2_client_hello(data)
    parse_v2_server_hello(data)
    for with_hint in (False, True):
        parse_curve(data, with_hint)


@given(st.data())
def test_bent_hellos_are_read(data: st.DataObject) -> None:
    bent = bytearray(data.draw(st.sampled_from([FULL, server_hello(alpn(b"h2"), extension(51, b"\0\x1d\0\1x"))])))
    for _ in range(data.draw(st.integers(1, 5))):
        bent[data.draw(st.integers(0, len(bent) - 1))] = data.draw(st.integers(0, 255))
    parse_client_hello(bytes(bent), data.draw(st.booleans()))
    parse_server_hello(bytes(bent))
