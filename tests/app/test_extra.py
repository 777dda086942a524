import importlib.util
from pathlib import Path

import pytest

from botwarden.app import extra
from botwarden.app.evaluate import check_report
from botwarden.app.experiment import run_study
from botwarden.app.train import TrainInputs, continue_model, train_model
from botwarden.core.errors import ConfigError
from botwarden.learn.plan import TrainPlan
from botwarden.learn.study.settings import StudySettings


def lacking(monkeypatch: pytest.MonkeyPatch, *names: str) -> None:
    there = importlib.util.find_spec
    monkeypatch.setattr(extra, "find_spec", lambda name: None if name in names else there(name))


def test_what_is_missing_is_named_with_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    extra.need_extra("training", *extra.TRAINING, *extra.DRAWING, *extra.EXPLAINING)
    lacking(monkeypatch, "torch", "onnx")
    with pytest.raises(ConfigError, match=r"^training needs torch, onnx: pip install 'botwarden\[train\]'$"):
        extra.need_extra("training", *extra.TRAINING)


@pytest.mark.parametrize("name", [*extra.TRAINING, *extra.DRAWING, *extra.EXPLAINING])
def test_long_work_asks_before_it_begins(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """The files do not exist: reading them would be another error."""
    lacking(monkeypatch, name)
    nowhere = TrainInputs([str(tmp_path / "nowhere.csv")])
    with pytest.raises(ConfigError, match=name):
        run_study(tmp_path / "nowhere", tmp_path / "report", StudySettings())
    if name in extra.TRAINING:
        with pytest.raises(ConfigError, match=name):
            train_model(nowhere, tmp_path / "m", TrainPlan(detector="published"))
        with pytest.raises(ConfigError, match=name):
            continue_model(tmp_path / "nowhere", nowhere, tmp_path / "m")
    if name in extra.DRAWING:
        with pytest.raises(ConfigError, match=name):
            check_report(tmp_path / "report")
