import pytest

from botwarden.sources.tables.faults import columns_text, fault, number_text


def test_a_fault_is_one_line_that_says_where() -> None:
    assert str(fault("a\x1b[31m.csv", "bad", line=1234, column="x")) == "a\ufffd[31m.csv, line 1,234, column x: bad"
    assert str(fault("a.parquet", "bad", row=2)) == "a.parquet, row 2: bad"
    assert str(fault("a.csv", "bad")) == "a.csv: bad"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "the number is missing"),
        (' "" ', "the number is missing"),
        ("nan", "'nan' is not finite"),
        ("-Infinity", "'-Infinity' is not finite"),
        ("1e999", "'1e999' is not finite"),
        ("1_000", "'1_000' is no number"),
        ("\u0661\u0662", "'\u0661\u0662' is no number of ASCII digits"),
        ("1.5\r",
         "'1.5' is no number: something that cannot be seen stands beside it, such as a second carriage return"),
        ("x\x1b[2J", "'x\ufffd[2J' is no number"),
        ("9" * 100 + "x", "'" + "9" * 39 + "…' is no number"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_number(text: str, said: str) -> None:
    assert number_text(text) == said


def test_missing_columns_are_counted_and_the_first_named() -> None:
    assert columns_text(["a"], 115) == "1 column of 115 is missing: a"
    assert columns_text(list("abcdef"), 115) == "6 columns of 115 are missing: a, b, c, d, …"
    assert columns_text(["a", "b", "c", "d"], 4).startswith("none of the 4 columns is there, such as a, b, c;")
