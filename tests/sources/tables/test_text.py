import gzip
import hashlib
import os
import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
import pytest
import zstandard
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from botwarden.core.errors import DataError
from botwarden.core.row import Group, concatenate
from botwarden.features.schema import NBAIOT115
from botwarden.sources.tables.text import MAX_LINE, ROWS, TextTable
from tables import BENIGN, TWO, csv_of, read_all, written

SHARED = Path(os.environ.get("BOTWARDEN_SHARED", Path(__file__).parents[4] / "shared")) / "data"


def test_rows_come_in_order_in_chunks_that_tell_where_they_are_from(tmp_path: Path) -> None:
    values = np.random.default_rng(1).normal(size=(2 * ROWS + 5, 2))
    path = written(tmp_path / "t.csv", csv_of(values, TWO.columns))
    parts = read_all(path, default=Group("cam"))
    assert [len(part) for part in parts] == [ROWS, ROWS, 5]
    assert [part.first for part in parts] == [0, ROWS, 2 * ROWS]
    whole = concatenate(parts)
    assert whole.values.dtype == np.float64
    assert (whole.values == values).all()
    assert whole.groups == (Group("cam"),)
    assert np.isnan(whole.ts).all()
    assert not whole.proto.any()
    assert parts[0].source == str(path)


@pytest.mark.parametrize("pack", [gzip.compress, zstandard.compress, bytes])
def test_it_is_unpacked_and_hashed_as_it_is(tmp_path: Path, pack: object) -> None:
    data = pack(b"a,b\r\n1,2\r\n3,4")  # type: ignore[operator]
    path = written(tmp_path / "t.csv", data)
    table = TextTable(str(path), TWO, BENIGN)
    assert [part.values.tolist() for part in table.rows()] == [[[1, 2], [3, 4]]]
    assert table.sha256 == hashlib.sha256(data).hexdigest()
    assert table.consumed == table.size == len(data)
    assert table.count == 2


def test_columns_say_what_rows_belong_to(tmp_path: Path) -> None:
    lines = ["ts,device,b,a,attack,botnet,proto,extra"]
    lines += ['1,"cam, porch",1,2,udp,mirai,udp,x', ",plug,3,4,benign,,tcp,", "3.5,plug,5,6,benign,,arp,"]
    table = TextTable(str(written(tmp_path / "t.csv", "\n".join(lines))), TWO, BENIGN)
    [rows] = table.rows()
    assert rows.values.tolist() == [[2, 1], [4, 3], [6, 5]]
    assert [rows.groups[code] for code in rows.group] == [Group("cam, porch", "mirai", "udp"), *[Group("plug")] * 2]
    assert rows.proto.tolist() == [5, 4, 1]
    assert rows.ts[[0, 2]].tolist() == [1, 3.5]
    assert np.isnan(rows.ts[1])
    assert table.ignored == ["extra"]


def test_groups_that_change_often_keep_their_rows_over_many_blocks(tmp_path: Path) -> None:
    random = np.random.default_rng(1)
    names = [f"device-{number}" for number in random.integers(0, 50, 30_000)]
    text = "a,b,device\n" + "".join(f"{row},0.1234567890123456789012,{name}\n" for row, name in enumerate(names))
    whole = concatenate(read_all(written(tmp_path / "t.csv", text)))
    assert whole.devices.tolist() == names
    assert (whole.values[:, 0] == np.arange(30_000)).all()
    assert (whole.values[:, 1] == 0.1234567890123456789012).all()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "the file is empty"),
        ("\n\n", "the file is empty"),
        ("a,b\n", "it has a header and no rows"),
        ("a,b", "it has a header and no rows"),
        ("a,c\n1,2\n", "line 1: 1 column of 2 is missing: b"),
        ("1,2\n3,4\n", "line 1: it has no header"),
        ("a,b\n1,2\n\n3,x\n", "line 4, column b: 'x' is no number"),
        ("a,b\n1,2\n1,nan\n", "line 3, column b: 'nan' is not finite"),
        ("a,b\n1,-inf\n", "line 2, column b: '-inf' is not finite"),
        ("a,b\n1,2\n1e999,1\n", "line 3, column a: '1e999' is not finite"),
        ("a,b\n1,\n", "line 2, column b: the number is missing"),
        ("a,b\n1\n", "line 2: it has 1 field, the header 2"),
        ("a,b\n1,2,3\n", "line 2: it has 3 fields, the header 2"),
        ('a,b\n1,"2\n', "line 2, column b: a field in quotes does not end on its line"),
        ("a,b,ts\n1,2,1e400\n", "line 2, column ts: '1e400' is not finite"),
        ("a,b,ts\n1,2,inf\n", "line 2, column ts: 'inf' is not finite"),
        ("a,b,ts\n1,2,soon\n", "line 2, column ts: 'soon' is no number"),
        ("a,b,proto\n1,2,tcp\n1,2,sctp\n", "line 3: proto is 'sctp'"),
        ("a;b\n1;2\n", "line 1: its fields are separated by semicolons, not by commas"),
        ("a,b\n" + "1,2\n" * ROWS + "1,x\n", f"line {ROWS + 2:,}, column b: 'x' is no number"),
    ],
)
def test_what_is_wrong_is_said_with_its_place(tmp_path: Path, text: str, said: str) -> None:
    for name in ("t.csv", "t.csv.gz"):
        path = written(tmp_path / name, text)
        with pytest.raises(DataError) as caught:
            read_all(path)
        assert str(caught.value).startswith(f"{path}")
        assert said in str(caught.value)
        assert "\n" not in str(caught.value)


def test_rows_before_a_fault_are_handed_on(tmp_path: Path) -> None:
    rows = TextTable(str(written(tmp_path / "t.csv", "a,b\n" + "1,2\n" * ROWS + "x,y\n")), TWO, BENIGN).rows()
    assert len(next(rows)) == ROWS
    with pytest.raises(DataError):
        next(rows)


def test_a_truncated_file_is_said_to_be_one(tmp_path: Path) -> None:
    random = np.random.default_rng(1)
    data = gzip.compress(csv_of(random.normal(size=(4000, 2)), TWO.columns).encode())
    with pytest.raises(DataError, match=r"t\.csv\.gz, line [\d,]+: the gzip data ends early"):
        path = tmp_path / "t.csv.gz"
        path.write_bytes(data[:-20])
        read_all(path)


def test_long_lines_are_refused_in_little_memory(tmp_path: Path) -> None:
    """A gigabyte without a line feed, as header and as row."""
    for name, start in (("header", b"a,b"), ("row", b"a,b\n1,")):
        path = tmp_path / f"{name}.csv"
        with path.open("wb") as file:
            file.write(start)
            file.truncate(1 << 30)  # zero bytes, which take no room on the disk
        code = f"""
import resource
from botwarden.core.row import Group
from botwarden.core.snapshot import FeatureSchema
from botwarden.sources.tables.text import TextTable
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
try:
    list(TextTable({str(path)!r}, FeatureSchema("two", ("a", "b")), Group()).rows())
except ValueError as error:
    print(error)
print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024)
"""
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
        said, grown = done.stdout.splitlines()
        assert "the line is longer than 1.0 MB: this is no table" in said
        assert int(grown) < 80


def test_a_line_of_nearly_the_longest_length_is_read(tmp_path: Path) -> None:
    text = "a,b,device\n1,2," + "x" * (MAX_LINE - 10) + "\n"
    [rows] = read_all(written(tmp_path / "t.csv", text))
    assert rows.values.tolist() == [[1, 2]]


def test_a_pipe_is_read(tmp_path: Path) -> None:
    path = tmp_path / "pipe.csv"
    os.mkfifo(path)
    writer = threading.Thread(target=path.write_bytes, args=(b"a,b\n1,2\n",))
    writer.start()
    table = TextTable(str(path), TWO, BENIGN)
    assert [len(part) for part in table.rows()] == [1]
    writer.join()
    assert table.size is None


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=80) | st.binary(max_size=40).map(lambda rest: b"a,b,label\n1,2,x\n" + rest))
def test_any_bytes_are_a_table_or_refused(tmp_path: Path, data: bytes) -> None:
    path = written(tmp_path / "any.csv", data)
    try:
        parts = read_all(path)
    except DataError as error:
        assert "\n" not in str(error)
        return
    assert all(np.isfinite(part.values).all() for part in parts)


@pytest.mark.skipif(not (SHARED / "nbaiot").is_dir(), reason="needs the shared data")
def test_published_tables_are_read_as_another_reader_reads_them() -> None:
    csv = pytest.importorskip("pyarrow.csv")
    for path in (SHARED / "nbaiot/benign_test.csv.gz", SHARED / "parity/published_rows.csv.gz"):
        ours = concatenate(read_all(path, NBAIOT115)).values
        theirs = csv.read_csv(path)
        for place, name in enumerate(NBAIOT115.columns):
            assert (ours[:, place] == theirs[name].to_numpy()).all(), name
