import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from botwarden.features.schema import NBAIOT115
from botwarden.stores.model import write_model
from models import wide


def run(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "botwarden", "score", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, check=False, text=True)


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    write_model(wide(), tmp_path / "a.model")
    rows = [",".join(NBAIOT115.columns), *([",".join(["0"] * 115)] * 4), ",".join(["1000"] * 115)]
    (tmp_path / "rows.csv").write_text("\n".join(rows) + "\n")
    return tmp_path / "a.model", tmp_path / "rows.csv"


def test_rows_are_scored_and_summed_up(tmp_path: Path, files: tuple[Path, Path]) -> None:
    done = run(*files, "--out", tmp_path / "scores.csv")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("1 of 5 rows anomalous (20.0 %)\n")
    header, *lines = (tmp_path / "scores.csv").read_text().splitlines()
    assert header == "score,threshold,anomalous,label,confidence"
    assert len(lines) == 5
    assert run(*files, "--out", tmp_path / "scores.parquet", "--quiet").stdout == ""
    assert np.isfinite(float(lines[-1].split(",")[0]))


@pytest.mark.parametrize("what", ["a model that was changed", "no model", "no rows", "another suffix"])
def test_what_cannot_be_done_is_said_in_a_line(tmp_path: Path, files: tuple[Path, Path], what: str) -> None:
    model, rows = files
    out = tmp_path / ("scores.txt" if what == "another suffix" else "scores.csv")
    if what == "a model that was changed":
        content = bytearray(model.read_bytes())
        content[len(content) // 2] ^= 1
        model.write_bytes(content)
    elif what == "no model":
        model = rows
    elif what == "no rows":
        rows = tmp_path / "nothing.csv"
    done = run(model, rows, "--out", out)
    assert (done.returncode, done.stdout) == (2, "")
    [line] = done.stderr.splitlines()
    assert line.startswith("botwarden: ")
    assert not out.exists()
