import struct

from hypothesis import given
from hypothesis import strategies as st

from botwarden.lab import ntp


def test_a_client_asks_as_version_4_and_is_answered_with_the_storys_time() -> None:
    asked = ntp.request(1_000.25)
    assert (len(asked), asked[0]) == (48, 0x23)
    said = ntp.server(lambda: 2_000.5)(asked, ("192.0.2.1", 5))
    assert said is not None
    assert (len(said), said[0], said[1]) == (48, 0x24, 2)
    assert said[24:32] == asked[40:48]  # the originate time is the client's transmit time
    seconds, parts = struct.unpack("!II", said[40:48])
    assert (seconds - ntp.EPOCH, parts / 2**32) == (2_000, 0.5)


@given(st.binary(max_size=80))
def test_only_clients_are_answered(data: bytes) -> None:
    said = ntp.server(lambda: 5.0)(data, ("192.0.2.1", 5))
    assert (said is not None) == (len(data) >= 48 and data[0] & 7 == 3)


def test_the_year_2036_turns_the_counter_over() -> None:
    assert ntp.stamp(2**32 - ntp.EPOCH + 5)[:4] == b"\0\0\0\x05"
