import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from botwarden.stores.model import read_model
from nbaiot import attack_values, benign_values, write_csv, write_uci

NO_NAMES = ("--classifier", "none")


def command(*arguments: str | Path) -> list[str]:
    return [sys.executable, "-m", "botwarden", "train", *map(str, arguments)]


def run(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    return subprocess.run(command(*arguments), capture_output=True, text=True, check=False, env=environment)


@pytest.fixture
def benign(tmp_path: Path) -> Path:
    return write_csv(tmp_path / "normal.csv", benign_values(150))


def one_line(done: subprocess.CompletedProcess[str]) -> str:
    assert done.returncode == 2 and done.stdout == ""
    [line] = done.stderr.splitlines()
    assert line.startswith("botwarden: ")
    return line


def test_benign_rows_and_attacks_in_a_model_out(benign: Path, tmp_path: Path) -> None:
    attack = write_csv(tmp_path / "odd.csv", attack_values(40))
    more = write_csv(tmp_path / "more.csv", benign_values(50, 5))
    out = tmp_path / "house.model"
    done = run(
        "--benign", benign, more, "--attack", attack, "--epochs", 5, "--classifier", "none", "--out", out, "--card"
    )
    assert done.returncode == 0, done.stderr
    assert "200 benign, 40 of attacks" in done.stdout and "# house" in done.stdout
    assert read_model(out).manifest.training.settings["detector"] == "auto"


def test_each_device_of_several_gets_a_detector_unless_one_for_all_is_asked_for(tmp_path: Path) -> None:
    folder = write_uci(tmp_path / "house", benign=250)
    for more, devices in (([], [None, "Device_0", "Device_1"]), (["--per", "all"], [None])):
        out = tmp_path / "house.model"
        done = run("--data", folder, "--epochs", 2, "--classifier", "none", "--out", out, *more)
        assert done.returncode == 0, done.stderr
        assert [part.device for part in read_model(out).manifest.detectors] == devices
        assert ("learned as one" in " ".join(done.stderr.split() + done.stdout.split())) == bool(more)


@pytest.mark.parametrize(
    "wrong",
    [
        ["--detector", "crystal"], ["--classes", "7"], ["--per", "street"], ["--split", "quarters"],
        ["--scaler", "fish"], ["--top-k", "3"], ["--detector", "none"], ["--false-positives", "2"], ["--window", "0"],
    ],
)  # fmt: skip
def test_what_cannot_be_done_is_one_line(benign: Path, tmp_path: Path, wrong: list[str]) -> None:
    one_line(run("--benign", benign, "--out", tmp_path / "m", *wrong))
    assert not (tmp_path / "m").exists()


def test_files_that_are_not_there_or_no_tables(benign: Path, tmp_path: Path) -> None:
    assert "nowhere.csv" in one_line(run("--benign", tmp_path / "nowhere.csv", "--out", tmp_path / "m"))
    (tmp_path / "junk.csv").write_bytes(os.urandom(500))
    one_line(run("--benign", tmp_path / "junk.csv", "--out", tmp_path / "m"))
    assert "nothing to learn from" in one_line(run("--out", tmp_path / "m"))
    learned_on = ("--continue", benign, "--benign", benign, "--out", tmp_path / "m")
    assert "in the way that the model was made" in one_line(run(*learned_on, "--epochs", "3"))
    assert "not a model" in one_line(run("--continue", benign, "--benign", benign, "--out", tmp_path / "m"))


@pytest.mark.slow
def test_ctrl_c_says_how_to_go_on(tmp_path: Path) -> None:
    benign = write_csv(tmp_path / "normal.csv", benign_values(3000))
    arguments = ("--benign", benign, "--epochs", "100000", "--out", tmp_path / "m")
    process = subprocess.Popen(command(*arguments), stderr=subprocess.PIPE, text=True)
    while time_of(process.pid) < 15:  # it has read the rows and learns by then
        time.sleep(0.2)
    process.send_signal(signal.SIGINT)
    _, error = process.communicate(timeout=120)
    assert process.returncode == 130
    assert error.splitlines()[-2:] == [
        "botwarden: the same command goes on where it was stopped", "botwarden: stopped",
    ]  # fmt: skip
    assert (tmp_path / ".m.part").is_file()


def time_of(process: int) -> float:
    """Seconds of processor time that a process has used."""
    fields = Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def test_the_help_names_the_defaults_and_all_that_can_be_asked_for() -> None:
    from botwarden.learn import classifiers, detectors
    from botwarden.learn.plan import SCALERS

    told = " ".join(run("--help").stdout.split())
    assert f"auto: {detectors.DEFAULT}" in told and f"auto: {classifiers.DEFAULT}" in told
    missing = [name for name in (*detectors.DETECTORS, *classifiers.CLASSIFIERS, *SCALERS) if name not in told]
    assert not missing
