import gzip
import json
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import msgspec
import numpy as np
import pytest

import models
from botwarden.app.evaluate import (
    check_report,
    evaluate_models,
    model_names,
    overview,
    read_models,
    report,
    write_report,
)
from botwarden.core.document import Document, figures
from botwarden.core.errors import ConfigError, DataError, ModelError, SchemaMismatch
from botwarden.core.model import DataFile
from botwarden.core.snapshot import FeatureSchema
from botwarden.features.schema import NBAIOT115
from botwarden.learn.results import Evaluation
from botwarden.stores.model import write_model
from examples.recording import HOUSE, HOUSE_LABELS


def table(path: Path, weight: float, n: int = 300, seed: int = 0) -> Path:
    """Rows of noise whose first feature is about ``weight``."""
    values = np.random.default_rng(seed).uniform(0, 1, (n, len(NBAIOT115.columns)))
    values[:, 0] += weight
    with gzip.open(path, "wt") as file:
        file.write(",".join(NBAIOT115.columns) + "\n")
        np.savetxt(file, values, delimiter=",", fmt="%.6f")
    return path


@pytest.fixture
def tables(tmp_path: Path) -> tuple[Path, Path]:
    return table(tmp_path / "normal.csv.gz", 0), table(tmp_path / "strange.csv.gz", 500, seed=1)


def test_models_are_judged_on_tables(tables: tuple[Path, Path]) -> None:
    benign, attack = tables
    told: list[tuple[float | None, int, str]] = []
    found = evaluate_models(
        {"wide.model": models.wide(), "blind.model": models.wide(threshold=1e9)},
        [benign],
        [attack],
        progress=lambda *what: told.append(what),
    )
    wide, blind = found.evaluation.models
    assert (wide.about.name, wide.tpr.value, wide.fpr.value) == ("wide.model", 1, 0)
    assert (blind.tpr.value, blind.fpr.value, blind.ranking.auc) == (0, 0, 1.0)
    assert found.evaluation.dates is not None
    assert found.notes == []
    assert ("Judging" in told[0][2], told[-1][1]) == (True, 600)
    assert told[-1][0] == pytest.approx(1.0)


def test_a_labelled_capture_says_itself_what_it_is() -> None:
    found = evaluate_models({"m": models.wide()}, [], [], [HOUSE], labels=HOUSE_LABELS, dates=False).evaluation
    assert found.timed
    assert found.days is not None
    assert found.benign > 0
    assert found.attack > 0
    assert any(detection.start is not None for detection in found.models[0].detections)


def test_rows_of_the_other_kind_are_left_out_and_told() -> None:
    found = evaluate_models({"m": models.wide()}, [HOUSE], [], labels=HOUSE_LABELS, dates=False)
    assert found.evaluation.attack == 0
    assert any("attack rows among those given as benign were left out." in note for note in found.notes)


def test_the_report_is_a_folder_of_a_page_pictures_and_numbers(tables: tuple[Path, Path], tmp_path: Path) -> None:
    benign, attack = tables
    found = evaluate_models({"m.model": models.wide()}, [benign], [attack])
    document = report(found)
    folder = tmp_path / "report"
    check_report(folder)
    names = write_report(document, found.evaluation, folder)
    assert sorted(path.name for path in folder.iterdir()) == names
    assert {"report.html", "report.md", "results.json", *(f"{name}.png" for name in figures(document))} == set(names)
    assert msgspec.json.decode((folder / "results.json").read_bytes(), type=Evaluation) == found.evaluation
    page, text = (folder / "report.html").read_text(), (folder / "report.md").read_text()
    for words in ("Evaluation of m.model", "packet rate alone", "With and without the date"):
        assert words in page
        assert words in text
    for line in text.splitlines():
        if line.startswith("!["):
            assert (folder / line.split("](")[1].rstrip(")")).is_file()
    write_report(document, found.evaluation, folder)  # over an earlier one


def test_a_folder_of_somebody_else_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("")
    with pytest.raises(ConfigError, match="holds other things"):
        check_report(tmp_path)
    with pytest.raises(ConfigError, match="holds other things"):
        write_report(Document(title="t", headline="h"), Document(title="t", headline="h"), tmp_path)


def test_notes_are_part_of_what_is_told(tables: tuple[Path, Path]) -> None:
    found = evaluate_models({"m": models.wide()}, [tables[0]], [], dates=False)
    noted = type(found)(found.evaluation, ["A note."], ["A warning."], 1.0)
    assert "A note." in overview(noted).summary
    assert overview(noted).warnings[0] == "A warning."
    assert overview(noted).title == "Evaluation of m"


def test_a_model_that_learned_from_these_rows_is_told(tables: tuple[Path, Path]) -> None:
    benign, attack = tables
    model = models.wide()
    read = DataFile(name="normal.csv.gz", sha256=sha256(benign.read_bytes()).hexdigest(), rows=300, label="benign")
    training = msgspec.structs.replace(model.manifest.training, files=[read])
    trained = replace(model, manifest=msgspec.structs.replace(model.manifest, training=training))
    found = evaluate_models({"trained": trained, "other": model}, [benign], [attack], dates=False)
    assert found.warnings == ["trained learned from normal.csv.gz: on those rows it looks better than it is."]
    assert evaluate_models({"trained": trained}, [], [attack], dates=False).warnings == []


def test_nothing_to_judge_is_said() -> None:
    with pytest.raises(ConfigError, match="--benign, --attack or --data"):
        evaluate_models({"m": models.wide()}, [], [])


def test_a_table_that_cannot_be_used_is_named(tmp_path: Path) -> None:
    path = table(tmp_path / "normal.csv.gz", 0, 3)
    text = gzip.decompress(path.read_bytes()).decode().splitlines()
    text[2] = "nan" + text[2][text[2].index(",") :]
    path.write_bytes(gzip.compress("\n".join(text).encode()))
    with pytest.raises(DataError, match=r"normal\.csv\.gz"):
        evaluate_models({"m": models.wide()}, [path], [])


def test_models_of_other_schemas_are_refused(tables: tuple[Path, Path]) -> None:
    with pytest.raises(SchemaMismatch, match="the schema 'three'"):
        evaluate_models({"m": models.model()}, [tables[0]], [])
    with pytest.raises(SchemaMismatch, match="different schemas"):
        evaluate_models({"m": models.model(), "n": models.wide()}, [tables[0]], [])
    stranger = models.model(schema=FeatureSchema("nbaiot115", ("a", "b", "c")))
    with pytest.raises(SchemaMismatch, match="with 3 columns"):
        evaluate_models({"m": stranger}, [tables[0]], [])


def test_models_are_called_as_short_as_can_be(tmp_path: Path) -> None:
    a, b = tmp_path / "x" / "m.model", tmp_path / "y" / "m.model"
    assert model_names([a, tmp_path / "n.model"]) == ["m.model", "n.model"]
    assert model_names([a, b]) == ["x/m.model", "y/m.model"]
    c = tmp_path / "z" / "x" / "m.model"
    assert model_names([a, c]) == [str(a), str(c)]
    with pytest.raises(ConfigError, match="named twice"):
        model_names([a, tmp_path / "x" / ".." / "x" / "m.model"])


def test_models_are_read_from_files(tmp_path: Path) -> None:
    write_model(models.wide(), tmp_path / "m.model")
    (found,) = read_models([tmp_path / "m.model"]).items()
    assert found[0] == "m.model"
    assert len(found[1].identity) == 64
    (tmp_path / "n.model").write_text("no model")
    with pytest.raises(ModelError, match=r"n\.model: it is not a model"):
        read_models([tmp_path / "n.model"])
    write_model(models.model([models.detector(columns=["a", "zz"])]), tmp_path / "n.model")
    with pytest.raises(ModelError, match=r"n\.model: the model's part 'all'"):
        read_models([tmp_path / "n.model"])
    with pytest.raises(FileNotFoundError):
        read_models([tmp_path / "gone.model"])


def test_results_are_json_that_others_can_read(tables: tuple[Path, Path], tmp_path: Path) -> None:
    found = evaluate_models({"m": models.wide()}, [tables[0]], [tables[1]], dates=False)
    write_report(Document(title="t", headline="h"), found.evaluation, tmp_path / "r")
    content = json.loads((tmp_path / "r" / "results.json").read_text())
    assert content["models"][0]["tpr"]["value"] == 1.0
    assert content["baselines"][0]["about"]["name"] == "majority class"
