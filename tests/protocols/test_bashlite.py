import pytest
from hypothesis import given
from hypothesis import strategies as st

from botwarden.protocols.bashlite import MAX_LINE, Lines, begins, is_build, is_order, is_sign_of_life

ORDER = b"!* UDP 203.0.113.5 80 60 32 0 10\n"


@pytest.mark.parametrize("text", [ORDER, b"PING\nPING\n" + ORDER, b"!* SCANNER ON\r\n", b"!MIPS KILLATTK\n"])
def test_a_controller(text: bytes) -> None:
    assert begins(text, False) is True
    assert begins(text, True) is False
    assert all(begins(text[:size], False) is not False for size in range(len(text)))


def test_a_bot() -> None:
    text = b"BUILD MIPS\n"
    assert [begins(text[:size], True) for size in range(len(text) + 1)] == [None] * 11 + [True]
    assert begins(text, False) is False


@pytest.mark.parametrize(
    ("text", "is_orig"),
    [
        (b"PING :irc.example.org\r\n", False),
        (b"220 FTP\r\n", False),
        (b"!hello there\n", False),
        (b"!* lower case\n", False),
        (b"BUILD a house, it said\n", True),
        (b"BUILDER\n", True),
        (b"GET / HTTP/1.1\r\n", True),
    ],
)
def test_strangers(text: bytes, is_orig: bool) -> None:
    assert begins(text, is_orig) is False


def test_lines() -> None:
    assert is_order(ORDER.strip())
    assert not is_order(b"! hello")
    assert is_build(b"BUILD ARM7")
    assert not is_build(b"BUILD a house")
    assert is_sign_of_life(b"PING")
    assert not is_sign_of_life(b"PING me")
    lines = Lines()
    assert lines.feed(b"a\r\nb") == [b"a"]
    lines.lose()
    assert lines.feed(b"lost\nc\n") == [b"c"]
    assert lines.feed(b"x" * 5000 + b"\n") == [b"x" * MAX_LINE]


@given(st.binary(max_size=200), st.integers(1, 20))
def test_any_bytes_however_they_are_split(data: bytes, size: int) -> None:
    begins(data, True)
    begins(b"!* " + data, False)
    lines = Lines()
    split = [line for at in range(0, len(data), size) for line in lines.feed(data[at : at + size])]
    assert split == Lines().feed(data)
