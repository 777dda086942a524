import json
from pathlib import Path

import msgspec
import pytest

from botwarden.app import lab_dataset
from botwarden.app.lab_dataset import Manifest, RunRecord, count_packets, make_dataset
from botwarden.core.errors import ConfigError
from botwarden.lab import dataset, plan
from floods import STORY, write_flood
from houses import free_lab

LIST = """
[[run]]
name = "first"
what = "the camera looks for telnet"
start = "2026-11-25T18:00"
peace = 5
speed = 60
play = [{ scenario = "mirai-scan", device = "camera", options = { count = 60, rate = 100.0 } }]

[[run]]
name = "second"
what = "the recorder floods"
start = "2026-11-26T18:00"
peace = 5
speed = 60
quick = false
play = [{ scenario = "gafgyt-udp", device = "dvr", options = { count = 60, rate = 100.0 } }]
"""


def listed(tmp_path: Path) -> Path:
    path = tmp_path / "list.toml"
    path.write_text(LIST)
    return path


def recorded(out: Path, run: dataset.Run, number: int, seed: int = 1, after: int = 0) -> None:
    """A run as it lies in a data set: five packets to the cloud, then twenty to the victim, and ``after``."""
    folder = out / run.name
    sent = [(n, plan.CLOUD_IP) for n in range(5)] + [(10 + n / 20, plan.VICTIM_IP) for n in range(20)]
    sent += [(20 + n, plan.CLOUD_IP) for n in range(after)]
    write_flood(folder, sent)
    record = RunRecord(
        name=run.name, what=run.what, seed=lab_dataset.seed_of(seed, number),
        key=lab_dataset.key_of(run, lab_dataset.seed_of(seed, number), False), sha256="", start=STORY, end=STORY + 1800,
        seconds=60.0, packets=len(sent), counts=count_packets(folder / "lan.pcapng", folder / "labels.json"),
        botwarden="1", programs={},
    )  # fmt: skip
    (folder / "run.json").write_bytes(msgspec.json.encode(record))


def whole(tmp_path: Path, after: int = 0) -> Path:
    out = tmp_path / "out"
    for number, run in enumerate(dataset.runs(listed(tmp_path))):
        recorded(out, run, number, after=after)
    return out


def test_packets_are_counted_by_device_and_class(tmp_path: Path) -> None:
    out = whole(tmp_path)
    counts = count_packets(out / "first" / "lan.pcapng", out / "first" / "labels.json")
    assert [(one.device, one.botnet, one.attack, one.packets) for one in counts] == [
        ("porch-camera", "", "benign", 5),
        ("porch-camera", "mirai", "udp", 20),
    ]


def test_runs_that_are_there_are_kept_and_the_manifest_adds_them_up(tmp_path: Path) -> None:
    out = whole(tmp_path)
    before = {path: path.read_bytes() for path in out.rglob("*") if path.is_file()}
    said: list[str] = []
    manifest = make_dataset(out, listed=listed(tmp_path), notice=said.append)
    assert {path: path.read_bytes() for path in before} == before
    assert said == ["[1/2] first: is there", "[2/2] second: is there"]
    assert manifest.hours == 1.0 and manifest.packets == 50 and manifest.missing == [] and manifest.table == ""
    assert {(one.attack, one.packets) for one in manifest.counts} == {("benign", 10), ("udp", 40)}
    assert msgspec.json.decode((out / "manifest.json").read_bytes(), type=Manifest) == manifest


def test_the_table_is_one_that_models_read(tmp_path: Path) -> None:
    pytest.importorskip("pyarrow")
    from botwarden.app.rows import open_rows

    out = whole(tmp_path)
    manifest = make_dataset(out, listed=listed(tmp_path), features=True)
    assert manifest.table == "rows.parquet"
    labels = [label for rows in open_rows([out / "rows.parquet"]) for label in rows.labels]
    assert labels.count("mirai.udp") == 40 and labels.count("benign") == 10
    assert manifest.left_out == 0
    assert make_dataset(out, listed=listed(tmp_path)) == manifest  # which still knows its table


def test_rows_that_the_table_leaves_out_are_counted(tmp_path: Path) -> None:
    pytest.importorskip("pyarrow")
    out = whole(tmp_path, after=3)
    manifest = make_dataset(out, listed=listed(tmp_path), features=True)
    assert manifest.packets == 56 and manifest.left_out == 6
    assert make_dataset(out, listed=listed(tmp_path)) == manifest


@pytest.mark.parametrize("how", ["seed", "quick", "list", "half", "empty"])
def test_what_is_of_another_data_set_is_left_alone_and_named(tmp_path: Path, how: str) -> None:
    out = whole(tmp_path)
    change: dict[str, int | bool] = {}
    if how == "seed":
        change = {"seed": 2}
    elif how == "quick":
        change = {"quick": True}
    elif how == "half":
        (out / "first" / "lan.pcapng").unlink()
    elif how == "empty":
        (out / "first" / "run.json").write_text("{}")
    text = LIST.replace("count = 60", "count = 61") if how == "list" else LIST
    (tmp_path / "list.toml").write_text(text)
    with pytest.raises(ConfigError, match=r"first .*remove it, or name another folder"):
        make_dataset(out, listed=tmp_path / "list.toml", **change)
    assert (out / "second" / "run.json").is_file() and (out / "first").is_dir()


@pytest.mark.parametrize("seed", [-1, 2**40])
def test_an_impossible_seed_is_refused(tmp_path: Path, seed: int) -> None:
    with pytest.raises(ConfigError, match="a seed is"):
        make_dataset(tmp_path / "out", seed=seed)
    assert not (tmp_path / "out").exists()


@pytest.mark.slow
def test_a_run_that_is_missing_is_recorded_and_no_other(tmp_path: Path) -> None:
    out = tmp_path / "out"
    recorded(out, dataset.runs(listed(tmp_path))[1], 1)
    before = (out / "second" / "lan.pcapng").read_bytes()
    with free_lab():
        manifest = make_dataset(out, listed=listed(tmp_path))
    assert (out / "second" / "lan.pcapng").read_bytes() == before
    assert {path.name for path in (out / "first").iterdir()} >= {"lan.pcapng", "labels.json", "run.json"}
    (scan,) = [one for one in manifest.runs[0].counts if one.attack == "scan"]
    assert scan.device == "porch-camera" and scan.botnet == "mirai" and scan.packets >= 60
    assert json.loads((out / "manifest.json").read_bytes())["missing"] == []
    assert not list(out.glob(".*"))
