"""Kernels find a place to be kept in, and never one that somebody else could have filled."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from botwarden.app.caching import DAMAGED, SETTING, fallback, forget_kernels, forget_stale_kernels, mending
from examples.recording import HOUSE, number_of_frames


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


@pytest.fixture(scope="module")
def compiled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with one small kernel of ours, compiled."""
    folder = tmp_path_factory.mktemp("kernels")
    assert reading(folder).returncode == 0
    return folder


def reading(folder: Path) -> "subprocess.CompletedProcess[str]":
    """Read the example capture with the kernels in a folder."""
    code = "import botwarden; print(sum(map(len, botwarden.read('examples/house.pcapng'))))"
    return subprocess.run(
        [sys.executable, "-c", code],
        cwd=Path(__file__).parents[2],
        env=os.environ | {SETTING: str(folder)},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize(("ending", "left"), [("nbi", 0), ("nbc", 100)])
def test_damaged_kernels_stop_one_run_only(compiled: Path, ending: str, left: int) -> None:
    for path in compiled.rglob(f"*.{ending}"):
        path.write_bytes(path.read_bytes()[:left])
    first = reading(compiled)
    assert first.returncode == 1
    assert first.stderr.strip().endswith(f"OSError: {DAMAGED}")
    again = reading(compiled)
    assert (again.returncode, again.stdout.strip()) == (0, str(number_of_frames(HOUSE))), again.stderr


def test_other_errors_pass_as_they_are() -> None:
    with pytest.raises(EOFError, match="mine"), mending():
        raise EOFError("mine")


@pytest.mark.parametrize("named", [True, False])
def test_only_kernels_of_ours_are_thrown_away(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, named: bool) -> None:
    """From the folder that was named, else from beside the package and the user's own."""
    package, home = tmp_path / "package", tmp_path / "home"
    if named:
        monkeypatch.setenv(SETTING, str(tmp_path / "named"))
    else:
        monkeypatch.delenv(SETTING, raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(home))
    monkeypatch.setattr("botwarden.app.caching.PACKAGE", package)
    for folder in (package, home / "numba", tmp_path / "named"):
        folder.mkdir(parents=True)
        for name in ("observe.observe-1.py311.nbi", "others.work-1.py311.nbi"):
            (folder / name).write_text("")
    (package / "observe.py").write_text("")
    forget_kernels()
    left = {path.parent.name for path in tmp_path.rglob("observe.*.nbi")}
    assert left == ({"package", "numba"} if named else {"named"})
    assert len(list(tmp_path.rglob("others.*.nbi"))) == 3


def test_kernels_older_than_a_source_of_kernels_are_forgotten(tmp_path: Path) -> None:
    kernel, helper, plain, index = (
        tmp_path / name for name in ("kernel.py", "helper.py", "plain.py", "kernel.run.nbi")
    )
    for path, text in ((kernel, "from numba import njit"), (helper, "from numba import njit"), (plain, "x = 1")):
        path.write_text(text)
        os.utime(path, (1000, 1000))
    index.write_text("")
    os.utime(index, (2000, 2000))
    forget_stale_kernels(tmp_path)
    assert index.exists()
    os.utime(plain, (3000, 3000))
    forget_stale_kernels(tmp_path)
    assert index.exists()
    os.utime(helper, (3000, 3000))
    forget_stale_kernels(tmp_path)
    assert not index.exists()
