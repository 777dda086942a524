import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from botwarden.core.errors import ConfigError
from botwarden.core.records.conn import ConnRecord
from botwarden.core.records.dns import DnsRecord
from botwarden.stores.logs.writer import FORMATS, LogWriter
from records import ENDS

CONN = ConnRecord(ts=1545403816.962094, **ENDS, proto="tcp", conn_state="S0")
DNS = DnsRecord(ts=1545403817.0, **ENDS, proto="udp", query="example.org")
TEXTS = ["zeek", "json", "ecs"]
ALL = [
    *TEXTS,
    pytest.param("parquet", marks=pytest.mark.skipif("not __import__('importlib').util.find_spec('pyarrow')")),
]


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


@pytest.mark.parametrize("form", ALL)
def test_a_file_per_log_appears_when_all_is_written(tmp_path: Path, form: str) -> None:
    out = tmp_path / "new" / "logs"
    suffix = FORMATS[form].suffix
    with LogWriter(out, form) as logs:
        for record in (CONN, DNS, CONN):
            logs.write(record)
        assert [name for name in names(out) if not name.startswith(".")] == []
    assert names(out) == [f"conn{suffix}", f"dns{suffix}"]
    assert logs.records == {"conn": 2, "dns": 1}
    assert all((out / name).stat().st_size for name in names(out))


@pytest.mark.parametrize("form", TEXTS)
def test_nothing_is_lost_between_batches(tmp_path: Path, form: str) -> None:
    count = 3 * FORMATS[form].batch + 1
    with LogWriter(tmp_path, form) as logs:
        for _ in range(count):
            logs.write(CONN)
    (path,) = tmp_path.iterdir()
    assert sum(not line.startswith(b"#") for line in path.read_bytes().splitlines()) == count


def test_no_records_make_an_empty_folder(tmp_path: Path) -> None:
    with LogWriter(tmp_path / "logs"):
        pass
    assert names(tmp_path / "logs") == []


@pytest.mark.parametrize("form", ALL)
def test_two_runs_make_equal_files(tmp_path: Path, form: str) -> None:
    for run in ("one", "two"):
        with LogWriter(tmp_path / run, form) as logs:
            for record in (CONN, DNS):
                logs.write(record)
    for name in names(tmp_path / "one"):
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()


@pytest.mark.parametrize("form", ALL)
@pytest.mark.parametrize("error", [KeyboardInterrupt, OSError, SystemExit])
def test_a_failure_leaves_nothing(tmp_path: Path, form: str, error: type[BaseException]) -> None:
    with pytest.raises(error), LogWriter(tmp_path / "new" / "logs", form) as logs:
        logs.write(CONN)
        raise error
    assert names(tmp_path) == []


@pytest.mark.parametrize("form", ALL)
def test_what_was_committed_stays_when_the_user_stops(tmp_path: Path, form: str) -> None:
    with pytest.raises(KeyboardInterrupt), LogWriter(tmp_path, form) as logs:
        logs.write(CONN)
        logs.commit()
        raise KeyboardInterrupt
    assert names(tmp_path) == [f"conn{FORMATS[form].suffix}"]


def test_after_a_commit_nothing_can_be_written(tmp_path: Path) -> None:
    with LogWriter(tmp_path) as logs:
        logs.commit()
        with pytest.raises(ValueError, match="finished"):
            logs.write(CONN)


def test_logs_of_an_earlier_run_are_replaced_and_other_files_are_not(tmp_path: Path) -> None:
    (tmp_path / "conn.log").write_text("old")
    (tmp_path / "conn.log").chmod(0o640)
    (tmp_path / "http.log").write_text("other")
    (tmp_path / "notes.txt").write_text("mine")
    with pytest.raises(OSError), LogWriter(tmp_path) as logs:
        logs.write(CONN)
        raise OSError
    assert (tmp_path / "conn.log").read_text() == "old"
    with LogWriter(tmp_path) as logs:
        logs.write(CONN)
    assert (tmp_path / "conn.log").read_text().startswith("#separator")
    assert (tmp_path / "conn.log").stat().st_mode & 0o777 == 0o640
    assert [(tmp_path / name).read_text() for name in ("http.log", "notes.txt")] == ["other", "mine"]
    assert logs.left == ["http.log"]


def test_a_link_stays_one(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "conn.log").symlink_to(tmp_path / "elsewhere" / "real.log")
    with LogWriter(tmp_path) as logs:
        logs.write(CONN)
    assert (tmp_path / "conn.log").is_symlink()
    assert names(tmp_path / "elsewhere") == ["real.log"]


def test_an_unknown_format_is_refused() -> None:
    with pytest.raises(ConfigError, match="there is no log format 'xml'; there is zeek, json, ecs, parquet"):
        LogWriter(Path("logs"), "xml")


def test_a_file_in_place_of_the_folder_is_named(tmp_path: Path) -> None:
    (tmp_path / "logs").write_text("")
    with pytest.raises(OSError, match=re.escape(str(tmp_path / "logs"))), LogWriter(tmp_path / "logs"):
        pass


def test_a_folder_in_place_of_a_log_is_named(tmp_path: Path) -> None:
    (tmp_path / "conn.log").mkdir()
    with pytest.raises(FileExistsError, match=re.escape("conn.log")), LogWriter(tmp_path) as logs:
        logs.write(CONN)
    assert names(tmp_path) == ["conn.log"]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_cannot_be_written_to_is_named(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    with pytest.raises(PermissionError, match=re.escape("conn.log")), LogWriter(tmp_path) as logs:
        logs.write(CONN)


@pytest.mark.parametrize("form", ALL)
def test_a_full_disk_names_the_log_and_leaves_nothing(tmp_path: Path, form: str) -> None:
    code = f"""
import resource, signal, sys
from pathlib import Path
from botwarden.core.records.conn import ConnRecord
from botwarden.stores.logs.writer import LogWriter
if {form!r} == "parquet": import pyarrow.parquet
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))
try:
    with LogWriter(Path(sys.argv[1]), {form!r}) as logs:
        for n in range(100_000):
            logs.write(ConnRecord(ts=n / 7, uid=f"C{{n * n}}", orig_h="10.0.0.1", orig_p=1, resp_h="10.0.0.2", resp_p=2,
                                  proto="tcp", conn_state="S0", orig_bytes=n * 7919 % 10007))
except OSError as error:
    print(error)
"""
    run = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path / "logs")], capture_output=True, text=True, check=False
    )
    assert run.returncode == 0, run.stderr
    assert f"conn{FORMATS[form].suffix}" in run.stdout
    assert run.stderr == ""
    assert names(tmp_path) == []
