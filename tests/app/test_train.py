import os
from pathlib import Path

import pytest
import torch

from botwarden.app.train import TrainInputs, TrainResult, continue_model, train_model, unfinished
from botwarden.core.errors import ConfigError, DataError
from botwarden.learn import loop
from botwarden.learn.plan import TrainPlan
from botwarden.stores.model import read_model
from learnable import interrupted
from nbaiot import attack_values, benign_values, write_csv, write_uci

torch.set_num_threads(1)
FOREST = TrainPlan(detector="isolation_forest", detector_settings={"trees": 10}, classifier="none")
NETWORK = TrainPlan(detector="autoencoder", epochs=5, classifier="none")


@pytest.fixture
def benign(tmp_path: Path) -> Path:
    return write_csv(tmp_path / "normal.csv", benign_values(120))


def only(*paths: Path) -> TrainInputs:
    return TrainInputs(benign=[str(path) for path in paths])


def test_a_model_is_written_with_where_it_comes_from(benign: Path, tmp_path: Path) -> None:
    out = tmp_path / "house.model"
    attack = write_csv(tmp_path / "odd.csv", attack_values(30))
    shares: list[float | None] = []
    result = train_model(
        TrainInputs([str(benign)], [str(attack)]), out, FOREST, progress=lambda share, text: shares.append(share)
    )
    model = read_model(out)
    assert model.identity == result.model.identity and result.size == out.stat().st_size
    assert [(file.name, file.rows, file.label) for file in model.manifest.training.files] == [
        ("normal.csv", 120, "benign"), ("odd.csv", 30, "attack"),
    ]  # fmt: skip
    assert (result.benign, result.attack) == (120, 30)
    known = [share for share in shares if share is not None]
    assert known == sorted(known) and known[-1] <= 1
    assert sorted(path.name for path in tmp_path.iterdir()) == ["house.model", "normal.csv", "odd.csv"]


def test_of_a_folder_given_as_benign_only_benign_rows_are_taken(tmp_path: Path) -> None:
    folder = write_uci(tmp_path / "nbaiot", benign=40, attack=10)
    result = train_model(TrainInputs(benign=[str(folder)]), tmp_path / "m", FOREST)
    assert (result.benign, result.attack) == (80, 0)
    assert any("200 attack rows" in note and "left out" in note for note in result.notes)
    result = train_model(TrainInputs(labelled=[str(folder)], rows=100), tmp_path / "m", FOREST)
    assert result.benign + result.attack == 100
    assert any("drawn at random" in note for note in result.notes)


def stopped(benign: Path, out: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(loop.Training, "_judge", interrupted(loop.Training._judge, 3))
        with pytest.raises(KeyboardInterrupt):
            train_model(only(benign), out, NETWORK)


def test_what_was_stopped_goes_on_where_it_was(benign: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = train_model(only(benign), tmp_path / "whole", NETWORK)
    out = tmp_path / "m"
    stopped(benign, out, monkeypatch)
    assert unfinished(out) and not out.exists()
    again = train_model(only(benign), out, NETWORK)
    assert again.resumed and not whole.resumed
    assert again.model.networks == whole.model.networks
    assert not unfinished(out)


def test_other_data_or_another_plan_begin_anew(benign: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    out = tmp_path / "m"
    stopped(benign, out, monkeypatch)
    assert not train_model(only(benign), out, TrainPlan(detector="autoencoder", epochs=4)).resumed
    stopped(benign, out, monkeypatch)
    write_csv(benign, benign_values(121))
    assert not train_model(only(benign), out, NETWORK).resumed


def test_a_model_learns_on(benign: Path, tmp_path: Path) -> None:
    plan = TrainPlan(detector="autoencoder", epochs=40, false_positives=0.05)
    first: TrainResult = train_model(only(benign), tmp_path / "m", plan)
    more = write_csv(tmp_path / "more.csv", benign_values(100, seed=4))
    second = continue_model(tmp_path / "m", only(more), tmp_path / "m")
    assert second.model.manifest.training.parent == first.model.identity
    assert read_model(tmp_path / "m").identity == second.model.identity != first.model.identity
    with pytest.raises(ConfigError, match="attacks"):
        continue_model(tmp_path / "m", TrainInputs([str(more)], [str(more)]), tmp_path / "m")


def test_nothing_and_nonsense_are_told(benign: Path, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="nothing to learn from"):
        train_model(TrainInputs(), tmp_path / "m", FOREST)
    with pytest.raises(ConfigError, match="overwritten"):
        train_model(only(benign), benign, FOREST)
    with pytest.raises(ConfigError, match="overwritten"):
        train_model(only(tmp_path), benign, FOREST)  # the folder that it is in
    assert benign.read_text().startswith("MI_dir")
    with pytest.raises(DataError, match="given as benign and as attacks"):
        train_model(TrainInputs([str(benign)], [str(benign)]), tmp_path / "m", FOREST)
    with pytest.raises(FileNotFoundError):
        train_model(only(benign), tmp_path / "nowhere" / "m", FOREST)
    header = tmp_path / "empty.csv"
    header.write_text(benign.read_text().splitlines()[0] + "\n")
    with pytest.raises(DataError):
        train_model(only(header), tmp_path / "m", FOREST)


SHARED = Path(os.environ.get("BOTWARDEN_SHARED", Path(__file__).parents[3] / "shared"))


@pytest.mark.skipif(not (SHARED / "data/nbaiot").is_dir(), reason="the shared data are not here")
def test_real_rows(tmp_path: Path) -> None:
    inputs = TrainInputs(
        [str(SHARED / "data/nbaiot/benign_test.csv.gz")], [str(SHARED / "data/nbaiot/attack.csv.gz")], rows=3000
    )
    plan = TrainPlan(detector="autoencoder", scaler="quantile", epochs=15, false_positives=0.01)
    found = train_model(inputs, tmp_path / "m", plan).model.manifest.metrics
    assert found["recall"] > 0.5 and found["false_positive_rate"] < 0.03
