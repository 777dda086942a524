import json
import os
import subprocess
import sys
from pathlib import Path
from typing import BinaryIO

import pytest

from botwarden.stores.model import write_model
from captures import SYN, pcap, tcp_frame
from examples.recording import HOUSE
from models import model, wide

BOT, GATEWAY = "44:19:b6:00:00:15", "50:c7:bf:00:00:01"


def run(*arguments: str | Path, stdin: BinaryIO | None = None) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "botwarden", "scan", *map(str, arguments)]
    return subprocess.run(command, stdin=stdin, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def scanning(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A device that asks 300 outside addresses for telnet in 30 s and gets no answer."""
    frames = [
        (
            1_710_252_000 + n / 10,
            tcp_frame(
                "192.168.10.21",
                40_000 + n,
                f"198.51.{n // 200}.{n % 200}",
                23,
                SYN,
                src_mac=BOT,
                dst_mac=GATEWAY,
                seq=n,
            ),
        )
        for n in range(300)
    ]
    path = tmp_path_factory.mktemp("captures") / "scanning.pcap"
    path.write_bytes(pcap(frames))
    return path


@pytest.fixture
def harmless(tmp_path: Path) -> Path:
    path = tmp_path / "harmless.pcap"
    path.write_bytes(pcap([(1_710_252_000.0, tcp_frame("192.168.10.21", 40_000, "192.168.10.1", 80, SYN))]))
    return path


def one_line(done: subprocess.CompletedProcess[str]) -> str:
    """The line of standard error that says why nothing could be done."""
    assert done.returncode == 2
    assert done.stdout == ""
    [line] = done.stderr.splitlines()
    assert line.startswith("botwarden: ")
    return line


def test_nothing_found_exits_with_0(harmless: Path) -> None:
    done = run(harmless)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("Nothing found: ")
    assert "\x1b" not in done.stdout


def test_something_found_exits_with_1_and_both_reports_are_written(scanning: Path, tmp_path: Path) -> None:
    as_json, as_html = tmp_path / "report.json", tmp_path / "report.html"
    done = run(scanning, "--json", as_json, "--html", as_html)
    assert done.returncode == 1, done.stderr
    assert "scan.horizontal" in done.stdout
    report = json.loads(as_json.read_bytes())
    assert report["schema"] == 1
    assert report["stats"]["packets"] == 300
    [bot] = [device for device in report["devices"] if device["mac"] == BOT]
    assert bot["verdicts"][0]["label"] == "scan.horizontal"
    assert bot["verdicts"][0]["reasons"][0] in as_html.read_text(encoding="utf-8")
    assert sorted(tmp_path.iterdir()) == [as_html, as_json]


def test_json_can_go_to_standard_output_instead(scanning: Path) -> None:
    done = run(scanning, "--json", "-")
    assert done.returncode == 1
    assert json.loads(done.stdout)["stats"]["packets"] == 300


def test_quiet_leaves_the_answer_to_the_exit_code(scanning: Path) -> None:
    done = run(scanning, "--quiet")
    assert (done.returncode, done.stdout, done.stderr) == (1, "", "")


def test_a_capture_is_read_from_standard_input(scanning: Path) -> None:
    with scanning.open("rb") as capture:
        assert run("-", "--quiet", stdin=capture).returncode == 1


def test_a_reader_that_has_gone_away_changes_nothing(scanning: Path) -> None:
    read, write = os.pipe()
    os.close(read)
    command = [sys.executable, "-m", "botwarden", "scan", str(scanning)]
    done = subprocess.run(command, stdout=write, stderr=subprocess.PIPE, text=True, check=False)
    os.close(write)
    assert done.returncode == 1
    assert "Error" not in done.stderr


def test_local_networks_can_be_given(harmless: Path) -> None:
    done = run(harmless, "--lan", "192.168.10.0/24", "--lan", "10.9.0.0/16", "--json", "-")
    assert {"192.168.10.0/24", "10.9.0.0/16"} <= set(json.loads(done.stdout)["stats"]["local_networks"])
    assert "not-a-network" in one_line(run(harmless, "--lan", "not-a-network"))


def test_a_model_adds_its_verdicts(scanning: Path, tmp_path: Path) -> None:
    identity = write_model(wide(threshold=900.0, window=5), tmp_path / "a.model")
    done = run(scanning, "--model", tmp_path / "a.model", "--json", tmp_path / "r.json")
    assert done.returncode == 1
    assert all("compiling for this machine" in line for line in done.stderr.splitlines())  # the first time
    assert "Behaves unusually" in done.stdout
    assert "Judged by the model by hand" in done.stdout
    report = json.loads((tmp_path / "r.json").read_text())
    verdicts = {verdict["label"]: verdict for device in report["devices"] for verdict in device["verdicts"]}
    assert verdicts["anomaly"]["model"] == report["stats"]["model"] == f"by hand ({identity[:12]})"
    assert verdicts["anomaly"]["evidence"]["model"] == identity
    assert verdicts["scan.horizontal"]["model"] is None


def test_a_model_that_cannot_be_used_is_said_in_one_line(scanning: Path, tmp_path: Path) -> None:
    write_model(model(), tmp_path / "three.model")
    for path in (scanning, tmp_path / "nothing", tmp_path / "three.model"):
        done = run(scanning, "--model", path)
        assert (done.returncode, done.stdout) == (2, "")
        [line] = done.stderr.splitlines()
        assert str(path) in line or "schema" in line


def test_what_cannot_be_read_is_said_in_one_line(tmp_path: Path) -> None:
    text = tmp_path / "notes.txt"
    text.write_text("not a capture")
    assert "notes.txt" in one_line(run(text))
    assert "No such file" in one_line(run(tmp_path / "missing.pcap"))


def test_what_cannot_be_written_is_said_before_anything_is_read(tmp_path: Path) -> None:
    missing = tmp_path / "missing.pcap"
    assert "its directory does not exist" in one_line(run(missing, "--json", tmp_path / "no" / "report.json"))
    assert "is a directory" in one_line(run(missing, "--html", tmp_path))
    assert "--html needs the name of a file" in one_line(run(missing, "--html", "-"))


def test_a_capture_is_never_overwritten(harmless: Path) -> None:
    before = harmless.read_bytes()
    assert "would be overwritten" in one_line(run(harmless, "--json", harmless))
    assert harmless.read_bytes() == before


def test_the_example_capture_shows_the_bot(tmp_path: Path) -> None:
    page = tmp_path / "house.html"
    done = run(HOUSE, "--html", page)
    assert done.returncode == 1
    for label in ("scan.mirai", "bruteforce.telnet", "flood.syn"):
        assert label in done.stdout
        assert label in page.read_text(encoding="utf-8")
