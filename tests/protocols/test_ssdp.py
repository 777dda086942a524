import pytest
from hypothesis import given
from hypothesis import strategies as st

from botwarden.protocols.ssdp import MAX_HEADERS, MAX_MESSAGE, MAX_TEXT, is_ssdp, parse_message

SEARCH = b'M-SEARCH * HTTP/1.1\r\nHOST: 239.255.255.250:1900\r\nMAN: "ssdp:discover"\r\nMX: 3\r\nST: ssdp:all\r\n\r\n'
NOTIFY = (
    b"NOTIFY * HTTP/1.1\r\nHost:239.255.255.250:1900\r\nNT:upnp:rootdevice\r\nNTS:ssdp:alive\r\n"
    b"USN:uuid:1::upnp:rootdevice\r\nLocation:http://192.168.0.9:80/d.xml\r\nServer:Linux UPnP/1.0 cam/2\r\n\r\n"
)
ANSWER = b"HTTP/1.1 200 OK\r\nCACHE-CONTROL: max-age=1800\r\nEXT:\r\nST: upnp:rootdevice\r\nUSN: uuid:1\r\n\r\n"


def test_headers() -> None:
    read = parse_message(NOTIFY)
    assert read is not None
    assert read.method == "NOTIFY"
    assert read.headers["location"] == "http://192.168.0.9:80/d.xml"
    assert read.headers["nts"] == "ssdp:alive"


def test_lines_may_end_in_lf_alone_and_of_two_headers_the_first_counts() -> None:
    read = parse_message(b"M-SEARCH * HTTP/1.1\nST: a\nST: b\nnonsense\n\nUSN: body")
    assert read is not None
    assert read.headers == {"st": "a"}


@pytest.mark.parametrize("data", [SEARCH, NOTIFY, ANSWER])
def test_what_is_ssdp(data: bytes) -> None:
    assert is_ssdp(data)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"M-SEARCH",
        b"GET / HTTP/1.1\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\ntext",
        b"NOTIFY /event HTTP/1.1\r\n",
    ],
)
def test_what_is_not(data: bytes) -> None:
    assert not is_ssdp(data)


def test_how_much_is_read_is_limited() -> None:
    read = parse_message(SEARCH[:-2] + b"".join(b"X-%d: y\r\n" % n for n in range(200)))
    assert read is not None
    assert len(read.headers) == MAX_HEADERS
    long = parse_message(b"M-SEARCH * HTTP/1.1\r\nST: " + b"s" * MAX_MESSAGE)
    assert long is not None
    assert len(long.headers["st"]) == MAX_TEXT


@given(st.binary(max_size=300))
def test_any_bytes_are_read_without_complaint(data: bytes) -> None:
    for start in (b"", b"NOTIFY * HTTP/1.1\r\n", b"HTTP/1.1 200 OK\r\nST:"):
        is_ssdp(start + data)
        parse_message(start + data)
