import pytest
from hypothesis import given
from hypothesis import strategies as st

from botwarden.core.errors import DataError
from botwarden.sources.tables.columns import header, layout
from botwarden.sources.tables.fields import IGNORED, NUMBER, TEXT, TIME
from tables import TWO


def test_columns_are_found_in_any_order() -> None:
    found = layout("t", ["b", "packet_index", "label", "ts", "src", "device", "a"], TWO)
    assert found.kinds.tolist() == [NUMBER, IGNORED, TEXT, TIME, IGNORED, TEXT, NUMBER]
    assert found.places[[0, 6]].tolist() == [1, 0]
    assert found.texts == ("device", "label")
    assert found.places[[2, 5]].tolist() == [1, 0]
    assert found.ignored == ["packet_index"]


def test_names_are_compared_exactly() -> None:
    with pytest.raises(DataError, match=r"t, line 1: 1 column of 2 is missing: b$"):
        layout("t", ["a", "B", " b"], TWO, line=1)


@pytest.mark.parametrize("name", ["a", "ts", "device"])
def test_a_column_that_is_read_occurs_once(name: str) -> None:
    with pytest.raises(DataError, match=rf"column {name}: there are two columns"):
        layout("t", ["a", "b", "ts", "device", "other", "other", name], TWO)


def test_a_header_in_quotes_or_with_a_mark_of_byte_order() -> None:
    assert header("t", b'\xef\xbb\xbf"a","b, c"\r') == ["a", "b, c"]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (b"1.5,2,3e5\r", "no header: the first line must name the columns, and holds 3 numbers"),
        (b"17", "no header: the first line must name the columns, and holds '17'"),
        (b"\x89PNG\xff\xfe", "no table"),
        (b"a,b\0", "zero bytes"),
        (b'"a,b', "no table"),
        (b"a;b", "separated by semicolons, not by commas"),
        (b"a\tb", "separated by tabs"),
    ],
)
def test_what_is_no_header(line: bytes, said: str) -> None:
    with pytest.raises(DataError, match=said):
        header("t", line)


@given(st.binary(max_size=60))
def test_any_first_line_is_a_header_or_refused(line: bytes) -> None:
    try:
        columns = header("t", line)
    except DataError:
        return
    assert all(isinstance(name, str) for name in columns)
