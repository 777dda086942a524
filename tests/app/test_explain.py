from pathlib import Path

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from botwarden.app import explain as app
from botwarden.app.train import AUTO, TrainInputs, train_model
from botwarden.core.errors import ConfigError, DataError, ModelError, SchemaMismatch
from botwarden.features.schema import NBAIOT115
from botwarden.learn.explanation import Explanation
from botwarden.learn.plan import TrainPlan
from botwarden.stores.model import write_model
from captures import SYN, pcap, tcp_frame
from explanations import CAUSES, rows, two_causes
from models import model
from nbaiot import attack_values, benign_values, write_csv

FAST = app.Wish(seeds=2, samples=50)


def write_rows(path: Path, values: np.ndarray[tuple[int, int], np.dtype[np.float64]]) -> None:
    lines = [",".join(NBAIOT115.columns), *(",".join(f"{value:g}" for value in row) for row in values)]
    path.write_text("\n".join(lines) + "\n")


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    write_model(two_causes(), tmp_path / "a.model")
    write_rows(tmp_path / "rows.csv", rows().values)
    return tmp_path / "a.model", tmp_path / "rows.csv"


def test_rows_are_counted_from_0(files: tuple[Path, Path]) -> None:
    held, table = files
    odd = app.explain(held, str(table), 1, wish=FAST)
    assert (odd.row, odd.source, odd.anomalous) == (1, str(table), True)
    assert odd.errors is not None
    assert {one.column for one in odd.errors.features[:2]} == set(CAUSES)
    assert not app.explain(held, str(table), 0, wish=FAST).anomalous
    assert app.explain(held, str(table), 2, wish=FAST).row == 2


def test_a_row_far_down_is_found(tmp_path: Path, files: tuple[Path, Path]) -> None:
    values = np.zeros((9000, 115))  # more than are read at a time
    values[8500] = rows().values[1]
    write_rows(tmp_path / "long.csv", values)
    assert app.explain(files[0], str(tmp_path / "long.csv"), 8500, wish=FAST).score == pytest.approx(25)


@pytest.mark.parametrize("row", [-1, 3, 10**11, 10**40])
def test_a_row_that_there_is_none_of(files: tuple[Path, Path], row: int) -> None:
    with pytest.raises(ConfigError, match="no row"):
        app.explain(files[0], str(files[1]), row, wish=FAST)


def test_a_packet_of_a_capture_is_a_row(tmp_path: Path, files: tuple[Path, Path]) -> None:
    (tmp_path / "a.pcap").write_bytes(pcap([(float(i), tcp_frame(flags=SYN, sport=1000 + i)) for i in range(5)]))
    found = app.explain(files[0], str(tmp_path / "a.pcap"), 4, wish=FAST)
    assert found.detector is not None
    (weight,) = [one for one in found.detector.features if one.column == "HH_L0.01_weight"]
    assert weight.value == pytest.approx(4.93, abs=0.01)


def test_what_cannot_be_used_is_said(tmp_path: Path, files: tuple[Path, Path]) -> None:
    held, table = files
    with pytest.raises(ModelError):
        app.explain(table, str(table), 0)
    with pytest.raises(OSError, match="none"):
        app.explain(held, str(tmp_path / "none.csv"), 0)
    write_model(model(), tmp_path / "three.model")
    with pytest.raises(SchemaMismatch, match="schema 'three'"):
        app.explain(tmp_path / "three.model", str(table), 0)
    (tmp_path / "wrong.csv").write_text("a,b\n1,2\n")
    with pytest.raises(DataError, match=r"wrong\.csv"):
        app.explain(held, str(tmp_path / "wrong.csv"), 0)
    with pytest.raises(ConfigError, match="overwritten"):
        app.check_files([table], held, str(table))
    with pytest.raises(ConfigError, match="overwritten"):
        app.check_files([held], held, str(table))


def test_what_is_written_can_be_read(tmp_path: Path, files: tuple[Path, Path]) -> None:
    found = app.explain(files[0], str(files[1]), 1, wish=FAST)
    app.write_json(found, tmp_path / "a.json")
    assert msgspec.json.decode((tmp_path / "a.json").read_bytes(), type=Explanation) == found
    app.write_figure(found, tmp_path / "a.png")
    assert (tmp_path / "a.png").read_bytes().startswith(b"\x89PNG")
    assert app.document(found).headline.startswith("Row 1 is anomalous")


@given(st.binary(max_size=300))
def test_any_bytes_as_a_model_are_one_error(content: bytes) -> None:
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a.model"
        path.write_bytes(content)
        with pytest.raises(ModelError):
            app.explain(path, "rows.csv", 0)


def test_a_model_trained_as_it_is_by_default_can_be_explained(tmp_path: Path) -> None:
    """Its detector learns from fewer columns than its classifier, which scales none."""
    benign = write_csv(tmp_path / "calm.csv", benign_values(120))
    attack = write_csv(tmp_path / "odd.csv", attack_values(60))
    train_model(
        TrainInputs([str(benign)], [str(attack)]), tmp_path / "m", TrainPlan(detector=AUTO, classifier=AUTO, epochs=2)
    )
    found = app.explain(tmp_path / "m", str(attack), 0, wish=FAST)
    assert found.classifier is not None and found.detector is not None
