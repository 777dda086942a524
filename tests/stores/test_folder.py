import resource
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from botwarden.core.errors import ConfigError
from botwarden.stores.folder import check_folder, write_folder

MARK = "results.json"


def test_a_folder_is_made_and_written_again(tmp_path: Path) -> None:
    folder = tmp_path / "a" / "b"
    write_folder(folder, {MARK: b"1", "report.md": b"x", "old.png": b"p"}, MARK)
    assert sorted(path.name for path in folder.iterdir()) == ["old.png", "report.md", MARK]
    write_folder(folder, {MARK: b"2", "report.md": b"y"}, MARK)
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == {MARK: b"2", "report.md": b"y"}


def test_a_folder_with_other_things_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("years of work")
    with pytest.raises(ConfigError, match="holds other things"):
        write_folder(tmp_path, {MARK: b"1"}, MARK)
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.txt"]


@contextmanager
def full_disk(most: int) -> Iterator[None]:
    """No file gets larger than ``most`` bytes."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (most, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_of_a_report_that_finds_no_room_nothing_remains(tmp_path: Path) -> None:
    folder = tmp_path / "report"
    files = {MARK: b"1", "a.png": b"x", "report.md": bytes(10_000)}
    with full_disk(5_000), pytest.raises(OSError, match=r"report\.md"):
        write_folder(folder, files, MARK)
    assert list(folder.iterdir()) == []
    write_folder(folder, files, MARK)
    with full_disk(5_000), pytest.raises(OSError, match=r"report\.md"):
        write_folder(folder, {**files, "report.md": bytes(20_000)}, MARK)
    assert {path.name: path.stat().st_size for path in folder.iterdir()} == {MARK: 1, "a.png": 1, "report.md": 10_000}


def test_an_empty_folder_will_do(tmp_path: Path) -> None:
    check_folder(tmp_path, MARK)
    assert list(tmp_path.iterdir()) == []


def test_checking_makes_nothing(tmp_path: Path) -> None:
    check_folder(tmp_path / "a" / "b", MARK)
    assert list(tmp_path.iterdir()) == []


def test_a_file_in_its_place_is_said(tmp_path: Path) -> None:
    (tmp_path / "x").write_text("")
    with pytest.raises(NotADirectoryError, match="is a file"):
        check_folder(tmp_path / "x", MARK)


def test_a_link_to_nowhere_is_said(tmp_path: Path) -> None:
    (tmp_path / "x").symlink_to(tmp_path / "gone")
    with pytest.raises(FileNotFoundError, match="link to nowhere"):
        check_folder(tmp_path / "x", MARK)


def test_the_place_below_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "x").write_text("")
    with pytest.raises(OSError, match="x"):
        check_folder(tmp_path / "x" / "y", MARK)
