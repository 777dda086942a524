import random

from hypothesis import given
from hypothesis import strategies as st

from botwarden.protocols.streams import MAX_PIECES, MAX_WAITING, Chunk, Stream


def joined(chunks: list[Chunk]) -> bytes:
    """Chunks as bytes, gaps as dots."""
    return b"".join(chunk if isinstance(chunk, bytes) else b"." * chunk for chunk in chunks)


def test_in_order_bytes_pass_through() -> None:
    stream = Stream()
    assert stream.add(0, b"abc") == [b"abc"]
    assert stream.add(3, b"def") == [b"def"]
    assert stream.next == 6


def test_what_comes_early_waits() -> None:
    stream = Stream()
    assert stream.add(3, b"def") == []
    assert stream.waiting == 3
    assert joined(stream.add(0, b"abc")) == b"abcdef"
    assert stream.waiting == 0


def test_of_bytes_sent_twice_the_first_count() -> None:
    stream = Stream()
    assert stream.add(0, b"good") == [b"good"]
    assert stream.add(0, b"evil") == []
    assert stream.add(2, b"XXmore") == [b"more"]


def test_overlaps_with_what_waits_are_filled_in_around_it() -> None:
    stream = Stream()
    stream.add(2, b"cd")
    stream.add(6, b"gh")
    assert joined(stream.add(0, b"ABCDEFGHIJ")) == b"ABcdEFghIJ"


def test_a_gap_is_told_once_the_other_side_has_acknowledged_it() -> None:
    stream = Stream()
    stream.add(0, b"ab")
    stream.add(5, b"fg")
    assert stream.acknowledged(2) == []
    assert stream.acknowledged(7) == [3, b"fg"]


def test_an_acknowledgement_of_what_nobody_saw_waits_for_more() -> None:
    stream = Stream()
    assert stream.acknowledged(100) == []
    assert stream.next == 0


def test_bytes_that_the_snap_length_took_are_a_gap() -> None:
    stream = Stream()
    assert stream.add(0, b"abc", 7) == [b"abc", 7]
    assert stream.next == 10


def test_flush_gives_what_is_left() -> None:
    stream = Stream()
    stream.add(5, b"f")
    stream.add(9, b"j")
    assert stream.flush() == [5, b"f", 3, b"j"]
    assert stream.flush() == []


def test_waiting_bytes_are_bounded() -> None:
    stream = Stream()
    got: list[Chunk] = []
    for k in range(1, 400):
        got += stream.add(2000 * k, b"x" * 1000)
        assert stream.waiting <= MAX_WAITING
    assert joined(got).startswith(b"." * 2000 + b"x" * 1000)


def test_tiny_pieces_are_bounded_by_their_number() -> None:
    stream = Stream()
    for k in range(1, 3 * MAX_PIECES):
        stream.add(2 * k, b"x")
        assert stream.waiting <= MAX_PIECES


@given(st.binary(min_size=1, max_size=200), st.integers(0, 2**32))
def test_any_order_and_overlap_gives_the_same_bytes(data: bytes, seed: int) -> None:
    pick = random.Random(seed)
    pieces = [(at, data[at : at + pick.randint(1, 20)]) for at in range(0, len(data), pick.randint(1, 10))]
    pieces += [(at, data[at : at + 30]) for at in (pick.randrange(len(data)) for _ in range(5))]
    pieces += [(at, data[at : at + 1]) for at in range(len(data))]
    pick.shuffle(pieces)
    stream = Stream()
    got = [chunk for at, piece in pieces for chunk in stream.add(at, piece)]
    assert joined(got) == data


@given(st.lists(st.tuples(st.integers(-50, 300), st.binary(max_size=40), st.integers(0, 20)), max_size=60))
def test_whatever_comes_nothing_is_said_twice_or_out_of_order(pieces: list[tuple[int, bytes, int]]) -> None:
    stream = Stream()
    told = 0
    for at, data, missing in pieces:
        told += len(joined(stream.add(at, data, missing)))
        assert told == stream.next
        told += len(joined(stream.acknowledged(at)))
        assert told == stream.next
    told += len(joined(stream.flush()))
    assert told == stream.next
    assert stream.waiting == 0
