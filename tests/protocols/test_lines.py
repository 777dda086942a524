from hypothesis import given
from hypothesis import strategies as st

from botwarden.protocols.lines import Lines


def cut(data: bytes, length: int = 0, limit: int = 100) -> list[bytes]:
    lines = Lines(limit)
    pieces = [data[i : i + length] for i in range(0, len(data), length)] if length else [data]
    return [line for piece in pieces for line in lines.feed(piece)]


def test_lines_end_with_lf_and_cr_does_not_belong_to_them() -> None:
    for length in range(6):
        assert cut(b"one\r\ntwo\n\r\n\nthr\ree\r\nfou", length) == [b"one", b"two", b"", b"", b"thr\ree"]


def test_a_long_line_is_kept_to_its_limit() -> None:
    for length in (0, 1, 33):
        assert cut(b"x" * 1000 + b"\r\nQUIT\r\n", length) == [b"x" * 100, b"QUIT"]


def test_lines_across_a_gap_are_not_put_together() -> None:
    lines = Lines(100)
    lines.feed(b"RETR secr")
    lines.gap()
    assert lines.feed(b"et.txt\r\nQUIT\r\n") == [b"QUIT"]
    lines.gap()
    lines.gap()
    assert lines.feed(b"x") == []
    assert lines.feed(b"\ny\n") == [b"y"]


@given(st.lists(st.sampled_from([b"\r", b"\n", b"a", b"b" * 60])).map(b"".join), st.integers(1, 7))
def test_the_same_however_it_is_split(data: bytes, length: int) -> None:
    assert cut(data) == cut(data, length)
