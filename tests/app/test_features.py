import csv
import json
from pathlib import Path

import pytest

from botwarden.app.features import write_features
from botwarden.core.errors import CaptureError, ConfigError, DataError
from captures import SYN, pcap, tcp_frame


@pytest.fixture
def capture(tmp_path: Path) -> Path:
    """Thirty packets from as many sources."""
    frames = [(1_710_252_000 + n / 10, tcp_frame(f"192.168.10.{n}", 4000, "192.168.10.99", 80, SYN)) for n in range(30)]
    path = tmp_path / "capture.pcap"
    path.write_bytes(pcap(frames))
    return path


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


def test_every_frame_becomes_a_row_in_capture_order(tmp_path: Path, capture: Path) -> None:
    stats = write_features(capture, tmp_path / "rows.csv")
    table = rows(tmp_path / "rows.csv")
    assert [row["src"] for row in table] == [f"192.168.10.{n}" for n in range(30)]
    assert [float(row["ts"]) for row in table] == [1_710_252_000 + n / 10 for n in range(30)]
    assert {row["dst"] for row in table} == {"192.168.10.99"}
    assert {row["src_mac"] for row in table} == {"02:00:00:00:00:0a"}
    assert len(table[0]) == 4 + 115
    assert table[0]["H_L5_weight"] == "1"
    assert stats.packets == 30
    assert stats.sources == [str(capture)]
    assert stats.duration > 0


def test_the_streams_that_a_limit_costs_are_counted(tmp_path: Path, capture: Path) -> None:
    stats = write_features([capture], tmp_path / "rows.csv", max_streams=20)
    assert stats.evictions == {"MI_dir": 10, "H": 10, "HH": 10, "HpHp": 10}


def test_progress_is_told(tmp_path: Path, capture: Path) -> None:
    told: list[tuple[float | None, int]] = []
    write_features(capture, tmp_path / "rows.csv", progress=lambda share, done: told.append((share, done)))
    assert told[-1] == (1.0, 30)


def test_damage_is_kept_in_the_counts_and_what_came_before_it_in_the_table(tmp_path: Path, capture: Path) -> None:
    capture.write_bytes(capture.read_bytes()[:-5])
    stats = write_features(capture, tmp_path / "rows.csv")
    assert len(rows(tmp_path / "rows.csv")) == stats.packets == 29
    assert len(stats.damaged) == 1


def test_what_cannot_be_done_leaves_no_file(tmp_path: Path, capture: Path) -> None:
    out = tmp_path / "rows.csv"
    with pytest.raises(ConfigError, match="nbaiot115"):
        write_features(capture, out, schema="nbaiot116")
    with pytest.raises(ConfigError, match="ends in"):
        write_features(capture, tmp_path / "rows.xls")
    (tmp_path / "no.pcap").write_text("this is no capture at all, but it is long enough to be one")
    with pytest.raises(CaptureError):
        write_features(tmp_path / "no.pcap", out)
    with pytest.raises(OSError, match="missing"):
        write_features(tmp_path / "missing.pcap", out)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["capture.pcap", "no.pcap"]


def test_with_labels_every_row_says_what_it_belongs_to(tmp_path: Path, capture: Path) -> None:
    device = {"mac": "02:00:00:00:00:0a", "name": "cam, porch"}
    flood = {"label": "flood.syn", "mac": device["mac"], "role": "attacker", "start": 1_710_252_001, "end": 1.8e9}
    labels = tmp_path / "labels.json"
    labels.write_text(json.dumps({"devices": [device], "intervals": [flood | {"botnet": "mirai"}]}))
    write_features(capture, tmp_path / "rows.csv", labels=labels)
    table = rows(tmp_path / "rows.csv")
    assert list(table[0])[:9] == [
        "ts",
        "src_mac",
        "src",
        "dst",
        "device",
        "botnet",
        "attack",
        "proto",
        "MI_dir_L5_weight",
    ]
    assert {row["device"] for row in table} == {"cam, porch"}
    assert [row["attack"] for row in table] == ["benign"] * 10 + ["syn"] * 20
    assert [row["botnet"] for row in table] == [""] * 10 + ["mirai"] * 20
    assert {row["proto"] for row in table} == {"tcp"}
    assert table[0]["MI_dir_L5_mean"] == "54"


def test_labels_of_another_capture_leave_no_table(tmp_path: Path, capture: Path) -> None:
    flood = {"label": "flood.syn", "mac": "02:00:00:00:00:0a", "role": "attacker", "start": 1, "end": 2}
    labels = tmp_path / "labels.json"
    labels.write_text(json.dumps({"intervals": [flood]}))
    with pytest.raises(DataError, match="is it of another capture"):
        write_features(capture, tmp_path / "rows.csv", labels=labels)
    assert not (tmp_path / "rows.csv").exists()
