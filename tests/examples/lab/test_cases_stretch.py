import struct

import pytest
from lab.cases.stretch import HEADER, MAGIC, stretch


def capture(*packets: tuple[int, int, bytes]) -> bytes:
    head = MAGIC + struct.pack("<HHiIII", 2, 4, 0, 0, 65535, 1)
    return head + b"".join(struct.pack("<IIII", s, us, len(data), len(data)) + data for s, us, data in packets)


def test_the_first_packet_stays_and_the_others_move_away_from_it() -> None:
    before = capture((100, 900_000, b"one"), (101, 0, b"two"), (103, 900_000, b""))
    after, first = stretch(before, 60)
    assert first == 100.9
    assert after == capture((100, 900_000, b"one"), (106, 900_000, b"two"), (280, 900_000, b""))


def test_by_one_nothing_changes() -> None:
    before = capture((100, 1, b"one"), (200, 999_999, b"two"))
    assert stretch(before, 1)[0] == before


def test_a_packet_before_the_first_one_is_put_at_it() -> None:
    after, _ = stretch(capture((100, 5, b"a"), (100, 4, b"b")), 10)
    assert after == capture((100, 5, b"a"), (100, 5, b"b"))


@pytest.mark.parametrize("data", [b"", b"\xa1\xb2\xc3\xd4" + bytes(20), MAGIC + bytes(HEADER - 4)])
def test_what_is_no_such_capture_is_refused(data: bytes) -> None:
    with pytest.raises(ValueError, match=r"capture|pcap"):
        stretch(data, 2)
