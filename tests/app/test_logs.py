from pathlib import Path

import pytest

from botwarden.app.api import logs
from botwarden.core.errors import CaptureError, ConfigError
from examples.recording import HOUSE


def rows(path: Path) -> list[dict[str, str]]:
    lines = path.read_text("utf-8").splitlines()
    fields = next(line for line in lines if line.startswith("#fields")).split("\t")[1:]
    return [dict(zip(fields, line.split("\t"), strict=True)) for line in lines if not line.startswith("#")]


def test_a_folder_of_logs(tmp_path: Path) -> None:
    result = logs(HOUSE, tmp_path / "logs", seed=1)
    assert set(result.records) == {path.stem for path in (tmp_path / "logs").iterdir()}
    assert result.records["conn"] == len(rows(tmp_path / "logs" / "conn.log"))
    assert (result.faults, result.evictions) == (0, {})
    assert {"conn", "dns", "http", "telnet", "notice"} <= set(result.records)


def test_verdicts_are_notices(tmp_path: Path) -> None:
    logs(HOUSE, tmp_path)
    notes = rows(tmp_path / "notice.log")
    assert [row["ts"] for row in notes] == sorted(row["ts"] for row in notes)
    mirai = next(row for row in notes if row["note"] == "Botwarden::scan.mirai")
    assert (mirai["src"], mirai["severity"]) == ("192.168.10.20", "critical")
    victim = next(row for row in notes if row["role"] == "victim")
    assert (victim["src"], victim["dst"]) == ("-", "192.168.10.21")


def test_the_same_seed_gives_the_same_bytes(tmp_path: Path) -> None:
    for name in ("a", "b"):
        logs(HOUSE, tmp_path / name, seed=5)
    for path in (tmp_path / "a").iterdir():
        assert path.read_bytes() == (tmp_path / "b" / path.name).read_bytes(), path.name


def test_what_is_no_capture_leaves_no_folder(tmp_path: Path) -> None:
    (tmp_path / "text").write_text("no capture")
    with pytest.raises(CaptureError):
        logs(tmp_path / "text", tmp_path / "logs")
    assert not (tmp_path / "logs").exists()


def test_an_unknown_format_or_setting_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="xml"):
        logs(HOUSE, tmp_path, format="xml")
    with pytest.raises(ConfigError, match="speed"):
        logs(HOUSE, tmp_path, settings=["speed=9"])


def test_passwords_are_in_no_log(tmp_path: Path) -> None:
    logs(HOUSE, tmp_path, format="json")
    text = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    for password in (b"xc3511", b"vizxv", b"888888", b"smcadmin"):  # the bot of the example tries them
        assert password not in text
