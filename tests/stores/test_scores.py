import csv
import gzip
import math
from pathlib import Path

import numpy as np
import pyarrow.parquet
import pytest

from botwarden.core.errors import ConfigError
from botwarden.core.row import Group, Rows, concatenate
from botwarden.core.score import Scores
from botwarden.stores.scores import COLUMNS, ScoreWriter
from models import SCHEMA

SCORES = Scores(
    np.array([0.5, 123456792.0, math.nan], np.float32),
    np.array([0.5, 1.5, math.nan], np.float32),
    np.array([False, True, False]),
    np.array([-1, 1, 0], np.int16),
    np.array([0.25, 0.75, 0.0], np.float32),
    ("benign", 'odd, "name"'),
)
PLAIN = Rows.of(SCHEMA, np.zeros((3, 3)))


def lines(path: Path) -> list[list[str]]:
    with path.open(newline="") as file:
        return list(csv.reader(file))


def test_there_is_a_line_per_row(tmp_path: Path) -> None:
    path = tmp_path / "scores.csv"
    with ScoreWriter(path) as writer:
        writer.write(SCORES, PLAIN)
    assert lines(path) == [
        list(COLUMNS),
        ["0.5", "0.5", "false", "", "0.25"],
        ["123456792", "1.5", "true", 'odd, "name"', "0.75"],
        ["", "", "false", "benign", "0"],
    ]


def test_times_and_devices_follow_where_they_are_known(tmp_path: Path) -> None:
    path = tmp_path / "scores.csv"
    rows = concatenate(
        [
            Rows.of(SCHEMA, np.zeros((2, 3)), Group("camera"), ts=np.array([1.5, 1_710_252_000.25])),
            Rows.of(SCHEMA, np.zeros((1, 3))),
        ]
    )
    with ScoreWriter(path) as writer:
        writer.write(SCORES, rows)
    assert [line[5:] for line in lines(path)] == [
        ["ts", "device"],
        ["1.500000", "camera"],
        ["1710252000.250000", "camera"],
        ["", ""],
    ]


def test_every_float_can_be_told_from_its_neighbours(tmp_path: Path) -> None:
    start = np.float32(0.3)
    score = np.array([start, np.nextafter(start, np.float32(1)), 1e-30, 3e38, math.inf], np.float32)
    n = len(score)
    path = tmp_path / "scores.csv"
    with ScoreWriter(path) as writer:
        said = Scores(score, score, np.zeros(n, np.bool_), np.full(n, -1, np.int16), np.zeros(n, np.float32))
        writer.write(said, Rows.of(SCHEMA, np.zeros((n, 3))))
    texts = [line[0] for line in lines(path)[1:]]
    assert [np.float32(text) for text in texts[:4]] == score[:4].tolist()
    assert texts[0] == "0.300000012"


def test_gzip_holds_the_same(tmp_path: Path) -> None:
    for name in ("scores.csv", "scores.csv.gz"):
        with ScoreWriter(tmp_path / name) as writer:
            for _ in range(3):
                writer.write(SCORES, PLAIN)
    assert gzip.decompress((tmp_path / "scores.csv.gz").read_bytes()) == (tmp_path / "scores.csv").read_bytes()


def test_parquet_holds_the_values_themselves(tmp_path: Path) -> None:
    path = tmp_path / "scores.parquet"
    with ScoreWriter(path) as writer:
        writer.write(SCORES, Rows.of(SCHEMA, np.zeros((3, 3)), Group("camera"), ts=np.arange(3.0)))
    table = pyarrow.parquet.read_table(path)
    assert table.column_names == [*COLUMNS, "ts", "device"]
    assert table["score"].to_numpy()[:2].tolist() == SCORES.score[:2].tolist()
    assert table["label"].to_pylist() == ["", 'odd, "name"', "benign"]
    assert table["anomalous"].to_pylist() == [False, True, False]
    assert table["device"].to_pylist() == ["camera"] * 3


def test_no_rows_make_a_header(tmp_path: Path) -> None:
    for name in ("scores.csv", "scores.parquet"):
        with ScoreWriter(tmp_path / name):
            pass
    assert lines(tmp_path / "scores.csv") == [list(COLUMNS)]
    assert pyarrow.parquet.read_table(tmp_path / "scores.parquet").num_rows == 0


def test_nothing_is_left_of_what_was_not_finished(tmp_path: Path) -> None:
    path = tmp_path / "scores.csv"
    path.write_text("before")

    def stopped() -> None:
        with ScoreWriter(path) as writer:
            writer.write(SCORES, PLAIN)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        stopped()
    assert [left.name for left in tmp_path.iterdir()] == ["scores.csv"]
    assert path.read_text() == "before"


def test_names_say_the_format(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"\.csv, \.csv\.gz or \.parquet"):
        ScoreWriter(tmp_path / "scores.txt")
