import numpy as np
import pytest

from botwarden.wire.load import i64, u16, u32, u48, word16, word32

BYTES = np.array([0xFE, 0xDC, 0xBA, 0x98, 0x76, 0x54, 0x32, 0x10], np.uint8)


def test_network_order() -> None:
    assert u16(BYTES, 1) == 0xDCBA
    assert u32(BYTES, 0) == 0xFEDCBA98
    assert u48(BYTES, 1) == 0xDCBA98765432


def test_eight_bytes_are_signed() -> None:
    assert i64(BYTES, 0) == int.from_bytes(BYTES.tobytes(), "big", signed=True) < 0


@pytest.mark.parametrize("big", [False, True])
def test_order_of_the_file(big: bool) -> None:
    order = "big" if big else "little"
    assert word16(BYTES, 2, big) == int.from_bytes(BYTES[2:4].tobytes(), order)
    assert word32(BYTES, 2, big) == int.from_bytes(BYTES[2:6].tobytes(), order)
