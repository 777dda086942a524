from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from botwarden.protocols.http import MAX_HEADER_BYTES, MAX_HEADERS, MAX_LINE, Expect, HttpParser
from botwarden.protocols.http_lines import Headers, RequestLine, StatusLine

OK = b"HTTP/1.1 200 OK\r\n"


class Heard:
    """Writes down what a parser says; body pieces are joined, so that splits do not show."""

    def __init__(self, expect: Expect) -> None:
        self.expect = expect
        self.events: list[Any] = []

    def start(self, line: RequestLine | StatusLine) -> None:
        self.events.append(tuple(line))

    def head(self, headers: Headers) -> Expect:
        self.events.append(headers)
        return self.expect

    def body(self, data: bytes) -> None:
        if self.events and isinstance(self.events[-1], bytes):
            self.events[-1] += data
        else:
            self.events.append(data)

    def gap(self, size: int) -> None:
        self.events.append(size)

    def end(self, complete: bool) -> None:
        self.events.append("complete" if complete else "cut")

    def odd(self, name: str) -> None:
        self.events.append(name)


def hear(*pieces: bytes | int, requests: bool = False, expect: Expect | None = None, eof: bool = True) -> list[Any]:
    heard = Heard(expect or (Expect.BODY_IF_ANNOUNCED if requests else Expect.BODY))
    parser = HttpParser(heard, requests=requests)
    for piece in pieces:
        if isinstance(piece, int):
            parser.gap(piece)
        else:
            parser.feed(piece)
    if eof:
        parser.eof()
    else:
        parser.close(complete=False)
    assert parser.lost
    return heard.events


def bodies(events: list[Any]) -> list[bytes]:
    return [event for event in events if isinstance(event, bytes)]


def test_a_request_and_the_next() -> None:
    events = hear(b"GET /a HTTP/1.1\r\nHost: x\r\n\r\nGET /b HTTP/1.0\n\n", requests=True)
    assert events == [
        (b"GET", b"/a", (1, 1)),
        [(b"host", b"x")],
        "complete",
        (b"GET", b"/b", (1, 0)),
        [],
        "complete",
    ]


def test_a_body_by_its_length() -> None:
    events = hear(OK + b"Content-Length: 5\r\n\r\nHelloHTTP/1.1 204 No\r\n\r\n", eof=False)
    assert events[2:4] == [b"Hello", "complete"]
    assert events[4] == ((1, 1), 204, b"No")


def test_a_body_in_chunks_with_extensions_and_trailers() -> None:
    events = hear(
        OK + b"Transfer-Encoding: gzip, chunked\r\n\r\n5;x=y\r\nHello\r\n6\r\n world\r\n0\r\nTrailer: 1\r\n\r\n" + OK,
    )
    assert bodies(events) == [b"Hello world"]
    assert events[3] == "complete"
    assert events[4] == ((1, 1), 200, b"OK")


def test_a_body_up_to_the_end_of_the_connection() -> None:
    assert hear(OK + b"\r\n", b"all ", b"of it")[2:] == [b"all of it", "complete"]
    assert hear(OK + b"\r\n", b"all ", b"of it", eof=False)[2:] == [b"all of it", "cut"]


def test_chunked_beats_the_length_and_the_last_length_counts() -> None:
    both = b"POST / HTTP/1.1\r\nContent-Length: 50\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET / HTTP/1.1\r\n\r\n"
    assert [event for event in hear(both, requests=True) if isinstance(event, tuple)][1][0] == b"GET"
    twice = OK + b"Content-Length: 50\r\nContent-Length: 2\r\n\r\nab" + OK + b"\r\n"
    assert hear(twice, eof=False)[2:4] == [b"ab", "complete"]


def test_no_chunks_before_http_1_1() -> None:
    assert hear(b"HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n")[2] == b"5\r\n"


def test_folded_fields_are_joined() -> None:
    events = hear(
        b"GET / HTTP/1.1\r\n first is ignored\r\nTransfer-Encoding:\r\n chunked\r\n\r\n0\r\n\r\n", requests=True
    )
    assert events[1] == [(b"transfer-encoding", b"chunked")]
    assert events[2] == "complete"


@pytest.mark.parametrize("length", [b"18446744073709551615", b"-5", b"many", b""])
def test_a_length_that_cannot_be_is_none(length: bytes) -> None:
    events = hear(b"POST / HTTP/1.1\r\nContent-Length: " + length + b"\r\n\r\nGET /x HTTP/1.1\r\n\r\n", requests=True)
    assert [event[1] for event in events if isinstance(event, tuple)] == [b"/", b"/x"]


def test_a_huge_length_is_followed_as_far_as_it_comes() -> None:
    assert hear(OK + b"Content-Length: 2200000000\r\n\r\nAAAA")[2:] == [b"AAAA", "cut"]


def test_a_header_that_breaks_off_is_told_as_far_as_it_came() -> None:
    assert hear(b"GET / HTTP/1.1\r\nHost: a\r\nX-Half: b", requests=True) == [
        (b"GET", b"/", (1, 1)),
        [(b"host", b"a"), (b"x-half", b"b")],
        "cut",
    ]


def test_a_request_line_without_an_end_is_read_when_the_side_closes() -> None:
    assert hear(b"GET /shell?id", requests=True)[0] == (b"GET", b"/shell?id", (0, 9))
    assert hear(b"GET /shell?id", requests=True, eof=False) == []


def test_empty_lines_before_a_message_are_skipped() -> None:
    assert hear(b"\r\n\n\r\nGET / HTTP/1.1\r\n\r\n", requests=True)[0] == (b"GET", b"/", (1, 1))


def test_what_is_no_http_ends_the_direction() -> None:
    assert hear(b"\x16\x03\x01\n\nGET / HTTP/1.1\r\n\r\n", requests=True) == ["bad_HTTP_request"]
    assert hear(b"<html>\n" + OK) == ["bad_HTTP_reply"]


def test_a_bad_chunk_ends_the_direction() -> None:
    assert hear(OK + b"Transfer-Encoding: chunked\r\n\r\nzz\r\nHello")[2:] == ["HTTP_bad_chunk_size", "cut"]


def test_the_raw_answer_of_http_0_9() -> None:
    heard = Heard(Expect.BODY)
    parser = HttpParser(heard, requests=False)
    parser.expect_raw()
    parser.feed(b"HTTP/1.0 400 Bad\r\n\r\n")
    parser.feed(b"more")
    parser.eof()
    assert heard.events == [((0, 9), 0, None), [], b"HTTP/1.0 400 Bad\r\n\r\nmore", "complete"]


@pytest.mark.parametrize("expect", [Expect.NO_BODY, Expect.SWITCH])
def test_the_sink_decides_whether_there_is_a_body(expect: Expect) -> None:
    events = hear(OK + b"Content-Length: 5\r\n\r\n" + OK + b"\r\n", expect=expect)
    assert events[2] == "complete"
    assert len(events) == (6 if expect is Expect.NO_BODY else 3)


def test_a_gap_inside_a_body_is_survived() -> None:
    events = hear(OK + b"Content-Length: 10\r\n\r\nabc", 4, b"xyz" + OK + b"\r\n", eof=False)
    assert events[2:6] == [b"abc", 4, b"xyz", "complete"]
    assert events[6] == ((1, 1), 200, b"OK")
    chunked = hear(OK + b"Transfer-Encoding: chunked\r\n\r\nA\r\nab", 8, b"\r\n0\r\n\r\n" + OK)
    assert chunked[2:5] == [b"ab", 8, "complete"]
    assert hear(OK + b"\r\nab", 5, b"cd")[2:] == [b"ab", 5, b"cd", "complete"]


@pytest.mark.parametrize(
    "before",
    [b"", b"HTTP/1.1 20", OK, OK + b"Content-Length: 3\r\n\r\n", OK + b"Transfer-Encoding: chunked\r\n\r\n3\r\nabc"],
)
def test_any_other_gap_ends_the_direction(before: bytes) -> None:
    events = hear(before, 4, b"\r\n\r\n" + OK + b"\r\n")
    assert sum(isinstance(event, tuple) for event in events) == before.count(b"200 OK\r\n")
    assert events[-1:] == (["cut"] if b"OK" in before else [])


def test_lines_and_headers_are_bounded() -> None:
    long = b"GET /" + b"a" * 2 * MAX_LINE + b" HTTP/1.1\r\n"
    many = b"".join(b"H%d: x\r\n" % i for i in range(2 * MAX_HEADERS))
    events = hear(long + many + b"Content-Length: 3\r\n\r\nabcGET / HTTP/1.1\r\n\r\n", requests=True)
    assert events[0] == "http_line_too_long"
    assert len(events[1][1]) <= MAX_LINE
    assert len(events[2]) == MAX_HEADERS
    assert events[3:5] == [b"abc", "complete"]  # the length counts although it is not kept
    wide = b"".join(b"H%d: " % i + b"x" * 8000 + b"\r\n" for i in range(20))
    headers = hear(OK + wide + b"\r\n")[1]
    assert sum(len(name) + len(value) for name, value in headers) <= MAX_HEADER_BYTES


def test_a_folded_field_is_bounded() -> None:
    events = hear(OK + b"X: a\r\n" + b" bbbbbbbbbb\r\n" * 2000 + b"\r\n")
    assert len(events[1][0][1]) <= MAX_LINE


MESSAGES = [
    OK + b"Content-Length: 11\r\nServer: x\r\n\r\nHello world" + OK + b"Transfer-Encoding: chunked\r\n\r\n",
    b"5\r\nHello\r\n0\r\n\r\nHTTP/1.1 304 Not Modified\r\nETag: x\r\n\r\n",
    b"\r\n\r\nHTTP/1.0 200\nServer:\n folded\n\nuntil close",
]
REQUESTS = [
    b"POST /x?y=z HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabcGET / HTTP/1.1\r\n\r\n",
    b"GET / HTTP/1.1\nA: b\n\nPUT /p HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n0\r\n\r\n",
]


@pytest.mark.parametrize("requests", [False, True])
@pytest.mark.parametrize("size", [1, 2, 3, 7])
def test_pieces_of_any_size_say_the_same(requests: bool, size: int) -> None:
    whole = b"".join(REQUESTS if requests else MESSAGES)
    pieces = [whole[i : i + size] for i in range(0, len(whole), size)]
    assert hear(*pieces, requests=requests) == hear(whole, requests=requests)


@given(st.data())
def test_mutated_messages_split_anywhere_say_the_same(data: st.DataObject) -> None:
    requests = data.draw(st.booleans())
    whole = bytearray(b"".join(data.draw(st.permutations(REQUESTS if requests else MESSAGES))))
    for _ in range(data.draw(st.integers(0, 4))):
        at = data.draw(st.integers(0, len(whole) - 1))
        whole[at : at + data.draw(st.integers(0, 3))] = data.draw(st.binary(max_size=3))
        if not whole:
            return
    cuts = sorted(data.draw(st.lists(st.integers(0, len(whole)), max_size=6)))
    pieces = [bytes(whole[a:b]) for a, b in zip([0, *cuts], [*cuts, len(whole)], strict=True)]
    assert hear(*pieces, requests=requests) == hear(bytes(whole), requests=requests)


@given(st.lists(st.one_of(st.binary(max_size=40), st.integers(1, 50)), max_size=8), st.booleans(), st.booleans())
def test_any_bytes_and_gaps_are_survived(pieces: list[bytes | int], requests: bool, eof: bool) -> None:
    hear(*pieces, requests=requests, eof=eof)
