import json
import subprocess
import sys
from pathlib import Path

from examples.recording import HOUSE


def run(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "botwarden", "devices", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_the_list_on_a_terminal_and_in_a_file(tmp_path: Path) -> None:
    done = run(HOUSE, "--json", tmp_path / "devices.json")
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("10 devices")
    assert "greenhouse-sensor" in done.stdout
    assert "\x1b" not in done.stdout
    written = json.loads((tmp_path / "devices.json").read_bytes())
    assert written["schema"] == 1
    [camera] = [device for device in written["devices"] if device["name"] == "porch-camera"]
    assert camera["guess"]["type"] == "camera"
    assert camera["services"][0]["port"] == 80
    assert "verdicts" not in camera


def test_json_alone_on_standard_output() -> None:
    done = run(HOUSE, "--json", "-", "--quiet")
    assert done.returncode == 0, done.stderr
    assert len(json.loads(done.stdout)["devices"]) == 10
    assert done.stderr == ""


def test_quiet_prints_nothing() -> None:
    done = run(HOUSE, "--quiet")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_what_cannot_be_done_is_one_line(tmp_path: Path) -> None:
    for arguments in ([tmp_path / "none.pcap"], [HOUSE, "--lan", "x"], [HOUSE, "--json", tmp_path / "no" / "x.json"]):
        done = run(*arguments)
        assert done.returncode == 2
        [line] = done.stderr.splitlines()
        assert line.startswith("botwarden: ")


def test_a_capture_is_not_overwritten(tmp_path: Path) -> None:
    copy = tmp_path / "house.pcap"
    copy.write_bytes(HOUSE.read_bytes())
    assert run(copy, "--json", copy).returncode == 2
    assert copy.read_bytes() == HOUSE.read_bytes()
