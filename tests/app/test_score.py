import csv
from pathlib import Path

import numpy as np
import pytest

from botwarden.app.score import document, write_scores
from botwarden.core.errors import ConfigError, DataError
from botwarden.features.schema import NBAIOT115
from botwarden.stores.model import write_model
from captures import SYN, pcap, tcp_frame
from models import classifier, model, wide


@pytest.fixture
def table(tmp_path: Path) -> Path:
    """Twelve rows of two devices: of ``plug`` the last three are odd."""
    path = tmp_path / "rows.csv"
    values = np.zeros((12, len(NBAIOT115.columns)))
    values[9:, 0] = 1000
    lines = [",".join(["device", *NBAIOT115.columns])]
    for number, row in enumerate(values):
        lines.append(",".join(["camera" if number < 6 else "plug", *(f"{value:g}" for value in row)]))
    path.write_text("\n".join(lines) + "\n")
    return path


def read(path: Path) -> list[dict[str, str]]:
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


def test_every_row_is_scored_in_order(tmp_path: Path, table: Path) -> None:
    write_model(wide(window=3), tmp_path / "a.model")
    summary = write_scores(tmp_path / "a.model", table, tmp_path / "scores.csv")
    rows = read(tmp_path / "scores.csv")
    assert [row["anomalous"] for row in rows] == ["false"] * 9 + ["true"] * 3
    assert [row["device"] for row in rows] == ["camera"] * 6 + ["plug"] * 6
    assert float(rows[9]["score"]) == pytest.approx(1e6 / 3)
    assert (summary.rows, summary.anomalous) == (12, 3)
    assert summary.devices["camera"].anomalous == 0
    assert (summary.devices["plug"].anomalous, summary.devices["plug"].alarmed) == (3, 2)


def test_the_summary_can_be_shown(tmp_path: Path, table: Path) -> None:
    write_model(wide(), tmp_path / "a.model")
    shown = document(write_scores(tmp_path / "a.model", table, tmp_path / "scores.csv"))
    assert shown.headline == "3 of 12 rows anomalous (25.0 %)"
    assert shown.sections[0].tables[0].rows == [
        ["plug", "6", "3", "50.0 %", "1", "3"],
        ["camera", "6", "0", "0 %", "1", "0"],
    ]


def test_labels_are_counted(tmp_path: Path, table: Path) -> None:
    weights = np.array([[0, 1], [0, 0], [0, 0]], np.float32)
    part = classifier("kind", ["benign", "mirai.syn"], columns=["MI_dir_L5_weight", "MI_dir_L5_mean", "H_L5_mean"])
    write_model(model([], [part], [weights], schema=NBAIOT115), tmp_path / "a.model")
    summary = write_scores(tmp_path / "a.model", table, tmp_path / "scores.csv")
    assert summary.labels == {"benign": 9, "mirai.syn": 3}
    assert [row["label"] for row in read(tmp_path / "scores.csv")] == ["benign"] * 9 + ["mirai.syn"] * 3


def test_rows_that_no_part_judges_are_told(tmp_path: Path, table: Path) -> None:
    write_model(wide(device="plug"), tmp_path / "a.model")
    summary = write_scores(tmp_path / "a.model", table, tmp_path / "scores.csv")
    assert summary.devices["camera"].unjudged == 6
    assert document(summary).warnings == ["The model has no part for 6 rows: they have no score."]
    assert read(tmp_path / "scores.csv")[0]["score"] == ""


def test_captures_are_scored_packet_by_packet(tmp_path: Path) -> None:
    frames = [(1_710_252_000 + n / 10, tcp_frame("192.168.10.1", 4000, "192.168.10.99", 80, SYN)) for n in range(30)]
    (tmp_path / "a.pcap").write_bytes(pcap(frames))
    write_model(wide(), tmp_path / "a.model")
    summary = write_scores(tmp_path / "a.model", tmp_path / "a.pcap", tmp_path / "scores.csv")
    assert summary.rows == 30
    assert read(tmp_path / "scores.csv")[0]["ts"] == "1710252000.000000"


def test_nothing_is_written_for_a_bad_row(tmp_path: Path, table: Path) -> None:
    write_model(wide(), tmp_path / "a.model")
    table.write_text(table.read_text() + "plug,what\n")
    with pytest.raises(DataError):
        write_scores(tmp_path / "a.model", table, tmp_path / "scores.csv")
    assert not (tmp_path / "scores.csv").exists()


def test_inputs_are_not_overwritten(tmp_path: Path, table: Path) -> None:
    write_model(wide(), tmp_path / "a.model")
    with pytest.raises(ConfigError, match="overwritten"):
        write_scores(tmp_path / "a.model", table, table)
    (tmp_path / "rows").mkdir()
    inside = table.rename(tmp_path / "rows" / "rows.csv")
    with pytest.raises(ConfigError, match="overwritten"):
        write_scores(tmp_path / "a.model", tmp_path / "rows", inside)
