from pathlib import Path

import msgspec
import pytest
import torch

from botwarden.app.experiment import MARK, check_study, run_study, short
from botwarden.core.errors import ConfigError
from botwarden.learn import loop, training
from botwarden.learn.study import settings as chosen
from botwarden.learn.study.results import Study
from botwarden.learn.study.settings import StudySettings
from botwarden.stores.model import read_model
from learnable import interrupted
from nbaiot import write_uci

torch.set_num_threads(1)
QUICK = StudySettings(quick=True, epochs=2)


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Two devices with ten attacks each; and classifiers that are quick to train."""
    monkeypatch.setattr(chosen, "CLASSINGS", ("2", "11"))
    monkeypatch.setattr(chosen, "CLASSIFIERS", ("published",))
    monkeypatch.setattr(chosen, "TOPS", (3,))
    return write_uci(tmp_path / "nbaiot", devices=2, benign=220, attack=25)


@pytest.mark.slow
def test_a_study_from_the_folder_to_the_report_and_again_from_what_was_kept(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    report = tmp_path / "report"
    shares: list[float | None] = []
    study = run_study(data, report, QUICK, progress=lambda share, text: shares.append(share))
    names = {path.name for path in report.iterdir()}
    assert {"report.html", "report.md", "results.json", MARK, "confusion-11.png", "lime-1.png", "roc.png"} <= names
    msgspec.json.decode((report / "results.json").read_bytes())
    assert read_model(report / "models" / "denoising.model").manifest.detectors
    assert [stage.dates for stage in study.detectors] == [False, True]
    assert study.devices == ["Device_0", "Device_1"] and study.ordered
    assert {run.classing for run in study.classifiers if run.result} == {"2", "3", "11"}
    assert all(0 <= (share or 0) <= 1.0001 for share in shares)
    assert short(study).headline

    def never(*_: object, **__: object) -> None:
        raise AssertionError("it was trained again")

    monkeypatch.setattr(training, "train", never)
    again = run_study(data, report, QUICK)
    assert msgspec.msgpack.encode(again.detectors) == msgspec.msgpack.encode(study.detectors)


@pytest.mark.slow
def test_a_stopped_study_goes_on(data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    report = tmp_path / "report"
    with monkeypatch.context() as patch:
        patch.setattr(loop.Training, "_judge", interrupted(loop.Training._judge, 5))
        with pytest.raises(KeyboardInterrupt):
            run_study(data, report, QUICK)
    check_study(report)
    study = run_study(data, report, QUICK)
    assert isinstance(study, Study) and (report / "report.html").is_file()


def test_a_folder_with_other_things_is_left_alone(data: Path) -> None:
    with pytest.raises(ConfigError, match="other things"):
        run_study(data, data, QUICK)
