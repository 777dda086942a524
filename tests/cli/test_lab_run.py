import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from botwarden.app.lab_run import RunResult
from botwarden.cli import lab_run
from botwarden.cli.main import run
from botwarden.lab.acting import Done
from botwarden.lab.labelling import Played
from botwarden.lab.scenario import Step

STORY = 1_795_802_400.0  # 2026-11-27 18:00:00 UTC


def result(what: str = "300 SYNs") -> RunResult:
    step = Step(act="scan", label="scan.mirai")
    done = Done(start=STORY + 60, end=STORY + 70, count=300, target="198.18.0.0/20", what=what)
    one = Played(scenario="story", number=0, botnet="mirai", actor="dvr", step=step, began=STORY + 59, done=done)
    files = {Path("out/lan.pcapng"): 2_353_484, Path("out/labels.json"): 4_806, Path("out/flows.csv"): 1_583_319}
    return RunResult([one], (STORY, STORY + 161), False, files, {"lan": 17_841}, 12_384)


def test_the_end_says_what_was_played_and_written() -> None:
    text = lab_run.result_text(result(), 80)
    assert text.startswith("2026-11-27 18:00:00 – 18:02:41 UTC (2 min 41 s)\n")
    rows = [line.split() for line in text.splitlines()]
    assert ["18:01:00", "18:01:10", "story", "dvr", "300", "SYNs"] in rows
    assert "Written to out:" in text.splitlines()
    assert ["lan.pcapng", "2.4", "MB", "17,841", "packets"] in rows
    assert ["labels.json", "4.8", "kB", "labels"] in rows
    assert ["flows.csv", "1.6", "MB", "12,384", "flows"] in rows


def test_words_of_acts_cannot_drive_the_terminal() -> None:
    assert "\x1b" not in lab_run.result_text(result("\x1b[31mred\x07"), 80)


def test_mistakes_are_a_line_and_exit_code_2(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert run(["lab", "run", "no-such-story", "--out", str(tmp_path / "out")]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("botwarden: there is no scenario 'no-such-story'; there is ")


def test_without_root_nothing_is_made(tmp_path: Path) -> None:
    if os.geteuid() == 0:
        pytest.skip("runs as root")
    done = subprocess.run(
        [sys.executable, "-m", "botwarden", "lab", "run", "mirai", "--out", tmp_path / "out"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 2
    assert "the lab needs Linux and root" in done.stderr
    assert not (tmp_path / "out").exists()


def test_a_request_to_end_stops_it_like_ctrl_c() -> None:
    before = signal.getsignal(signal.SIGTERM)
    with pytest.raises(KeyboardInterrupt), lab_run.stopped_by_signals():
        os.kill(os.getpid(), signal.SIGTERM)
        signal.pause()
    assert signal.getsignal(signal.SIGTERM) == before
