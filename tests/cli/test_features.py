import gzip
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from captures import SYN, pcap, tcp_frame
from examples.recording import BREAK_IN, BREAK_IN_LABELS, HOUSE_LABELS

SHARED = Path(os.environ.get("BOTWARDEN_SHARED", Path(__file__).parents[3] / "shared"))
CAMERA = SHARED / "data/parity/camera_lan.pcap"


def command(*arguments: str | Path) -> list[str]:
    return [sys.executable, "-m", "botwarden", "features", *map(str, arguments)]


def run(*arguments: str | Path, data: bytes | None = None) -> subprocess.CompletedProcess[str]:
    done = subprocess.run(command(*arguments), input=data, capture_output=True, check=False)
    return subprocess.CompletedProcess(done.args, done.returncode, done.stdout.decode(), done.stderr.decode())


@pytest.fixture
def capture(tmp_path: Path) -> Path:
    """Thirty packets from as many sources."""
    frames = [(1_710_252_000 + n / 10, tcp_frame(f"192.168.10.{n}", 4000, "192.168.10.99", 80, SYN)) for n in range(30)]
    path = tmp_path / "capture.pcap"
    path.write_bytes(pcap(frames))
    return path


def one_line(done: subprocess.CompletedProcess[str]) -> str:
    assert done.returncode == 2
    assert done.stdout == ""
    [line] = done.stderr.splitlines()
    assert line.startswith("botwarden: ")
    return line


def test_a_table_is_written_and_summed_up_in_a_line(tmp_path: Path, capture: Path) -> None:
    done = run(capture, "--schema", "nbaiot115", "--out", tmp_path / "rows.csv")
    assert done.returncode == 0
    [line] = done.stdout.splitlines()
    assert line.startswith("30 packets in, 30 rows out in ")
    assert line.endswith("rows.csv")
    header, *rows = (tmp_path / "rows.csv").read_text().splitlines()
    assert header.startswith("ts,src_mac,src,dst,MI_dir_L5_weight,")
    assert rows[0].startswith("1710252000.000000,02:00:00:00:00:0a,192.168.10.0,192.168.10.99,1,54,0,")
    assert len(rows) == 30


def test_evictions_and_damage_are_said(tmp_path: Path, capture: Path) -> None:
    capture.write_bytes(capture.read_bytes()[:-5])
    done = run(capture, "--out", tmp_path / "rows.csv", "--max-streams", "20")
    assert done.returncode == 0
    assert "MI_dir 9" in done.stdout
    assert "--max-streams" in done.stdout
    assert "damaged" in done.stdout


def test_quiet_prints_nothing(tmp_path: Path, capture: Path) -> None:
    done = run(capture, "-q", "-o", tmp_path / "rows.csv")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert (tmp_path / "rows.csv").is_file()


def test_standard_input_is_read(tmp_path: Path, capture: Path) -> None:
    done = run("-", "-o", tmp_path / "rows.csv.gz", data=capture.read_bytes())
    assert done.returncode == 0
    assert len(gzip.decompress((tmp_path / "rows.csv.gz").read_bytes()).splitlines()) == 31


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--schema", "other", "-o", "rows.csv"], "nbaiot115"),
        (["-o", "rows.xls"], ".csv, .csv.gz or .parquet"),
        (["-o", "missing/rows.csv"], "missing/rows.csv"),
        (["-o", "rows.csv", "--max-streams", "999999999"], "streams"),
    ],
)
def test_what_cannot_be_done_is_said_on_one_line(
    tmp_path: Path, capture: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str], words: str
) -> None:
    monkeypatch.chdir(tmp_path)
    assert words in one_line(run(capture, *arguments))
    assert [path.name for path in tmp_path.iterdir()] == ["capture.pcap"]


def test_a_missing_capture_is_named(tmp_path: Path) -> None:
    assert "nothing.pcap" in one_line(run(tmp_path / "nothing.pcap", "-o", tmp_path / "rows.csv"))
    assert list(tmp_path.iterdir()) == []


def test_ctrl_c_leaves_no_file(tmp_path: Path, capture: Path) -> None:
    process = subprocess.Popen(
        command("-", "-o", tmp_path / "rows.csv"), stdin=subprocess.PIPE, stderr=subprocess.PIPE, text=False
    )
    assert process.stdin is not None
    process.stdin.write(capture.read_bytes())
    process.stdin.flush()
    deadline = time.monotonic() + 60
    while not list(tmp_path.glob(".rows.csv.*.part")):  # it has begun
        assert time.monotonic() < deadline
        time.sleep(0.02)
    process.send_signal(signal.SIGINT)
    _, stderr = process.communicate(timeout=60)
    assert process.returncode == 130
    assert b"Traceback" not in stderr
    assert [path.name for path in tmp_path.iterdir()] == ["capture.pcap"]


def test_help_shows_how(tmp_path: Path) -> None:
    done = run("--help")
    assert done.returncode == 0
    assert "botwarden features house.pcap --out rows.csv" in done.stdout


@pytest.mark.skipif(not CAMERA.is_file(), reason="needs the shared captures")
def test_the_table_has_the_published_values(tmp_path: Path) -> None:
    assert run(CAMERA, "-o", tmp_path / "camera.csv").returncode == 0
    parity = [sys.executable, str(SHARED / "tools/parity.py"), str(tmp_path / "camera.csv")]
    done = subprocess.run(parity, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_labels_are_written_beside_the_statistics(tmp_path: Path) -> None:
    done = run(BREAK_IN, "--labels", BREAK_IN_LABELS, "-o", tmp_path / "rows.csv")
    assert done.returncode == 0
    header, *rows = (tmp_path / "rows.csv").read_text().splitlines()
    assert header.startswith("ts,src_mac,src,dst,device,botnet,attack,proto,MI_dir_L5_weight,")
    assert any(",porch-camera,mirai,bruteforce,tcp," in row for row in rows)


def test_labels_of_another_capture_are_refused(tmp_path: Path, capture: Path) -> None:
    assert "another capture" in one_line(run(capture, "--labels", HOUSE_LABELS, "-q", "-o", tmp_path / "rows.csv"))
    assert not (tmp_path / "rows.csv").exists()
