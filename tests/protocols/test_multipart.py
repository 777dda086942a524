import pytest
from hypothesis import given
from hypothesis import strategies as st

from botwarden.protocols.http_lines import Headers
from botwarden.protocols.multipart import MAX_BOUNDARY, MAX_DEPTH, MAX_HEADERS, compound

FORM = b"multipart/form-data; boundary=XX"


class Leaves:
    def __init__(self) -> None:
        self.found: list[tuple[Headers, bytes]] = []
        self.gaps = 0
        self.open = False

    def begin(self, headers: Headers) -> None:
        assert not self.open
        self.open = True
        self.found.append((headers, b""))

    def data(self, data: bytes) -> None:
        assert self.open
        headers, before = self.found[-1]
        self.found[-1] = headers, before + data

    def gap(self, size: int) -> None:
        assert self.open
        self.gaps += size

    def end(self) -> None:
        assert self.open
        self.open = False


def read(content_type: bytes, *pieces: bytes | int) -> Leaves:
    leaves = Leaves()
    entity = compound(content_type, leaves)
    assert entity is not None
    for piece in pieces:
        if isinstance(piece, int):
            entity.gap(piece)
        else:
            entity.feed(piece)
    entity.close()
    entity.close()
    assert not leaves.open
    return leaves


def texts(*args: bytes | int, content_type: bytes = FORM) -> list[bytes]:
    return [body for _, body in read(content_type, *args).found]


def test_parts_of_a_form() -> None:
    body = (
        b'--XX\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n'
        b"--XX\r\nContent-Type: text/plain\r\n\r\ntwo\r\nlines\r\n--XX--\r\nepilogue"
    )
    assert read(FORM, body).found == [
        ([(b"content-disposition", b'form-data; name="a"')], b"1"),
        ([(b"content-type", b"text/plain")], b"two\r\nlines"),
    ]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b"preamble\r\n--XX\r\n\r\na\r\n--XX--", [b"a"]),
        (b"--XX\n\na\n--XX\n\nb\n--XX--", [b"a", b"b"]),
        (b"--XX\r\n\r\n--XX--", [b""]),
        (b"--XX\r\n\r\n\r\n--XX--", [b""]),
        (b"--XX\r\n\r\na--XX\r\n--XX--", [b"a--XX"]),
        (b"--XX\r\n\r\nnever closed\r\n-", [b"never closed\r\n-"]),
        (b"--XX\r\nA: b\r\n--XX\r\n\r\nx\r\n--XX--", [b"", b"x"]),
        (b"nothing here", []),
        (b"--XX--\r\n--XX\r\n\r\nlate", []),
        (b"", []),
    ],
)
def test_where_parts_begin_and_end(body: bytes, expected: list[bytes]) -> None:
    assert texts(body) == expected


def test_an_enclosed_message() -> None:
    found = read(b"message/rfc822", b"Subject: x\r\n folded\r\n\r\nbody").found
    assert found == [([(b"subject", b"x folded")], b"body")]
    assert texts(b"A: b\r\n\x00\r\nbody", content_type=b"message/rfc822") == [b"body"]


def nested(depth: int) -> bytes:
    """A text and a message around another such body, ``depth`` times."""
    body = b"innermost"
    for level in range(depth, 0, -1):
        mark = b"B%03d" % level
        body = (
            b"Content-Type: multipart/mixed; boundary=" + mark + b"\r\n\r\n--" + mark + b"\r\n\r\nPart %d\r\n" % level
            + b"--" + mark + b"\r\nContent-Type: message/rfc822\r\n\r\n" + body + b"\r\n--" + mark + b"--\r\n"
        )  # fmt: skip
    return body


def test_nesting_is_followed_to_a_limit() -> None:
    found = texts(nested(3), content_type=b"message/rfc822")
    assert found == [b"Part 1", b"Part 2", b"Part 3"]  # innermost has no empty line before it: all header
    deep = texts(nested(100), content_type=b"message/rfc822")
    assert len(deep) == MAX_DEPTH // 2 + 1
    assert deep[-1].startswith(b"Content-Type")


def test_what_has_no_parts() -> None:
    leaves = Leaves()
    for content_type in (
        b"text/html",
        b"multipart/mixed",
        b"",
        b"multipart/mixed; boundary=" + b"x" * (MAX_BOUNDARY + 1),
    ):
        assert compound(content_type, leaves) is None
    assert compound(FORM, leaves, MAX_DEPTH) is None


def test_gaps_belong_to_the_part_that_they_are_in() -> None:
    leaves = read(FORM, b"--XX\r\n\r\nabc", 10, b"def\r\n--XX--")
    assert (leaves.gaps, leaves.found[0][1]) == (10, b"abcdef")
    assert texts(b"--XX\r\nContent-", 5, b"\r\n\r\nlost\r\n--XX\r\n\r\nfound\r\n--XX--") == [b"found"]
    assert texts(b"Subj", 5, b"\r\n\r\nlost", content_type=b"message/rfc822") == []


def test_headers_of_a_part_are_bounded() -> None:
    body = b"--XX\r\n" + b"A: b\r\n" * 1000 + b"\r\nx\r\n--XX--"
    assert len(read(FORM, body).found[0][0]) == MAX_HEADERS


@given(st.data())
def test_pieces_of_any_size_give_the_same_parts(data: st.DataObject) -> None:
    parts = st.sampled_from(
        [b"--XX\r\n", b"--XX--", b"\r\n", b"\n", b"-", b"\r", b"--X", b"A: b\r\n\r\n", b"text", b"\r\n--XX\r\n\r\n",
         b"Content-Type: message/rfc822\r\n\r\n", b"Content-Type: multipart/x; boundary=YY\r\n\r\n--YY\r\n\r\n"]
    )  # fmt: skip
    body = b"".join(data.draw(st.lists(parts, max_size=20)))
    cuts = sorted(data.draw(st.lists(st.integers(0, len(body)), max_size=8)))
    pieces = [body[a:b] for a, b in zip([0, *cuts], [*cuts, len(body)], strict=True)]
    for content_type in (FORM, b"message/http"):
        assert read(content_type, *pieces).found == read(content_type, body).found


@given(st.lists(st.one_of(st.binary(max_size=60), st.integers(1, 99)), max_size=8))
def test_any_bytes_and_gaps_are_survived(pieces: list[bytes | int]) -> None:
    read(FORM, *pieces)
    read(b"message/rfc822", *pieces)
