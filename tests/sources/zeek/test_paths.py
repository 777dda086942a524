import re
from pathlib import Path

import pytest

from botwarden.core.errors import CaptureError, ConfigError
from botwarden.sources.zeek import paths as module
from botwarden.sources.zeek.paths import holds_zeek_logs, zeek_logs

CONN = b"#separator \\x09\n#path\tconn\n#fields\tts\tuid\n"


def names(folder: Path, *more: Path) -> list[str]:
    return [str(Path(log.path).relative_to(folder)) for log in zeek_logs([folder, *more])[0]]


def make(folder: Path, **files: bytes) -> None:
    for name, content in files.items():
        path = folder / name.replace("__", "/").replace("_log", ".log")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


def test_a_folder_stands_for_the_logs_in_it(tmp_path: Path) -> None:
    make(tmp_path, conn_log=CONN, dns_log=b'{"ts":1.0}\n', README=b"text", x509_log=CONN.replace(b"conn", b"x509"))
    make(tmp_path, below__conn_log=CONN)
    assert names(tmp_path) == ["conn.log", "dns.log"]


def test_folders_of_days_belong_to_an_archive(tmp_path: Path) -> None:
    (tmp_path / "2024-03-12").mkdir()
    (tmp_path / "2024-03-11").mkdir()
    (tmp_path / "2024-03-12" / "conn.00:00:00-01:00:00.log").write_bytes(CONN)
    (tmp_path / "2024-03-11" / "conn.23:00:00-00:00:00.log").write_bytes(CONN)
    assert names(tmp_path) == ["2024-03-11/conn.23:00:00-00:00:00.log", "2024-03-12/conn.00:00:00-01:00:00.log"]
    assert holds_zeek_logs(tmp_path)


def test_files_can_be_named(tmp_path: Path) -> None:
    make(tmp_path, any=CONN)
    logs, damage = zeek_logs([str(tmp_path / "any")])
    assert [log.name for log in logs] == ["conn"]
    assert damage == []


@pytest.mark.parametrize("content", [b"1.0\tCA\n", b"", b"text", b"# text"])
def test_a_named_file_that_is_no_log_is_an_error(tmp_path: Path, content: bytes) -> None:
    make(tmp_path, conn_log=content)
    with pytest.raises(CaptureError, match=re.escape(str(tmp_path / "conn.log")) + ": no log of Zeek's"):
        zeek_logs([tmp_path / "conn.log"])


def test_a_file_in_a_folder_that_is_no_log_is_told(tmp_path: Path) -> None:
    make(tmp_path, conn_log=b"1.0\tCA\n", dns_log=b'{"ts":1.0}\n')
    logs, damage = zeek_logs([tmp_path])
    assert [log.name for log in logs] == ["dns"]
    assert [(Path(d.path).name, d.offset) for d in damage] == [("conn.log", 0)]


def test_no_logs_at_all_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="none of Zeek's logs"):
        zeek_logs([tmp_path])
    make(tmp_path, conn_log=b"1.0\tCA\n")
    with pytest.raises(ConfigError, match=re.escape("conn.log: no log")):
        zeek_logs([tmp_path])


def test_what_is_not_there_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        zeek_logs([tmp_path / "conn.log"])


def test_too_many_logs_are_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make(tmp_path, conn_log=CONN, dns_log=b'{"ts":1.0}\n')
    monkeypatch.setattr(module, "MAX_LOGS", 1)
    with pytest.raises(ConfigError, match="more than 1 logs"):
        zeek_logs([tmp_path])


def test_what_holds_logs(tmp_path: Path) -> None:
    assert not holds_zeek_logs(tmp_path)
    assert not holds_zeek_logs(tmp_path / "absent")
    make(tmp_path, text=b"text", a__conn_log=CONN, b__conn_log=b"garbage")
    assert not holds_zeek_logs(tmp_path)
    assert not holds_zeek_logs(tmp_path / "text")
    assert holds_zeek_logs(tmp_path / "b")
    assert holds_zeek_logs(tmp_path / "a")
    assert holds_zeek_logs(tmp_path / "a" / "conn.log")
