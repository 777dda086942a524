"""The lab from end to end: a scenario is played in real namespaces, recorded, and botwarden reads what came of it."""

import csv
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from botwarden.lab import plan
from botwarden.lab.network import HOME, run
from houses import free_lab

STORY = """
what = "a short scan, while somebody makes a backup"
botnet = "mirai"
device = "dvr"

[[step]]
act = "scan"
phase = "scan"
label = "scan.mirai"
also = ["scan.horizontal"]
attack = "scan"
options = { count = 300, rate = 100.0 }

[[step]]
act = "backup"
by = "laptop"
options = { files = 1, megabytes = 0.2 }
"""


def command(*arguments: str | Path) -> list[str]:
    return [sys.executable, "-m", "botwarden", *map(str, arguments)]


def botwarden(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command(*arguments), capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, subprocess.CompletedProcess[str]]:
    folder = tmp_path_factory.mktemp("lab")
    (folder / "story.toml").write_text(STORY)
    with free_lab():
        done = botwarden(
            "lab", "run", folder / "story.toml", "--out", folder / "out", "--speed", "20", "--peace", "60",
            "--seed", "5", "--start", "2026-11-27T18:00",
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        assert_nothing_is_left()
    return folder / "out", done


def assert_nothing_is_left() -> None:
    assert not HOME.exists()
    assert plan.PREFIX not in run("ip", "netns", "list")


def test_what_was_played_is_told(story: tuple[Path, subprocess.CompletedProcess[str]]) -> None:
    out, done = story
    assert "300 SYNs" in done.stdout
    assert "2026-11-27 18:0" in done.stdout
    for name in ("lan.pcapng", "wan.pcapng", "labels.json", "wan-labels.json", "flows.csv"):
        assert name in done.stdout
        assert (out / name).stat().st_size > 500


@pytest.mark.parametrize(("side", "labels"), [("lan", "labels.json"), ("wan", "wan-labels.json")])
def test_botwarden_finds_what_was_played_on_either_side(
    story: tuple[Path, subprocess.CompletedProcess[str]], side: str, labels: str
) -> None:
    out, _ = story
    done = botwarden("scan", out / f"{side}.pcapng", "--labels", out / labels, "--json", "-")
    assert done.returncode == 1, done.stderr
    report = json.loads(done.stdout)
    found = report["comparison"]
    assert [(one["label"], one["outcome"]) for one in found["intervals"]] == [("scan.mirai", "found")]
    assert (found["missed"], found["false"]) == (0, 0)
    assert 0 < found["intervals"][0]["time_to_detect"] < 10
    assert report["stats"]["damaged"] == []
    if side == "lan":
        assert {one.mac for one in plan.DEVICES} <= {device["mac"] for device in report["devices"]}
        assert {device["name"] for device in report["devices"]} >= {plan.CAMERA.name, plan.THERMOSTAT.name}


@pytest.mark.parametrize(("side", "labels"), [("lan", "labels.json"), ("wan", "wan-labels.json")])
def test_rows_are_labelled_on_either_side(
    story: tuple[Path, subprocess.CompletedProcess[str]], side: str, labels: str
) -> None:
    out, _ = story
    rows = out / f"{side}.csv"
    done = botwarden("features", out / f"{side}.pcapng", "--labels", out / labels, "--out", rows, "--quiet")
    assert done.returncode == 0, done.stderr
    with rows.open() as file:
        scanned = [row for row in csv.DictReader(file) if row["attack"] == "scan"]
    assert {row["device"] for row in scanned} == {plan.DVR.name if side == "lan" else "router"}
    assert {row["botnet"] for row in scanned} == {"mirai"}
    assert len(scanned) >= 300


def test_flows_are_labelled(story: tuple[Path, subprocess.CompletedProcess[str]]) -> None:
    out, _ = story
    with (out / "flows.csv").open() as file:
        flows = list(csv.DictReader(file))
    for side, device in (("lan", plan.DVR.mac), ("wan", None)):
        scanned = [flow for flow in flows if flow["side"] == side and flow["label"] == "scan.mirai"]
        assert len({flow["dst"] for flow in scanned}) == 300
        assert {flow["attack"] for flow in scanned} == {"scan"}
        if device:
            assert {flow["device"] for flow in scanned} == {device}
    benign = [flow for flow in flows if flow["attack"] == "benign"]
    assert len({flow["device"] for flow in benign}) > len(plan.DEVICES)
    (note,) = json.loads((out / "labels.json").read_text())["benign"]
    assert note["mac"] == plan.LAPTOP.mac


def test_the_story_s_time_is_that_of_packets_and_labels(story: tuple[Path, subprocess.CompletedProcess[str]]) -> None:
    out, _ = story
    with (out / "flows.csv").open() as file:
        scanned = [flow for flow in csv.DictReader(file) if flow["label"] == "scan.mirai" and flow["side"] == "lan"]
    (interval,) = json.loads((out / "labels.json").read_text())["intervals"]
    first, last = min(float(flow["ts"]) for flow in scanned), max(float(flow["ts"]) for flow in scanned)
    assert interval["start"] <= first < last <= interval["end"]
    assert last - first == pytest.approx(3.0, abs=0.5)  # 300 at 100/s, as fast as it was whatever the speed of peace


def test_what_a_killed_run_left_is_removed(tmp_path: Path) -> None:
    arguments = ("lab", "run", "mirai-scan", "--out", tmp_path / "out", "--peace", "100000", "--speed", "1")
    with free_lab():
        with (tmp_path / "said").open("w") as said:
            process = subprocess.Popen(command(*arguments), stderr=said, stdout=said, start_new_session=True)
        end = time.monotonic() + 60
        while "of ordinary life" not in (tmp_path / "said").read_text():
            assert process.poll() is None, (tmp_path / "said").read_text()
            assert time.monotonic() < end
            time.sleep(0.2)
        left = [int(pid) for role in plan.ROLES for pid in run("ip", "netns", "pids", plan.namespace(role)).split()]
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
        assert len(left) > len(plan.ROLES)
        done = botwarden("lab", "down")
        assert done.returncode == 0, done.stderr
        assert_nothing_is_left()
        assert not [pid for pid in left if Path(f"/proc/{pid}/exe").exists()]
    assert not list((tmp_path / "out").iterdir())


def test_without_root_it_says_so(tmp_path: Path) -> None:
    if os.geteuid() == 0:
        pytest.skip("runs as root")
    done = botwarden("lab", "run", "mirai", "--out", tmp_path / "out")
    assert done.returncode == 2
    assert "needs Linux and root" in done.stderr
