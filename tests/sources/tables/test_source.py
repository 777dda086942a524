from pathlib import Path

import pytest

from botwarden.core.row import Group
from botwarden.sources.tables.parquet import ParquetTable
from botwarden.sources.tables.source import open_table
from botwarden.sources.tables.text import TextTable
from tables import TWO, written


def test_the_first_bytes_say_the_format_not_the_name(tmp_path: Path) -> None:
    pa = pytest.importorskip("pyarrow")
    parquet = pytest.importorskip("pyarrow.parquet")
    path = tmp_path / "named.csv"
    parquet.write_table(pa.table({"a": [1.0], "b": [2.0]}), path)
    text = written(tmp_path / "named.parquet", "a,b\n1,2\n")
    tables = [open_table(path, TWO), open_table(text, TWO)]
    assert [type(table) for table in tables] == [ParquetTable, TextTable]
    assert [rows.values.tolist() for table in tables for rows in table.rows()] == [[[1, 2]], [[1, 2]]]


def test_rows_are_benign_unless_told_otherwise(tmp_path: Path) -> None:
    path = written(tmp_path / "t.csv", "a,b\n1,2\n")
    assert next(open_table(path, TWO).rows()).groups == (Group(),)
    attack = Group("cam", "mirai", "scan")
    assert next(open_table(path, TWO, attack).rows()).groups == (attack,)


def test_a_missing_file_is_an_error_at_once(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        open_table(tmp_path / "missing.csv", TWO)
