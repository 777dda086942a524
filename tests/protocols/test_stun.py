import pytest
from hypothesis import given
from hypothesis import strategies as st

from botwarden.protocols.stun import is_stun

REQUEST = bytes.fromhex("000100082112a442") + bytes(12) + bytes.fromhex("80220004") + b"test"


def test_a_message_has_the_cookie_and_a_length_that_fits() -> None:
    assert is_stun(REQUEST)
    assert is_stun(REQUEST + b"padding")


@pytest.mark.parametrize("junk", [b"", REQUEST[:19], REQUEST[:-1], b"\x40" + REQUEST[1:], REQUEST[:4] + bytes(24)])
def test_other_datagrams_are_not(junk: bytes) -> None:
    assert not is_stun(junk)


@given(st.binary(max_size=60))
def test_any_bytes_give_an_answer(data: bytes) -> None:
    assert is_stun(data) in (True, False)
