import gzip
import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from botwarden.core.record import Record
from botwarden.core.records.files import FileRecord
from botwarden.protocols.analyzer import Flow, Session
from botwarden.protocols.http_body import MAX_FILES, MAX_LISTED, MAX_NAME, Body, FileList
from botwarden.protocols.http_lines import Headers
from protocols.conversation import only

PAGE = b"<html><body>Hello</body></html>"


class Case:
    def __init__(self, headers: Headers, *, keep: int = 0, marker: bytes | None = None) -> None:
        self.records: list[Record] = []
        session = Session(self.records.append, lambda ip: ip.startswith("192.168."))
        flow = Flow(session, "C1", 100.0, "tcp", ("192.168.0.10", 40000), ("198.51.100.7", 80))
        self.files = FileList()
        self.body = Body(flow, headers, self.files, is_orig=False, depth=3, keep=keep, marker=marker)

    def run(self, *pieces: bytes | int, complete: bool = True) -> "Case":
        for piece in pieces:
            if isinstance(piece, int):
                self.body.missed(101.0, piece)
            else:
                self.body.feed(101.0, piece)
        self.body.close(102.0, complete)
        return self

    @property
    def written(self) -> list[FileRecord]:
        return only(self.records, FileRecord)


def test_a_plain_body_is_one_file() -> None:
    case = Case([(b"content-length", b"31"), (b"content-disposition", b'attachment; filename="a.html"')])
    [record] = case.run(PAGE[:10], PAGE[10:]).written
    assert (record.source, record.depth, record.filename, record.mime_type) == ("HTTP", 3, "a.html", "text/html")
    assert (record.seen_bytes, record.total_bytes) == (31, 31)
    assert record.sha256 == hashlib.sha256(PAGE).hexdigest()
    assert (case.files.fuids, case.files.names, case.files.types) == ([record.fuid], ["a.html"], ["text/html"])
    assert case.body.length == 31


def test_a_coded_body_is_told_as_what_it_stands_for() -> None:
    coded = gzip.compress(PAGE)
    case = Case([(b"content-encoding", b"gzip"), (b"content-length", str(len(coded)).encode())]).run(coded)
    [record] = case.written
    assert (record.mime_type, record.seen_bytes, record.total_bytes) == ("text/html", 31, None)
    assert case.body.length == 31
    assert Case([(b"content-encoding", b"identity")]).run(PAGE).body.length == 31


def test_a_bomb_is_told() -> None:
    case = Case([(b"content-encoding", b"gzip")]).run(gzip.compress(bytes(1 << 27)))
    assert case.body.odd == "http_decompression_bomb"
    assert case.body.length < 1 << 23


def test_every_part_of_a_form_is_a_file() -> None:
    form = (
        b'--XX\r\nContent-Disposition: form-data; name="a"\r\n\r\nlong enough text\r\n'
        b'--XX\r\nContent-Disposition: form-data; name="b"; filename="x.gif"\r\n\r\nGIF89a\r\n--XX--\r\n'
    )
    case = Case([(b"content-type", b"multipart/form-data; boundary=XX")]).run(form)
    assert [(record.filename, record.mime_type, record.seen_bytes) for record in case.written] == [
        (None, "text/plain", 16),
        ("x.gif", "image/gif", 6),
    ]
    assert case.files.names == ["x.gif"]
    assert case.files.types == ["text/plain", "image/gif"]
    assert case.body.length == len(form)


def test_the_ranges_of_one_file_are_one_file_without_type_and_hash() -> None:
    body = b"\r\n--XX\r\nContent-Range: bytes 5-7/9\r\n\r\nMZa\r\n--XX\r\nContent-Range: bytes 8-8/9\r\n\r\nb\r\n--XX--"
    [record] = Case([(b"content-type", b"multipart/byteranges; boundary=XX")]).run(body).written
    assert (record.seen_bytes, record.mime_type, record.sha256) == (4, None, None)


@pytest.mark.parametrize(("place", "mime_type"), [(b"bytes 0-30/5000", "text/html"), (b"bytes 31-61/5000", None)])
def test_a_range_has_a_type_only_at_the_beginning(place: bytes, mime_type: str | None) -> None:
    [record] = Case([(b"content-range", place), (b"content-length", b"31")]).run(PAGE).written
    assert (record.mime_type, record.total_bytes, record.sha256) == (mime_type, 5000, None)


def test_missing_bytes() -> None:
    case = Case([(b"content-length", b"41")]).run(PAGE, 10)
    [record] = case.written
    assert (record.missing_bytes, record.seen_bytes, record.sha256) == (10, 31, None)
    assert case.body.length == 41
    coded = gzip.compress(PAGE)
    assert Case([(b"content-encoding", b"gzip")]).run(coded[:15], 4, coded[19:]).body.length < 31


def test_a_body_that_breaks_off_is_told() -> None:
    [record] = Case([]).run(PAGE, complete=False).written
    assert record.timedout
    form = b"--XX\r\n\r\nbroken off"
    [record] = Case([(b"content-type", b"multipart/mixed; boundary=XX")]).run(form, complete=False).written
    assert (record.timedout, record.seen_bytes) == (True, 10)


def test_lists_files_and_names_are_bounded() -> None:
    part = b'--XX\r\nContent-Disposition: x; filename="' + b"n" * 1000 + b'"\r\n\r\nGIF89a\r\n'
    case = Case([(b"content-type", b"multipart/mixed; boundary=XX")]).run(part * 500)
    assert len(case.written) == MAX_FILES
    assert [len(found) for found in (case.files.fuids, case.files.names, case.files.types)] == [MAX_LISTED] * 3
    assert len(case.files.names[0]) == MAX_NAME


def test_the_beginning_is_kept_as_far_as_asked() -> None:
    assert Case([], keep=7).run(b"abc", b"defgh", b"ij").body.head == b"abcdefg"
    assert Case([]).run(b"abc").body.head == b""
    assert Case([], keep=100).run(b"abc", 5, b"def").body.head == b"abc"


def test_markup_is_kept_only_with_its_mark() -> None:
    with_mark, without = b"<root MARK>" + bytes(2000), b"<root>" + bytes(2000) + b"MARK"
    assert Case([], keep=1500, marker=b"MARK").run(with_mark).body.head == with_mark[:1500]
    assert Case([], keep=1500, marker=b"MARK").run(without).body.head == b""
    assert Case([], keep=1500, marker=b"MARK").run(b"MARK but no markup").body.head == b""
    assert Case([], keep=1500, marker=b"MARK").run(b"<short MARK>").body.head == b"<short MARK>"


def test_a_body_without_a_byte_is_no_file() -> None:
    case = Case([(b"content-length", b"0")]).run()
    assert (case.written, case.files.fuids) == ([], [])


HEADERS: list[Headers] = [
    [],
    [(b"content-encoding", b"gzip")],
    [(b"content-encoding", b"deflate"), (b"content-type", b"message/rfc822")],
    [(b"content-type", b"multipart/form-data; boundary=XX")],
    [(b"content-type", b"multipart/byteranges; boundary=XX"), (b"content-range", b"bytes 5-9/10")],
]
PIECES = st.one_of(
    st.binary(max_size=50),
    st.sampled_from([b"--XX\r\n", b"\r\n\r\n", b"\r\n--XX--", gzip.compress(PAGE), b"A: b\r\n\r\n"]),
)


@given(st.sampled_from(HEADERS), st.lists(PIECES, min_size=1, max_size=8), st.integers(1, 9))
def test_pieces_of_any_size_give_the_same_files(headers: Headers, pieces: list[bytes], size: int) -> None:
    whole = b"".join(pieces)
    one = Case(headers, keep=64, marker=b"A").run(whole)
    many = Case(headers, keep=64, marker=b"A").run(*(whole[i : i + size] for i in range(0, len(whole), size)))
    assert one.records == many.records
    assert (one.body.length, one.body.head) == (many.body.length, many.body.head)


@given(st.sampled_from(HEADERS), st.lists(st.one_of(PIECES, st.integers(1, 99)), max_size=8), st.booleans())
def test_gaps_anywhere_are_survived(headers: Headers, pieces: list[bytes | int], complete: bool) -> None:
    Case(headers, keep=64).run(*pieces, complete=complete)
