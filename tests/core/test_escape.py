import pytest
from hypothesis import given
from hypothesis import strategies as st

from botwarden.core.escape import escape, needs_escape, unescape

BYTES = st.binary(max_size=40).map(lambda raw: raw.decode("utf-8", "backslashreplace"))
WORDS = st.lists(st.sampled_from(["\\", "x", "ff", "c3", "\\xc3", "\\xa9", "\\xFF", "\\x41", "é", "\t", "a", "\\\\"]))


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("plain – text", "plain – text"),
        ("tab\tnewline\n", "tab\\x09newline\\x0a"),
        ("\x00\x7f", "\\x00\\x7f"),
        ("C:\\x", "C:\\\\x"),
        ("\\xff\\xfe", "\\xff\\xfe"),  # bytes that were no UTF-8
        ("\\xc3\\xa9", "\\\\xc3\\\\xa9"),  # these would have been: so they are eight characters that somebody sent
        ("\\x41", "\\\\x41"),
        ("\udcff", "\\xff"),
        ("\ud800", "\\xed\\xa0\\x80"),
        ("\x85", "\x85"),
    ],
)
def test_text_is_written_as_zeek_does(text: str, written: str) -> None:
    assert escape(text) == written


@given(st.text(st.characters(exclude_categories=["Cs"])) | BYTES | WORDS.map("".join))
def test_what_is_written_is_read_back(text: str) -> None:
    written = escape(text)
    assert unescape(written.encode()) == text
    assert "\t" not in written
    assert "\n" not in written


@given(st.text(st.characters()))
def test_lone_surrogates_can_be_encoded(text: str) -> None:
    escape(text).encode()


@given(st.text())
def test_text_that_needs_no_escape_is_left_alone(text: str) -> None:
    if not needs_escape(text):
        assert escape(text) == text


@given(st.binary())
def test_any_bytes_are_text(data: bytes) -> None:
    unescape(data).encode()


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"\\x09", "\t"),
        (b"\\x5cx", "\\x"),  # as Zeek 2 wrote a backslash
        (b"a\\b", "a\\b"),
        (b"\\xc3\\xa9", "é"),
        (b"\\xC3\xa9", "é"),
        (b"\\x4", "\\x4"),
        (b"\\", "\\"),
    ],
)
def test_other_versions_and_broken_escapes_are_read(data: bytes, text: str) -> None:
    assert unescape(data) == text
