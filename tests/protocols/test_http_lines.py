from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from botwarden.protocols.http_lines import (
    chunk_size,
    content_length,
    content_range,
    file_name,
    header_field,
    is_chunked,
    media_type,
    parameter,
    request_line,
    status_line,
    text,
    unescape,
)

READERS: list[Callable[[bytes], object]] = [
    request_line, status_line, header_field, content_length, is_chunked, chunk_size, content_range, media_type,
    file_name, unescape, text,
]  # fmt: skip


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (b"GET / HTTP/1.1", (b"GET", b"/", (1, 1))),
        (b"OPTIONS * HTTP/1.0", (b"OPTIONS", b"*", (1, 0))),
        (b"OPTIONS HTTP/1.1", (b"OPTIONS", b"", (1, 1))),
        (b"GET /a b c  HTTP/1.1", (b"GET", b"/a b c", (1, 1))),
        (b"GET\t/x\tHTTP/1.1", (b"GET", b"/x", (1, 1))),
        (b"GET / HTTP/1.", (b"GET", b"/", None)),
        (b"GET / HTTP/1.1 and more", (b"GET", b"/", (1, 1))),
        (b"CCM_POST /HTTP/1.1", (b"CCM_POST", b"/HTTP/1.1", (0, 9))),
        (b"GET /old", (b"GET", b"/old", (0, 9))),
        (b"M-SEARCH * HTTP/1.1", (b"M-SEARCH", b"*", (1, 1))),
        (b"CONNECT host:25 / HTTP/1.0", (b"CONNECT", b"host:25 /", (1, 0))),
        (b"GET /\xff\xfe HTTP/1.1", (b"GET", b"/\xff\xfe", (1, 1))),
    ],
)
def test_request_lines(line: bytes, expected: tuple[object, ...]) -> None:
    assert request_line(line) == expected


@pytest.mark.parametrize(
    "line",
    [b"GET", b"GET/ HTTP/1.1", b"GET ", b"", b" GET / HTTP/1.1", b"\xc3\x83 / HTTP/1.", b"HI /", b"\x16\x03\x01"],
)
def test_what_is_no_request(line: bytes) -> None:
    assert request_line(line) is None


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (b"HTTP/1.1 200 OK", ((1, 1), 200, b"OK")),
        (b"HTTP/1.0 501 Unsupported method ('POST')", ((1, 0), 501, b"Unsupported method ('POST')")),
        (b"HTTP/1.1 200", ((1, 1), 200, None)),
        (b"HTTP/1.1 200 ", ((1, 1), 200, b"")),
        (b"HTTP/1.1\t \t404\tNot  Found", ((1, 1), 404, b"Not  Found")),
        (b"HTTP/x 200 OK", ((0, 0), 200, b"OK")),
        (b"HTTP/1.1 abc Hm", ((1, 1), 0, b"Hm")),
        (b"HTTP/1.1", None),
        (b"HTTP/1.1 20", None),
        (b"http/1.1 200 OK", None),
        (b"<html>", None),
    ],
)
def test_status_lines(line: bytes, expected: tuple[object, ...] | None) -> None:
    assert status_line(line) == expected


def test_header_fields() -> None:
    assert header_field(b"Host: example.org") == (b"host", b"example.org")
    assert header_field(b"Host :x ") == (b"host", b"x ")
    assert header_field(b"X:") == (b"x", b"")
    assert header_field(b"Transfer-Encoding: chunked") == (b"transfer-encoding", b"chunked")
    for line in (b"no colon", b": x", b"two words: x", b""):
        assert header_field(line) is None


def test_lengths() -> None:
    assert content_length(b"42") == 42
    assert content_length(b" 7 , 7") == 7
    assert content_length(b"9223372036854775807") == 2**63 - 1
    for value in (b"18446744073709551615", b"9223372036854775808", b"-1", b"+5", b"1e3", b"", b"0x10", b"9" * 500):
        assert content_length(value) is None


def test_chunks() -> None:
    assert is_chunked(b"chunked")
    assert is_chunked(b" gzip, Chunked ")
    assert not is_chunked(b"identity")
    assert not is_chunked(b"xchunked")
    assert chunk_size(b"1a") == 26
    assert chunk_size(b"1A; name=value") == 26
    assert chunk_size(b" 0 ") == 0
    for line in (b"", b"-1", b"0x10", b"g", b"1_0", b"f" * 16, b";"):
        assert chunk_size(line) is None


def test_content_ranges() -> None:
    assert content_range(b"bytes 100-199/1000") == (100, 1000)
    assert content_range(b"bytes 0-1/*") == (0, None)
    for value in (
        b"bytes 0--5/*",
        b"bytes 10-5/*",
        b"bytes 0-9223372036854775807/9223372036854775808",
        b"lines 1-2/3",
        b"",
    ):
        assert content_range(value) is None


def test_parameters_of_values() -> None:
    value = b'Multipart/Form-Data; charset=x ; boundary="a b;c"'
    assert media_type(value) == b"multipart/form-data"
    assert parameter(value, b"charset") == b"x"
    assert parameter(b"multipart/mixed; BOUNDARY=----abc", b"boundary") == b"----abc"
    assert parameter(b"multipart/mixed", b"boundary") is None


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (b'attachment; filename="test.json"', b"test.json"),
        (b"attachment; filename=bins.sh; size=3", b"bins.sh"),
        (b"attachment; FileName = x.bin ", b"x.bin"),
        (b"attachment; filename=\"a\"; filename*=UTF-8''na%20me", b"na me"),
        (b'form-data; name="file"; filename="up.bin"', b"up.bin"),
        (b'form-data; name="hwid"', None),
        (b"inline", None),
        (b'attachment; filename="', b""),
    ],
)
def test_names_of_files(value: bytes, expected: bytes | None) -> None:
    assert file_name(value) == expected


def test_a_content_type_may_name_the_file_too() -> None:
    assert file_name(b"application/octet-stream; name=arm7", b"name") == b"arm7"


@pytest.mark.parametrize(
    ("uri", "expected"),
    [
        (b"/plain", b"/plain"),
        (b"/a%20b", b"/a b"),
        (b"/%", b"/%"),
        (b"/%5", b"/%5"),
        (b"/%zz", b"/%zz"),
        (b"/%%41", b"/A"),
        (b"/%u0041", b"/A"),
        (b"/%u4e2d", b"/\x4e\x2d"),
        (b"/%25%32%30", b"/%20"),
        (b"%ff", b"\xff"),
    ],
)
def test_percent_encoding_is_undone_once(uri: bytes, expected: bytes) -> None:
    assert unescape(uri) == expected


def test_text_that_is_not_utf_8_is_escaped() -> None:
    assert text("Zürich".encode()) == "Zürich"
    assert text(b"a\xffb") == "a\\xffb"


@given(st.binary(max_size=300))
def test_any_bytes_are_survived(line: bytes) -> None:
    for read in READERS:
        read(line)
    file_name(line, b"name")
    parameter(line, b"boundary")


def test_the_longest_lines_are_survived() -> None:
    starts = (b"", b"GET ", b"HTTP/1.1 ", b"HTTP/", b"filename=", b"bytes ")
    for start in starts:
        for unit in (b" ", b"\t", b" HTTP/", b"%", b"%%4", b"name", b"filename=", b"a'", b"a;", b"0", b"\xff", b'"'):
            line = start + unit * (8192 // len(unit))
            for read in READERS:
                read(line)
            parameter(line, b"boundary")
