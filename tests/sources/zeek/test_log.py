import gzip
import math
from pathlib import Path

import pytest
import zstandard

from botwarden.core.capture import Damage
from botwarden.core.record import Record
from botwarden.core.records.conn import ConnRecord
from botwarden.core.records.dns import DnsRecord
from botwarden.sources.zeek import lines
from botwarden.sources.zeek.log import Log, find, place_of
from botwarden.stores.logs.writer import LogWriter

ENDS = {"uid": "CA", "orig_h": "10.0.0.1", "orig_p": 1234, "resp_h": "1.2.3.4", "resp_p": 80}
CONN = [ConnRecord(ts=float(n), **ENDS, proto="tcp", conn_state="S0") for n in range(1, 4)]


def written(folder: Path, form: str = "zeek") -> Path:
    with LogWriter(folder, form) as logs:
        for record in CONN:
            logs.write(record)
    return folder / "conn.log"


def found(path: Path) -> Log:
    log = find(path)
    assert log is not None
    return log


def read(log: Log) -> list[Record]:
    return [record for batch in log.batches() for record in batch]


@pytest.mark.parametrize("form", ["zeek", "json"])
@pytest.mark.parametrize("pack", [bytes, gzip.compress, zstandard.ZstdCompressor().compress])
@pytest.mark.parametrize("name", ["conn.log", "conn.2024-03-12-00-00-00-01-00-00.log.gz", "conn.log.labeled"])
def test_logs_are_read_whatever_they_are_called_and_packed_with(
    tmp_path: Path, form: str, pack: type[bytes], name: str
) -> None:
    path = tmp_path / name
    path.write_bytes(pack(written(tmp_path / "plain", form).read_bytes()))
    log = found(path)
    assert log.name == "conn"
    assert log.first() == 1.0
    assert read(log) == CONN
    assert log.damage == []
    assert log.consumed == log.size == path.stat().st_size


def test_a_tsv_log_needs_no_name(tmp_path: Path) -> None:
    path = tmp_path / "evidence.txt"
    path.write_bytes(written(tmp_path).read_bytes())
    assert read(found(path)) == CONN


def test_streaming_logs_need_no_name(tmp_path: Path) -> None:
    path = tmp_path / "all.json"
    path.write_bytes(written(tmp_path, "json").read_bytes().replace(b'{"ts"', b'{"_path":"conn","ts"'))
    assert read(found(path)) == CONN


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("README.md", b"# 006-zeek-scenario-ssh\n"),
        ("x509.log", b"#separator \\x09\n#path\tx509\n#fields\tts\n"),
        ("other.json", b'{"ts": 1.0}\n'),
        ("picture.png", b"\x89PNG\r\n"),
        ("conn.log", b""),
        ("conn.log", b"\n\n"),
        ("conn-summary.log", b"some text\n"),
        ("data.bin.gz", b"\x1f\x8b\x08\x00broken"),
    ],
)
def test_other_files_are_no_logs(tmp_path: Path, name: str, content: bytes) -> None:
    (tmp_path / name).write_bytes(content)
    assert find(tmp_path / name) is None


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (b"1545403816.9\tCA\t10.0.0.1\n", "neither a header"),
        (b"\x1f\x8b\x08\x00broken", "gzip"),
        (b"\x00" * 99, "neither"),
        (b"#separator \n", "its header cannot be read: no separator"),
        (b"#close\n", "neither"),
    ],
)
def test_a_file_that_only_promises_a_log_is_told(tmp_path: Path, content: bytes, what: str) -> None:
    (tmp_path / "conn.log").write_bytes(content)
    with pytest.raises(ValueError, match=what):
        find(tmp_path / "conn.log")


def test_what_comes_before_damage_is_used(tmp_path: Path) -> None:
    path = tmp_path / "conn.log.gz"
    path.write_bytes(gzip.compress(written(tmp_path).read_bytes())[:-8])
    log = found(path)
    assert read(log) == CONN
    assert [damage.path for damage in log.damage] == [str(path)]
    assert "ends early" in log.damage[0].what
    assert log.damage[0].lines == 0


def test_lines_that_make_no_sense_are_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = written(tmp_path)
    size = path.stat().st_size
    with path.open("ab") as file:
        file.write(b"garbage\n" + b"x" * 2000 + b"\n")
    monkeypatch.setattr(lines, "MAX_LINE", 1000)
    log = found(path)
    assert read(log) == CONN
    assert log.damage == [Damage(path=str(path), offset=size, what="1 columns where 25 were announced", lines=2)]


def test_a_log_with_no_record_comes_last(tmp_path: Path) -> None:
    path = tmp_path / "conn.log"
    path.write_bytes(b"#separator \\x09\n#path\tconn\n#fields\tts\n#close\t2024-01-01-00-00-00\n")
    assert found(path).first() == math.inf
    assert read(found(path)) == []


def test_conversations_have_their_place_at_their_end() -> None:
    assert place_of(ConnRecord(ts=1.0, **ENDS, proto="tcp", conn_state="SF", duration=2.5)) == 3.5
    assert place_of(CONN[0]) == 1.0
    assert place_of(DnsRecord(ts=1.0, **ENDS, proto="udp", rtt=2.0)) == 1.0
