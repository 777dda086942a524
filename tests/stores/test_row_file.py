from pathlib import Path

import pytest

from botwarden.core.errors import ConfigError
from botwarden.stores.row_file import RowFile, format_of

FORMATS = {".csv": 1, ".csv.gz": 2, ".parquet": 3}


class Encoder:
    """Counts how often it is closed."""

    closed = 0

    def close(self) -> None:
        self.closed += 1


def test_the_name_says_the_format() -> None:
    names = ["a.csv", "B.CSV", "a.csv.gz", "a.parquet"]
    assert [format_of(Path(name), "a table", FORMATS) for name in names] == [1, 1, 2, 3]
    with pytest.raises(ConfigError, match=r"the name of a table ends in .csv, .csv.gz or .parquet; 'a.txt' does not"):
        format_of(Path("a.txt"), "a table", FORMATS)


def test_a_file_has_its_name_once_it_is_finished(tmp_path: Path) -> None:
    path, encoder = tmp_path / "rows.csv", Encoder()
    file = RowFile(path)
    file.open().write(b"rows")
    assert not path.exists()
    file.finish(encoder)
    file.discard(encoder)
    assert path.read_bytes() == b"rows"
    assert encoder.closed == 1
    assert list(tmp_path.iterdir()) == [path]


def test_what_is_discarded_leaves_what_was_there(tmp_path: Path) -> None:
    path, encoder = tmp_path / "rows.csv", Encoder()
    path.write_bytes(b"old")
    file = RowFile(path)
    file.open().write(b"rows")
    file.discard(encoder)
    assert path.read_bytes() == b"old"
    assert encoder.closed == 1
    assert list(tmp_path.iterdir()) == [path]


def test_what_cannot_be_opened_is_named(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"rows\.csv"):
        RowFile(tmp_path / "none" / "rows.csv").open()
    with pytest.raises(FileExistsError, match="is not a regular file"):
        RowFile(tmp_path).open()
