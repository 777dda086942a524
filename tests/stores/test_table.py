import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from botwarden.core.errors import ConfigError, SchemaMismatch
from botwarden.core.packet import PACKET
from botwarden.core.row import Group
from botwarden.core.snapshot import FeatureSchema, Snapshots
from botwarden.sources.tables.source import open_table
from botwarden.stores.kinds import RowKinds
from botwarden.stores.table import TableWriter

SCHEMA = FeatureSchema("two", ("a", "b"))
ROWS = Snapshots(SCHEMA, np.zeros(3, PACKET), np.arange(6.0).reshape(3, 2))
FORMATS = [".csv", ".csv.gz", ".parquet", ".CSV"]


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


@pytest.mark.parametrize("suffix", FORMATS)
def test_the_file_appears_when_it_is_complete(tmp_path: Path, suffix: str) -> None:
    if suffix == ".parquet":
        pytest.importorskip("pyarrow")
    path = tmp_path / f"rows{suffix}"
    with TableWriter(path, SCHEMA) as table:
        table.write(ROWS)
        table.write(ROWS)
        assert not path.exists()
        assert table.rows == 6
    assert names(tmp_path) == [path.name]
    assert path.stat().st_size > 0


def test_the_suffix_says_the_format(tmp_path: Path) -> None:
    pytest.importorskip("pyarrow")
    starts = {}
    for suffix in FORMATS:
        path = tmp_path / f"rows{suffix}"
        with TableWriter(path, SCHEMA) as table:
            table.write(ROWS)
        starts[suffix] = path.read_bytes()[:4]
    assert starts == {".csv": b"ts,s", ".CSV": b"ts,s", ".csv.gz": b"\x1f\x8b\x08\x00", ".parquet": b"PAR1"}


@pytest.mark.parametrize("suffix", FORMATS)
@pytest.mark.parametrize("error", [KeyboardInterrupt, OSError, SystemExit])
def test_a_failure_leaves_nothing(tmp_path: Path, suffix: str, error: type[BaseException]) -> None:
    if suffix == ".parquet":
        pytest.importorskip("pyarrow")
    with pytest.raises(error), TableWriter(tmp_path / f"rows{suffix}", SCHEMA) as table:
        table.write(ROWS)
        raise error
    assert names(tmp_path) == []


@pytest.mark.parametrize("suffix", FORMATS)
def test_a_full_disk_is_an_error_and_leaves_nothing(tmp_path: Path, suffix: str) -> None:
    if suffix == ".parquet":
        pytest.importorskip("pyarrow")
    code = f"""
import resource, signal
from pathlib import Path
import numpy as np
from botwarden.core.packet import PACKET
from botwarden.core.row import Group
from botwarden.core.snapshot import FeatureSchema, Snapshots
from botwarden.sources.tables.source import open_table
from botwarden.stores.kinds import RowKinds
from botwarden.stores.table import TableWriter
schema = FeatureSchema("one", ("a",))
rows = Snapshots(schema, np.zeros(20000, PACKET), np.random.default_rng(1).normal(size=(20000, 1)))
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
with TableWriter(Path({str(tmp_path / "warm.csv")!r}), schema) as table:  # whose kernel may have to be stored
    table.write(rows)
resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, resource.RLIM_INFINITY))
try:
    with TableWriter(Path({str(tmp_path / "rows")!r} + {suffix!r}), schema) as table:
        table.write(rows)
except OSError as error:
    print("OSError")
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "OSError\n"
    assert done.stderr == ""
    assert names(tmp_path) == ["warm.csv"]


def test_a_failure_leaves_the_file_that_was_there(tmp_path: Path) -> None:
    path = tmp_path / "rows.csv"
    path.write_text("before")
    with pytest.raises(RuntimeError), TableWriter(path, SCHEMA) as table:
        table.write(ROWS)
        raise RuntimeError
    assert path.read_text() == "before"


def test_a_file_is_replaced_with_its_mode_and_through_a_link(tmp_path: Path) -> None:
    path, link = tmp_path / "rows.csv", tmp_path / "link.csv"
    path.write_text("before")
    path.chmod(0o640)
    link.symlink_to(path)
    with TableWriter(link, SCHEMA) as table:
        table.write(ROWS)
    assert link.is_symlink()
    assert path.read_text().startswith("ts,")
    assert path.stat().st_mode & 0o777 == 0o640


def test_no_rows_make_a_table_of_no_rows(tmp_path: Path) -> None:
    with TableWriter(tmp_path / "rows.csv", SCHEMA):
        pass
    assert (tmp_path / "rows.csv").read_text() == "ts,src_mac,src,dst,a,b\n"


@pytest.mark.parametrize("name", ["rows", "rows.txt", "rows.csv.bz2", "csv", ".gz", "rows.csv.zst"])
def test_an_unknown_suffix_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(ConfigError, match="ends in"):
        TableWriter(tmp_path / name, SCHEMA)


def test_a_folder_that_does_not_exist_is_named(tmp_path: Path) -> None:
    path = tmp_path / "missing" / "rows.csv"
    with pytest.raises(FileNotFoundError) as caught, TableWriter(path, SCHEMA):
        pass
    assert caught.value.filename == str(path)


def test_what_is_no_regular_file_is_not_replaced(tmp_path: Path) -> None:
    path = tmp_path / "rows.csv"
    path.mkdir()
    with pytest.raises(OSError, match="regular"), TableWriter(path, SCHEMA):
        pass
    assert path.is_dir()


def test_a_long_name_is_no_hindrance(tmp_path: Path) -> None:
    path = tmp_path / ("r" * 251 + ".csv")
    with TableWriter(path, SCHEMA) as table:
        table.write(ROWS)
    assert path.is_file()


def test_rows_of_another_schema_are_refused(tmp_path: Path) -> None:
    other = Snapshots(FeatureSchema("other", ("a", "b")), ROWS.packets, ROWS.values)
    with pytest.raises(SchemaMismatch, match="other"), TableWriter(tmp_path / "rows.csv", SCHEMA) as table:
        table.write(other)
    assert names(tmp_path) == []


def test_without_pyarrow_it_says_what_to_install(tmp_path: Path) -> None:
    code = f"""
import sys
sys.modules["pyarrow"] = None  # as if it were not installed
from pathlib import Path
from botwarden.core.errors import ConfigError
from botwarden.core.snapshot import FeatureSchema
from botwarden.stores.table import TableWriter
try:
    TableWriter(Path({str(tmp_path / "rows.parquet")!r}), FeatureSchema("s", ("a",)))
except ConfigError as error:
    print(error)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "pip install 'botwarden[parquet]'" in done.stdout


@pytest.mark.parametrize("suffix", FORMATS)
def test_a_labelled_table_has_what_rows_belong_to(tmp_path: Path, suffix: str) -> None:
    if suffix == ".parquet":
        pytest.importorskip("pyarrow")
    kinds = RowKinds((Group("a, b"), Group("c", "mirai", "udp")), np.array([1, 0, 1], np.int32), np.ones(3, np.int8))
    path = tmp_path / f"rows{suffix}"
    with TableWriter(path, SCHEMA, labelled=True) as table:
        table.write(ROWS, kinds)
    [rows] = open_table(path, SCHEMA).rows()
    assert (rows.values == ROWS.values).all()
    assert [rows.groups[code] for code in rows.group] == [
        Group("c", "mirai", "udp"),
        Group("a, b"),
        Group("c", "mirai", "udp"),
    ]
    assert rows.proto.tolist() == [1, 1, 1]


def test_only_a_labelled_table_takes_what_rows_belong_to(tmp_path: Path) -> None:
    kinds = RowKinds((Group(),), np.zeros(3, np.int32), np.zeros(3, np.int8))
    for labelled, given in ((True, None), (False, kinds)):
        with (
            pytest.raises(ValueError, match="labelled"),
            TableWriter(tmp_path / "t.csv", SCHEMA, labelled=labelled) as t,
        ):
            t.write(ROWS, given)
