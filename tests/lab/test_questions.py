import pytest
from hypothesis import given
from hypothesis import strategies as st

from botwarden.lab import questions


def answered(*records: tuple[int, bytes]) -> bytes:
    """An answer to a question for a.example, whose name the records point back to."""
    asked = questions.question("a.example", 7)
    head = asked[:2] + b"\x81\x80\x00\x01" + len(records).to_bytes(2, "big") + b"\0\0\0\0"
    found = [
        b"\xc0\x0c" + kind.to_bytes(2, "big") + b"\0\x01\0\0\0\x3c" + len(data).to_bytes(2, "big") + data
        for kind, data in records
    ]
    return head + asked[12:] + b"".join(found)


def test_a_question_has_its_name_in_labels() -> None:
    assert questions.question("a.example", 0x1234) == (
        b"\x12\x34\x01\x00\x00\x01\0\0\0\0\0\0\x01a\x07example\0\x00\x01\x00\x01"
    )


@pytest.mark.parametrize("name", ["", "a..b", "x" * 64, ".".join(["abcdefgh"] * 40)])
def test_what_is_no_name_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="no domain name"):
        questions.question(name, 1)


def test_addresses_are_read_from_an_answer() -> None:
    answer = answered((5, b"\xc0\x0c"), (questions.A, bytes([203, 0, 113, 9])), (questions.AAAA, bytes(16)))
    assert questions.addresses(answer) == ["203.0.113.9"]
    assert questions.addresses(answered()) == []


@given(data=st.binary(max_size=200))
def test_any_bytes_are_read_without_harm(data: bytes) -> None:
    assert isinstance(questions.addresses(data), list)


@given(cut=st.integers(0, 60))
def test_a_cut_answer_is_read_without_harm(cut: int) -> None:
    assert len(questions.addresses(answered((questions.A, bytes(4)))[:cut])) <= 1
