import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from botwarden.protocols.dns_stream import MAX_MESSAGE, Frames

MESSAGES = [b"first", b"", b"x" * 300, b"y" * (MAX_MESSAGE + 500), b"last"]
KEPT = [message[:MAX_MESSAGE] for message in MESSAGES]


def stream(messages: list[bytes]) -> bytes:
    return b"".join(struct.pack(">H", len(message)) + message for message in messages)


@pytest.mark.parametrize("split", [1, 2, 3, 700, 100_000])
def test_messages_are_cut_out_however_they_come(split: int) -> None:
    data, frames = stream(MESSAGES), Frames()
    assert [m for at in range(0, len(data), split) for m in frames.feed(data[at : at + split])] == KEPT
    assert frames.rest() == b""


def test_what_there_is_of_the_last_message() -> None:
    frames = Frames()
    assert frames.feed(stream([b"whole", b"part"])[:-1]) == [b"whole"]
    assert frames.rest() == b"par"
    assert frames.feed(stream([b"late"])) == []


@pytest.mark.parametrize("size", [1, 250, 298])
def test_a_gap_within_a_message_loses_that_one(size: int) -> None:
    data, frames = stream([b"x" * 300, b"next"]), Frames()
    assert frames.feed(data[:4]) == []
    frames.skip(size)
    assert frames.feed(data[4 + size :]) == [b"next"]


def test_two_gaps_and_one_in_what_is_passed_over() -> None:
    data, frames = stream([b"y" * (MAX_MESSAGE + 500), b"next"]), Frames()
    assert len(frames.feed(data[: MAX_MESSAGE + 2])) == 1
    frames.skip(100)
    frames.skip(100)
    assert frames.feed(data[MAX_MESSAGE + 202 :]) == [b"next"]


@pytest.mark.parametrize("before", [b"", b"\0", b"\0\x05abc"])
def test_a_gap_that_reaches_into_another_message_loses_the_rest(before: bytes) -> None:
    frames = Frames()
    frames.feed(before)
    frames.skip(3)
    assert frames.feed(stream([b"late"])) == []


@given(st.lists(st.binary(max_size=60) | st.integers(0, 70_000), max_size=20))
def test_any_bytes_and_gaps_are_survived(pieces: list[bytes | int]) -> None:
    frames = Frames()
    for piece in pieces:
        if isinstance(piece, int):
            frames.skip(piece)
        else:
            frames.feed(piece)
    frames.rest()
