import gzip
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from botwarden.protocols.inflate import FREE, PIECE, Inflater

TEXT = b"The quick brown fox jumps over the lazy dog. " * 50


def raw_deflate(data: bytes) -> bytes:
    engine = zlib.compressobj(wbits=-15)
    return engine.compress(data) + engine.flush()


@pytest.mark.parametrize("size", [1, 2, 7, 10_000])
@pytest.mark.parametrize("coding", [gzip.compress, zlib.compress, raw_deflate])
def test_both_codings_are_undone_in_pieces_of_any_size(coding: object, size: int) -> None:
    coded = coding(TEXT)  # type: ignore[operator]
    inflater = Inflater(gzip=coding is gzip.compress)
    assert b"".join(b"".join(inflater.feed(coded[i : i + size])) for i in range(0, len(coded), size)) == TEXT
    assert list(inflater.feed(b"what follows is no part of it")) == []


def test_pieces_are_bounded() -> None:
    pieces = list(Inflater(gzip=True).feed(gzip.compress(bytes(FREE // 2))))
    assert max(map(len, pieces)) <= PIECE
    assert sum(map(len, pieces)) == FREE // 2


@pytest.mark.parametrize("more", range(0, 1200, 7))
def test_nothing_is_left_inside(more: int) -> None:
    data = bytes(PIECE + more)
    assert b"".join(Inflater(gzip=False).feed(raw_deflate(data))) == data


def test_a_bomb_is_stopped() -> None:
    bomb = gzip.compress(bytes(200 * FREE), compresslevel=9)
    inflater = Inflater(gzip=True)
    given_bytes = sum(map(len, inflater.feed(bomb)))
    assert inflater.bomb
    assert given_bytes == FREE + PIECE
    assert list(inflater.feed(bomb)) == []


@given(st.data())
def test_the_same_comes_out_of_damaged_bodies_however_they_are_split(data: st.DataObject) -> None:
    coded = bytearray(data.draw(st.sampled_from([gzip.compress(TEXT), zlib.compress(TEXT), raw_deflate(TEXT)])))
    for at in data.draw(st.lists(st.integers(0, len(coded) - 1), max_size=3)):
        coded[at] = data.draw(st.integers(0, 255))
    is_gzip = data.draw(st.booleans())
    size = data.draw(st.integers(1, 30))
    one, many = Inflater(gzip=is_gzip), Inflater(gzip=is_gzip)
    whole = b"".join(one.feed(bytes(coded)))
    pieces = [bytes(coded[i : i + size]) for i in range(0, len(coded), size)]
    assert b"".join(b"".join(many.feed(piece)) for piece in pieces) == whole


@pytest.mark.parametrize("size", [1, 100, 10_000])
def test_a_bomb_is_stopped_at_the_same_byte_however_it_is_split(size: int) -> None:
    bomb = zlib.compress(bytes(3 * FREE), 9)
    inflater = Inflater(gzip=False)
    given_bytes = sum(len(piece) for i in range(0, len(bomb), size) for piece in inflater.feed(bomb[i : i + size]))
    assert (inflater.bomb, given_bytes) == (True, FREE + PIECE)


def test_damage_ends_it_after_what_was_good() -> None:
    coded = bytearray(gzip.compress(bytes(range(256)) * 20))
    coded[-200:-100] = b"\xff" * 100
    inflater = Inflater(gzip=True)
    b"".join(inflater.feed(bytes(coded)))
    assert not inflater.bomb
    assert list(inflater.feed(b"more")) == []
    assert list(Inflater(gzip=True).feed(b"plain text all along")) == []


def test_nothing_comes_after_a_hole() -> None:
    coded = gzip.compress(TEXT)
    inflater = Inflater(gzip=True)
    list(inflater.feed(coded[:20]))
    inflater.stop()
    assert list(inflater.feed(coded[25:])) == []


@given(st.booleans(), st.lists(st.binary(max_size=50), max_size=5))
def test_any_bytes_are_survived(is_gzip: bool, pieces: list[bytes]) -> None:
    inflater = Inflater(gzip=is_gzip)
    for piece in pieces:
        b"".join(inflater.feed(piece))
