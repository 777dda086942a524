import gzip
from pathlib import Path

import numpy as np
import pytest

import models
from botwarden.cli.main import run
from botwarden.features.schema import NBAIOT115
from botwarden.stores.model import write_model


def table(path: Path, weight: float) -> str:
    values = np.random.default_rng(0).uniform(0, 1, (250, len(NBAIOT115.columns)))
    values[:, 0] += weight
    with gzip.open(path, "wt") as file:
        file.write(",".join(NBAIOT115.columns) + "\n")
        np.savetxt(file, values, delimiter=",", fmt="%.6f")
    return str(path)


@pytest.fixture
def files(tmp_path: Path) -> tuple[str, str, str]:
    write_model(models.wide(), tmp_path / "m.model")
    normal, strange = table(tmp_path / "normal.csv.gz", 0), table(tmp_path / "strange.csv.gz", 500)
    return str(tmp_path / "m.model"), normal, strange


def test_a_table_is_printed_and_a_report_written(
    files: tuple[str, str, str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    model, benign, attack = files
    folder = tmp_path / "report"
    assert run(["evaluate", model, "--benign", benign, "--attack", attack, "--report", str(folder)]) == 0
    out, err = capsys.readouterr()
    assert out.startswith("m.model finds 100 % of the attack rows and raises 0 % false positives\n")
    assert "packet rate alone" in out
    assert f"Report: {folder}/report.html" in out
    assert err == ""
    assert (folder / "report.html").is_file()


def test_quiet_is_quiet_and_options_take_several_values(
    files: tuple[str, str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    model, benign, attack = files
    second = Path(benign).with_name("second.csv.gz")
    second.write_bytes(Path(benign).read_bytes())
    assert run(["evaluate", model, "-q", "--benign", benign, str(second), "--attack", attack]) == 0
    assert capsys.readouterr() == ("", "")
    assert run(["evaluate", model, "--benign", benign, "nowhere.csv"]) == 2  # the second is read as well


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["evaluate", "{model}"], "there is nothing to judge"),
        (["evaluate", "gone.model", "--benign", "{benign}"], "gone.model: No such file"),
        (["evaluate", "{benign}", "--benign", "{benign}"], "normal.csv.gz"),
        (["evaluate", "{model}", "--benign", "gone.csv"], "gone.csv"),
        (["evaluate", "{model}", "{model}", "--benign", "{benign}"], "a model is named twice"),
        (["evaluate", "{model}", "--benign", "{benign}", "--report", "{folder}"], "holds other things"),
        (["evaluate", "{model}", "--benign", "{benign}", "--labels", "{benign}"], "a labels file is for captures"),
    ],
)
def test_what_cannot_be_done_is_one_line(
    arguments: list[str], words: str, files: tuple[str, str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    model, benign, _ = files
    places = {"model": model, "benign": benign, "folder": str(Path(model).parent)}
    assert run([argument.format(**places) for argument in arguments]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert words in err
    assert err.count("\n") == 1
