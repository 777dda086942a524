import json
from pathlib import Path

import pytest

import reports
from botwarden.app.output import check_outputs, report_json, write_html, write_json
from botwarden.core.errors import ConfigError


def test_a_report_never_overwrites_a_capture(tmp_path: Path) -> None:
    capture = tmp_path / "house.pcap"
    capture.write_bytes(b"packets")
    link = tmp_path / "link.pcap"
    link.symlink_to(capture)
    with pytest.raises(ConfigError, match="would be overwritten"):
        check_outputs([capture], [str(link)])
    assert capture.read_bytes() == b"packets"


def test_two_reports_need_two_files(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="same file"):
        check_outputs([tmp_path / "a", tmp_path / "." / "a"], ["-"])
    check_outputs([tmp_path / "a", tmp_path / "b"], ["-"])


def test_an_output_without_a_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        check_outputs([tmp_path / "missing" / "a.json"], ["house.pcap"])


def test_both_reports_are_written(tmp_path: Path) -> None:
    result = reports.house()
    write_json(result, tmp_path / "a.json")
    write_html(result, tmp_path / "a.html")
    assert (tmp_path / "a.json").read_bytes() == report_json(result)
    assert json.loads(report_json(result))["schema"] == 1
    assert "camera-hall" in (tmp_path / "a.html").read_text(encoding="utf-8")
