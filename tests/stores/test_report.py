import importlib.util
import json
import os
import stat
import threading
from pathlib import Path

import msgspec
import numpy as np
import pytest
from hypothesis import given, settings

import reports
from botwarden.core.report import Report, ScanResult
from botwarden.stores.report import check_writable, json_bytes, write_file

REPOSITORY = Path(__file__).parents[2]


def test_the_json_has_the_documented_shape() -> None:
    found = json.loads(json_bytes(reports.house().report))
    assert list(found) == ["schema", "botwarden", "stats", "devices", "comparison"]
    assert found["schema"] == 1
    assert found["stats"]["packets"] == 20_000
    assert {"packets", "bytes", "first_ts", "last_ts", "damaged"} <= found["stats"].keys()
    device = found["devices"][0]
    assert {"mac", "ips", "vendor", "name", "verdicts"} <= device.keys()
    verdict = device["verdicts"][0]
    keys = {"label", "role", "confidence", "severity", "first_ts", "last_ts", "reasons", "evidence"}
    assert keys <= verdict.keys()
    assert (verdict["label"], verdict["role"], verdict["severity"]) == ("scan.mirai", "attacker", "critical")


def test_the_json_reads_back_as_the_same_report() -> None:
    report = reports.house().report
    assert msgspec.json.decode(json_bytes(report), type=Report) == report


def test_the_json_is_indented_and_ends_in_a_newline() -> None:
    text = json_bytes(reports.empty().report).decode()
    assert text.startswith('{\n  "schema": 1,\n')
    assert text.endswith("}\n")


def test_hostile_strings_and_numpy_values_become_valid_json() -> None:
    found = json.loads(json_bytes(reports.hostile().report).decode("utf-8"))
    assert found["devices"][0]["name"] == reports.SCRIPT
    odd = reports.verdict("scan.udp", "low", 0, 1, "x", n=np.int64(7), rates=np.array([1.5, 2.0]), yes=np.bool_(True))
    device = reports.device(1, "cam", None, odd)
    report = Report(botwarden="0.1.0", stats=reports.empty().report.stats, devices=[device])
    evidence = json.loads(json_bytes(report))["devices"][0]["verdicts"][0]["evidence"]
    assert evidence == {"n": 7, "rates": [1.5, 2.0], "yes": True}


@given(reports.ANY)
@settings(deadline=None, max_examples=60)
def test_any_report_is_valid_json(result: ScanResult) -> None:
    found = json.loads(json_bytes(result.report).decode("utf-8"), parse_constant=pytest.fail)
    assert len(found["devices"]) == len(result.report.devices)


def test_the_schema_page_is_what_the_types_say() -> None:
    spec = importlib.util.spec_from_file_location("json_schema", REPOSITORY / "docs" / "json_schema.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    text = (REPOSITORY / "docs" / "json-schema.md").read_text(encoding="utf-8")
    assert text == module.page(), "out of date: run python docs/json_schema.py"
    assert "| `local_networks` | list of string | Networks" in text
    assert "|  |" not in text, "a field has no docstring"


def test_a_file_appears_whole_and_nothing_beside_it(tmp_path: Path) -> None:
    path = tmp_path / "report.json"
    check_writable(path)
    assert list(tmp_path.iterdir()) == []
    write_file(path, b"{}")
    assert path.read_bytes() == b"{}"
    assert list(tmp_path.iterdir()) == [path]


def test_a_failed_write_leaves_the_old_file_and_no_other(tmp_path: Path) -> None:
    path = tmp_path / "report.json"
    path.write_bytes(b"old")
    with pytest.raises(TypeError):
        write_file(path, "text is not bytes")  # type: ignore[arg-type]
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def test_the_mode_of_a_file_and_a_link_to_it_stay(tmp_path: Path) -> None:
    path, link = tmp_path / "report.json", tmp_path / "latest.json"
    path.write_bytes(b"old")
    path.chmod(0o640)
    link.symlink_to(path)
    write_file(link, b"new")
    assert link.is_symlink()
    assert path.read_bytes() == b"new"
    assert stat.S_IMODE(path.stat().st_mode) == 0o640


def test_a_pipe_is_written_to_and_not_replaced(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    check_writable(pipe)
    read: list[bytes] = []
    reader = threading.Thread(target=lambda: read.append(pipe.read_bytes()))
    reader.start()
    write_file(pipe, b"through")
    reader.join(10)
    assert read == [b"through"]
    assert stat.S_ISFIFO(pipe.stat().st_mode)


def test_what_cannot_be_written_is_said_before_the_work(tmp_path: Path) -> None:
    with pytest.raises(IsADirectoryError, match="is a directory"):
        check_writable(tmp_path)
    with pytest.raises(FileNotFoundError, match="directory does not exist"):
        check_writable(tmp_path / "missing" / "report.json")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_without_permission_is_said_before_the_work(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    with pytest.raises(PermissionError, match="cannot be written"):
        check_writable(tmp_path / "report.json")
