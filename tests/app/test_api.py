"""What a notebook user calls does what its three lines promise."""

from pathlib import Path

import numpy as np
import pytest

import botwarden
from botwarden.app import api
from botwarden.core.errors import CaptureError, ConfigError
from botwarden.core.report import Report
from botwarden.features.schema import NBAIOT115
from botwarden.stores.model import write_model
from examples.recording import HOUSE, number_of_frames, raw_frames
from models import wide


@pytest.fixture(scope="module")
def rows() -> tuple[np.ndarray, tuple[str, ...]]:
    return botwarden.features(HOUSE)


def test_reading_yields_every_packet_in_the_order_of_the_capture() -> None:
    batches = list(botwarden.read(HOUSE))
    times = np.concatenate([batch.ts for batch in batches])
    assert len(times) == number_of_frames(HOUSE)
    assert times.tolist() == pytest.approx([ts for ts, _ in raw_frames(HOUSE)], abs=1e-6, rel=0)
    assert [batch.first for batch in batches] == list(np.cumsum([0, *map(len, batches)]))[:-1]


def test_features_are_one_row_per_packet_under_their_published_names(rows: tuple[np.ndarray, tuple[str, ...]]) -> None:
    values, names = rows
    assert values.shape == (number_of_frames(HOUSE), 115)
    assert names == NBAIOT115.columns
    assert np.isfinite(values).all()


def test_a_stream_gives_the_same_rows_and_counts(rows: tuple[np.ndarray, tuple[str, ...]]) -> None:
    stream = botwarden.snapshots(str(HOUSE))
    values = np.concatenate([part.values for part in stream])
    assert np.array_equal(values, rows[0])
    assert stream.stats.packets == len(values)
    assert stream.progress() == 1.0


def test_several_paths_are_read_as_one(tmp_path: Path) -> None:
    both = sum(len(batch) for batch in botwarden.read([HOUSE, HOUSE]))
    assert both == 2 * number_of_frames(HOUSE)


def test_an_unknown_schema_is_refused_by_name() -> None:
    with pytest.raises(ConfigError, match="nbaiot115"):
        botwarden.snapshots(HOUSE, schema="kdd99")


def test_what_is_no_capture_is_refused(tmp_path: Path) -> None:
    text = tmp_path / "notes.txt"
    text.write_text("not a capture at all, just words")
    with pytest.raises(CaptureError, match=r"notes\.txt"):
        botwarden.scan(text)


def test_the_package_knows_nothing_else() -> None:
    with pytest.raises(AttributeError, match="train"):
        botwarden.train  # noqa: B018


def verdicts(report: Report) -> set[tuple[str, str]]:
    return {(device.ips[0], verdict.label) for device in report.devices for verdict in device.verdicts}


def test_zeeks_logs_are_not_judged_by_a_model(tmp_path: Path) -> None:
    write_model(wide(), tmp_path / "a.model")
    (tmp_path / "conn.log").write_text("#separator \\x09\n#path\tconn\n")
    with pytest.raises(ConfigError, match="a model judges packets"):
        botwarden.scan(tmp_path / "conn.log", model=tmp_path / "a.model")


def test_zeeks_logs_are_scanned_like_captures_but_not_with_them(tmp_path: Path) -> None:
    api.logs(HOUSE, tmp_path)
    result = botwarden.scan(tmp_path, seed=1)
    assert result.report.stats.records > 0
    assert verdicts(result.report) == verdicts(botwarden.scan(HOUSE, seed=1).report) - {("192.168.10.20", "scan.mirai")}
    with pytest.raises(ConfigError, match="holds Zeek's logs"):
        botwarden.scan([HOUSE, tmp_path])
