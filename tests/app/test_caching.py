"""Kernels find a place to be kept in, and never one that somebody else could have filled."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from botwarden.app.caching import SETTING, fallback


@pytest.fixture
def nowhere(tmp_path: Path) -> Path:
    """A folder that cannot be made, not even by root."""
    (tmp_path / "file").write_text("")
    return tmp_path / "file" / "folder"


def test_numba_is_left_alone_where_the_package_or_the_home_can_be_written(tmp_path: Path, nowhere: Path) -> None:
    assert fallback(tmp_path, nowhere, tmp_path) is None
    assert fallback(nowhere, tmp_path / "cache", tmp_path) is None


def test_else_it_gets_a_folder_of_this_user_alone_the_same_each_time(tmp_path: Path, nowhere: Path) -> None:
    folder = fallback(nowhere, nowhere, tmp_path)
    assert folder is not None
    assert folder.stat().st_mode & 0o777 == 0o700
    assert fallback(nowhere, None, tmp_path) == folder


@pytest.mark.parametrize("taken", ["open to all", "a link", "a file"])
def test_a_folder_that_somebody_else_prepared_is_not_used(tmp_path: Path, nowhere: Path, taken: str) -> None:
    name = tmp_path / f"botwarden-{os.geteuid()}"
    if taken == "open to all":
        name.mkdir()
        name.chmod(0o777)
    elif taken == "a link":
        (tmp_path / "elsewhere").mkdir(mode=0o700)
        name.symlink_to(tmp_path / "elsewhere")
    else:
        name.write_text("")
    folder = fallback(nowhere, nowhere, tmp_path)
    assert folder is not None
    assert folder != name
    assert folder.stat().st_mode & 0o777 == 0o700


def test_a_folder_that_the_user_named_stays() -> None:
    code = f"import os, botwarden.app; print(os.environ['{SETTING}'])"
    run = subprocess.run(
        [sys.executable, "-c", code], env=os.environ | {SETTING: "/named"}, capture_output=True, text=True, check=True
    )
    assert run.stdout.strip() == "/named"
