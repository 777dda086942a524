from pathlib import Path

import pytest

from botwarden.core.errors import DataError
from botwarden.core.row import Group
from botwarden.sources.tables import folder as module
from botwarden.sources.tables.folder import tables_in
from tables import written


def names(paths: list[Path], root: Path) -> list[str]:
    return [path.relative_to(root).as_posix() for path in paths]


def test_the_layout_as_downloaded(tmp_path: Path) -> None:
    for name in ("cam/benign_traffic.csv", "cam/mirai_attacks/udp.csv", "cam/mirai_attacks/ack.csv", "features.csv"):
        written(tmp_path / name, "")
    written(tmp_path / "cam/gafgyt_attacks.rar", "")
    written(tmp_path / ".hidden/1.benign.csv", "")
    written(tmp_path / "cam/.2.benign.csv", "")
    found = tables_in(tmp_path)
    assert [(path.name, group) for path, group in found.tables] == [
        ("benign_traffic.csv", Group("cam")),
        ("ack.csv", Group("cam", "mirai", "ack")),
        ("udp.csv", Group("cam", "mirai", "udp")),
    ]
    assert names(found.skipped, tmp_path) == ["features.csv"]
    assert names(found.packed, tmp_path) == ["cam/gafgyt_attacks.rar"]


def test_other_folders_of_tables(tmp_path: Path) -> None:
    for name in ("benign.csv", "attack.csv.gz", "more/rows.parquet", "notes.txt"):
        written(tmp_path / name, "")
    found = tables_in(tmp_path)
    assert [(path.name, group) for path, group in found.tables] == [
        ("attack.csv.gz", Group(attack="attack")),
        ("benign.csv", Group()),
        ("rows.parquet", None),
    ]
    assert found.skipped == []


def test_it_does_not_dig_for_ever(tmp_path: Path) -> None:
    written(tmp_path / "a/b/c/d/1.csv", "")
    written(tmp_path / "a/b/c/d/e/2.csv", "")
    (tmp_path / "a/loop").symlink_to(tmp_path)
    assert names([path for path, _ in tables_in(tmp_path).tables], tmp_path) == ["a/b/c/d/1.csv"]


def test_too_many_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MAX_TABLES", 2)
    for number in range(3):
        written(tmp_path / f"{number}.csv", "")
    with pytest.raises(DataError, match="more than 2 tables"):
        tables_in(tmp_path)


def test_a_folder_that_cannot_be_read_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        tables_in(tmp_path / "missing")
