import json
import subprocess
import sys
from pathlib import Path

import pytest

from botwarden.features.schema import NBAIOT115
from botwarden.stores.model import write_model
from explanations import CAUSES, rows, two_causes


def run(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "botwarden", "explain", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, check=False, text=True)


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    write_model(two_causes(), tmp_path / "a.model")
    lines = [",".join(NBAIOT115.columns), *(",".join(f"{value:g}" for value in row) for row in rows().values)]
    (tmp_path / "rows.csv").write_text("\n".join(lines) + "\n")
    return tmp_path / "a.model", tmp_path / "rows.csv"


def test_a_row_is_explained(tmp_path: Path, files: tuple[Path, Path]) -> None:
    picture, data = tmp_path / "why.png", tmp_path / "why.json"
    done = run(*files, "--row", "1", "--seeds", "2", "--samples", "100", "--figure", picture, "--json", data)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("Row 1 is anomalous, flood (")
    assert "packets from the sender came every 0.5 s" in " ".join(done.stdout.split())
    assert picture.read_bytes().startswith(b"\x89PNG")
    assert json.loads(data.read_bytes())["errors"]["features"][0]["column"] == CAUSES[1]


def test_json_on_standard_output_is_all_there_is(files: tuple[Path, Path]) -> None:
    done = run(*files, "--row", "0", "--seeds", "1", "--samples", "50", "--json", "-")
    assert (done.returncode, done.stderr) == (0, "")
    found = json.loads(done.stdout)
    assert (found["row"], found["anomalous"], found["detector"]["things_fit"]["stability"]) == (0, False, None)


@pytest.mark.parametrize(
    "options",
    [
        ("--row", "3"),
        ("--row", "-1"),
        ("--row", "one"),
        (),
        ("--row", "0", "--seeds", "0"),
        ("--row", "0", "--samples", "999999999"),
        ("--row", "0", "--figure", "/no/such/folder/a.png"),
        ("--row", "0", "--labels", "/no/such/file"),
    ],
)
def test_what_cannot_be_done_is_said(files: tuple[Path, Path], options: tuple[str, ...]) -> None:
    done = run(*files, *options)
    assert done.returncode == 2
    assert done.stdout == ""
    assert "Traceback" not in done.stderr
    assert len(done.stderr.strip().splitlines()) <= 4
