"""A batch gives back the bytes that its rows point to."""

import numpy as np
import pytest

from botwarden.core.packet import PACKET, PacketBatch


@pytest.fixture
def batch() -> PacketBatch:
    packets = np.zeros(3, PACKET)
    packets["ts"] = [1.0, 2.0, 3.0]
    packets["offset"] = [0, 4, 8]
    packets["cap_len"] = 4
    packets["payload"] = [2, 0, 3]
    packets["payload_len"] = [2, 0, 100]  # the last one is longer on the wire than what was captured
    return PacketBatch(np.frombuffer(b"abcdefghijkl", np.uint8), packets, first=10)


def test_a_frame_is_its_captured_bytes(batch: PacketBatch) -> None:
    assert [batch.frame(i) for i in range(3)] == [b"abcd", b"efgh", b"ijkl"]


def test_a_payload_ends_where_the_capture_ends(batch: PacketBatch) -> None:
    assert [batch.payload(i) for i in range(3)] == [b"cd", b"", b"l"]


def test_times_and_length(batch: PacketBatch) -> None:
    assert batch.ts.tolist() == [1.0, 2.0, 3.0]
    assert len(batch) == 3


def test_a_slice_keeps_its_place_in_the_capture(batch: PacketBatch) -> None:
    part = batch[1:]
    assert part.first == 11
    assert part.frame(0) == b"efgh"
    assert part.buffer is batch.buffer


def test_a_slice_with_steps_is_refused(batch: PacketBatch) -> None:
    with pytest.raises(ValueError, match="step 1"):
        batch[::2]
