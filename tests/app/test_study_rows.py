from pathlib import Path

import numpy as np
import pytest

from botwarden.app.study_rows import read_study
from botwarden.core.errors import DataError
from nbaiot import attack_values, benign_values, write_csv, write_uci


def test_the_folder_as_downloaded(tmp_path: Path) -> None:
    folder = write_uci(tmp_path / "n", devices=2, benign=50, attack=8)
    found = read_study(folder, None, 20, 0)
    assert len(found.benign) == 100 and found.benign.benign.all() and found.test is None
    assert found.ordered and found.attack_rows == 160
    assert sum(len(rows) for rows in found.attacks()) == 160
    assert not any(rows.benign.any() for rows in found.attacks())
    labels, counts = np.unique(found.sample.labels, return_counts=True)
    assert len(labels) == 11 and set(counts) == {16, 20}


def test_a_sample_keeps_the_order_of_each_file(tmp_path: Path) -> None:
    folder = write_uci(tmp_path / "n", devices=1, benign=50, attack=20)
    whole = read_study(folder, None, 100, 0)
    found = read_study(folder, 10, 100, 0)
    assert len(found.benign) == 10 and sum(len(rows) for rows in found.attacks()) == 100
    place = [int(np.flatnonzero((whole.benign.values == row).all(axis=1))[0]) for row in found.benign.values]
    assert place == sorted(place)


def test_the_flat_folder_has_test_rows_of_its_own(tmp_path: Path) -> None:
    write_csv(tmp_path / "benign.csv", benign_values(40))
    write_csv(tmp_path / "benign_test.csv", benign_values(15, 3))
    write_csv(tmp_path / "attack.csv", attack_values(12))
    found = read_study(tmp_path, None, 100, 0)
    assert len(found.benign) == 40 and found.test is not None and len(found.test) == 15
    assert not found.ordered and found.attack_rows == 12
    assert len(found.sample) == 52
    assert [name.rsplit("/")[-1] for name, _, _ in found.fingerprint] == ["attack.csv", "benign.csv", "benign_test.csv"]


@pytest.mark.parametrize(("name", "missing"), [("benign.csv", "no attacks"), ("attack.csv", "no benign rows")])
def test_half_a_data_set_is_told(tmp_path: Path, name: str, missing: str) -> None:
    write_csv(tmp_path / name, benign_values(10))
    with pytest.raises(DataError, match=missing):
        read_study(tmp_path, None, 100, 0)
