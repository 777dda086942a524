from pathlib import Path

import pytest

from botwarden.app.given_rows import GivenRows
from botwarden.core.errors import ConfigError, DataError
from botwarden.core.row import concatenate
from nbaiot import attack_values, benign_values, write_csv, write_uci


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    return (
        write_csv(tmp_path / "calm.csv", benign_values(30)),
        write_csv(tmp_path / "odd.csv", attack_values(20)),
    )


def test_rows_are_what_they_were_given_as(files: tuple[Path, Path]) -> None:
    given = GivenRows([files[0]], [files[1]])
    assert given.progress() == 0
    rows = concatenate(list(given))
    assert given.progress() == 1
    assert rows.benign.tolist() == [True] * 30 + [False] * 20
    assert [(file.name, file.rows, file.label) for file in given.files] == [
        ("calm.csv", 30, "benign"), ("odd.csv", 20, "attack"),
    ]  # fmt: skip
    assert given.notes == []


def test_of_rows_that_say_what_they_are_only_those_that_were_wanted_are_taken(tmp_path: Path) -> None:
    folder = write_uci(tmp_path / "nbaiot", devices=1, benign=12, attack=2)
    as_benign, as_attack, as_both = GivenRows([folder]), GivenRows([], [folder]), GivenRows([folder], [folder])
    assert concatenate(list(as_benign)).benign.tolist() == [True] * 12
    assert as_benign.notes == ["20 attack rows among those given as benign were left out."]
    assert concatenate(list(as_attack)).benign.tolist() == [False] * 20
    assert as_attack.notes == ["12 benign rows among those given as attack were left out."]
    assert len(concatenate(list(as_both))) == 32
    assert len(concatenate(list(GivenRows([], [], [folder])))) == 32


def test_rows_that_were_given_as_benign_and_as_attacks_are_refused(files: tuple[Path, Path], tmp_path: Path) -> None:
    copy = tmp_path / "copy.csv"
    copy.write_bytes(files[0].read_bytes())
    with pytest.raises(DataError, match=r"copy\.csv: the same rows were given as benign and as attacks"):
        list(GivenRows([files[0]], [files[1], copy]))


def test_nothing_that_is_read_is_overwritten(files: tuple[Path, Path], tmp_path: Path) -> None:
    given = GivenRows([tmp_path])
    for path in files:
        with pytest.raises(ConfigError, match="overwritten"):
            given.check_output(path)
    given.check_output(tmp_path / "new.model")
