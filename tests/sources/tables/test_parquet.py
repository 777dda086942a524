import hashlib
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from botwarden.core.errors import DataError
from botwarden.core.row import Group, concatenate
from botwarden.sources.tables.parquet import ParquetTable
from tables import BENIGN, TWO, read_all

pa = pytest.importorskip("pyarrow")
parquet = pytest.importorskip("pyarrow.parquet")


def stored(path: Path, columns: dict[str, object], **how: object) -> Path:
    parquet.write_table(pa.table(columns), path, **how)
    return path


def test_rows_come_in_order_a_row_group_at_a_time(tmp_path: Path) -> None:
    values = np.random.default_rng(1).normal(size=(20_000, 2))
    columns = {"b": values[:, 1], "more": np.zeros(20_000), "a": values[:, 0]}
    path = stored(tmp_path / "t.parquet", columns, row_group_size=5000)
    table = ParquetTable(str(path), TWO, Group("cam"))
    parts = list(table.rows())
    assert max(map(len, parts)) <= 8192
    assert [part.first for part in parts] == np.cumsum([0, *map(len, parts[:-1])]).tolist()
    whole = concatenate(parts)
    assert (whole.values == values).all()
    assert whole.groups == (Group("cam"),)
    assert table.ignored == ["more"]
    assert table.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    assert table.count == 20_000
    assert table.consumed == table.size


def test_columns_say_what_rows_belong_to_whatever_their_types(tmp_path: Path) -> None:
    columns = {
        "a": pa.array([1, 2, 3], pa.int32()),
        "b": pa.array([1, 2, 3], pa.float32()),
        "ts": pa.array([1.0, None, 3.0]),
        "label": pa.array([0, 1, None]),
        "device": pa.array(["cam", "plug", "cam"]).dictionary_encode(),
        "proto": pa.array(["tcp", None, "udp"]),
    }
    [rows] = read_all(stored(tmp_path / "t.parquet", columns))
    assert [rows.groups[code] for code in rows.group] == [Group("cam"), Group("plug", "", "attack"), Group("cam")]
    assert rows.proto.tolist() == [4, 0, 5]
    assert np.isnan(rows.ts).tolist() == [False, True, False]


@pytest.mark.parametrize(
    ("columns", "said"),
    [
        ({"a": [1.0]}, "1 column of 2 is missing: b"),
        ({"a": [1.0, None], "b": [1.0, 2.0]}, "row 2, column a: the number is missing"),
        ({"a": [1.0, 2.0], "b": [1.0, float("nan")]}, "row 2, column b: 'nan' is not finite"),
        ({"a": [1.0], "b": [float("-inf")]}, "row 1, column b: '-inf' is not finite"),
        ({"a": [1.0], "b": [1.0], "ts": [float("inf")]}, "row 1, column ts: 'inf' is not finite"),
        ({"a": ["x"], "b": [1.0]}, "column a: the column holds string, not numbers"),
        ({"a": [1.0], "b": [[1.0]]}, "column b: the column holds list<"),
        ({"a": [1.0], "b": [1.0], "proto": ["sctp"]}, "row 1: proto is 'sctp'"),
        ({"a": [1.0], "b": [1.0], "label": [{"x": 1}]}, "column label: the column holds struct<x: int64>, not names"),
        ({"a": [1.0], "b": [1.0], "label": pa.array([1], pa.timestamp("ns"))}, "holds timestamp[ns], not names"),
        ({"a": [1.0], "b": [1.0], "device": [["x"]]}, "column device: the column holds list<"),
        ({"a": pa.array([], pa.float64()), "b": pa.array([], pa.float64())}, "it has no rows"),
    ],
)
def test_what_is_wrong_is_said_with_its_place(tmp_path: Path, columns: dict[str, object], said: str) -> None:
    path = stored(tmp_path / "t.parquet", columns)
    with pytest.raises(DataError) as caught:
        read_all(path)
    assert str(caught.value).startswith(f"{path}")
    assert said in str(caught.value)


@pytest.mark.parametrize(
    ("device", "name"),
    [
        (pa.array([b"cam"], pa.binary()), "cam"),  # as some programs write text
        (pa.array([b"c\xffm"], pa.binary()), "c\ufffdm"),
        (pa.Array.from_buffers(pa.string(), 1, [None, pa.py_buffer(bytes(4) + b"\3\0\0\0"), pa.py_buffer(b"c\xffm")]),
         "c\ufffdm"),
        (pa.array([7]), "7"),
        (pa.array([None], pa.string()), ""),
    ],
)  # fmt: skip
def test_names_of_any_type_are_text(tmp_path: Path, device: pa.Array, name: str) -> None:
    [rows] = read_all(stored(tmp_path / "t.parquet", {"a": [1.0], "b": [1.0], "device": device}))
    assert rows.devices.tolist() == [name]


def test_a_column_whose_name_is_no_text_is_said(tmp_path: Path) -> None:
    path = stored(tmp_path / "t.parquet", {"a": [1.0], "b": [1.0], "odd": [1.0]})
    path.write_bytes(path.read_bytes().replace(b"odd", b"\xe4dd"))
    with pytest.raises(DataError, match="it cannot be read as Parquet"):
        read_all(path)


def test_a_text_that_is_stored_once_and_meant_a_million_times_takes_no_room(tmp_path: Path) -> None:
    """Ten megabytes, twenty thousand times, in a file of a few kilobytes."""
    words = pa.DictionaryArray.from_arrays(pa.array(np.zeros(20_000, np.int32)), pa.array(["x" * 10_000_000]))
    path = stored(tmp_path / "t.parquet", {"a": np.zeros(20_000), "b": np.zeros(20_000), "device": words})
    assert path.stat().st_size < 1_000_000
    rows = concatenate(read_all(path))
    assert len(rows) == 20_000
    assert rows.groups[0].device == "x" * 63 + "…"


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50)
@given(st.data())
def test_damage_is_refused(tmp_path: Path, data: st.DataObject) -> None:
    path = tmp_path / "t.parquet"
    if not path.exists():
        stored(path, {"a": np.arange(50.0), "b": np.arange(50.0)})
    good = path.read_bytes()
    bad = bytearray(good)
    for _ in range(data.draw(st.integers(1, 4))):
        bad[data.draw(st.integers(4, len(bad) - 1))] = data.draw(st.integers(0, 255))
    damaged = tmp_path / "bad.parquet"
    damaged.write_bytes(bad[: data.draw(st.sampled_from([len(bad), len(bad) // 2, 4, 11]))])
    try:
        read_all(damaged)
    except DataError as error:
        assert "\n" not in str(error)


def test_without_pyarrow_it_says_what_to_install(tmp_path: Path) -> None:
    path = stored(tmp_path / "t.parquet", {"a": [1.0], "b": [1.0]})
    code = f"""
import sys
sys.modules["pyarrow"] = None  # as if it were not installed
from botwarden.core.errors import ConfigError
from botwarden.core.snapshot import FeatureSchema
from botwarden.sources.tables.source import open_table
try:
    open_table({str(path)!r}, FeatureSchema("two", ("a", "b")))
except ConfigError as error:
    print(error)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "pip install 'botwarden[parquet]'" in done.stdout


def test_it_is_opened_when_it_is_read(tmp_path: Path) -> None:
    path = stored(tmp_path / "t.parquet", {"a": [1.0], "b": [1.0]})
    table = ParquetTable(str(path), TWO, BENIGN)
    path.unlink()
    with pytest.raises(FileNotFoundError):
        next(table.rows())
