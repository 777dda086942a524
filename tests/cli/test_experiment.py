import subprocess
import sys
from pathlib import Path

from nbaiot import benign_values, write_csv


def run(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    done = [sys.executable, "-m", "botwarden", "experiment", *map(str, arguments)]
    return subprocess.run(done, capture_output=True, text=True, check=False)


def one_line(done: subprocess.CompletedProcess[str]) -> str:
    assert done.returncode == 2 and done.stdout == ""
    [line] = done.stderr.splitlines()
    return line


def test_what_cannot_be_studied_is_one_line(tmp_path: Path) -> None:
    write_csv(tmp_path / "data" / "benign.csv", benign_values(30))
    data, report = tmp_path / "data", tmp_path / "report"
    assert "no attacks" in one_line(run("nbaiot", data, "--report", report))
    assert "nbaiot is the only one" in one_line(run("moon", data, "--report", report))
    assert "nowhere" in one_line(run("nbaiot", tmp_path / "nowhere", "--report", report))
    assert not report.exists()
    assert "other things" in one_line(run("nbaiot", data, "--report", data))
