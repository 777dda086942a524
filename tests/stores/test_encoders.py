import csv
import gzip
import io

import numpy as np
import pytest

from botwarden.core.packet import PACKET
from botwarden.core.snapshot import FeatureSchema, Snapshots
from botwarden.stores.encoders import CSV_ROWS, LEADING, ROW_GROUP, CsvEncoder, GzipEncoder, ParquetEncoder

SCHEMA = FeatureSchema("three", ("a", "b", "c"))


def snapshots(n: int, first: int = 0) -> Snapshots:
    """Rows that tell their own number in every column."""
    number = np.arange(first, first + n)
    packets = np.zeros(n, PACKET)
    packets["ts"] = 1.7e9 + number * 1e-3
    packets["src_mac"], packets["dst_mac"] = number % 7 + 1, 0xB
    return Snapshots(SCHEMA, packets, np.stack([number, number / 7, -number * 1e-9], axis=1))


def csv_table(data: bytes) -> tuple[list[str], list[list[str]]]:
    header, *rows = csv.reader(io.StringIO(data.decode("ascii"), newline=""))
    return header, rows


def check(n: int, ts: list[float], ends: list[list[str]], values: list[list[float]]) -> None:
    """That the columns read back are those of ``snapshots(n)``."""
    expected = snapshots(n)
    np.testing.assert_allclose(ts, expected.packets["ts"], rtol=0, atol=5e-7)
    np.testing.assert_allclose(np.array(values).reshape(-1, 3), expected.values, rtol=1e-11)
    mac = [f"00:00:00:00:00:0{i % 7 + 1}" for i in range(n)]
    assert ends == [[m, m, "00:00:00:00:00:0b"] for m in mac]


def encoded(kind: type[CsvEncoder], sizes: tuple[int, ...]) -> bytes:
    file = io.BytesIO()
    encoder = kind(file, SCHEMA)
    first = 0
    for size in sizes:
        encoder.write(snapshots(size, first))
        first += size
    encoder.close()
    return file.getvalue()


@pytest.mark.parametrize("sizes", [(), (0,), (1,), (3, 0, 2), (CSV_ROWS,), (CSV_ROWS + 1, 5), (3 * CSV_ROWS - 1,)])
def test_csv_holds_every_row_once(sizes: tuple[int, ...]) -> None:
    header, rows = csv_table(encoded(CsvEncoder, sizes))
    assert header == [*LEADING, "a", "b", "c"]
    ts, ends, values = [float(r[0]) for r in rows], [r[1:4] for r in rows], [[float(x) for x in r[4:]] for r in rows]
    check(sum(sizes), ts, ends, values)


def test_csv_of_rows_that_lie_apart_in_memory() -> None:
    rows, file = snapshots(10), io.BytesIO()
    CsvEncoder(file, SCHEMA).write(Snapshots(SCHEMA, rows.packets[::2], rows.values[::2]))
    assert [row[4] for row in csv_table(file.getvalue())[1]] == ["0", "2", "4", "6", "8"]


def test_gzip_holds_the_same_and_depends_on_nothing_else() -> None:
    data = encoded(GzipEncoder, (5, 600))
    assert gzip.decompress(data) == encoded(CsvEncoder, (5, 600))
    assert data[4:8] == bytes(4)  # the time of writing


@pytest.mark.parametrize("sizes", [(), (0,), (1,), (ROW_GROUP,), (ROW_GROUP - 1, 2, ROW_GROUP)])
def test_parquet_holds_every_row_once(sizes: tuple[int, ...]) -> None:
    parquet = pytest.importorskip("pyarrow.parquet")
    file = io.BytesIO()
    encoder = ParquetEncoder(file, SCHEMA)
    first = 0
    for size in sizes:
        encoder.write(snapshots(size, first))
        first += size
    encoder.close()
    read = parquet.ParquetFile(io.BytesIO(file.getvalue()))
    assert read.num_row_groups == -(-sum(sizes) // ROW_GROUP)
    table = read.read()
    assert table.column_names == [*LEADING, "a", "b", "c"]
    columns = [column.to_pylist() for column in table.columns]
    ends = [list(row) for row in zip(*columns[1:4], strict=True)]
    check(sum(sizes), columns[0], ends, [list(row) for row in zip(*columns[4:], strict=True)])
    assert {str(kind) for kind in table.schema.types} == {"double", "string"}


def test_parquet_does_without_pandas() -> None:
    """It would be loaded where it is installed, at the cost of a second and 40 MB."""
    pytest.importorskip("pyarrow")
    import subprocess
    import sys

    code = """
import io, sys
import numpy as np
from botwarden.core.packet import PACKET
from botwarden.core.snapshot import FeatureSchema, Snapshots
from botwarden.stores.encoders import ParquetEncoder
schema = FeatureSchema("one", ("a",))
encoder = ParquetEncoder(io.BytesIO(), schema)
encoder.write(Snapshots(schema, np.zeros(2, PACKET), np.zeros((2, 1))))
encoder.close()
sys.exit("pandas" in sys.modules)
"""
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
