import subprocess
import sys
from pathlib import Path

from examples.recording import HOUSE, number_of_frames


def run(*arguments: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "botwarden", "logs", *arguments], capture_output=True, text=True, check=False
    )


def test_it_says_what_it_wrote(tmp_path: Path) -> None:
    result = run(str(HOUSE), "--out", str(tmp_path / "logs"))
    assert result.returncode == 0
    assert "Traceback" not in result.stderr
    assert f"records in {tmp_path / 'logs'} · {number_of_frames(HOUSE):,} packets" in result.stdout
    assert "One conversation, written when it is over" in result.stdout


def test_quietly(tmp_path: Path) -> None:
    result = run(str(HOUSE), "--out", str(tmp_path), "--quiet", "--format", "ecs")
    assert (result.returncode, result.stdout, result.stderr) == (0, "", "")
    assert (tmp_path / "conn.ndjson").is_file()


def test_from_a_pipe(tmp_path: Path) -> None:
    with HOUSE.open("rb") as file:
        result = subprocess.run(
            [sys.executable, "-m", "botwarden", "logs", "-", "--out", str(tmp_path), "-q"], stdin=file, check=False
        )
    assert result.returncode == 0
    assert (tmp_path / "conn.log").is_file()


def test_what_a_user_can_mend_is_one_line(tmp_path: Path) -> None:
    for arguments, words in (
        ([str(tmp_path / "none.pcap"), "--out", str(tmp_path)], "none.pcap"),
        ([str(HOUSE), "--out", str(tmp_path), "--format", "xml"], "no log format 'xml'"),
        ([str(HOUSE), "--out", str(tmp_path), "--set", "speed"], "sets nothing"),
        ([str(HOUSE), "--out", str(HOUSE)], "house.pcapng"),
        ([str(HOUSE), "--out", str(tmp_path), "--lan", "here"], "is no network"),
    ):
        result = run(*arguments)
        assert result.returncode == 2, arguments
        assert words in result.stderr
        assert len(result.stderr.strip().splitlines()) == 1


def test_help_shows_examples() -> None:
    text = run("--help").stdout
    assert "botwarden logs house.pcap --out logs/" in text
    assert "--format" in text
